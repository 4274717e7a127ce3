"""From which log-odds a code is suggested once people have reviewed: about as often as they gave it.

A threshold with the best F1 on few passages drowns people in suggestions. F1 forgives a false suggestion the
more, the worse the scores are: of scores that tell nothing the best choice is to suggest everything, which at
low shares nobody wants (Lipton, Elkan and Naryanaswamy 2014, "Optimal thresholding of classifiers to maximize
F1 measure", ECML PKDD), and the threshold that scored best by chance is overfitted for rare codes (Yang 2001,
"A study of thresholding strategies for text categorization", SIGIR; Fan and Lin 2007, "A study on threshold
selection for multi-label classification", who give up such a threshold where its F1 in cross-validation is
low). So each code is cut by proportion, which copes better with rare codes (Yang's PCut): so that it
would have been suggested at least as often as people gave it and at most one standard error of that count
more often; the F1 decides only within these bounds. The scores that are cut are those of passages that the
scoring model had not seen, held out by document, or they would be too high.

Counts say little about a code given a few times. Calibrated scores say more: all of them together, not only
those of the passages where it was given, show which threshold has the best F1 to be expected (Ye and others
2012, "Optimizing F-measure: a tale of two approaches", ICML). Each threshold is then the mean of both.

What the shipped coder does gives way to this as evidence comes: see `choose`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import special

FOLDS = 5
BLOCKS = 10
"""Passages from which a single document is held out in parts."""
ENOUGH = 20
"""Times that a code was given from which its own threshold stands alone; under it, it leans on the common
one. Of all codes together, so many weigh as much as what the shipped coder does."""
TWICE = 2
"""Times as often as a code was given that it may be suggested for the best F1 to be expected."""
ONE_ERROR = 0.8413
"""Chance that a normal value is at most one standard deviation above its mean."""

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def folds_of(documents: Sequence[str]) -> list[NDArray[np.int64]]:
    """Rows to hold out, up to five sets, no document in two of them.

    Documents go, in an order fixed by their names' hashes, to the set that is smallest so far. A single
    document is held out in five runs of its passages; none where it has under ten.
    """
    names = sorted(set(documents), key=lambda name: hashlib.sha256(name.encode()).digest())
    if len(names) < 2:
        return np.array_split(np.arange(len(documents)), FOLDS) if len(documents) >= BLOCKS else []
    sizes = [0] * min(FOLDS, len(names))
    home: dict[str, int] = {}
    counts = dict.fromkeys(names, 0)
    for document in documents:
        counts[document] += 1
    for name in names:
        home[name] = sizes.index(min(sizes))
        sizes[home[name]] += counts[name]
    where = np.array([home[document] for document in documents])
    return [np.flatnonzero(where == fold) for fold in range(len(sizes))]


def choose(
    log_odds: Floats, labels: Floats, offered: Bools, shipped: float, *, calibrated: bool = False
) -> Floats:
    """A threshold per code from held-out log-odds, passages × codes; labels are 1, 0 or NaN (nobody said).

    `offered` says which codes the shipped coder suggests on these passages, `shipped` is its threshold. A
    code that nobody gave keeps it. A code given n times has n/20 of its own threshold and the rest of the
    common one, from 20 on its own alone. At the common threshold the codes that were given are together
    suggested as often as people gave them, N times, and one standard error more, mixed N to 20 with how often
    the shipped coder suggests them. Where the log-odds are `calibrated`, each threshold is the mean of this
    one and of that with the best F1 to be expected.
    """
    known = np.isfinite(labels) & np.isfinite(log_odds)
    counts = ((labels == 1) & known).sum(axis=0)
    given = np.flatnonzero(counts)
    thresholds = np.full(labels.shape[1], shipped)
    if not len(given):
        return thresholds
    seen, total = known[:, given], int(counts.sum())
    before = int((offered[:, given] & seen).sum())
    together = (total * at_most(total) + ENOUGH * before) / (total + ENOUGH)
    common = cut(log_odds[:, given][seen], together)
    for code in given:
        own = cut_between(log_odds[known[:, code], code], labels[known[:, code], code] == 1)
        share = min(counts[code] / ENOUGH, 1.0)
        thresholds[code] = share * own + (1 - share) * common
        if calibrated:
            expected = cut_expected(log_odds[known[:, code], code], int(counts[code]))
            thresholds[code] = (thresholds[code] + expected) / 2
    return thresholds


def at_most(count: int) -> float:
    """A count and one standard error: the upper limit of a Poisson mean at that chance (Gehrels 1986, table
    1): 1.8 for 0, 3.3 for 1, 14.3 for 10."""
    return float(special.gammaincinv(count + 1, ONE_ERROR))


def cut_between(scores: Floats, truth: Bools) -> float:
    """The threshold with the best F1 among those that at least as many scores reach as are true, and at most
    one standard error more; of equals the highest. F1 = 2·TP/(2·TP + FP + FN)."""
    ranked, count = truth[np.argsort(-scores, kind="stable")], int(truth.sum())
    reached = np.arange(max(count, 1), min(int(np.ceil(at_most(count))), len(scores)) + 1)
    f1 = 2 * np.cumsum(ranked)[reached - 1] / (reached + count)
    return cut(scores, float(reached[np.argmax(f1)]))


def cut_expected(log_odds: Floats, count: int) -> float:
    """The threshold with the best F1 to be expected if log-odds mean what they say, 2·ΣP/(k + ΣP) of the k
    highest; at most twice `count`, or an error more than it, reach it."""
    ranked = np.sort(special.expit(log_odds))[::-1]
    most = max(int(np.ceil(max(at_most(count), TWICE * count))), 1)
    reached = np.arange(1, min(most, len(ranked)) + 1)
    f1 = 2 * np.cumsum(ranked)[reached - 1] / (reached + ranked.sum())
    return cut(log_odds, float(reached[np.argmax(f1)]))


def cut(scores: Floats, wanted: float) -> float:
    """The threshold that at most `wanted` scores reach (rounded up, one at least), half-way to the next
    below.

    Equal scores stay together: where they would be too many, all of them stay under the threshold. Where all
    are wanted, it is the lowest.
    """
    ranked = np.sort(scores)[::-1]
    reached = max(1, int(np.ceil(wanted)))
    if reached >= len(ranked):
        return float(ranked[-1])
    while reached and ranked[reached - 1] == ranked[reached]:
        reached -= 1
    if not reached:
        return float(np.nextafter(ranked[0], np.inf))
    return float((ranked[reached - 1] + ranked[reached]) / 2)
