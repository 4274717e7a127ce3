"""Evaluations over time: one line each, and what moved between two of them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import numpy as np
from scipy import stats

from cothemes.records.record import Record
from cothemes.stages.evaluate.coding.ground import differences
from cothemes.stages.evaluate.coding.metrics import LOWER_IS_BETTER
from cothemes.stages.evaluate.coding.report import METRICS, Report, Row

LEAST = 0.005
"""Differences under this are never called a move: rounding and other processors make as much."""
GUARDED = ("map", "macro_f1", "recall_at_3")
"""Figures whose fall is a regression; the others are shown."""


class Entry(Record):
    """One row of one evaluation, as a line of the history."""

    at: str
    """When, ISO 8601 in UTC."""
    suite: str
    suite_hash: str
    codebook_hash: str
    row: Row
    context: dict[str, str] = {}
    """Commit, versions, machine."""
    regressed: bool = False
    """A comparison found it worse: later ones are not held against it. Without a comparison it counts."""

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What it is compared under: suite, coder, size of training, and of a paid coder its model."""
        return self.suite, self.row.coder, str(self.row.train), self.row.model if self.row.prompt else ""


class Change(Record):
    """How one figure moved since the last time."""

    suite: str
    coder: str
    model: str = ""
    """Of a paid coder."""
    train: int | Literal["all"]
    metric: str
    before: float
    after: float
    difference: float
    low: float
    high: float
    """95 % interval of the difference: paired by seed, else from both intervals."""
    moved: bool
    """The interval leaves out 0."""
    worse: bool
    """Moved in the wrong direction."""
    regression: bool
    """Worse, in a guarded figure."""
    since: str
    """When the figure before was found."""
    paired: bool
    """Seed by seed; else, fewer than two splits having the figure, as of two independent evaluations."""
    changed: dict[str, tuple[str, str]] = {}
    """What else is another than then: suite, codebook, coder, prompt, commit; before and after."""


class PassedOver(Record):
    """An earlier row that a later one cannot be held against, because it measured something else."""

    coder: str
    model: str = ""
    train: int | Literal["all"]
    since: str
    """When it was found."""
    differs: tuple[str, ...]
    """What was another then, in words."""
    compared: str = ""
    """When the row was found that the later one is held against instead; empty where there is none."""


def entries_of(report: Report, at: str, context: Mapping[str, str] | None = None) -> list[Entry]:
    """A report's lines."""
    return [
        Entry(
            at=at,
            suite=report.suite,
            suite_hash=report.suite_hash,
            codebook_hash=report.codebook_hash,
            row=row.for_history(),
            context=dict(context or {}),
        )
        for row in report.rows
    ]


def lines_of(entries: Iterable[Entry]) -> str:
    """JSON lines, to be appended."""
    return "".join(entry.model_dump_json() + "\n" for entry in entries)


def read_lines(text: str) -> list[Entry]:
    """Entries of a history, oldest first; lines that an older version wrote otherwise raise ValueError."""
    return [Entry.model_validate_json(line) for line in text.splitlines() if line.strip()]


def compare(earlier: Sequence[Entry], later: Sequence[Entry]) -> list[Change]:
    """Each later row against the newest earlier one of its key that measured the same and was no regression;
    rows without one are left out."""
    changes: list[Change] = []
    for entry in later:
        before = _baseline(earlier, entry)[0]
        if before is not None:
            changes.extend(_changes(before, entry))
    return changes


def passed_over(earlier: Sequence[Entry], later: Sequence[Entry]) -> list[PassedOver]:
    """Earlier rows that are newer than what each later one is held against, the newest first."""
    found = []
    for entry in later:
        before, others = _baseline(earlier, entry)
        found += [
            PassedOver(
                coder=entry.row.coder,
                model=entry.key[3],
                train=entry.row.train,
                since=other.at,
                differs=_differences(other, entry),
                compared=before.at if before else "",
            )
            for other in others
        ]
    return found


def _baseline(earlier: Sequence[Entry], entry: Entry) -> tuple[Entry | None, list[Entry]]:
    """What a row is held against, and what of its key is newer and measured something else."""
    others: list[Entry] = []
    for before in reversed(earlier):
        if before.key != entry.key or before.regressed:
            continue
        if not _differences(before, entry):
            return before, others
        others.append(before)
    return None, others


def _differences(before: Entry, after: Entry) -> tuple[str, ...]:
    if before.row.ground and after.row.ground:
        return tuple(differences(before.row.ground, after.row.ground))
    # A line from before rows said what they measured: only the suite as a whole can vouch for it.
    codes = [len(entry.row.by_code) for entry in (before, after)]
    told = {
        f"suite {before.suite_hash[:12]} then, {after.suite_hash[:12]} now, what was scored is not kept": (
            before.suite_hash == after.suite_hash and before.row.seeds == after.row.seeds
        ),
        f"scored codes {codes[0]} then, {codes[1]} now": (
            {code.code for code in before.row.by_code} == {code.code for code in after.row.by_code}
        ),
    }
    return tuple(words for words, same in told.items() if not same)


def marked(entries: Iterable[Entry], changes: Iterable[Change]) -> list[Entry]:
    """Entries with those marked in which the changes hold a regression."""
    worse = {(change.coder, str(change.train), change.model) for change in regressions(changes)}
    return [entry.model_copy(update={"regressed": entry.key[1:] in worse}) for entry in entries]


def regressions(changes: Iterable[Change]) -> list[Change]:
    """Those that exit 7."""
    return [change for change in changes if change.regression]


def _changes(before: Entry, after: Entry) -> Iterable[Change]:
    changed = {
        name: (old, new) for name, (old, new) in _states(before, after).items() if old != new and old and new
    }
    for metric in METRICS:
        old, new = getattr(before.row, metric), getattr(after.row, metric)
        if old is None or new is None:
            continue
        together = _paired_half(before.row, after.row, metric)
        half = together
        if half is None:
            half = math.hypot(_half(before.row, metric), _half(after.row, metric))
        difference = new - old
        moved = abs(difference) > max(half, LEAST)
        worse = moved and (difference > 0) == (metric in LOWER_IS_BETTER)
        yield Change(
            suite=after.suite,
            coder=after.row.coder,
            model=after.key[3],
            train=after.row.train,
            metric=metric,
            before=old,
            after=new,
            difference=difference,
            low=difference - half,
            high=difference + half,
            moved=moved,
            worse=worse,
            regression=worse and metric in GUARDED,
            since=before.at,
            paired=together is not None,
            changed=changed,
        )


def _states(before: Entry, after: Entry) -> dict[str, tuple[str, str]]:
    return {
        "suite": (before.suite_hash[:12], after.suite_hash[:12]),
        "codebook": (before.codebook_hash[:12], after.codebook_hash[:12]),
        "coder": (before.row.version, after.row.version),
        "prompt": (before.row.prompt, after.row.prompt),
        "commit": (before.context.get("commit", ""), after.context.get("commit", "")),
    }


def _paired_half(before: Row, after: Row, metric: str) -> float | None:
    """Half of the t interval of the mean difference over seeds; None under two seeds."""
    old, new = before.intervals[metric].by_seed, after.intervals[metric].by_seed
    steps = np.array([b - a for a, b in zip(old, new, strict=True) if a is not None and b is not None])
    if len(steps) < 2:
        return None
    return float(stats.t.ppf(0.975, len(steps) - 1) * steps.std(ddof=1) / math.sqrt(len(steps)))


def _half(row: Row, metric: str) -> float:
    interval = row.intervals[metric]
    if interval.half is not None:
        return interval.half
    return 0.0 if interval.low is None or interval.high is None else (interval.high - interval.low) / 2
