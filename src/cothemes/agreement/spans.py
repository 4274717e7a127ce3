"""Spans that raters marked on one text, read and checked, for the unitizing coefficients."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from numbers import Real
from typing import Any

from cothemes.agreement.ratings import is_missing
from cothemes.errors import RatingsError


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open stretch of the text, in code points from its beginning."""

    start: int
    end: int
    value: Hashable

    @property
    def length(self) -> int:
        """Code points covered."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Continuum:
    """One text and what every rater marked on it."""

    spans: Mapping[Hashable, tuple[Span, ...]]
    """Spans by rater, in the order of the text; a rater who marked nothing has none."""

    length: int

    @property
    def raters(self) -> int:
        """Return how many raters there are."""
        return len(self.spans)

    @property
    def values(self) -> list[Hashable]:
        """The values that occur, sorted by how they are written."""
        return sorted({span.value for spans in self.spans.values() for span in spans}, key=_written)

    def only(self, value: Hashable) -> dict[Hashable, tuple[Span, ...]]:
        """The spans of one value, by rater."""
        return {
            rater: tuple(span for span in spans if span.value == value) for rater, spans in self.spans.items()
        }


def read_spans(spans: Any, length: int, begin: int = 0) -> Continuum:
    """Spans by rater, {rater: [(start, end, value), …]}, or rows of (rater, start, end, value).

    Positions are whole numbers of code points. Raises RatingsError where a span is empty, leaves
    the text, has no value, or is not made of whole numbers.
    """
    if not _is_whole(length) or length < 1:
        raise RatingsError(f"the text has the length {length}", hint="Give its length in code points")
    if not _is_whole(begin):
        raise RatingsError(f"the text begins at {begin}", hint="Give a whole number of code points")
    by_rater: dict[Hashable, list[Span]] = {}
    if isinstance(spans, Mapping):
        rows: Iterable[tuple[Hashable, Sequence[Any]]] = (
            (rater, span) for rater, marked in spans.items() for span in marked
        )
        by_rater = {rater: [] for rater in spans}
    else:
        rows = ((row[0], row[1:]) for row in spans)
    for rater, given in rows:
        if len(given) != 3:
            raise RatingsError(f"{rater} has the span {tuple(given)!r}", hint="Give start, end and value")
        start, end, value = given
        if not (_is_whole(start) and _is_whole(end)):
            raise RatingsError(
                f"{rater} has a span from {start} to {end}", hint="Positions are whole code points"
            )
        if not begin <= start < end <= begin + length:
            raise RatingsError(
                f"{rater} has a span from {start} to {end}, in a text from {begin} to {begin + length}",
                hint="Spans are half-open, not empty, and lie inside the text",
            )
        if is_missing(value) or not isinstance(value, Hashable):
            raise RatingsError(
                f"{rater} has a span from {start} to {end} of {value!r}", hint="Give its code as the value"
            )
        by_rater.setdefault(rater, []).append(Span(int(start) - begin, int(end) - begin, value))
    return Continuum(
        {
            rater: tuple(sorted(marked, key=lambda span: (span.start, span.end)))
            for rater, marked in by_rater.items()
        },
        int(length),
    )


def refuse_overlaps(spans: Mapping[Hashable, Sequence[Span]], hint: str) -> None:
    """Raise RatingsError where two spans of one rater share a code point."""
    for rater, marked in spans.items():
        for left, right in pairwise(marked):
            if right.start < left.end:
                raise RatingsError(
                    f"{rater} has overlapping spans, {left.start} to {left.end} and "
                    f"{right.start} to {right.end}",
                    hint=hint,
                )


def _is_whole(position: Any) -> bool:
    if isinstance(position, bool) or not isinstance(position, Real):
        return False
    return float(position).is_integer()


def _written(value: Hashable) -> str:
    return str(value)
