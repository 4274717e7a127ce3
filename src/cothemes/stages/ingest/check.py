"""What was understood of a document, for `ingest --check`: seen by a person before anything is coded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from cothemes.records.document import Block, BlockKind, Document, Kind, Role
from cothemes.records.record import Record
from cothemes.records.text import count_words
from cothemes.stages.ingest.conventions.choice import NOTHING, Candidate, Choice
from cothemes.stages.ingest.overlooked import doubts

_SPOKEN = frozenset((BlockKind.TURN, BlockKind.PARAGRAPH, BlockKind.PASSAGE))

FIRST_WORDS = 60
"""Characters of the first words said."""
_ASKING = 0.3
"""Least share of turns with a question from which on a voice is guessed to be the interviewer."""
CONTESTED_TOLD = "two conventions contradict each other and neither is clearly better, so nobody is named"
NO_LABELS = "no speaker is named anywhere"
"""Flag of a talk in which no rule recognises labels of speakers."""
MOST = 4
"""Names listed in one line."""


class ConventionCheck(Record):
    """A convention of transcripts, and how well it explains a document. Shares from 0 to 1."""

    name: str
    score: float
    """From 0 to 1; docs/formats.md has the formula."""
    turns: int
    voices: int
    explained: float
    """Share of the paragraphs that a label opens."""
    returning: float
    """Share of turns whose label opens another turn too."""
    alternation: float
    """Share of neighbouring turns with different labels."""
    rising: float | None
    """Share of neighbouring times that do not fall; None where there are fewer than two."""


class SpeakerCheck(Record):
    """A speaker of a document, as a person checks it before anything is coded."""

    speaker: str
    """Empty for what belongs to no one."""
    role: Role
    suggested_role: Role
    """The role, else a guess where one of two voices asks and the other answers; unknown where nothing says
    so. A guess decides nothing."""
    turns: int
    words: int
    first_words: str


class Understood(Record):
    """A summary. Counts are of blocks."""

    words: int
    """Number of words in all blocks but headings."""
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
    convention: ConventionCheck | None = None
    """The convention that was chosen; None where the format names the speakers or none was good enough."""
    runner_up: ConventionCheck | None = None
    """The next best convention; None where no other finds anything."""
    contested: bool = False
    """True if two conventions contradict each other and neither is clearly better: then nobody is named."""
    voices: tuple[SpeakerCheck, ...] = ()
    """The speakers in the order in which they first speak."""
    timed: int = 0
    """Turns with a time."""
    left_out: tuple[str, ...] = ()
    """What is in no passage because a reader left it out, and why."""
    uncertain: tuple[str, ...] = ()
    """What a person should look at."""


def understood(document: Document, choice: Choice = NOTHING) -> Understood:
    """Count what the rules found. Raises nothing; a document without blocks has zeros.

    `choice`: the conventions that were tried on it.
    """
    talk = document.kind in {Kind.INTERVIEW, Kind.SURVEY}
    turns = [block for block in document.blocks if talk and block.kind in _SPOKEN]
    counts = Counter((block.speaker, block.role) for block in turns)
    headings = [b for b in document.blocks if b.kind is BlockKind.HEADING]
    others = [each for each in choice.others if each.fit.turns > 1]
    doubtful = unsettled(document)
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
        convention=_convention(choice.winner) if choice.winner is not None else None,
        runner_up=_convention(others[0]) if others else None,
        contested=choice.contested,
        voices=_voices(document, turns),
        timed=sum(bool(block.time) for block in turns),
        left_out=tuple(note for note in document.notes if note.startswith("Left out")),
        uncertain=tuple(filter(None, (CONTESTED_TOLD if choice.contested else "", doubtful))),
    )


def _convention(candidate: Candidate) -> ConventionCheck:
    fit = candidate.fit
    return ConventionCheck(
        name=candidate.name,
        score=candidate.score,
        turns=fit.turns,
        voices=fit.voices,
        explained=round(fit.explained, 3),
        returning=round(fit.returning, 3),
        alternation=round(fit.alternation, 3),
        rising=None if fit.rising is None else round(fit.rising, 3),
    )


def _voices(document: Document, turns: Sequence[Block]) -> tuple[SpeakerCheck, ...]:
    said: dict[tuple[str, Role], list[str]] = {}
    for block in turns:
        said.setdefault((block.speaker, block.role), []).append(document.text[block.start : block.end])
    asked = {
        key: sum("?" in text or "？" in text for text in texts) / len(texts) for key, texts in said.items()
    }
    words = {key: sum(map(count_words, texts)) for key, texts in said.items()}
    guess = _who_asks(asked, words)
    return tuple(
        SpeakerCheck(
            speaker=key[0],
            role=key[1],
            suggested_role=guess.get(key, key[1]),
            turns=len(texts),
            words=words[key],
            first_words=_first_words(texts[0]),
        )
        for key, texts in said.items()
    )


def _who_asks(
    asked: Mapping[tuple[str, Role], float], words: Mapping[tuple[str, Role], int]
) -> dict[tuple[str, Role], Role]:
    """Return guesses for two named voices of unknown role: one asks more often and says less."""
    named = [key for key in asked if key[0]]
    if len(named) != 2 or any(role is not Role.UNKNOWN for _, role in named):
        return {}
    first, second = sorted(named, key=lambda key: -asked[key])
    if asked[first] < _ASKING or asked[first] <= asked[second] or words[first] >= words[second]:
        return {}
    return {first: Role.INTERVIEWER, second: Role.PARTICIPANT}


def _first_words(text: str) -> str:
    first = " ".join(text[: 2 * FIRST_WORDS].split())
    return first if len(first) <= FIRST_WORDS else f"{first[: FIRST_WORDS - 1].rstrip()}…"


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
