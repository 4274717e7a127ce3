"""Turns, parts and passages placed in the assembled text."""

from __future__ import annotations

from cothemes.records.document import Block, BlockKind, Kind, Role
from cothemes.records.source import LineStyle
from cothemes.stages.ingest.assembly import Assembled
from cothemes.stages.ingest.rows import SPOKEN_STYLES, Row
from cothemes.stages.ingest.sections import heading_words, parts_of
from cothemes.stages.ingest.turns import Talk
from cothemes.stages.ingest.words import role_of_label

Placed = tuple[Block, int]
"""A block, and the level of a heading."""


def turn_blocks(talk: Talk, assembled: Assembled) -> list[Placed]:
    """One block per turn. What no label stands over is a paragraph of an unknown voice."""
    found: list[Placed] = []
    for turn in talk.turns:
        first, last = turn.stretches[0], turn.stretches[-1]
        block = Block(
            start=assembled.starts[first.row] + first.start,
            end=assembled.starts[last.row] + last.end,
            kind=BlockKind.TURN if turn.voice.name else BlockKind.PARAGRAPH,
            speaker=turn.voice.name,
            role=turn.voice.role,
            time=turn.time,
        )
        found.append((block, 0))
    return found


def section_blocks(rows: list[Row], assembled: Assembled, *, spoken: bool) -> list[Placed]:
    """Headings, paragraphs, bullets and table rows; in talk, headings and tables only."""
    aside = [row.aside() if spoken and row.style in SPOKEN_STYLES else row for row in rows]
    found: list[Placed] = []
    for part in parts_of(aside):
        (row, start, _), (last, _, end) = part.stretches[0], part.stretches[-1]
        block = Block(
            start=assembled.starts[row] + start,
            end=assembled.starts[last] + end,
            kind=part.kind,
            role=Role.UNKNOWN if spoken and part.kind is not BlockKind.HEADING else Role.NONE,
            # Carried to where the path is built, and emptied there.
            label=heading_words(" ".join(rows[r].text for r, _, _ in part.stretches))
            if part.kind is BlockKind.HEADING
            else "",
        )
        found.append((block, part.level))
    return found


def passage_blocks(rows: list[Row], assembled: Assembled, kind: Kind) -> list[Placed]:
    """One block per passage that was cut before; its words trimmed of white space."""
    found: list[Placed] = []
    for at, row in enumerate(rows):
        if row.style is not LineStyle.PASSAGE or row.blank:
            continue
        start = assembled.starts[at] + len(row.text) - len(row.text.lstrip())
        speaker = row.line.speaker or ""
        block = Block(
            start=start,
            end=assembled.starts[at] + len(row.text.rstrip()),
            kind=BlockKind.PASSAGE,
            speaker=speaker,
            role=_role(speaker, kind),
            time=row.line.time,
            headings=row.line.headings,
            label=row.line.label,
        )
        found.append((block, 0))
    return found


def _role(speaker: str, kind: Kind) -> Role:
    if speaker:
        return role_of_label(speaker) or Role.UNKNOWN
    if kind is Kind.SURVEY:
        # Who answers a survey is a participant; nobody else writes in it.
        return Role.PARTICIPANT
    return Role.UNKNOWN if kind is Kind.INTERVIEW else Role.NONE
