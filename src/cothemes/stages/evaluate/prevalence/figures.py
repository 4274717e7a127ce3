"""The shapes of `cothemes prevalence --json`."""

from __future__ import annotations

import math
from typing import Literal

from cothemes.agreement.result import Result, plain
from cothemes.records.left_out import LeftOut
from cothemes.records.record import Record

THESE = "these documents"
LIKE_THESE = "documents like these"


class Share(Record):
    """A share of passages with its interval. What cannot be estimated is None, with the reason."""

    value: float | None
    low: float | None = None
    high: float | None = None
    method: str | None = None
    reason: str | None = None
    estimand: str | None = None
    """Population that the interval is for: `these documents`, or `documents like these`; None without an
    interval.
    """


class CodePrevalence(Record):
    """One code, four ways."""

    code: str
    label: str = ""
    passages: int
    """Passages that the draw could have taken and the run coded."""
    reviewed: int
    """Passages of these that people read blind, drawn at random."""
    positives: int
    """Reviewed passages to which at least one blind reader applied the code."""
    clusters: int
    model_share: float | None
    """Naive: the run's suggestions over all of the passages. Its errors are in it."""
    people_share: Share
    """Share among the reviewed passages alone; a passage with several readers counts the share of them. With
    few positives, or few passages without the code, its interval is exact.
    """
    design_based: Share
    """The run's share corrected by the reviewed passages, weighted by their stored chances."""
    prediction_powered: Share
    """Share where every passage had one chance, the run's part weighted by how well it predicts."""
    flag: str | None = None

    @property
    def corrected(self) -> bool:
        """Return whether the design-based share is the run's share corrected, and not people's own."""
        return self.design_based.value is not None and self.design_based.estimand != THESE


class PrevalenceTable(Record):
    """The report of `cothemes prevalence`."""

    run: str
    rater: str
    round: str
    readers: tuple[str, ...]
    passages: int
    reviewed: int
    documents: int
    clusters: int
    lowest_chance: float | None
    highest_chance: float | None
    codes: tuple[CodePrevalence, ...]
    estimand: str
    conventions: dict[str, str]
    notes: tuple[str, ...] = ()
    synthetic: bool = False
    purpose: Literal["prevalence"] = "prevalence"
    """The rule by which decisions count."""
    left_out: tuple[LeftOut, ...] = ()
    """Decisions that do not count here, with the reason and the option that brings them back."""

    @property
    def corrected(self) -> bool:
        """Return whether the share of any code is corrected."""
        return any(code.corrected for code in self.codes)


def share_of(result: Result) -> Share:
    """A statistic's result as a share."""
    return Share(
        value=plain(result.value),
        low=plain(result.low),
        high=plain(result.high),
        method=result.method,
        reason=result.reason,
        estimand=_estimand(result),
    )


def _estimand(result: Result) -> str | None:
    if math.isnan(result.low):
        return None
    exact = result.method is not None and result.method.startswith("exact")
    return THESE if exact else LIKE_THESE


def no_share(reason: str) -> Share:
    """No value, and why."""
    return Share(value=None, reason=reason)
