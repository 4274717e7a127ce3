"""Which interval of alpha keeps its promise: the jackknife on alpha itself, or on log(1 - alpha).

`python -m eval.interval_rules` prints the tables of docs/methods/how-many.md, seeded: how often each rule
misses on either side, and what an interval of a rare code covers by its agreed positives.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import stats

from cothemes.agreement.binary_statistics import AC1, ALPHA, PERCENT, POSITIVE
from cothemes.agreement.ratings import Floats
from cothemes.agreement.resampling import cluster_sums

PASSAGES = 30
"""Of each interview."""
SPREAD = 6.0
"""Parameters of the beta distribution of an interview's share: their sum; lower is more unlike."""
RATERS = {
    "near perfect": ((99, 1), (499, 1)),
    "very good": ((38, 2), (198, 2)),
    "good": ((8, 2), (60, 2)),
    "weak": ((4, 4), (30, 3)),
}
"""Beta distributions of sensitivity and specificity, from interview to interview."""
INTERVIEWS = (5, 10, 20, 40)
PREVALENCES = (0.05, 0.1, 0.3)
STATISTICS = {"alpha": ALPHA, "AC1": AC1, "percent": PERCENT, "positive": POSITIVE}
RULES = ("plain", "log", "log from .5", "log from .8")
GRADES = ((0, 0), (1, 1), (2, 4), (5, 9), (10, 10**9))
"""From so many agreed positives to so many."""


class Made(NamedTuple):
    """Simulated studies of one kind."""

    value: Floats
    left_out: Floats
    """Interviews × studies: alpha without each interview."""
    agreed: Floats
    """Passages to which both raters gave the code."""
    given: Floats
    """Passages to which one of them did."""
    least: Floats
    """What alpha is at least with these shares."""


def rated(
    chance: np.random.Generator, interviews: int, studies: int, prevalence: float, raters: str
) -> Floats:
    """Positives of two raters, passages × studies; share and skill differ by interview."""
    shape = (interviews, studies)
    draws = ((SPREAD * prevalence, SPREAD * (1 - prevalence)), *RATERS[raters])
    share, hit, right = (np.repeat(chance.beta(a, b, shape), PASSAGES, axis=0) for a, b in draws)
    truth = chance.random(share.shape) < share
    applied = np.where(truth, hit, 1 - right)
    return np.asarray((chance.random((2, *truth.shape)) < applied).sum(axis=0), dtype=np.float64)


def made(interviews: int, studies: int, prevalence: float, raters: str, seed: int = 0) -> Made:
    """Studies with two raters and 30 passages of each interview."""
    key = [seed, interviews, round(1000 * prevalence), list(RATERS).index(raters)]
    ones = rated(np.random.default_rng(key), interviews, studies, prevalence, raters)
    index = np.repeat(np.arange(interviews), PASSAGES)
    fields = [cluster_sums(part, index, interviews) for part in ALPHA.fields(ones, 2 - ones)]
    whole = [part.sum(axis=0, keepdims=True) for part in fields]
    given, rest = whole[1][0], whole[2][0]
    with np.errstate(divide="ignore", invalid="ignore"):
        least = 1 - (given + rest - 1) / np.maximum(given, rest)
    return Made(
        ALPHA.formula(*whole)[0],
        ALPHA.formula(*(all_of - part for all_of, part in zip(whole, fields, strict=True))),
        (ones == 2).sum(axis=0).astype(np.float64),
        (ones > 0).sum(axis=0).astype(np.float64),
        least,
    )


def truth_of(prevalence: float, raters: str) -> float:
    """Alpha of a very large study."""
    return float(np.mean([made(2_000, 10, prevalence, raters, seed).value.mean() for seed in (91, 92)]))


def ends(found: Made, rule: str) -> tuple[Floats, Floats]:
    """Both ends of each study's interval; NaN where the rule gives none."""
    count = len(found.left_out)
    quantile = float(stats.t.ppf(0.975, count - 1))

    def spread(values: Floats) -> Floats:
        centred = values - values.mean(axis=0)
        return quantile * np.sqrt((count - 1) / count * np.square(centred).sum(axis=0))

    half = spread(found.left_out)
    plain = found.value - half, found.value + half
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        middle, reach = np.log(1 - found.value), spread(np.log(1 - found.left_out))
        log = 1 - np.exp(middle + reach), 1 - np.exp(middle - reach)
        # Without any disagreement in the rest the logarithm is not to be had.
        fine = np.isfinite(middle) & np.isfinite(reach)
    if rule == "plain":
        return plain
    chosen = fine & (np.ones_like(fine) if rule == "log" else found.value >= 0.8)
    if rule == "log":
        return np.where(fine, log[0], np.nan), np.where(fine, log[1], np.nan)
    return np.where(chosen, log[0], plain[0]), np.where(chosen, log[1], plain[1])


def rule_rows(studies: int) -> list[str]:
    """By rule: covered, truth under the lower end, truth over the upper, no interval, left the range,
    width."""
    rows = []
    for raters in RATERS:
        for prevalence in PREVALENCES:
            truth = truth_of(prevalence, raters)
            for interviews in INTERVIEWS:
                found = made(interviews, studies, prevalence, raters)
                cells = [raters, f"{prevalence:.0%}", f"{truth:.2f}", f"{interviews}"]
                for rule in RULES:
                    low, high = ends(found, rule)
                    known = ~np.isnan(low) & ~np.isnan(high) & (high - low > 1e-9)
                    outside = known & ((low < found.least - 1e-9) | (high > 1 + 1e-9))
                    above, below = (low > truth)[known].mean(), (high < truth)[known].mean()
                    width = np.median((np.minimum(high, 1) - np.maximum(low, found.least))[known])
                    cells.append(
                        f"{1 - above - below:.3f} ({above:.3f}/{below:.3f}) none {1 - known.mean():.2f} "
                        f"out {outside.mean():.2f} w {width:.2f}"
                    )
                rows.append(" | ".join(cells))
    return rows
