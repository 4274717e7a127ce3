"""Figures of a coder against gold. A code without a positive in the part that is scored has none there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cothemes.agreement import BinaryTable, brier_score, expected_calibration_error

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

BINS = 10
GROUPS = 20
"""Of documents, left out one after the other."""


def average_precision(truth: Bools, score: Floats) -> float:
    """Σ (R_n − R_{n−1})·P_n over the distinct scores, highest first; NaN without a positive.

    scikit-learn's definition: equal scores are one step, and nothing is interpolated.
    """
    if not truth.any():
        return float("nan")
    order = np.argsort(-score, kind="stable")
    ranked, hits = score[order], np.cumsum(truth[order])
    last = np.append(ranked[:-1] != ranked[1:], True)
    precision, recall = hits[last] / (np.flatnonzero(last) + 1), hits[last] / hits[-1]
    return float(np.sum(np.diff(recall, prepend=0.0) * precision))


def mean_average_precision(truth: Bools, score: Floats) -> float:
    """Mean over the codes that have a positive."""
    return _mean([average_precision(truth[:, at], score[:, at]) for at in range(truth.shape[1])])


def f1_by_code(truth: Bools, applied: Bools) -> Floats:
    """2·TP/(2·TP + FP + FN) per code; NaN where gold has no positive."""
    either = truth.sum(axis=0) + applied.sum(axis=0)
    f1 = 2 * (truth & applied).sum(axis=0) / np.maximum(either, 1)
    return np.where(truth.any(axis=0), f1, np.nan)


def micro_f1(truth: Bools, applied: Bools) -> float:
    """F1 over all passage–code pairs; NaN where neither side applies any."""
    either = truth.sum() + applied.sum()
    return float(2 * (truth & applied).sum() / either) if either else float("nan")


def recall_at(truth: Bools, score: Floats, k: int) -> float:
    """Mean share of a passage's codes among its k best, over passages with a code; of equals the earlier."""
    has = truth.any(axis=1)
    best = np.argsort(-score[has], axis=1, kind="stable")[:, :k]
    found = np.take_along_axis(truth[has], best, axis=1).sum(axis=1)
    return _mean((found / truth[has].sum(axis=1)).tolist())


def workload_auc(truth: Bools, score: Floats, applied: Bools) -> float:
    """Area under the share of errors mended against the share of passages reviewed; 0.5 is random order.

    Passages are reviewed in order of the errors to be expected in them: the sum over codes of 1 − score where
    the code is applied, of the score where it is not. Reviewing a passage mends its errors. NaN without any.
    """
    proposed, _ = mended(truth, score, applied)
    return float(np.trapezoid(proposed, dx=1 / len(truth))) if len(proposed) else float("nan")


def mended(truth: Bools, score: Floats, applied: Bools) -> tuple[Floats, Floats]:
    """Share of the errors mended after 0, 1, … passages: in the order of `workload_auc`, and in that of an
    oracle that takes the passage with most errors first. Both empty where there is no error."""
    errors = (truth != applied).sum(axis=1)
    if not errors.sum():
        return np.zeros(0), np.zeros(0)
    expected = np.where(applied, 1 - score, score).sum(axis=1)
    order = np.argsort(-expected, kind="stable")

    def share(ordered: Floats) -> Floats:
        return np.concatenate([[0.0], np.cumsum(ordered) / errors.sum()])

    return share(errors[order]), share(np.sort(errors)[::-1])


def at_shares(curve: Floats, points: int) -> Floats:
    """A curve over passages read at equal shares of them, 0 and 1 included."""
    return np.asarray(np.interp(np.linspace(0, 1, points), np.linspace(0, 1, len(curve)), curve))


def by_code(truth: Bools, score: Floats, applied: Bools) -> dict[str, Floats]:
    """Every figure of single codes, NaN where it has none there: no positive in gold, or nothing applied.

    F1 of a code is the positive agreement of coder and gold as two raters; alpha is of the same two.
    """
    hits = (truth & applied).sum(axis=0)
    table = BinaryTable.of_ratings(np.stack([truth, applied], axis=1).astype(np.int8), range(len(truth)))
    return {
        "average_precision": np.array(
            [average_precision(truth[:, at], score[:, at]) for at in range(truth.shape[1])]
        ),
        "precision": _share(hits, applied.sum(axis=0)),
        "recall": _share(hits, truth.sum(axis=0)),
        "f1": f1_by_code(truth, applied),
        "alpha": np.array([each.value for each in table.alpha(interval=None)]),
        "positive_agreement": np.array([each.value for each in table.positive_agreement(interval=None)]),
    }


def calibration_error(truth: Bools, score: Floats) -> float:
    """Expected calibration error of all passage–code pairs, ten bins of equal width."""
    return expected_calibration_error(truth.ravel().astype(int), score.ravel(), BINS, interval=None).value


def brier(truth: Bools, score: Floats) -> float:
    """Mean squared difference of score and gold over all passage–code pairs."""
    return brier_score(truth.ravel().astype(int), score.ravel(), interval=None).value


def all_metrics(
    truth: Bools, score: Floats, applied: Bools, codes: Mapping[str, Floats] | None = None
) -> dict[str, float]:
    """Every figure of a row, by its name in the contract; `codes` as `by_code` gives them, where at hand."""
    single = codes or by_code(truth, score, applied)
    return {
        "map": _mean(single["average_precision"].tolist()),
        "macro_f1": _mean(single["f1"].tolist()),
        "micro_f1": micro_f1(truth, applied),
        "recall_at_3": recall_at(truth, score, 3),
        "recall_at_5": recall_at(truth, score, 5),
        "alpha": _mean(single["alpha"].tolist()),
        "positive_agreement": _mean(single["positive_agreement"].tolist()),
        "ece": calibration_error(truth, score),
        "brier": brier(truth, score),
        "workload_auc": workload_auc(truth, score, applied),
    }


LOWER_IS_BETTER = frozenset({"ece", "brier"})


def spread_over_documents(
    documents: Sequence[str], figures: Callable[[NDArray[np.int64]], Mapping[str, Any]], groups: int = GROUPS
) -> dict[str, Any]:
    """Standard error of each figure by the delete-a-group jackknife over documents (Kott 2001).

    Documents go to at most `groups` groups in turn, by name; se² = (G−1)/G · Σ (θ_g − θ̄)². NaN under two
    groups, and where leaving a group out leaves none. `figures` takes the rows that stay and gives numbers,
    or arrays of them.
    """
    names = {name: at for at, name in enumerate(sorted(set(documents)))}
    count = min(groups, len(names))
    home = np.array([names[document] % count for document in documents])
    if count < 2:
        return {
            key: np.full(np.shape(value), np.nan)[()]
            for key, value in figures(np.arange(len(documents))).items()
        }
    left_out = [figures(np.flatnonzero(home != group)) for group in range(count)]
    spread = {}
    for key in left_out[0]:
        values = np.array([each[key] for each in left_out], dtype=np.float64)
        squares = np.square(values - values.mean(axis=0)).sum(axis=0)
        spread[key] = np.sqrt((count - 1) / count * squares)
    return spread


def groups_of(documents: Sequence[str], groups: int = GROUPS) -> dict[str, int]:
    """The group of each document, at most `groups` of them, by name in turn: the same for every split."""
    names = sorted(set(documents))
    return {name: place % min(groups, len(names)) for place, name in enumerate(names)}


def _share(part: NDArray[np.int64], whole: NDArray[np.int64]) -> Floats:
    return np.where(whole > 0, part / np.maximum(whole, 1), np.nan)


def _mean(values: Sequence[float]) -> float:
    known = np.asarray(values, np.float64)
    known = known[np.isfinite(known)]
    return float(known.mean()) if len(known) else float("nan")
