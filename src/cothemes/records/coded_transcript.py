"""A transcript with the codes on its words, as people read it on paper or on a page."""

from __future__ import annotations

from cothemes.records.record import Record


class MarkedCode(Record):
    """One code that a coder gave."""

    code: str
    """Id; empty for a code that the codebook does not have."""
    label: str
    colour: str = ""
    notes: tuple[str, ...] = ()


class TextMark(Record):
    """What one coder said of one stretch of the text."""

    start: int
    end: int
    """Half-open code points of the transcript's text."""
    who: str
    model: bool
    """True if a model suggested it."""
    codes: tuple[MarkedCode, ...]
    comment: str = ""


class CodedTranscript(Record):
    """One document with its marks."""

    slug: str
    title: str
    facts: dict[str, str]
    """Metadata."""
    text: str
    marks: tuple[TextMark, ...]
    """In the order of the text."""

    @property
    def paragraphs(self) -> list[tuple[int, int]]:
        """Lines of the text that are not blank, as stretches."""
        found, start = [], 0
        for line in self.text.split("\n"):
            if line.strip():
                found.append((start, start + len(line)))
            start += len(line) + 1
        return found


class ReportQuote(Record):
    """Words that a code was given to."""

    words: str
    document: str
    coders: tuple[str, ...]
    suggested_by: tuple[str, ...]
    """Models that suggested it."""
    notes: tuple[str, ...] = ()


class ReportCode(Record):
    """A code with its definition and its quotes."""

    code: str
    label: str
    heading: bool
    """True for a theme."""
    depth: int
    definition: str
    quotes: tuple[ReportQuote, ...]
    documents: int
    """Documents that the quotes come from."""


class CodeReport(Record):
    """All codes with their quotes."""

    title: str
    codes: tuple[ReportCode, ...]
