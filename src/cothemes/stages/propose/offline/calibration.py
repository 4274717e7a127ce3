"""Log-odds that mean what they say: one line for all learnt codes, fitted to passages held out.

The best of several sentences is higher than a sentence drawn by chance, and a model that learned from few
passages is surer than it should be. Both bend all codes alike, so a slope and a shift mend them (Platt 1999);
more would be fitted to chance. They change no ranking and, as thresholds are bent with them, no suggestion.

Only passages that were read whole can tell how often a code applies. What was passed over with suggestions
visible is missing where scores are low, so a scale fitted with it is worse than none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

HELD = 10.0
"""Weight of the squared distance to a slope of 1 and a shift of 0, as against one answer each."""

ENOUGH = 25
"""Passages read whole from which a scale is fitted: from ten it was worse than none."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Scale:
    """slope · log-odds + shift; it never turns an order round."""

    slope: float
    shift: float

    def __call__(self, log_odds: Floats) -> Floats:
        return np.asarray(self.slope * log_odds + self.shift)


AS_IS = Scale(1.0, 0.0)


def scale_of(log_odds: Floats, labels: Floats, weights: Floats) -> Scale:
    """Fit slope and shift to held-out log-odds by logistic regression, held near 1 and 0.

    All are passages × codes; labels are 1, 0 or NaN, log-odds NaN where nothing was held out. Only passages
    take part of which most codes were said and none was passed over (a weight under 1); AS_IS where there are
    under 25 of them.
    """
    said = np.isfinite(labels) & (weights == 1)
    passed = np.isfinite(labels) & ~said
    whole = np.isfinite(log_odds).all(axis=1) & ~passed.any(axis=1) & (2 * said.sum(axis=1) > labels.shape[1])
    if whole.sum() < ENOUGH:
        return AS_IS
    known = said & whole[:, None]
    x, y = log_odds[known], labels[known]
    start = np.array([AS_IS.slope, AS_IS.shift])

    def loss(line: Floats) -> tuple[float, Floats]:
        bent = line[0] * x + line[1]
        away = line - start
        value = (np.logaddexp(0, bent) - y * bent).sum() + HELD / 2 * (away @ away)
        slope = special.expit(bent) - y
        return float(value), np.array([slope @ x, slope.sum()]) + HELD * away

    found = optimize.minimize(loss, start, jac=True, method="L-BFGS-B").x
    if found[0] <= 0:
        return AS_IS
    return Scale(float(found[0]), float(found[1]))
