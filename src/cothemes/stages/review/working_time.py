"""How long a reviewer takes over a passage, from what is on record: more work can then be told in hours."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from cothemes.records.review import Action, Decision

IDLE_SECONDS = 300.0
"""Between two acts; a longer gap is a pause, and none of it counts."""
LEAST_FINISHED = 5
"""Passages that must have been timed before a pace is said."""


def minutes_per_passage(decisions: Sequence[Decision]) -> float | None:
    """One reviewer's own pace: the median working time from one `done` to the next, in minutes.

    Passages that were begun after a pause are left out, as are gaps in which the clock went back; so are
    passages that took under a second, which no person read. None where fewer than `LEAST_FINISHED` remain.
    """
    times: list[float] = []
    worked, whole = 0.0, False
    before = None
    for decision in decisions:
        gap = (decision.at - before).total_seconds() if before is not None else -1.0
        before = decision.at
        if not 0 <= gap <= IDLE_SECONDS:
            worked, whole = 0.0, decision.action is Action.DONE
            continue
        worked += gap
        if decision.action is Action.DONE:
            if whole and worked >= 1:
                times.append(worked)
            worked, whole = 0.0, True
    if len(times) < LEAST_FINISHED:
        return None
    return median(times) / 60
