"""A text as it may leave the machine, and the way back: every offset of one is known in the other."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from cothemes.stages.deidentify.name_folding import Span


class Swap(NamedTuple):
    """A stretch of the source and what stands for it."""

    start: int
    end: int
    pseudonym: str


@dataclass(frozen=True)
class View:
    """A source with stretches replaced. Offsets are code points; stretches are half-open."""

    source: str
    swaps: tuple[Swap, ...]
    """Ascending, without overlap, none empty."""

    @cached_property
    def text(self) -> str:
        """Return what stands in place of the source."""
        parts: list[str] = []
        at = 0
        for swap in self.swaps:
            parts += (self.source[at : swap.start], swap.pseudonym)
            at = swap.end
        parts.append(self.source[at:])
        return "".join(parts)

    @cached_property
    def _starts(self) -> list[int]:
        return [swap.start for swap in self.swaps]

    @cached_property
    def _shifts(self) -> list[int]:
        """Return what the swaps before each, and at last all, add to an offset."""
        gains = (len(swap.pseudonym) - (swap.end - swap.start) for swap in self.swaps)
        return list(accumulate(gains, initial=0))

    @cached_property
    def _view_starts(self) -> list[int]:
        return [swap.start + shift for swap, shift in zip(self.swaps, self._shifts, strict=False)]

    def view_span(self, start: int, end: int) -> Span:
        """The smallest stretch of the view that holds a stretch of the source; an original is never cut."""
        _within(start, end, len(self.source))
        return self._to_view(start, end == start), self._to_view(end, True)

    def source_span(self, start: int, end: int) -> Span:
        """The smallest stretch of the source that holds a stretch of the view; an original is never cut."""
        _within(start, end, len(self.text))
        return self._to_source(start, end == start), self._to_source(end, True)

    def _to_view(self, offset: int, closes: bool) -> int:
        index = bisect_left(self._starts, offset) - 1
        if index >= 0 and offset < self.swaps[index].end:
            begin = self._view_starts[index]
            return begin + len(self.swaps[index].pseudonym) if closes else begin
        return offset + self._shifts[index + 1]

    def _to_source(self, offset: int, closes: bool) -> int:
        index = bisect_left(self._view_starts, offset) - 1
        if index >= 0:
            swap = self.swaps[index]
            if offset < self._view_starts[index] + len(swap.pseudonym):
                return swap.end if closes else swap.start
        return offset - self._shifts[index + 1]

    def within(self, start: int, end: int) -> list[Swap]:
        """The swaps that touch a stretch of the source."""
        first = bisect_right(self._starts, start) - 1
        if first >= 0 and self.swaps[first].end <= start:
            first += 1
        return list(self.swaps[max(first, 0) : bisect_left(self._starts, end)])


def view(source: str, spans: Iterable[tuple[int, int, str]]) -> View:
    """The source with each (start, end, pseudonym) replaced. Raises ValueError where two overlap."""
    swaps = tuple(Swap(*span) for span in sorted(spans))
    at = 0
    for swap in swaps:
        if not at <= swap.start < swap.end <= len(source):
            raise ValueError(
                f"the stretch {swap.start} to {swap.end} overlaps another, or is not in the text"
            )
        at = swap.end
    return View(source, swaps)


def _within(start: int, end: int, length: int) -> None:
    if not 0 <= start <= end <= length:
        raise ValueError(f"{start} to {end} is no stretch of a text of {length} characters")
