"""Short answers: joined across a short question to what the same person says before or after it.

"Yes." means something beside its question only. Joined to the neighbouring turn of its speaker it can be read
and coded; alone it would be a unit that nobody can code.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate

from cothemes.records.document import Block, Document, Role
from cothemes.records.text import count_words
from cothemes.settings import SegmentSettings
from cothemes.stages.segment.division import HARDEST
from cothemes.stages.segment.runs import Run, same_voice
from cothemes.stages.segment.short_turns import is_bare, name_words

_NEVER = 1 << 30


class _Joining:
    """Runs of one document, with the words that are between them."""

    def __init__(self, document: Document, settings: SegmentSettings) -> None:
        self._settings = settings
        self._text = document.text
        self._blocks = [block for block in document.blocks if block.end > block.start]
        self._starts = [block.start for block in self._blocks]
        words = [count_words(self._text[block.start : block.end]) for block in self._blocks]
        self._names = name_words(document)
        self._until = [0, *accumulate(words)]

    def words(self, run: Run) -> int:
        """Words from the run's first block to its last, with what is between them."""
        first = bisect_left(self._starts, run.blocks[0].start)
        return self._until[bisect_right(self._starts, run.blocks[-1].start)] - self._until[first]

    def is_short(self, run: Run) -> bool:
        own = sum(count_words(self._text[block.start : block.end]) for block in run.blocks[: self._limit + 1])
        return not run.whole and own <= self._settings.answer_words

    @property
    def _limit(self) -> int:
        # Every block has at least one word.
        return self._settings.answer_words

    def gap(self, one: Run, other: Run) -> int:
        """Words of the question between two runs that may be joined; else more than any question has."""
        last, first = one.blocks[-1], other.blocks[0]
        if one.whole or other.whole or not _joinable(last, first):
            return _NEVER
        between = self._between(last, first)
        if not between or any(not self._may_lie_between(block) for block in between):
            return _NEVER
        asked = sum(count_words(self._text[block.start : block.end]) for block in between)
        if asked > self._settings.question_words:
            return _NEVER
        lengths = (self.words(one), self.words(other))
        # What exceeds the maximum is cut anyway; what does not must stay one passage.
        fits = max(lengths) > self._settings.maximum_words or sum(lengths) + asked + _LABELS <= HARDEST
        return asked if fits else _NEVER

    def _may_lie_between(self, block: Block) -> bool:
        if block.role is Role.INTERVIEWER:
            return True
        words = self._text[block.start : block.end]
        return count_words(words) <= self._settings.backchannel_words and is_bare(words, self._names)

    def _between(self, last: Block, first: Block) -> Sequence[Block]:
        return self._blocks[bisect_right(self._starts, last.start) : bisect_left(self._starts, first.start)]


_LABELS = 12
"""Words allowed for the labels of a question and of the answer to it."""


def with_answers_joined(document: Document, runs: Sequence[Run], settings: SegmentSettings) -> list[Run]:
    """Return the runs, each short one joined to a neighbour of its speaker across a short question.

    The side with the shorter question is taken, the earlier one where both are equal. Nothing is joined
    across a heading, across another participant's words, or to what names no speaker.
    """
    if not settings.answer_words or not settings.question_words:
        return list(runs)
    joining = _Joining(document, settings)
    waiting = list(runs)
    done: list[Run] = []
    for at, run in enumerate(waiting):
        if not joining.is_short(run):
            done.append(run)
            continue
        earlier = joining.gap(done[-1], run) if done else _NEVER
        later = joining.gap(run, waiting[at + 1]) if at + 1 < len(waiting) else _NEVER
        if earlier < _NEVER and earlier <= later:
            if not done[-1].joined:
                done[-1] = Run([*done[-1].blocks], joined=True)
            # In place: short answers can follow each other without end.
            done[-1].blocks.extend(run.blocks)
        elif later < _NEVER:
            waiting[at + 1] = Run([*run.blocks, *waiting[at + 1].blocks], joined=True)
        else:
            done.append(run)
    return done


def _joinable(one: Block, other: Block) -> bool:
    return same_voice(one, other) and one.role is other.role and one.headings == other.headings
