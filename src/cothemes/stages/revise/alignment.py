"""Two revisions of a text aligned word by word: one to one, and in order but for paragraphs that moved.

Words in the same order come first. Runs of four words that occur once in either text are anchors; between two
anchors the longest common subsequence is taken (rapidfuzz, bit-parallel). A few equal words within long
stretches of other words are chance and are dropped. Then stretches that are left in both texts and share runs
of four words are paragraphs that moved; each becomes a block of its own. Words that are left between the same
neighbours are paired where they are spelled alike, or where as many were replaced by as many.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from rapidfuzz.distance import LCSseq

from cothemes.stages.revise.likeness import spelled_alike
from cothemes.stages.revise.words import Words, words_of

_RUN = 4
"""Words of an anchor."""
_SMALL = 400
"""Product of two lengths up to which no anchors are looked for."""
_LARGEST = 4_000_000
"""Product of two lengths up to which words are compared where there are no anchors."""
_CHANCE = 2
"""An equal run is chance where the changes on either side are each longer than so many times the run."""
_MOVED = 8
"""Equal words from which a stretch counts as moved."""
_REACH = 25
"""Words between two anchors of one moved stretch."""
_PAIRED = 400
"""Product of two lengths up to which the words of a gap are paired by their spelling."""
_ONE_FOR_ONE = 5
"""Words that are taken to stand one for one where as many were replaced by as many."""


class Pairing(IntEnum):
    """Ways in which a word is paired with one of the other text."""

    NONE = 0
    EQUAL = 1
    ALIKE = 2
    """Spelled alike: a slip, another spelling, or another word."""
    RESPACED = 3
    """Paired by the same letters in more or fewer words: every day, everyday."""
    REPLACED = 4
    """It stands where another word stood."""

    @property
    def aligned(self) -> bool:
        """Return whether it counts as the same word for an identity."""
        return self in (Pairing.EQUAL, Pairing.ALIKE, Pairing.RESPACED)


class Gap(NamedTuple):
    """Words without equals between two neighbours that have them, as half-open indices of either text."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int


@dataclass(frozen=True)
class Alignment:
    """Words of an earlier and of a later text, aligned one to one."""

    old: Words
    new: Words
    to_new: Sequence[int]
    """Index, for each earlier word, of the later one, or -1."""
    to_old: Sequence[int]
    """Index, for each later word, of the earlier one, or -1."""
    pairing: Sequence[Pairing]
    """Pairing of each earlier word; a respaced word may be so without a partner of its own."""
    new_pairing: Sequence[Pairing]
    block: Sequence[int]
    """Block of each earlier word: 0 in the order of the text, else the number of the moved stretch. -1
    without a partner.
    """

    def reversed(self) -> Alignment:
        """Return the same alignment from the later text to the earlier one."""
        back = [-1] * len(self.new)
        for index, partner in enumerate(self.to_new):
            if partner >= 0:
                back[partner] = self.block[index]
        return Alignment(
            self.new, self.old, self.to_old, self.to_new, self.new_pairing, self.pairing, back
        )  # fmt: skip


def align(old: str | Words, new: str | Words) -> Alignment:
    """Align the words of two texts.

    Time is nearly linear where the texts share runs of four words that occur once, and at worst the product
    of the lengths over 64.
    """
    a = words_of(old) if isinstance(old, str) else old
    b = words_of(new) if isinstance(new, str) else new
    ids: dict[str, int] = {}
    first = [ids.setdefault(form, len(ids)) for form in a.forms]
    second = [ids.setdefault(form, len(ids)) for form in b.forms]
    return _Aligner(a, b, first, second).aligned()


class _Aligner:
    def __init__(self, a: Words, b: Words, first: list[int], second: list[int]) -> None:
        self._a, self._b, self._first, self._second = a, b, first, second
        self._to_new = [-1] * len(first)
        self._to_old = [-1] * len(second)
        self._pairing = [Pairing.NONE] * len(first)
        self._new_pairing = [Pairing.NONE] * len(second)
        self._block = [-1] * len(first)

    def aligned(self) -> Alignment:
        whole = Gap(0, len(self._first), 0, len(self._second))
        runs = list(_common_runs(self._first, self._second, whole))
        kept = _without_chance(runs, whole)
        self._join(kept, 0)
        self._pair_gaps(_gaps(kept, whole), 0)
        for number, (bounds, moved) in enumerate(self._moved(), 1):
            self._join(moved, number)
            self._pair_gaps(_gaps(moved, bounds), number)
        return Alignment(
            self._a, self._b, self._to_new, self._to_old, self._pairing, self._new_pairing, self._block
        )  # fmt: skip

    def _join(self, runs: Sequence[_Run], block: int) -> None:
        for run in runs:
            for step in range(run.length):
                self._pair(run.old + step, run.new + step, Pairing.EQUAL, block)

    def _pair(self, old: int, new: int, pairing: Pairing, block: int) -> None:
        if not self._free(old, new):
            return
        self._to_new[old], self._to_old[new] = new, old
        self._pairing[old] = self._new_pairing[new] = pairing
        self._block[old] = block

    def _pair_gaps(self, gaps: Sequence[Gap], block: int) -> None:
        for gap in gaps:
            lost, added = gap.old_end - gap.old_start, gap.new_end - gap.new_start
            if not lost or not added or lost * added > _PAIRED:
                continue
            pairs = _alike(self._a.forms, self._b.forms, gap)
            for old, new in pairs:
                self._pair(old, new, Pairing.ALIKE, block)
            for part in _gaps([_Run(old, new, 1) for old, new in pairs], gap):
                self._pair_rest(part, block)

    def _pair_rest(self, gap: Gap, block: int) -> None:
        olds, news = range(gap.old_start, gap.old_end), range(gap.new_start, gap.new_end)
        if not olds or not news:
            return
        letters = "".join(self._a.forms[k] for k in olds)
        if len(olds) != len(news) and letters == "".join(self._b.forms[k] for k in news):
            for old, new in zip(olds, news, strict=False):
                self._pair(old, new, Pairing.RESPACED, block)
            for old in olds:
                self._pairing[old] = Pairing.RESPACED
            for new in news:
                self._new_pairing[new] = Pairing.RESPACED
        elif len(olds) == len(news) <= _ONE_FOR_ONE:
            for old, new in zip(olds, news, strict=True):
                self._pair(old, new, Pairing.REPLACED, block)

    def _moved(self) -> Iterator[tuple[Gap, list[_Run]]]:
        """Stretches without partners in either text that share anchors, with their common runs."""
        mine = _runs_free(self._first, self._to_new)
        theirs = _runs_free(self._second, self._to_old)
        shared = sorted((at, theirs[key]) for key, at in mine.items() if at >= 0 and theirs.get(key, -1) >= 0)
        cluster: list[tuple[int, int]] = []
        for pair in [*shared, (len(self._first) + _REACH + 1, 0)]:
            if cluster and not self._continues(cluster[-1], pair):
                bounds = self._bounds(cluster)
                runs = list(_common_runs(self._first, self._second, bounds))
                runs = _without_chance(runs, bounds)
                if sum(run.length for run in runs) >= _MOVED:
                    yield bounds, runs
                cluster = []
            if not cluster and pair[0] < len(self._first) and not self._free(*pair):
                continue
            cluster.append(pair)

    def _free(self, old: int, new: int) -> bool:
        return self._to_new[old] < 0 and self._to_old[new] < 0

    def _continues(self, last: tuple[int, int], pair: tuple[int, int]) -> bool:
        (old, new), (next_old, next_new) = last, pair
        if not (0 < next_old - old <= _REACH and 0 < next_new - new <= _REACH):
            return False
        return all(self._to_new[k] < 0 for k in range(old, next_old)) and all(
            self._to_old[k] < 0 for k in range(new, next_new)
        )

    def _bounds(self, cluster: Sequence[tuple[int, int]]) -> Gap:
        """The stretch from the first anchor to the last, and equal words beside it."""
        old_start, new_start = cluster[0]
        old_end, new_end = cluster[-1][0] + _RUN, cluster[-1][1] + _RUN
        while (
            old_start
            and new_start
            and self._free(old_start - 1, new_start - 1)
            and self._first[old_start - 1] == self._second[new_start - 1]
        ):
            old_start, new_start = old_start - 1, new_start - 1
        while (
            old_end < len(self._first)
            and new_end < len(self._second)
            and self._free(old_end, new_end)
            and self._first[old_end] == self._second[new_end]
        ):
            old_end, new_end = old_end + 1, new_end + 1
        # The words of the last anchor may have found partners in an earlier stretch.
        while old_end > old_start and self._to_new[old_end - 1] >= 0:
            old_end -= 1
        while new_end > new_start and self._to_old[new_end - 1] >= 0:
            new_end -= 1
        return Gap(old_start, old_end, new_start, new_end)


class _Run(NamedTuple):
    """Equal words from `old` and from `new` on."""

    old: int
    new: int
    length: int


def _common_runs(first: Sequence[int], second: Sequence[int], gap: Gap) -> Iterator[_Run]:
    """Runs of equal words in ascending order."""
    a, a_end, b, b_end = gap
    start = 0
    while a + start < a_end and b + start < b_end and first[a + start] == second[b + start]:
        start += 1
    if start:
        yield _Run(a, b, start)
    a, b = a + start, b + start
    tail = 0
    while a_end - tail > a and b_end - tail > b and first[a_end - tail - 1] == second[b_end - tail - 1]:
        tail += 1
    a_end, b_end = a_end - tail, b_end - tail
    if a < a_end and b < b_end:
        yield from _between_anchors(first, second, Gap(a, a_end, b, b_end))
    if tail:
        yield _Run(a_end, b_end, tail)


def _longest(first: Sequence[int], second: Sequence[int], gap: Gap) -> Iterator[_Run]:
    a, a_end, b, b_end = gap
    for step in LCSseq.opcodes(first[a:a_end], second[b:b_end]):
        if step.tag == "equal":
            yield _Run(a + step.src_start, b + step.dest_start, step.src_end - step.src_start)


def _between_anchors(first: Sequence[int], second: Sequence[int], gap: Gap) -> Iterator[_Run]:
    size = (gap.old_end - gap.old_start) * (gap.new_end - gap.new_start)
    # Without anchors, the most equal words in order may be those of formulas that many paragraphs share.
    anchors = _anchors(first, second, gap, _RUN) if size > _SMALL else []
    if not anchors and size <= _LARGEST:
        yield from _longest(first, second, gap)
        return
    anchors = anchors or _anchors(first, second, gap, 2) or _anchors(first, second, gap, 1)
    if not anchors:
        # Nothing in it occurs once: compared in slices, so that memory stays bounded.
        yield from _sliced(first, second, gap)
        return
    a, b = gap.old_start, gap.new_start
    for old, new in anchors:
        if old < a or new < b:
            continue
        yield from _common_runs(first, second, Gap(a, old, b, new))
        length = 0
        while (
            old + length < gap.old_end
            and new + length < gap.new_end
            and first[old + length] == second[new + length]
        ):
            length += 1
        yield _Run(old, new, length)
        a, b = old + length, new + length
    yield from _common_runs(first, second, Gap(a, gap.old_end, b, gap.new_end))


def _sliced(first: Sequence[int], second: Sequence[int], gap: Gap) -> Iterator[_Run]:
    a, a_end, b, b_end = gap
    pieces = max((a_end - a) * (b_end - b) // _LARGEST, 1)
    pieces = int(pieces**0.5) + 1
    for piece in range(pieces):
        yield from _longest(
            first,
            second,
            Gap(
                a + (a_end - a) * piece // pieces,
                a + (a_end - a) * (piece + 1) // pieces,
                b + (b_end - b) * piece // pieces,
                b + (b_end - b) * (piece + 1) // pieces,
            ),
        )


def _anchors(first: Sequence[int], second: Sequence[int], gap: Gap, size: int) -> list[tuple[int, int]]:
    """Places of runs that occur once in either stretch, the most that ascend in both."""
    mine = _once(first, gap.old_start, gap.old_end, size)
    theirs = _once(second, gap.new_start, gap.new_end, size)
    pairs = [(at, theirs[key]) for key, at in mine.items() if at >= 0 and theirs.get(key, -1) >= 0]
    return _ascending(sorted(pairs))


def _once(words: Sequence[int], start: int, end: int, size: int) -> dict[tuple[int, ...], int]:
    """Run → its place; -1 where it occurs more than once."""
    places: dict[tuple[int, ...], int] = {}
    for at in range(start, end - size + 1):
        key = tuple(words[at : at + size])
        places[key] = -1 if key in places else at
    return places


def _runs_free(words: Sequence[int], partners: Sequence[int]) -> dict[tuple[int, ...], int]:
    """Return the runs of words without a partner only."""
    places: dict[tuple[int, ...], int] = {}
    free = 0
    for at, partner in enumerate(partners):
        free = free + 1 if partner < 0 else 0
        if free >= _RUN:
            start = at - _RUN + 1
            key = tuple(words[start : at + 1])
            places[key] = -1 if key in places else start
    return places


def _ascending(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest subsequence whose second numbers ascend (patience sorting)."""
    tops: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for index, (_, place) in enumerate(pairs):
        pile = bisect_left(tops, place)
        before.append(ends[pile - 1] if pile else -1)
        if pile == len(tops):
            tops.append(place)
            ends.append(index)
        else:
            tops[pile], ends[pile] = place, index
    found: list[tuple[int, int]] = []
    at = ends[-1] if ends else -1
    while at >= 0:
        found.append(pairs[at])
        at = before[at]
    return found[::-1]


def _without_chance(runs: Sequence[_Run], bounds: Gap) -> list[_Run]:
    """Runs joined where they touch, without those that are short beside the changes on either side."""
    kept: list[_Run] = []
    for run in runs:
        if kept and kept[-1].old + kept[-1].length == run.old and kept[-1].new + kept[-1].length == run.new:
            kept[-1] = _Run(kept[-1].old, kept[-1].new, kept[-1].length + run.length)
        else:
            kept.append(run)
    dropped = True
    while dropped:
        gaps = _gaps(kept, bounds)
        left = [
            run
            for at, run in enumerate(kept)
            if not (_by_chance(run, gaps[at]) and _by_chance(run, gaps[at + 1]))
        ]
        dropped = len(left) < len(kept)
        kept = left
    return kept


def _by_chance(run: _Run, gap: Gap) -> bool:
    """Return whether a run beside a gap may be chance. Two words and more beside text that was only removed,
    or only put in, are not.
    """
    lost, added = gap.old_end - gap.old_start, gap.new_end - gap.new_start
    replaced = lost > 0 and added > 0
    return (replaced or run.length == 1) and _CHANCE * run.length < max(lost, added)


def _gaps(runs: Sequence[_Run], bounds: Gap) -> list[Gap]:
    """Return what is left before, between and after runs; one more than there are runs."""
    found: list[Gap] = []
    a, b = bounds.old_start, bounds.new_start
    for run in runs:
        found.append(Gap(a, run.old, b, run.new))
        a, b = run.old + run.length, run.new + run.length
    found.append(Gap(a, bounds.old_end, b, bounds.new_end))
    return found


def _alike(mine: Sequence[str], theirs: Sequence[str], gap: Gap) -> list[tuple[int, int]]:
    """The most pairs of words spelled alike that ascend in both texts, nearest to the diagonal."""
    olds, news = range(gap.old_start, gap.old_end), range(gap.new_start, gap.new_end)
    pairs = [
        (old, new)
        for old in olds
        for new in news[::-1]
        # Equal words that were left are chance, or cross others.
        if mine[old] != theirs[new] and spelled_alike(mine[old], theirs[new])
    ]
    return _ascending(pairs)
