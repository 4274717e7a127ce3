"""Coded transcripts as a Word document: each coder's codes are comments on the words, by the coder."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

from docx import Document
from docx.oxml.ns import qn
from lxml.etree import SubElement

from cothemes.adapters.writers.docx_words import fit
from cothemes.adapters.writers.whole_file import whole_binary
from cothemes.records.coded_transcript import CodedTranscript, CodeReport, TextMark

_INITIALS = 4


def write_docx_transcripts(path: Path, transcripts: Sequence[CodedTranscript]) -> int:
    """Write the transcripts, each on a new page; return the number of comments."""
    document = Document()
    comments = _Comments(document)
    count = 0
    for number, transcript in enumerate(transcripts):
        if number:
            document.add_page_break()  # type: ignore[no-untyped-call]
        document.add_heading(fit(transcript.title), level=1)
        facts = "; ".join(f"{name}: {value}" for name, value in transcript.facts.items() if value)
        if facts:
            document.add_paragraph(fit(facts)).runs[0].italic = True
        count += _written(document, comments, transcript)
    with whole_binary(path) as handle:
        document.save(handle)
    return count


def _written(document: Any, comments: _Comments, transcript: CodedTranscript) -> int:
    marks = [mark for mark in transcript.marks if mark.start < mark.end]
    edges = sorted({place for mark in marks for place in (mark.start, mark.end)})
    runs: list[tuple[int, int, Any]] = []
    for start, end in transcript.paragraphs:
        paragraph = document.add_paragraph()
        at = start
        for edge in [*edges[bisect_right(edges, start) : bisect_left(edges, end)], end]:
            run = paragraph.add_run(fit(transcript.text[at:edge]))
            runs.append((at, edge, run))
            at = edge
    count = 0
    first = 0
    for mark in marks:
        while first < len(runs) and runs[first][1] <= mark.start:
            first += 1
        within = []
        for at in range(first, len(runs)):
            begin, end, run = runs[at]
            if begin >= mark.end:
                break
            if end > mark.start:
                within.append(run)
        if within:
            # Word shows a comment's first and last run, whatever lies between them.
            number = comments.add(_words(mark), fit(mark.who) or "cothemes")
            within[0].mark_comment_range(within[-1], number)
            count += 1
    return count


class _Comments:
    """The comments of a document. The library looks for a free number in all comments each time, which takes
    minutes for ten thousand; here the first one is made by it, and the others are copies with other words."""

    def __init__(self, document: Any) -> None:
        self._document = document
        self._first: Any = None
        self._count = 0

    def add(self, words: str, author: str) -> int:
        """Add a comment; return its number."""
        initials = author[:_INITIALS]
        if self._first is None:
            made = self._document.comments.add_comment(text="", author=author, initials=initials)
            self._first = made._comment_elm
            self._bare = deepcopy(self._first)
            element = self._first
        else:
            element = deepcopy(self._bare)
            self._first.getparent().append(element)
        element.set(qn("w:id"), str(self._count))
        element.set(qn("w:author"), author)
        element.set(qn("w:initials"), initials)
        paragraph = element.find(qn("w:p"))
        for number, line in enumerate(words.split("\n")):
            run = SubElement(paragraph, qn("w:r"))
            if number:
                SubElement(run, qn("w:br"))
            text = SubElement(run, qn("w:t"))
            text.text = fit(line)
            text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        self._count += 1
        return self._count - 1


def _words(mark: TextMark) -> str:
    lines = []
    for code in mark.codes:
        named = f"{code.code} {code.label}".strip() if code.code != code.label else code.label
        lines.append(f"{named} (suggested)" if mark.model else named)
        lines += [f"  {note}" for note in code.notes]
    return "\n".join([*lines, *([mark.comment] if mark.comment else [])])


def write_docx_report(path: Path, report: CodeReport) -> int:
    """Write each code with its definition and its quotes; return the number of quotes."""
    document = Document()
    document.add_heading(fit(report.title), level=0)
    count = 0
    for code in report.codes:
        named = code.label if code.heading or code.code == code.label else f"{code.code} {code.label}".strip()
        document.add_heading(fit(named), level=min(code.depth + 1, 9))
        if code.definition:
            document.add_paragraph(fit(code.definition)).runs[0].italic = True
        if code.heading:
            continue
        document.add_paragraph(
            f"{len(code.quotes)} quotes from {code.documents} documents"
            if code.quotes
            else "No words were given this code."
        )
        for quote in code.quotes:
            paragraph = document.add_paragraph(style="List Bullet")
            paragraph.add_run(fit(f"“{quote.words}”"))
            who = ", ".join([*quote.coders, *(f"{each} (suggested)" for each in quote.suggested_by)])
            paragraph.add_run(fit(f" — {quote.document}; {who}")).italic = True
            count += 1
    with whole_binary(path) as handle:
        document.save(handle)
    return count
