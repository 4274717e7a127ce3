"""An evaluation compared with the last one, in sentences: when, what else changed, what is paired."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cothemes.records.numbers import percent
from cothemes.records.text import counted
from cothemes.stages.evaluate.coding.history import FAMILY, Change, PassedOver
from cothemes.stages.evaluate.coding.metrics import METRICS


def since(changes: Sequence[Change]) -> str:
    """Return `the last time, 2026-11-22T…`; only the first words where nothing was compared."""
    times = sorted({change.since for change in changes})
    return ", ".join(
        ["the last time", *([" to ".join(dict.fromkeys([times[0], times[-1]]))] if times else [])]
    )


def other_than_then(changes: Sequence[Change]) -> list[str]:
    """Name what changed besides the figures: suite, codebook, coder, prompt, commit."""
    changed = {name: ends for change in changes for name, ends in change.changed.items()}
    return [f"{name}: {before} then, {after} now" for name, (before, after) in changed.items()]


def cautions(changes: Sequence[Change]) -> Iterator[str]:
    """Yield the figures that are not judged and why, and the intervals that are wider than those of pairs."""
    why: dict[tuple[str, str], list[str]] = {}
    for change in changes:
        if change.reason:
            named = f"{METRICS[change.metric].short} of {change.coder} train {change.train}"
            why.setdefault((change.reason, change.since), []).append(named)
    for (reason, at), figures in why.items():
        yield (
            f"Not judged: {', '.join(figures)}. {reason[0].upper()}{reason[1:]} ({at}). The next comparison "
            "is with this evaluation."
        )
    if alone := sorted({METRICS[c.metric].short for c in changes if not c.paired}):
        yield f"Not paired, so intervals are those of two evaluations apart, and wider: {', '.join(alone)}."


def not_compared(passed: Sequence[PassedOver]) -> list[str]:
    """Name the earlier rows that measured something else, and what; rows with one reason together."""
    rows: dict[tuple[str, tuple[str, ...], str], list[str]] = {}
    for each in passed:
        rows.setdefault((each.since, each.differs, each.compared), []).append(
            f"{each.coder} train {each.train}"
        )
    return [
        f"Not comparable with {at}, so nothing is judged by it: {'; '.join(differs)} ({', '.join(of)}"
        f"{f'; held against {compared} instead' if compared else ''})."
        for (at, differs, compared), of in rows.items()
    ]


def nothing_compared(before: int, passed: Sequence[PassedOver]) -> str:
    """Say why there is no change to report. `before`: rows that the history held."""
    if passed:
        return "no earlier row measured the same passages, splits, codes and gold"
    return "no earlier row of the same coder and size" if before else "an empty history"


def outcome(changes: Sequence[Change]) -> str:
    """Say how many figures of how many rows moved."""
    rows = len({(change.coder, change.model, change.train) for change in changes})
    moved = sum(change.moved for change in changes)
    told = counted(rows, "row")
    if not moved:
        return f"{told}, {len(changes)} figures: none moved beyond its interval."
    return f"{told}: {moved} of {len(changes)} figures moved beyond their interval"


def rule(changes: Sequence[Change]) -> str:
    """Say when a fall is a regression, and by which errors; empty where nothing can be judged."""
    judged = [change for change in changes if change.p is not None]
    if not judged:
        return ""
    named = ", ".join(each.short for each in METRICS if each.guarded)
    methods = " and ".join(sorted({change.method for change in judged}))
    return (
        f"A regression is a fall of {named} at {percent(FAMILY, decimals=1)} one-sided for all "
        f"{len(judged)} of them together (Holm). Error of a difference: {methods}."
    )


def said(change: Change) -> str:
    """Return `regression`, `worse` or `better` for a figure that moved."""
    return "regression" if change.regression else "worse" if change.worse else "better"
