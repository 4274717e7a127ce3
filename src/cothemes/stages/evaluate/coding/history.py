"""Evaluations over time: one line each, and what moved between two of them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from cothemes.records.record import Record
from cothemes.stages.evaluate.coding.ground import differences
from cothemes.stages.evaluate.coding.metrics import METRICS
from cothemes.stages.evaluate.coding.paired_difference import DifferenceError, difference_error, holm
from cothemes.stages.evaluate.coding.report import Report, Row

LEAST = 0.005
"""Differences under this are never called a move: rounding and other processors make as much."""
FAMILY = 0.025
"""One-sided rate at which a comparison of equal coders may call any guarded figure a regression."""
TWO_INTERVALS = "two intervals"


class Entry(Record):
    """One row of one evaluation, as a line of the history."""

    at: str
    """Time, ISO 8601 in UTC."""
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
        """Return what it is compared under: suite, coder, size of training, and of a paid coder its model."""
        return self.suite, self.row.coder, str(self.row.train), self.row.model if self.row.prompt else ""


class Change(Record):
    """Change of one figure since the last time."""

    suite: str
    coder: str
    model: str = ""
    """Model of a paid coder."""
    train: int | Literal["all"]
    metric: str
    before: float
    after: float
    difference: float
    low: float
    high: float
    """95 % interval of the difference by itself, without a correction for the other figures."""
    method: str = ""
    """Error of the difference: `jackknife over documents`, `corrected resampled t`, or `two intervals`."""
    p: float | None = None
    """One-sided p of a fall of a guarded figure, by Holm's method over all guarded figures compared; None for
    other figures, and where `reason` says why."""
    reason: str = ""
    """Reason why a guarded figure cannot be judged; empty where it is."""
    moved: bool
    """The interval leaves out 0."""
    worse: bool
    """Moved in the wrong direction."""
    regression: bool
    """A guarded figure fell, at 2.5 % for all guarded figures of the comparison together."""
    since: str
    """Time when the previous figure was found."""
    paired: bool
    """True if both are on the same documents; else the interval is that of two independent evaluations, and
    wider.
    """
    changed: dict[str, tuple[str, str]] = {}
    """Other things that changed since: suite, codebook, coder, prompt, commit; before and after."""


class PassedOver(Record):
    """An earlier row that a later one cannot be held against, because it measured something else."""

    coder: str
    model: str = ""
    train: int | Literal["all"]
    since: str
    """Time when it was found."""
    differs: tuple[str, ...]
    """Things that were different then, in words."""
    compared: str = ""
    """Time of the row that the later one is compared with instead; empty where there is none."""


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
    rows without one are left out.

    A guarded figure is a regression where it fell by more than LEAST and Holm's p over all guarded figures of
    the comparison is FAMILY or less; `difference_test` says how the error of a difference allows for test
    parts that overlap."""
    changes: list[Change] = []
    for entry in later:
        before = _baseline(earlier, entry)[0]
        if before is not None:
            changes.extend(_changes(before, entry))
    return _judged(changes)


def _judged(changes: Sequence[Change]) -> list[Change]:
    """Return the changes with Holm's p in place of each single p, and with regressions named."""
    tested = [place for place, change in enumerate(changes) if change.p is not None]
    adjusted = dict(zip(tested, holm([changes[place].p or 0.0 for place in tested]), strict=True))
    return [
        change.model_copy(
            update={
                "p": adjusted[place],
                "regression": adjusted[place] <= FAMILY and change.difference < -LEAST,
            }
        )
        if place in adjusted
        else change
        for place, change in enumerate(changes)
    ]


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
    """Return what a row is held against, and what of its key is newer and measured something else."""
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
    for registered in METRICS:
        metric = registered.key
        old, new = before.row.figure(metric), after.row.figure(metric)
        if old is None or new is None:
            continue
        difference, error = new - old, _error(before.row, after.row, metric)
        half = (
            math.hypot(_half(before.row, metric), _half(after.row, metric)) if error is None else error.half()
        )
        moved = abs(difference) > max(half, LEAST)
        guarded = registered.guarded
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
            method=error.method if error else TWO_INTERVALS,
            p=error.p_below(difference) if error and guarded else None,
            reason=_why_not(before.row) if guarded and error is None else "",
            moved=moved,
            worse=moved and (difference > 0) == registered.lower_is_better,
            regression=False,
            since=before.at,
            paired=error is not None,
            changed=changed,
        )


def _error(before: Row, after: Row, metric: str) -> DifferenceError | None:
    old, new = before.intervals[metric], after.intervals[metric]
    return difference_error(
        (old.by_seed, new.by_seed),
        (old.left_out, new.left_out),
        before.ground.test_share if before.ground else None,
        taught=after.train != 0,
    )


def _why_not(before: Row) -> str:
    """Return why the error of a difference from an earlier row is not known."""
    if any(spread.left_out for spread in before.intervals.values()):
        return "a group of documents holds all of the test part, so no jackknife over documents is possible"
    lacks = "fewer than two splits" if before.ground else "no record of what its splits test"
    return f"the earlier row is of an older version: no figures by group of documents, and {lacks}"


def _states(before: Entry, after: Entry) -> dict[str, tuple[str, str]]:
    return {
        "suite": (before.suite_hash[:12], after.suite_hash[:12]),
        "codebook": (before.codebook_hash[:12], after.codebook_hash[:12]),
        "coder": (before.row.version, after.row.version),
        "prompt": (before.row.prompt, after.row.prompt),
        "commit": (before.context.get("commit", ""), after.context.get("commit", "")),
    }


def _half(row: Row, metric: str) -> float:
    interval = row.intervals[metric]
    if interval.half is not None:
        return interval.half
    return 0.0 if interval.low is None or interval.high is None else (interval.high - interval.low) / 2
