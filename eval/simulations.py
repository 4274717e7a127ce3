"""How wide intervals get, how often they cover, and how often auto-acceptance breaks its promise.

`python -m eval.simulations` prints the tables of docs/methods/how-many.md, seeded.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from cothemes.agreement import BinaryTable, select_threshold
from cothemes.agreement.ratings import Floats
from cothemes.agreement.resampling import Clusters
from cothemes.agreement.result import Result
from cothemes.agreement.threshold import STARTS

PASSAGES = 30
"""Of each interview."""
INTERVIEWS = (5, 10, 20, 40)
PREVALENCES = (0.02, 0.05, 0.1, 0.2, 0.4)
SPREAD = 6.0
"""Parameters of the beta distribution of an interview's share: their sum; lower is more unlike."""
SENSITIVITY, SPECIFICITY = (8, 2), (60, 2)


def rated(chance: np.random.Generator, interviews: int, replications: int, prevalence: float) -> Floats:
    """Positives of two raters, passages × replications; share and skill differ by interview."""
    shape = (interviews, replications)
    draws = ((SPREAD * prevalence, SPREAD * (1 - prevalence)), SENSITIVITY, SPECIFICITY)
    share, hit, right = (np.repeat(chance.beta(a, b, shape), PASSAGES, axis=0) for a, b in draws)
    truth = chance.random(share.shape) < share
    applied = np.where(truth, hit, 1 - right)
    return np.asarray((chance.random((2, *truth.shape)) < applied).sum(axis=0), dtype=np.float64)


def alphas(ones: Floats, interviews: int) -> tuple[Result, ...]:
    """Each column a code, with the jackknife over interviews."""
    cluster = np.repeat(np.arange(interviews), PASSAGES)
    return BinaryTable(ones, 2 - ones, Clusters(cluster, interviews)).alpha()


def truth_of(prevalence: float) -> float:
    """Alpha of a very large study."""
    ones = rated(np.random.default_rng(1), 40_000, 1, prevalence)
    cluster = np.repeat(np.arange(40_000), PASSAGES)
    return BinaryTable(ones, 2 - ones, Clusters(cluster, 40_000)).alpha(interval=None)[0].value


def widths(replications: int = 1000) -> list[str]:
    """Rows of the table: median width, coverage, share without an interval."""
    lines = []
    for prevalence in PREVALENCES:
        cells = [f"{prevalence:.0%}", f"{truth_of(prevalence):.2f}"]
        for interviews in INTERVIEWS:
            chance = np.random.default_rng([interviews, round(1000 * prevalence)])
            found = alphas(rated(chance, interviews, replications, prevalence), interviews)
            known = np.array([[each.low, each.high] for each in found if each.low == each.low])
            truth = truth_of(prevalence)
            cover = ((known[:, 0] <= truth) & (truth <= known[:, 1])).mean()
            lost = 1 - len(known) / replications
            cells.append(f"{np.median(known[:, 1] - known[:, 0]):.2f} ({cover:.2f}, {lost:.0%})")
        lines.append(" | ".join(cells))
    return lines


def misses(
    effect: float,
    interviews: int,
    replications: int = 500,
    each: int = 15,
    *,
    starts: int = STARTS,
    clustered: bool = False,
) -> tuple[float, float]:
    """Share of calibrations whose threshold falls short of a precision of .9, and of those that give none.

    Suggestions are right with the chance expit(a + b·confidence + interview), the interview's part normal
    with the standard deviation `effect`; δ is .1.
    """
    chance = np.random.default_rng([int(10 * effect), interviews])
    grid = tuple(round(0.99 - 0.01 * step, 2) for step in range(50))
    many = chance.uniform(0.5, 1, 400_000)
    right = chance.random(len(many)) < _correct(many, effect * chance.standard_normal(len(many)))
    true = {t: float(right[many >= t].mean()) for t in grid}
    missed = without = 0
    for _ in range(replications):
        stated = chance.uniform(0.5, 1, interviews * each)
        shift = np.repeat(effect * chance.standard_normal(interviews), each)
        correct = chance.random(len(stated)) < _correct(stated, shift)
        home = np.repeat(np.arange(interviews), each).tolist() if clustered else None
        found = select_threshold(stated, correct, 0.9, 0.1, grid=grid, starts=starts, clusters=home)
        if not found.computable:
            without += 1
        elif true[round(found.value, 2)] < 0.9:
            missed += 1
    return missed / replications, without / replications


def _correct(stated: Floats, shift: Floats) -> Floats:
    return np.asarray(special.expit(-2.2 + 6.0 * stated + shift))


def main() -> None:
    """Prints the tables."""
    print("prevalence | alpha | " + " | ".join(f"{count} interviews" for count in INTERVIEWS))
    print("median width of the 95 % interval (coverage, share without an interval)")
    for line in widths():
        print(line)
    print("\nauto-acceptance: interviews × suggestions, effect, test, missed, no threshold")
    for interviews, each in ((20, 15), (20, 60), (10, 150), (40, 15)):
        for effect in (0.0, 0.5, 1.0):
            for starts, clustered in ((1, False), (STARTS, False), (STARTS, True)):
                missed, without = misses(effect, interviews, each=each, starts=starts, clustered=clustered)
                how = f"{starts} starts{', by interview' if clustered else ''}"
                print(f"{interviews} × {each} | {effect} | {how} | {missed:.3f} | {without:.3f}")


if __name__ == "__main__":
    main()
