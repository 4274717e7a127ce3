"""One coder under an old and a new wording, on passages that people have settled: what got better and worse.

F1 = 2·TP ÷ (2·TP + FP + FN) (van Rijsbergen 1979), per code, on the same passages under both wordings. The
difference leaves out one interview after the other on both sides at once: what is hard in one interview
weighs on neither side. A code that nobody settled, or that stands in one version alone, has no difference.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cothemes.agreement.possible import why_withheld
from cothemes.agreement.resampling import cluster_sums, jackknife
from cothemes.agreement.result import plain
from cothemes.records.document import DocumentHead

LEVEL = 0.95
FEW_INTERVIEWS = 10
COLUMN = "used_for_revision"
"""Column of the documents' metadata that marks one as used to revise the codebook."""
YES = ("yes", "true", "1", "y", "ja")
PILOT = "pilot"
"""Rounds whose name begins so are read in order to revise the codebook."""

Applied = Mapping[str, Collection[str]]
"""Passage → codes that the coder gave; a passage that it did not code is not in it."""


@dataclass(frozen=True)
class Side:
    """A code under one wording."""

    hits: int
    false: int
    missed: int

    @property
    def f1(self) -> float | None:
        """None where nothing is there to find and nothing was given."""
        total = 2 * self.hits + self.false + self.missed
        return 2 * self.hits / total if total else None


@dataclass(frozen=True)
class Difference:
    """F1 under the new wording minus F1 under the old."""

    value: float | None
    low: float | None
    high: float | None
    reason: str | None
    """Reason why there is no value, or no interval."""


@dataclass(frozen=True)
class CodeRetest:
    """One code under both wordings, on the passages that both coded and people settled for it."""

    code: str
    changed: bool
    """True if its own wording is another one; else only those around it are."""
    passages: int
    positives: int
    old: Side
    new: Side
    difference: Difference
    found: tuple[str, ...]
    """Positives that only the new wording finds."""
    lost: tuple[str, ...]
    """Positives that only the old wording found."""
    dropped: tuple[str, ...]
    """False positives that the new wording no longer gives."""
    added: tuple[str, ...]
    """False positives that are new."""


@dataclass(frozen=True)
class Retest:
    """All codes, and their mean."""

    codes: tuple[CodeRetest, ...]
    macro: Difference
    """Mean of the differences of codes that have one."""
    counted: int
    interviews: int


def used_for_revision(document: DocumentHead, rounds: Collection[str]) -> bool:
    """Return whether a document may never be test data: it was read in a round of piloting, or its metadata
    says that the codebook was revised with it. `rounds` are those in which someone finished a passage of it.
    """
    said = document.metadata.get(COLUMN, "").strip().casefold()
    return said in YES or any(name.casefold().startswith(PILOT) for name in rounds)


def retest(
    codes: Sequence[str],
    changed: Collection[str],
    gold: Mapping[str, Mapping[str, int]],
    old: Applied,
    new: Applied,
    clusters: Mapping[str, str],
) -> Retest:
    """`gold`: passage → code → 1 or 0 as settled; `clusters`: passage → its interview."""
    passages = [passage for passage in gold if passage in old and passage in new]
    names = {name: at for at, name in enumerate(sorted({clusters[p] for p in passages}))}
    index = np.array([names[clusters[passage]] for passage in passages], dtype=np.intp)
    shape = (len(passages), len(codes))
    truth = np.full(shape, np.nan)
    for row, passage in enumerate(passages):
        for column, code in enumerate(codes):
            truth[row, column] = gold[passage].get(code, math.nan)
    before, after = (_given(passages, codes, applied) for applied in (old, new))
    value, low, high, reasons = _differences(truth, before, after, index, len(names))
    found = []
    for column, code in enumerate(codes):
        settled = ~np.isnan(truth[:, column])
        positive = truth[:, column] == 1
        was, now = before[:, column] & settled, after[:, column] & settled
        found.append(
            CodeRetest(
                code=code,
                changed=code in changed,
                passages=int(settled.sum()),
                positives=int(positive.sum()),
                old=_side(was, positive, settled),
                new=_side(now, positive, settled),
                difference=Difference(
                    plain(float(value[column])),
                    plain(float(low[column])),
                    plain(float(high[column])),
                    reasons[column],
                ),
                found=_named(passages, positive & now & ~was),
                lost=_named(passages, positive & was & ~now),
                dropped=_named(passages, ~positive & was & ~now),
                added=_named(passages, ~positive & now & ~was),
            )
        )
    last = len(codes)
    macro = Difference(
        plain(float(value[last])), plain(float(low[last])), plain(float(high[last])), reasons[last]
    )
    return Retest(tuple(found), macro, int((~np.isnan(value[:last])).sum()), len(names))


def _differences(
    truth: NDArray[np.float64],
    before: NDArray[np.bool_],
    after: NDArray[np.bool_],
    index: NDArray[np.intp],
    count: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], list[str | None]]:
    """Values and intervals of the codes' differences, then of their mean; jackknife over interviews."""
    settled, positive = ~np.isnan(truth), truth == 1
    sums = [
        [
            cluster_sums(part.astype(np.float64), index, count)
            for part in (given & positive, given & settled & ~positive, positive & ~given)
        ]
        for given in (before, after)
    ]

    def values(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            sides = []
            for hits, false, missed in sums:
                hit = 2 * (weights @ hits)
                sides.append(hit / (hit + weights @ false + weights @ missed))
            difference = sides[1] - sides[0]
            return np.hstack([difference, np.nanmean(difference, axis=1)[:, None]])

    width = truth.shape[1] + 1
    nothing = np.full(width, math.nan)
    if not count:
        return nothing, nothing, nothing, ["no passage was adjudicated and coded under both"] * width
    value = values(np.ones((1, count)))[0]
    spread = jackknife(values, count, value, LEVEL)
    reasons = [
        "nothing to find and nothing given, under one wording or both" if math.isnan(v) else reason
        for v, reason in zip(value, spread.reasons, strict=True)
    ]
    low, high = spread.low.copy(), spread.high.copy()
    for place, ends in enumerate(zip(low.tolist(), high.tolist(), strict=True)):
        if withheld := why_withheld(*ends, -1.0):
            low[place] = high[place] = math.nan
            reasons[place] = withheld
    return value, low, high, reasons


def _given(passages: Sequence[str], codes: Sequence[str], applied: Applied) -> NDArray[np.bool_]:
    found = np.zeros((len(passages), len(codes)), dtype=np.bool_)
    for row, passage in enumerate(passages):
        given = set(applied[passage])
        found[row] = [code in given for code in codes]
    return found


def _side(given: NDArray[np.bool_], positive: NDArray[np.bool_], settled: NDArray[np.bool_]) -> Side:
    return Side(
        hits=int((given & positive).sum()),
        false=int((given & settled & ~positive).sum()),
        missed=int((positive & ~given).sum()),
    )


def _named(passages: Sequence[str], rows: NDArray[np.bool_]) -> tuple[str, ...]:
    return tuple(passage for passage, holds in zip(passages, rows, strict=True) if holds)
