"""Coded transcripts as one page: the text on the left, the codes of each paragraph in the margin."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from cothemes.presentation.pages import PageHead, page
from cothemes.records.coded_transcript import CodedTranscript, TextMark


class Piece(NamedTuple):
    """Words of a paragraph that the same marks cover."""

    words: str
    codes: str
    """Names of the codes and coders, empty where none covers them."""


class MarginCode(NamedTuple):
    """A code beside the paragraph in which its words begin."""

    name: str
    who: str
    model: bool
    notes: tuple[str, ...]
    comment: str


class PageParagraph(NamedTuple):
    """One paragraph."""

    pieces: tuple[Piece, ...]
    margin: tuple[MarginCode, ...]


class PageTranscript(NamedTuple):
    """One document."""

    slug: str
    title: str
    facts: tuple[tuple[str, str], ...]
    paragraphs: tuple[PageParagraph, ...]


def transcripts_page(
    transcripts: Sequence[CodedTranscript], title: str, made: datetime, *, pseudonyms: bool
) -> str:
    """Return the page."""
    shown = [_shown(each) for each in transcripts]
    return page("transcript_page", PageHead(title, made), transcripts=shown, pseudonyms=pseudonyms)


def _shown(transcript: CodedTranscript) -> PageTranscript:
    marks = [mark for mark in transcript.marks if mark.start < mark.end]
    edges = sorted({place for mark in marks for place in (mark.start, mark.end)})
    paragraphs = []
    for start, end in transcript.paragraphs:
        here = [mark for mark in marks if mark.start < end and mark.end > start]
        pieces = []
        at = start
        for edge in [*edges[bisect_right(edges, start) : bisect_left(edges, end)], end]:
            over = [mark for mark in here if mark.start < edge and mark.end > at]
            pieces.append(Piece(transcript.text[at:edge], "; ".join(dict.fromkeys(map(_named, over)))))
            at = edge
        begun = [mark for mark in here if mark.start >= start or start == transcript.paragraphs[0][0]]
        margin = tuple(one for mark in begun for one in _margin(mark))
        paragraphs.append(PageParagraph(tuple(pieces), margin))
    facts = tuple((name, value) for name, value in transcript.facts.items() if value)
    return PageTranscript(transcript.slug, transcript.title, facts, tuple(paragraphs))


def _named(mark: TextMark) -> str:
    codes = ", ".join(code.code or code.label for code in mark.codes)
    return f"{codes} ({mark.who})" if codes else mark.comment


def _margin(mark: TextMark) -> list[MarginCode]:
    found = [
        MarginCode(
            f"{code.code} {code.label}".strip() if code.code != code.label else code.label,
            mark.who,
            mark.model,
            code.notes,
            mark.comment if number == 0 else "",
        )
        for number, code in enumerate(mark.codes)
    ]
    return found or [MarginCode("", mark.who, False, (), mark.comment)]
