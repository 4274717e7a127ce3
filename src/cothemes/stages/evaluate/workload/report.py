"""Workload curves of a suite, in the shape that others script against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from cothemes.records.record import Record
from cothemes.stages.evaluate.workload.savings import Curves, ends, savings

RANDOM = "random"
KINDS = ("micro", "macro")
EFFORTS = ("passages", "words")


class CurvePoint(Record):
    """What is left after a share of the passages was read."""

    read: float
    """Share of the passages read."""
    words: float
    """Share of the words read, mean over seeds."""
    micro: float
    """Errors left per positive of gold, all codes together."""
    micro_low: float
    micro_high: float
    macro: float
    """The same of each scored code by its own positives, mean over codes."""
    macro_low: float
    macro_high: float


class WorkloadCurve(Record):
    """One order of reading."""

    order: str
    points: tuple[CurvePoint, ...]


class Saving(Record):
    """Share of the review that an order saves against random order at equal error."""

    order: str
    error: str
    """`micro` or `macro`."""
    effort: str
    """`passages` or `words`."""
    at: float | None
    """Share of the passages after which random order leaves that error; None: the mean over all these."""
    saved: float
    low: float
    high: float


class WorkloadReport(Record):
    """Orders of reading on one suite."""

    suite: str
    about: str
    synthetic: bool
    coder: str
    """Coder that learns, with its version."""
    passages: int
    """Passages of a part, mean over seeds."""
    documents: int
    """Documents of the suite, which parts are drawn from."""
    codes: int
    """Scored codes."""
    seeds: tuple[int, ...]
    curves: tuple[WorkloadCurve, ...]
    savings: tuple[Saving, ...]
    conventions: dict[str, str]


CONVENTIONS = {
    "error": "missed positives and wrong suggestions at the coder's own thresholds, among passages that "
    "nobody has read, per positive of gold: micro over all codes, macro as the mean of the scored codes",
    "study": "each seed's test part of the suite: whole documents, the coder knowing nothing of the others",
    "reader": "says of every code of a passage whether it applies, as gold does",
    "learning": "the coder learns after 0, 1, 2.5, 5, 10, 20, 35 and 50 % of the passages, and the rest "
    "is put in order anew",
    "saved": "1 − x/y: the order reads x to leave the error that random order leaves after y = 20, 40, 60 "
    "and 80 % of the passages; the mean is of these four",
    "interval": "95 %, percentiles of 1,000 resamples of the documents; curves are means over seeds",
    "value": "half most expected errors without near-twins in a row, a quarter likely positives of rare "
    "codes, a quarter random",
    "oracle": "knows gold, and reads next the passages on which the coder has most errors now; it does not "
    "choose what teaches most, so it is no bound",
}


def workload_curves(found: Mapping[str, Curves]) -> tuple[WorkloadCurve, ...]:
    """Return the curve of each order."""
    return tuple(WorkloadCurve(order=name, points=tuple(_points(each))) for name, each in found.items())


def workload_savings(found: Mapping[str, Curves]) -> tuple[Saving, ...]:
    """Every order against random order, by passages and by words."""
    made = []
    for kind in KINDS:
        for effort in EFFORTS:
            for order, levels in savings(found, RANDOM, kind, words=effort == "words").items():
                for level, (value, low, high) in levels.items():
                    made.append(
                        Saving(
                            order=order,
                            error=kind,
                            effort=effort,
                            at=None if level == "mean" else float(level),
                            saved=value,
                            low=low,
                            high=high,
                        )
                    )
    return tuple(made)


def _points(each: Curves) -> Sequence[CurvePoint]:
    made = []
    for at in range(each.read.shape[1]):
        micro, macro = (ends(each.error(kind)[:, at]) for kind in KINDS)
        made.append(
            CurvePoint(
                read=float(each.read[0, at]),
                words=float(np.round(each.words[0, at], 12)),
                micro=micro[0],
                micro_low=micro[1],
                micro_high=micro[2],
                macro=macro[0],
                macro_low=macro[1],
                macro_high=macro[2],
            )
        )
    return made
