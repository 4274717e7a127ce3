"""Which interval of alpha keeps its promise, and what a rare code's interval is worth.

`python -m eval.interval_rules` prints the tables of docs/methods/how-many.md, seeded: how often an interval
lies wholly above or below the truth by three rules, and how often it covers by the number of passages to
which both raters gave the code.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import stats

from cothemes.agreement.binary_statistics import ALPHA
from cothemes.agreement.ratings import Bools, Floats
from cothemes.agreement.resampling import LOG_FROM, cluster_sums

STUDIES = 2000
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
RULES = ("plain", "log", "chosen")
"""On alpha itself; on log(1 − alpha); the second from `LOG_FROM` on and the first below it."""
RARE = (0.01, 0.02, 0.05)
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
    """What alpha is at least with as many ratings of the code."""


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
    return Made(
        ALPHA.formula(*whole)[0],
        ALPHA.formula(*(all_of - part for all_of, part in zip(whole, fields, strict=True))),
        (ones == 2).sum(axis=0).astype(np.float64),
        (ones > 0).sum(axis=0).astype(np.float64),
        1 - (given + rest - 1) / np.maximum(given, rest),
    )


def truth_of(prevalence: float, raters: str) -> float:
    """Alpha of very large studies."""
    return float(np.mean([made(2_000, 10, prevalence, raters, seed).value.mean() for seed in (91, 92)]))


def ends(found: Made, rule: str) -> tuple[Floats, Floats]:
    """Both ends of each study's interval, neither cut nor withheld; NaN where the rule gives none."""
    count = len(found.left_out)
    quantile = float(stats.t.ppf(0.975, count - 1))

    def reach(values: Floats) -> Floats:
        squares = np.square(values - values.mean(axis=0)).sum(axis=0)
        return np.asarray(quantile * np.sqrt((count - 1) / count * squares))

    half = reach(found.left_out)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        middle, apart = np.log(1 - found.value), reach(np.log(1 - found.left_out))
        low, high = 1 - np.exp(middle + apart), 1 - np.exp(middle - apart)
    lost = ~np.isfinite(middle) | ~np.isfinite(apart)
    low[lost], high[lost] = np.nan, np.nan
    if rule == "plain":
        low, high = found.value - half, found.value + half
    elif rule == "chosen":
        plain = found.value < LOG_FROM
        low[plain], high[plain] = (found.value - half)[plain], (found.value + half)[plain]
    return low, high


def possible(found: Made, low: Floats, high: Floats) -> Bools:
    """Which intervals are given: within what alpha can be, and of some width."""
    with np.errstate(invalid="ignore"):
        return np.asarray((low >= found.least - 1e-9) & (high <= 1 + 1e-9) & (high - low > 1e-9))


def rule_rows() -> list[str]:
    """By raters and interviews, prevalences together: by rule the share of intervals wholly above the truth,
    wholly below it, and the share of studies with an interval."""
    rows = []
    for raters in RATERS:
        truths = {prevalence: truth_of(prevalence, raters) for prevalence in PREVALENCES}
        for interviews in INTERVIEWS:
            cells = []
            for rule in RULES:
                above = below = shown = 0
                for prevalence, truth in truths.items():
                    found = made(interviews, STUDIES, prevalence, raters)
                    low, high = ends(found, rule)
                    kept = possible(found, low, high)
                    above += int((low[kept] > truth).sum())
                    below += int((high[kept] < truth).sum())
                    shown += int(kept.sum())
                share = shown / (STUDIES * len(truths))
                cells.append(f"{above / shown:.3f}, {below / shown:.3f} ({share:.2f})")
            alphas = f"{min(truths.values()):.2f} to {max(truths.values()):.2f}"
            rows.append(" | ".join([raters, alphas, str(interviews), *cells]))
    return rows


def cut_rows() -> list[str]:
    """How often the plain interval, its upper end cut to 1 and none withheld, lies wholly above the truth."""
    rows = []
    for raters in RATERS:
        for prevalence in PREVALENCES:
            truth = truth_of(prevalence, raters)
            cells = []
            for interviews in INTERVIEWS:
                found = made(interviews, STUDIES, prevalence, raters)
                low, high = ends(found, "plain")
                known = ~np.isnan(low)
                over = (high[known] > 1).mean()
                cells.append(f"{(low[known] > truth).mean():.3f} ({over:.2f})")
            rows.append(" | ".join([raters, f"{prevalence:.0%}", f"{truth:.2f}", *cells]))
    return rows


def agreed_rows() -> list[str]:
    """By share of passages and interviews: coverage of the plain interval by agreed positives, and how many
    of the studies in that grade have ten passages with the code by one rater or another."""
    rows = []
    for prevalence in RARE:
        truth = truth_of(prevalence, "good")
        for interviews in (10, 20):
            found = made(interviews, 4 * STUDIES, prevalence, "good")
            low, high = ends(found, "plain")
            known = ~np.isnan(low)
            cells = []
            for least, most in GRADES:
                grade = known & (found.agreed >= least) & (found.agreed <= most)
                covers = (low <= truth) & (truth <= high)
                enough = found.given[grade] >= 10
                share = grade.sum() / known.sum()
                if grade.sum() < 20:
                    cells.append("–")
                    continue
                cells.append(f"{covers[grade].mean():.2f}, n+ ≥ 10: {enough.mean():.2f}, {share:.2f} of all")
            rows.append(" | ".join([f"{prevalence:.0%}", f"{truth:.2f}", str(interviews), *cells]))
    return rows


def main() -> None:
    """Prints the tables."""
    print("raters | alpha | interviews | " + " | ".join(RULES))
    print("share of intervals above the truth, below it (share of studies with an interval)")
    print("\n".join(rule_rows()))
    print("\nplain, cut to 1: share above the truth (share of upper ends over 1)")
    print("raters | code on | alpha | " + " | ".join(f"{count} interviews" for count in INTERVIEWS))
    print("\n".join(cut_rows()))
    print("\ncoverage of the plain interval by agreed positives")
    print("code on | alpha | interviews | " + " | ".join(f"{least} to {most}" for least, most in GRADES))
    print("\n".join(agreed_rows()))


if __name__ == "__main__":
    main()
