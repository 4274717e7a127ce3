"""A figure with its interval and reason, as every report has it.

A statistic is computed as a `Result` (NaN where there is nothing, and the conventions behind it) and reported
as an `Estimate` (JSON's null). `estimate_of` is the only way from one to the other.
"""

from __future__ import annotations

from cothemes.agreement.estimate import Interval
from cothemes.agreement.result import NO_WIDTH, NONE_AGREED, Result, plain
from cothemes.records.record import Record

FEW_INTERVIEWS = 10
"""Clusters under which an interval says little."""
NO_SPREAD = "no spread"
"""Flag of an estimate whose interval would have no width."""
RARE = "too rare"
"""Flag of a code that two raters gave to fewer than FIRM_AGREED passages."""
FIRM_AGREED = 5
MOST_CLUSTERS = 3000
"""Clusters up to which a jackknife leaves out one after the other."""
MANY_CLUSTERS = f"more than {MOST_CLUSTERS} clusters: no interval"


class Estimate(Record):
    """One figure with its interval. What cannot be computed is None, with the reason."""

    value: float | None
    low: float | None = None
    high: float | None = None
    method: str | None = None
    """Method of the interval."""
    reason: str | None = None
    """Reason why the value, or only its interval, is missing."""
    formula: str | None = None
    """Named where more than one goes by the coefficient's name."""
    clusters: int | None = None
    """Interviews that the interval is over."""

    @property
    def flat(self) -> bool:
        """No interval because it would have no width: the figure is the same whichever interview is left
        out."""
        return self.reason == NO_WIDTH

    @property
    def withheld(self) -> bool:
        """A value without an interval."""
        return self.value is not None and self.low is None

    @property
    def mark(self) -> str:
        """A star where the interval is over few interviews."""
        few = self.clusters is not None and self.clusters < FEW_INTERVIEWS
        return "*" if few and self.low is not None else ""


def estimate_of(result: Result, *, formula: str | None = None, clusters: int | None = None) -> Estimate:
    """Return a statistic's result as it is reported; `clusters` are the interviews its interval is over."""
    return Estimate(
        value=plain(result.value),
        low=plain(result.low),
        high=plain(result.high),
        method=result.method,
        reason=result.reason,
        formula=formula,
        clusters=clusters,
    )


def interval_over(clusters: int) -> Interval:
    """Return the jackknife, or no interval where there are more than MOST_CLUSTERS clusters."""
    return "jackknife" if clusters <= MOST_CLUSTERS else None


def over_interviews(result: Result, interval: Interval) -> Estimate:
    """Return the estimate with its number of interviews, or the reason where these are too many."""
    if interval is None:
        found = estimate_of(result)
        return found if found.value is None else without_interval(found, MANY_CLUSTERS)
    return estimate_of(result, clusters=result.clusters)


def rarity_of(agreed: float) -> str | None:
    """Return the flag of a figure that rests on so many passages to which two raters gave the same code."""
    if not agreed:
        return NONE_AGREED
    return RARE if agreed < FIRM_AGREED else None


def without_interval(found: Estimate, reason: str) -> Estimate:
    """Return the value alone, and why it has no interval."""
    if found.value is None:
        return found
    return found.model_copy(update={"low": None, "high": None, "method": None, "reason": reason})


def absent(reason: str, *, formula: str | None = None) -> Estimate:
    """Return no value, and why."""
    return Estimate(value=None, reason=reason, formula=formula)
