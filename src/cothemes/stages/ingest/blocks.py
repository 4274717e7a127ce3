"""Turns, parts and passages placed in the assembled text."""

from __future__ import annotations

from cothemes.records.document import Block, BlockKind, Kind, Role
from cothemes.records.source import LineStyle
from cothemes.stages.ingest.assembly import Assembled
from cothemes.stages.ingest.rows import SPOKEN_STYLES, Row
from cothemes.stages.ingest.sections import heading_words, parts_of
from cothemes.stages.ingest.turns import Talk
from cothemes.stages.ingest.voices import Cast

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


def passage_blocks(rows: list[Row], assembled: Assembled, kind: Kind, cast: Cast) -> list[Placed]:
    """One block per passage that was cut before; its words trimmed of white space."""
    cut = [(at, row) for at, row in enumerate(rows) if row.style is LineStyle.PASSAGE and not row.blank]
    roles = _roles({_named(row) for _, row in cut}, kind, cast)
    found: list[Placed] = []
    for at, row in cut:
        start = assembled.starts[at] + len(row.text) - len(row.text.lstrip())
        speaker = _named(row)
        block = Block(
            start=start,
            end=assembled.starts[at] + len(row.text.rstrip()),
            kind=BlockKind.PASSAGE,
            speaker=speaker,
            role=roles[speaker],
            time=row.line.time,
            headings=row.line.headings,
            label=row.line.label,
        )
        found.append((block, 0))
    return found


def _named(row: Row) -> str:
    """The speaker of a row of a table, without the colon that some write behind it."""
    return (row.line.speaker or "").strip().rstrip(":：").strip()


def _roles(speakers: set[str], kind: Kind, cast: Cast) -> dict[str, Role]:
    """The role of each speaker; beside an interviewer, the only other voice is the participant."""
    roles = {speaker: cast.voice(speaker).role for speaker in speakers if speaker}
    others = [speaker for speaker, role in roles.items() if role not in {Role.INTERVIEWER, Role.OTHER}]
    if Role.INTERVIEWER in roles.values() and len(others) == 1 and roles[others[0]] is Role.UNKNOWN:
        roles[others[0]] = Role.PARTICIPANT
    # Who answers a survey is a participant; nobody else writes in it.
    unnamed = {Kind.SURVEY: Role.PARTICIPANT, Kind.INTERVIEW: Role.UNKNOWN}
    return {**roles, "": unnamed.get(kind, Role.NONE)}
