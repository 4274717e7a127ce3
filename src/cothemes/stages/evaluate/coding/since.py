"""What a comparison with the last time stands on, in sentences: when, what else changed, what is paired."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cothemes.stages.evaluate.coding.history import Change
from cothemes.stages.evaluate.coding.names import SHORT


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


def cautions(changes: Sequence[Change], splits: int) -> Iterator[str]:
    """Why intervals are wider than those of pairs."""
    if not all(change.same_splits for change in changes):
        yield "Not on the same passages and splits: intervals are those of two evaluations apart, and wider."
    if splits == 1 and any(change.same_splits for change in changes):
        yield (
            "One split cannot be paired: intervals are those of two evaluations apart, and wider. Two or "
            "more `seeds` in the suite's split make pairs."
        )
    elif alone := sorted({SHORT.get(c.metric, c.metric) for c in changes if c.same_splits and not c.paired}):
        yield f"Known in fewer than two splits both times, so not paired: {', '.join(alone)}."


def outcome(changes: Sequence[Change]) -> str:
    """How many figures of how many rows moved."""
    rows = len({(change.coder, change.model, change.train) for change in changes})
    moved = sum(change.moved for change in changes)
    told = f"{rows} {'row' if rows == 1 else 'rows'}"
    if not moved:
        return f"{told}, {len(changes)} figures: none moved beyond its interval."
    return f"{told}: {moved} of {len(changes)} figures moved beyond their interval"


def said(change: Change) -> str:
    """`regression`, `worse` or `better`, of a figure that moved."""
    return "regression" if change.regression else "worse" if change.worse else "better"
