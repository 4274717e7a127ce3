"""The unitizing alphas of 2016: how much text the raters mark alike, weighed against chance."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from typing import Literal

import numpy as np

from cothemes.agreement.ratings import Floats, Ints
from cothemes.agreement.result import Result
from cothemes.agreement.spans import Continuum, Span

SelfPairing = Literal["pairwise", "union"]

_CONVENTIONS = {
    "family": "Krippendorff, Mathet, Bouvry and Widloecher (2016), nominal values",
    "unit_of_length": "code points; gaps are paired code point by code point, spans as wholes",
}
_READINGS = {
    "pairwise": "self-pairing of a span: squared overlap with each other rater, over raters - 1",
    "union": "self-pairing of a span: squared overlap with the others together",
}
_NOTHING = 1e-9


class Shared2016:
    """Observed and expected coincidences of values, in code points; gaps are the last value.

    Equation numbers are those of the paper.
    """

    def __init__(self, continuum: Continuum, self_pairing: SelfPairing) -> None:
        self._values = continuum.values
        self._gap = len(self._values)
        self._raters = continuum.raters
        self._spans = sum(map(len, continuum.spans.values()))
        self._whole = float(continuum.raters * continuum.length)
        self._reading = self_pairing
        place = {value: number for number, value in enumerate(self._values)}
        cut = [_partition(spans, continuum.length, place) for spans in continuum.spans.values()]
        edges = np.unique(np.concatenate([starts for starts, _ in cut] + [[continuum.length]]))
        self._widths = np.diff(edges).astype(np.float64)
        self._unit = [np.searchsorted(starts, edges[:-1], side="right") - 1 for starts, _ in cut]
        self._value = [values for _, values in cut]
        self._length = [
            np.bincount(unit, weights=self._widths, minlength=len(values))
            for unit, values in zip(self._unit, self._value, strict=True)
        ]
        self._observed = self._coincidences()

    def u(self) -> Result:
        """Reliability of the whole partition: spans, values and gaps (equation 5)."""
        expected = self._expected()
        return self._result(
            self._whole - float(np.trace(self._observed)), self._whole - float(np.trace(expected))
        )

    def bar_u(self) -> Result:
        """Reliability of telling marked text from unmarked, values aside (equation 6)."""
        gap = self._gap
        expected = self._expected()
        if not self._observed[gap].sum():
            return self._undefined("no gaps: all raters marked everything")
        return self._result(
            float(self._observed[gap].sum() - self._observed[gap, gap]),
            float(expected[gap].sum() - expected[gap, gap]),
        )

    def cu(self) -> Result:
        """Reliability of the values where both raters marked something (equations 10 and 11)."""
        observed, expected = self._valued()
        total = float(observed.sum())
        if not total:
            return self._undefined("no text that two raters marked")
        return self._result(
            total - float(np.trace(observed)),
            total - float(np.trace(expected)),
            coverage=total / self._whole,
            conventions={"reading": _READINGS[self._reading]},
        )

    def by_value(self) -> dict[Hashable, Result]:
        """(k)u: reliability of each value, where both raters marked something (equation 13)."""
        observed, expected = self._valued()
        total = float(observed.sum())
        found: dict[Hashable, Result] = {}
        for number, value in enumerate(self._values):
            own = float(observed[number].sum())
            marked = float(self._observed[number].sum())
            if not total or not own:
                found[value] = self._undefined("never where another rater marked something")
                continue
            chance = float(expected[number].sum())
            found[value] = self._result(
                chance / own * (own - float(observed[number, number])),
                chance - float(expected[number, number]),
                coverage=own / marked,
                conventions={"reading": _READINGS[self._reading]},
            )
        return found

    def _coincidences(self) -> Floats:
        """Text of value c by one rater and k by another, over raters − 1 (equation 1)."""
        size = self._gap + 1
        table = np.zeros(size * size)
        for first, second in self._pairs():
            cell = self._at(first) * size + self._at(second)
            table += np.bincount(cell, weights=self._widths, minlength=size * size)
        return np.asarray(table.reshape(size, size) / (self._raters - 1))

    def _expected(self) -> Floats:
        """Coincidences by chance, spans paired with all others but themselves (equation 4)."""
        margins = self._observed.sum(axis=1)
        alone = np.zeros(self._gap + 1)
        for value, length in zip(self._value, self._length, strict=True):
            squared = np.where(value == self._gap, length, np.square(length))
            alone += np.bincount(value, weights=squared, minlength=self._gap + 1)
        crossed = np.outer(margins, margins) - np.diag(alone)
        return np.asarray(self._whole * crossed / (self._whole**2 - alone.sum()))

    def _valued(self) -> tuple[Floats, Floats]:
        """Observed and expected coincidences of text that both raters marked (equation 10)."""
        observed = self._observed[: self._gap, : self._gap]
        margins = observed.sum(axis=1)
        total = margins.sum()
        if not total:
            return observed, observed
        alone = self._self_pairings()
        divisor = total - alone.sum() / total
        if divisor <= _NOTHING:
            return observed, observed
        return observed, (np.outer(margins, margins) - np.diag(alone)) / divisor

    def _self_pairings(self) -> Floats:
        """Return by value the squared lengths in which spans meet marked text of other raters."""
        alone = np.zeros(self._gap)
        marked = [self._at(rater) != self._gap for rater in range(self._raters)]
        for rater, value in enumerate(self._value):
            others = [marked[other] for other in range(self._raters) if other != rater]
            if self._reading == "union":
                others = [np.any(others, axis=0)]
            for other in others:
                met = np.bincount(self._unit[rater], weights=self._widths * other, minlength=len(value))
                own = value != self._gap
                alone += np.bincount(
                    value[own], weights=np.square(met[own]) / len(others), minlength=self._gap
                )
        return alone

    def _pairs(self) -> list[tuple[int, int]]:
        raters = range(self._raters)
        return [(first, second) for first in raters for second in raters if first != second]

    def _at(self, rater: int) -> Ints:
        """The rater's value in each stretch between neighbouring edges of any rater."""
        return np.asarray(self._value[rater][self._unit[rater]])

    def _result(
        self,
        observed: float,
        expected: float,
        coverage: float | None = None,
        conventions: dict[str, str] | None = None,
    ) -> Result:
        if expected <= _NOTHING * self._whole:
            return self._undefined("no variation")
        parts = {"observed_disagreement": observed, "expected_disagreement": expected}
        return Result(
            value=1 - observed / expected,
            units=self._spans,
            conventions={**_CONVENTIONS, **(conventions or {})},
            parts=parts if coverage is None else {**parts, "coverage": coverage},
        )

    def _undefined(self, reason: str) -> Result:
        return Result(value=math.nan, units=self._spans, reason=reason, conventions=_CONVENTIONS)


def _partition(spans: Sequence[Span], length: int, place: dict[Hashable, int]) -> tuple[Ints, Ints]:
    """The rater's text as units and gaps: where each begins, and its value."""
    starts: list[int] = []
    values: list[int] = []
    reached = 0
    for span in spans:
        if span.start > reached:
            starts.append(reached)
            values.append(len(place))
        starts.append(span.start)
        values.append(place[span.value])
        reached = span.end
    if reached < length:
        starts.append(reached)
        values.append(len(place))
    return np.array(starts, dtype=np.intp), np.array(values, dtype=np.intp)
