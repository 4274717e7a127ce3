"""What was understood of a document, for `ingest --check`: seen by a person before anything is coded."""

from __future__ import annotations

from collections import Counter

from cothemes.records.document import BlockKind, Document, Kind, Role
from cothemes.records.record import Record
from cothemes.records.text import count_words
from cothemes.stages.ingest.overlooked import doubts

_SPOKEN = frozenset((BlockKind.TURN, BlockKind.PARAGRAPH, BlockKind.PASSAGE))

NO_LABELS = "no speaker is named anywhere"
"""Flag of a talk in which no rule recognises labels of speakers."""
MOST = 4
"""Names listed in one line."""


class Understood(Record):
    """A summary. Counts are of blocks."""

    words: int
    """Number of words by white space, in all blocks but headings."""
    speakers: tuple[tuple[str, Role, int], ...]
    """(name, role, turns), most turns first; an empty name for what belongs to no one. Empty for a text."""
    attributed: float | None
    """Share of turns with a named speaker; None where nobody speaks."""
    settled: float | None
    """Share of turns whose role is not unknown; None where nobody speaks."""
    paragraphs: int
    """Paragraphs, bullets and table rows of a text."""
    headings: tuple[str, ...]
    """Headings, in order."""
    notes: tuple[str, ...]


def understood(document: Document) -> Understood:
    """Count what the rules found. Raises nothing; a document without blocks has zeros."""
    talk = document.kind in {Kind.INTERVIEW, Kind.SURVEY}
    turns = [block for block in document.blocks if talk and block.kind in _SPOKEN]
    counts = Counter((block.speaker, block.role) for block in turns)
    headings = [b for b in document.blocks if b.kind is BlockKind.HEADING]
    return Understood(
        words=sum(
            count_words(document.text[b.start : b.end])
            for b in document.blocks
            if b.kind is not BlockKind.HEADING
        ),
        speakers=tuple((name, role, count) for (name, role), count in counts.most_common()),
        attributed=sum(bool(block.speaker) for block in turns) / len(turns) if turns else None,
        settled=sum(block.role is not Role.UNKNOWN for block in turns) / len(turns) if turns else None,
        paragraphs=0 if talk else len(document.blocks) - len(headings),
        headings=tuple(" ".join(document.text[b.start : b.end].split()) for b in headings),
        notes=document.notes,
    )


def unsettled(document: Document) -> str:
    """Return, in words, which speech has no speaker or no role, or may be another's; empty where all is
    settled.
    """
    if document.kind not in {Kind.INTERVIEW, Kind.SURVEY}:
        return ""
    turns = [block for block in document.blocks if block.kind in _SPOKEN]
    nameless = sum(not block.speaker for block in turns)
    unknown = list(dict.fromkeys(b.speaker for b in turns if b.speaker and b.role is Role.UNKNOWN))
    told = []
    if unknown:
        listed = ", ".join(unknown[:MOST]) + (", …" if len(unknown) > MOST else "")
        told.append(f"no rule decides the role of {listed}")
    if nameless and nameless < len(turns):
        are = "paragraph belongs" if nameless == 1 else "paragraphs belong"
        told.append(f"{nameless} {are} to no named speaker")
    elif nameless:
        told.append(NO_LABELS)
    return "; ".join([*told, *doubts(document)])
