"""Figures of a coder against gold. A code without a positive in the part that is scored has none there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cothemes.agreement import brier_score, expected_calibration_error
from cothemes.stages.evaluate.coding.metric import Bools, CodeMetric, Floats, RowMetric, Scored
from cothemes.stages.evaluate.registry import Registry

BINS = 10
GROUPS = 20
"""Groups of documents, left out one after the other."""


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
    """Return every figure of single codes, NaN where it has none there: no positive in gold, or nothing
    applied.

    F1 of a code is the positive agreement of coder and gold as two raters; alpha is of the same two.
    """
    scored = Scored(truth, score, applied)
    return {each.key: scored.by_code(each) for each in CODE_METRICS}


def calibration_error(truth: Bools, score: Floats) -> float:
    """Expected calibration error of all passage–code pairs, ten bins of equal width."""
    return expected_calibration_error(truth.ravel().astype(int), score.ravel(), BINS, interval=None).value


def brier(truth: Bools, score: Floats) -> float:
    """Mean squared difference of score and gold over all passage–code pairs."""
    return brier_score(truth.ravel().astype(int), score.ravel(), interval=None).value


def all_metrics(
    truth: Bools, score: Floats, applied: Bools, codes: Mapping[str, Floats] | None = None
) -> dict[str, float]:
    """Return every figure of a row by its key; `codes` as `by_code` gives them, where at hand."""
    scored = Scored(truth, score, applied, dict(codes or {}))
    return {each.key: each.of(scored) for each in METRICS}


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


def _mean_of(metric: CodeMetric) -> Callable[[Scored], float]:
    return lambda scored: _mean(scored.by_code(metric).tolist())


def _positive_agreement(scored: Scored) -> float:
    return _mean([each.value for each in scored.table.positive_agreement(interval=None)])


AVERAGE_PRECISION = CodeMetric(
    key="average_precision",
    short="AP",
    name="average precision",
    of=lambda scored: np.array(
        [average_precision(scored.truth[:, at], scored.score[:, at]) for at in range(scored.truth.shape[1])]
    ),
    interval_printed=True,
)
F1 = CodeMetric(
    key="f1",
    short="F1",
    name="F1",
    of=lambda scored: f1_by_code(scored.truth, scored.applied),
    wants_agreed=True,
    interval_printed=True,
)
ALPHA = CodeMetric(
    key="alpha",
    short="Alpha",
    name="alpha",
    of=lambda scored: np.array([each.value for each in scored.table.alpha(interval=None)]),
    signed=True,
    wants_agreed=True,
    interval_printed=True,
)
CODE_METRICS: Registry[CodeMetric] = Registry(
    AVERAGE_PRECISION,
    CodeMetric(
        key="precision",
        short="Prec.",
        name="precision",
        of=lambda scored: _share(scored.hits, scored.applied.sum(axis=0)),
        share_of=lambda part: part.applied,
    ),
    CodeMetric(
        key="recall",
        short="Rec.",
        name="recall",
        of=lambda scored: _share(scored.hits, scored.truth.sum(axis=0)),
        share_of=lambda part: part.truth,
    ),
    F1,
    ALPHA,
)
"""Figures of single codes, in the order of JSON."""
METRICS: Registry[RowMetric] = Registry(
    RowMetric(
        key="map",
        short="mAP",
        name="Mean average precision",
        of=_mean_of(AVERAGE_PRECISION),
        meaning="whether passages with a code come first when sorted by its score, mean over codes",
        guarded=True,
        leading=True,
        width=18,
    ),
    RowMetric(
        key="macro_f1",
        short="F1mac",
        name="F1, mean of codes",
        of=_mean_of(F1),
        meaning="at the thresholds it would use; F1 of a code is its positive agreement, and "
        "a code without a positive in a test part is left out",
        guarded=True,
        leading=True,
        width=7,
        people="positive_agreement",
    ),
    RowMetric(
        key="micro_f1",
        short="F1mic",
        name="F1, codes pooled",
        of=lambda scored: micro_f1(scored.truth, scored.applied),
        width=7,
    ),
    RowMetric(
        key="recall_at_3",
        short="R@3",
        name="Recall at 3",
        of=lambda scored: recall_at(scored.truth, scored.score, 3),
        meaning="share of a passage's codes among its three best, over passages with a code",
        guarded=True,
        leading=True,
        width=5,
    ),
    RowMetric(
        key="recall_at_5",
        short="R@5",
        name="Recall at 5",
        of=lambda scored: recall_at(scored.truth, scored.score, 5),
        width=5,
    ),
    RowMetric(
        key="alpha",
        short="alpha",
        name="Alpha, mean of codes",
        of=_mean_of(ALPHA),
        meaning="the coder and gold as two raters",
        signed=True,
        leading=True,
        width=6,
        people="macro_alpha",
    ),
    RowMetric(
        key="positive_agreement",
        short="pos",
        name="Positive agreement, mean of codes",
        of=_positive_agreement,
        meaning="as F1, but a code that a test part lacks and the coder gives counts as 0",
        below=False,
    ),
    RowMetric(
        key="ece",
        short="ECE",
        name="Expected calibration error",
        of=lambda scored: calibration_error(scored.truth, scored.score),
        meaning="mean gap between score and share applied, lower is better, but small wherever codes are "
        "rare: not to be compared between suites",
        lower_is_better=True,
        width=5,
    ),
    RowMetric(
        key="brier",
        short="Brier",
        name="Brier score",
        of=lambda scored: brier(scored.truth, scored.score),
        lower_is_better=True,
        below=False,
    ),
    RowMetric(
        key="workload_auc",
        short="work",
        name="Area under the workload curve",
        of=lambda scored: workload_auc(scored.truth, scored.score, scored.applied),
        meaning="errors fixed as passages are reviewed in the order it proposes; .50 is random order",
        leading=True,
        width=6,
    ),
)
"""Figures of a row, in the order of JSON."""
