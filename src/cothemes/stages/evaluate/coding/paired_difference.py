"""Tests of the difference between two evaluations of one suite: its standard error, and Holm's correction.

The test parts of the seeds are drawn from one pool of documents, so they overlap and are not independent: a
paired t-test over seeds counts the same documents several times and calls equal coders different too often
(`python -m eval.comparisons` measures it). Two errors allow for the overlap:

- The delete-a-group jackknife over documents of the difference (Kott 2001): leave a group of documents out of
  every seed's test part at once, take the mean over seeds anew, for both evaluations. It covers the choice of
  the documents, for any number of seeds. It does not teach a coder anew, so it lacks what another training
  sample would change.
- The corrected resampled t (Nadeau and Bengio 2003, Machine Learning 52): variance over J seeds times
  1/J + n_test/n_train. Their factor is ρ/(1 − ρ) with ρ, the correlation of two seeds' differences, set to
  the share of the pool that a test part takes; n_train is therefore the rest of the pool, whatever part of it
  a row learns from. It covers the training sample too, on J − 1 degrees of freedom alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import special

Method = Literal["jackknife over documents", "corrected resampled t"]
JACKKNIFE: Method = "jackknife over documents"
RESAMPLED: Method = "corrected resampled t"


@dataclass(frozen=True, slots=True)
class DifferenceError:
    """Standard error of a difference and the degrees of freedom of its Student's t."""

    se: float
    freedom: int
    method: Method

    def half(self, level: float = 0.95) -> float:
        """Half the width of the two-sided interval."""
        return float(special.stdtrit(self.freedom, (1 + level) / 2)) * self.se

    def p_below(self, difference: float) -> float:
        """One-sided p of a difference so low, where there is none; 0 or 1 where nothing varies."""
        if self.se == 0:
            return 0.0 if difference < 0 else 1.0
        return float(special.stdtr(self.freedom, difference / self.se))


def jackknife_error(before: Sequence[float | None], after: Sequence[float | None]) -> DifferenceError | None:
    """Error of after − before from both figures with each group of documents left out, in one order.

    se² = (G − 1)/G · Σ (d_g − mean d)². None where the groups differ in number, are under two, or a figure is
    not computable without one of them.
    """
    if len(before) != len(after) or len(before) < 2 or None in before or None in after:
        return None
    steps = np.asarray(after, np.float64) - np.asarray(before, np.float64)
    count = len(steps)
    return DifferenceError(_spread(steps) * (count - 1) / math.sqrt(count), count - 1, JACKKNIFE)


def resampled_error(
    before: Sequence[float | None], after: Sequence[float | None], test_share: float
) -> DifferenceError | None:
    """Error of after − before from both figures seed by seed; `test_share` of the pool is tested in each.

    None under two seeds in which both are known.
    """
    pairs = zip(before, after, strict=True)
    steps = np.array([new - old for old, new in pairs if old is not None and new is not None])
    count = len(steps)
    if count < 2:
        return None
    factor = 1 / count + test_share / (1 - test_share)
    return DifferenceError(_spread(steps) * math.sqrt(factor), count - 1, RESAMPLED)


def difference_error(
    by_seed: tuple[Sequence[float | None], Sequence[float | None]],
    left_out: tuple[Sequence[float | None], Sequence[float | None]],
    test_share: float | None,
    *,
    taught: bool,
) -> DifferenceError | None:
    """The error that a comparison uses, of figures before and after; None where neither can be computed.

    A coder that learns nothing has the jackknife. For one that learns, the wider of the two counts: the
    jackknife lacks the training sample, and the corrected resampled t is uncertain over few seeds.
    """
    over_documents = jackknife_error(*left_out)
    over_seeds = None if test_share is None else resampled_error(*by_seed, test_share)
    if over_documents is None or (taught and over_seeds is not None and over_seeds.se > over_documents.se):
        return over_seeds
    return over_documents


def holm(p_values: Sequence[float]) -> list[float]:
    """P-values for several hypotheses at once, valid under any dependence (Holm 1979).

    The k-th smallest of m is multiplied by m − k + 1, is no smaller than the one before it and 1 at most.
    """
    adjusted = [1.0] * len(p_values)
    least = 0.0
    for rank, place in enumerate(sorted(range(len(p_values)), key=lambda place: p_values[place])):
        least = max(least, min(1.0, (len(p_values) - rank) * p_values[place]))
        adjusted[place] = least
    return adjusted


def _spread(steps: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    """Standard deviation, n − 1; exactly 0 where rounding alone makes the steps differ."""
    spread = float(steps.std(ddof=1))
    return 0.0 if spread < 1e-12 else spread
