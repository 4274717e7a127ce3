"""What a coder reads around a passage to understand it, and may never quote.

Talk: the two turns before, the interviewer's last question where it is not among them, and the turn after.
Text: the paragraph before and, for a bullet, the line that leads into its list. Answers of a survey, and
what was cut before it came here and names no speaker, stand alone. The passage itself brings its headings.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cothemes.records.document import Block, BlockKind, Document, Kind, Role
from cothemes.records.passage import Passage
from cothemes.stages.propose.grounding import Neighbour

TURNS_BEFORE = 2
QUESTION_WITHIN = 6
"""Turns before the passage among which the interviewer's last question is looked for."""
WORDS = 80
"""The most that is taken of one turn: the end of an earlier one, the beginning of a later one."""

_WORD = re.compile(r"\S+")


@dataclass(frozen=True)
class Stretch:
    """A part of the document near the passage."""

    start: int
    end: int
    speaker: str
    """`interviewer`, `same speaker`, `another speaker`, `unknown speaker`, or `text`: names stay here."""
    own: bool


@dataclass(frozen=True)
class Context:
    """Everything around one passage, in document order."""

    before: tuple[Stretch, ...] = ()
    after: tuple[Stretch, ...] = ()
    inside: tuple[Stretch, ...] = ()
    """Interjections of others within the passage: never shown to the model, known to the grounding."""

    @property
    def neighbours(self) -> tuple[Neighbour, ...]:
        """Return what quotes are looked for in when the passage does not hold them."""
        return tuple(Neighbour(s.start, s.end, s.own) for s in (*self.before, *self.inside, *self.after))


def context_of(document: Document, passage: Passage) -> Context:
    """The stretches around a passage of this version of the document."""
    talk = passage.kind is BlockKind.TURN or bool(passage.speaker)
    if document.kind is Kind.SURVEY or (passage.kind is BlockKind.PASSAGE and not talk):
        return Context()
    blocks = [block for block in document.blocks if block.kind is not BlockKind.HEADING]
    first = bisect_left(blocks, passage.start, key=lambda block: block.end - 1)
    beyond = bisect_left(blocks, passage.end, key=lambda block: block.start)
    inside = [block for block in blocks[first:beyond] if not _own(block, passage)]
    before = list(blocks[:first])
    after = list(blocks[beyond:])
    if first < len(blocks) and blocks[first].start < passage.start:
        before.append(blocks[first].model_copy(update={"end": passage.start}))
    if beyond > first and blocks[beyond - 1].end > passage.end:
        after.insert(0, blocks[beyond - 1].model_copy(update={"start": passage.end}))
    chosen = _turns(before) if talk else _paragraphs(before, passage)
    return Context(
        before=tuple(_stretches(document.text, chosen, passage, late=True)),
        after=tuple(_stretches(document.text, after[:1] if talk else [], passage, late=False)),
        inside=tuple(_stretches(document.text, inside, passage, late=False)),
    )


def _turns(before: Sequence[Block]) -> list[Block]:
    near = list(before[-TURNS_BEFORE:])
    if any(block.role is Role.INTERVIEWER for block in near):
        return near
    farther = before[-QUESTION_WITHIN:-TURNS_BEFORE]
    questions = [block for block in farther if block.role is Role.INTERVIEWER]
    return questions[-1:] + near


def _paragraphs(before: Sequence[Block], passage: Passage) -> list[Block]:
    chosen = [block for block in before[-1:] if block.headings[:1] == passage.headings[:1]]
    if passage.kind is BlockKind.BULLET and chosen and chosen[0].kind is BlockKind.BULLET:
        leads = [block for block in before if block.kind is not BlockKind.BULLET]
        chosen = leads[-1:] + chosen
    return chosen


def _stretches(text: str, blocks: Sequence[Block], passage: Passage, *, late: bool) -> Iterator[Stretch]:
    for block in blocks:
        words = list(_WORD.finditer(text, block.start, block.end))
        kept = words[-WORDS:] if late else words[:WORDS]
        if kept:
            own = _own(block, passage)
            yield Stretch(kept[0].start(), kept[-1].end(), _speaker(block, own), own)


def _own(block: Block, passage: Passage) -> bool:
    return block.speaker == passage.speaker and block.role == passage.role


def _speaker(block: Block, own: bool) -> str:
    if block.role is Role.INTERVIEWER:
        return "interviewer"
    if block.role is Role.NONE:
        return "text"
    if block.role is Role.UNKNOWN:
        return "unknown speaker"
    return "same speaker" if own else "another speaker"
