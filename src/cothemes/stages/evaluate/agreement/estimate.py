"""One coefficient with its interval, as the contract writes it."""

from __future__ import annotations

from cothemes.agreement.result import Result, plain
from cothemes.records.record import Record


class Estimate(Record):
    """One coefficient with its interval. What cannot be computed is None, with the reason."""

    value: float | None
    low: float | None = None
    high: float | None = None
    method: str | None = None
    """How the interval was made."""
    reason: str | None = None
    """Why the value, or only its interval, is missing."""
    formula: str | None = None
    """Named where more than one goes by the coefficient's name."""


def estimate_of(result: Result, *, formula: str | None = None) -> Estimate:
    """A statistic's result in the contract's shape."""
    return Estimate(
        value=plain(result.value),
        low=plain(result.low),
        high=plain(result.high),
        method=result.method,
        reason=result.reason,
        formula=formula,
    )


def absent(reason: str, *, formula: str | None = None) -> Estimate:
    """No value, and why."""
    return Estimate(value=None, reason=reason, formula=formula)
