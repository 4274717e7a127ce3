"""How often intervals of rare codes hold the true share, with and without the exact rule for few positives.

`python -m eval.rare_shares` prints the table of docs/benchmarks.md, seeded. A frame of passages in interviews
that differ in their share; some are drawn at random and read; a model codes all of them.
"""

from __future__ import annotations

import sys
from unittest.mock import patch

import numpy as np

from cothemes.agreement import Result, dsl_mean, ppi_mean, prevalence
from cothemes.agreement.ratings import Floats

PASSAGES, INTERVIEWS = 1200, 24
PREVALENCES = (0.0, 0.01, 0.03, 0.05)
READ = (30, 50, 100, 200)
SPREAD = 20.0
"""Parameters of the beta distribution of an interview's share: their sum."""
WAYS = ("ppi", "ppi tuned", "ppi over interviews", "design-based", "design-based, unequal chances")


def intervals(chance: np.random.Generator, share: float, read: int) -> tuple[float, list[Result]]:
    """The share in one frame, and its interval in every way."""
    home = np.arange(PASSAGES) % INTERVIEWS
    own = chance.beta(SPREAD * share, SPREAD * (1 - share), INTERVIEWS) if share else np.zeros(INTERVIEWS)
    truth = (chance.random(PASSAGES) < own[home]).astype(float)
    model = np.where(truth == 1, chance.random(PASSAGES) < 0.7, chance.random(PASSAGES) < 0.03).astype(float)
    order = chance.permutation(PASSAGES)
    near, far = order[:read], order[read:]
    groups = {"clusters": home[near].tolist(), "unlabelled_clusters": home[far].tolist()}
    drawn = np.isin(np.arange(PASSAGES), near)
    equal = np.full(PASSAGES, read / PASSAGES)
    # Half of the interviews were read three times as often.
    unequal = np.where(home % 2 == 0, 1.5, 0.5) * read / PASSAGES
    picked = chance.random(PASSAGES) < unequal
    found = [
        ppi_mean(truth[near], model[near], model[far]),
        ppi_mean(truth[near], model[near], model[far], power="tuned"),
        ppi_mean(truth[near], model[near], model[far], power="tuned", **groups),
        dsl_mean(model, truth, drawn, equal),
        dsl_mean(model, truth, picked, unequal),
    ]
    return float(truth.mean()), found


def coverage(share: float, read: int, replications: int) -> Floats:
    """By way: how often the interval holds the share of the frame."""
    chance = np.random.default_rng([round(1000 * share), read])
    hits = np.zeros(len(WAYS))
    for _ in range(replications):
        true, found = intervals(chance, share, read)
        hits += [each.low <= true <= each.high for each in found]
    return hits / replications


def main(replications: int = 400) -> None:
    """Prints coverage with the rule, and in brackets without it."""
    print("prevalence | read | " + " | ".join(WAYS))
    for share in PREVALENCES:
        for read in READ:
            with_rule = coverage(share, read, replications)
            with (
                patch.object(prevalence, "is_few", lambda _labels: False),
                patch.object(prevalence, "_flat", lambda _found: False),
            ):
                without = coverage(share, read, replications)
            cells = (f"{new:.3f} ({old:.3f})" for new, old in zip(with_rule, without, strict=True))
            print(f"{share:.0%} | {read} | " + " | ".join(cells), flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
