"""What a comparison with the last time stands on, in sentences: when, what else changed, what is paired."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cothemes.stages.evaluate.coding.history import FAMILY, Change, PassedOver
from cothemes.stages.evaluate.coding.metrics import METRICS


def since(changes: Sequence[Change]) -> str:
    """`the last time, 2026-11-22T…`; only the first words where nothing was compared."""
    times = sorted({change.since for change in changes})
    return ", ".join(
        ["the last time", *([" to ".join(dict.fromkeys([times[0], times[-1]]))] if times else [])]
    )


def other_than_then(changes: Sequence[Change]) -> list[str]:
    """What beside the figures is another now: suite, codebook, coder, prompt, commit."""
    changed = {name: ends for change in changes for name, ends in change.changed.items()}
    return [f"{name}: {before} then, {after} now" for name, (before, after) in changed.items()]


def cautions(changes: Sequence[Change]) -> Iterator[str]:
    """Which figures are not judged and why, and which intervals are wider than those of pairs."""
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
    """Which earlier rows measured something else, and what; rows with the same reason together."""
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
    """Why there is no change to tell. `before`: rows that the history held."""
    if passed:
        return "no earlier row measured the same passages, splits, codes and gold"
    return "no earlier row of the same coder and size" if before else "an empty history"


def outcome(changes: Sequence[Change]) -> str:
    """How many figures of how many rows moved."""
    rows = len({(change.coder, change.model, change.train) for change in changes})
    moved = sum(change.moved for change in changes)
    told = f"{rows} {'row' if rows == 1 else 'rows'}"
    if not moved:
        return f"{told}, {len(changes)} figures: none moved beyond its interval."
    return f"{told}: {moved} of {len(changes)} figures moved beyond their interval"


def rule(changes: Sequence[Change]) -> str:
    """When a fall is a regression, and by which errors; empty where nothing can be judged."""
    judged = [change for change in changes if change.p is not None]
    if not judged:
        return ""
    named = ", ".join(each.short for each in METRICS if each.guarded)
    methods = " and ".join(sorted({change.method for change in judged}))
    return (
        f"A regression is a fall of {named} at {FAMILY:.1%} one-sided for all {len(judged)} of them together "
        f"(Holm). Error of a difference: {methods}."
    )


def said(change: Change) -> str:
    """`regression`, `worse` or `better`, of a figure that moved."""
    return "regression" if change.regression else "worse" if change.worse else "better"
