"""How well the study's terms are known: uses by participants, kept apart from echoes of the interviewer.

By rule and from the text alone: no coder, no suggestion and no decision takes part. In an interview a use
by a participant comes *before* any use by the interviewer, or it is *echoing* (within two turns of one), or
*later*. Policy texts, reviews and surveys have no such states; their uses are counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cothemes.errors import CodebookError
from cothemes.records.document import Block, BlockKind, Document, Kind, Role
from cothemes.records.record import Record

ECHO_TURNS = 2
"""A use up to so many turns after one by the interviewer is an echo."""
INTERJECTION_WORDS = 3
"""A turn up to so long, without the term, between two turns of one speaker does not part them."""


class Uses(Record):
    """Uses of one term in one document."""

    document: str
    kind: Kind
    before: int = 0
    """Uses by participants, before the interviewer said it."""
    echoing: int = 0
    """Uses by participants, within two turns of a use by the interviewer."""
    later: int = 0
    """Uses by participants, after the interviewer, more than two turns on."""
    interviewer: int = 0
    unattributed: int = 0
    """Uses in an interview, by a voice of unknown role or in text that nobody speaks."""
    text: int = 0
    """Uses in a source without turns: a policy text, a review, a survey."""
    by_speaker: dict[str, tuple[int, int, int]] = {}
    """Participant → before, echoing, later."""

    @property
    def participants(self) -> int:
        """All uses by participants."""
        return self.before + self.echoing + self.later

    @property
    def met(self) -> bool:
        """Return whether the term stands anywhere in the document."""
        return bool(self.participants or self.interviewer or self.unattributed or self.text)


class TermRecognition(Record):
    """One probe over all documents."""

    probe: str
    pattern: str
    uses: tuple[Uses, ...]
    """A row for every document, in the order given."""

    def total(self, field: str, *kinds: Kind) -> int:
        """A count summed over documents of these kinds (all where none is named)."""
        return sum(getattr(row, field) for row in self.uses if not kinds or row.kind in kinds)

    def documents(self, field: str, *kinds: Kind) -> int:
        """Documents of these kinds (all where none is named) with at least one use of that sort."""
        return sum(getattr(row, field) > 0 for row in self.uses if not kinds or row.kind in kinds)


def term_recognition(documents: Iterable[Document], probes: Mapping[str, str]) -> tuple[TermRecognition, ...]:
    """Every probe in every document. Raises CodebookError for a probe that is no regular expression."""
    sources = list(documents)
    found = []
    for name, pattern in probes.items():
        try:
            compiled = re.compile(pattern, re.IGNORECASE)
        except re.error as error:
            raise CodebookError(
                f"the lexical probe {name} is no regular expression: {error}",
                hint="Fix it under `lexical_probes` in codebook.yaml.",
            ) from error
        rows = tuple(uses_in(document, compiled) for document in sources)
        found.append(TermRecognition(probe=name, pattern=pattern, uses=rows))
    return tuple(found)


def uses_in(document: Document, probe: re.Pattern[str]) -> Uses:
    """Count the matches of a probe in one document."""
    if document.kind is not Kind.INTERVIEW:
        return Uses(document=document.slug, kind=document.kind, text=_matches(document, probe))
    counts = {"before": 0, "echoing": 0, "later": 0, "interviewer": 0}
    speakers: dict[str, list[int]] = {}
    last_prompt: int | None = None
    attributed = 0
    for turn in turns_of(document, probe):
        attributed += turn.matches
        if turn.role is Role.INTERVIEWER:
            counts["interviewer"] += turn.matches
            if turn.matches:
                last_prompt = turn.number
        elif turn.role is Role.PARTICIPANT and turn.matches:
            state = _state(turn.number, last_prompt)
            counts[state] += turn.matches
            tally = speakers.setdefault(turn.speaker, [0, 0, 0])
            tally[("before", "echoing", "later").index(state)] += turn.matches
        elif turn.role not in (Role.INTERVIEWER, Role.PARTICIPANT):
            attributed -= turn.matches
    return Uses(
        document=document.slug,
        kind=document.kind,
        unattributed=_matches(document, probe) - attributed,
        by_speaker={name: (tally[0], tally[1], tally[2]) for name, tally in speakers.items()},
        **counts,
    )


@dataclass
class Turn:
    """The words of one speaker until another takes over."""

    speaker: str
    role: Role
    words: int
    matches: int
    number: int = 0


def turns_of(document: Document, probe: re.Pattern[str]) -> list[Turn]:
    """The turns of an interview, numbered from 0.

    Blocks of one speaker that follow each other are one turn. A short interjection without the term leaves
    the other's turn whole, as it does when passages are cut.
    """
    raw: list[Turn] = []
    for block in document.blocks:
        if block.kind is not BlockKind.TURN and block.role is Role.NONE:
            continue
        text = _text(document, block)
        matches = sum(1 for _ in probe.finditer(text))
        if raw and (raw[-1].speaker, raw[-1].role) == (block.speaker, block.role):
            raw[-1].words += len(text.split())
            raw[-1].matches += matches
        else:
            raw.append(Turn(block.speaker, block.role, len(text.split()), matches))
    merged: list[Turn] = []
    for place, turn in enumerate(raw):
        within = 0 < place < len(raw) - 1 and _same(raw[place - 1], raw[place + 1])
        if within and turn.words <= INTERJECTION_WORDS and not turn.matches:
            continue
        if merged and _same(merged[-1], turn):
            merged[-1].words += turn.words
            merged[-1].matches += turn.matches
        else:
            merged.append(turn)
    for number, turn in enumerate(merged):
        turn.number = number
    return merged


def _state(turn: int, last_prompt: int | None) -> str:
    if last_prompt is None:
        return "before"
    return "echoing" if turn - last_prompt <= ECHO_TURNS else "later"


def _same(first: Turn, second: Turn) -> bool:
    return (first.speaker, first.role) == (second.speaker, second.role)


def _text(document: Document, block: Block) -> str:
    return document.text[block.start : block.end]


def _matches(document: Document, probe: re.Pattern[str]) -> int:
    return sum(1 for block in document.blocks for _ in probe.finditer(_text(document, block)))
