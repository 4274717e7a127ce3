"""How often a code applies, where a model labelled everything and people a random part.

The model's share is biased by its errors. People's labels of passages drawn at random, or with known
probabilities, measure that bias, so that the corrected share has a valid interval. Passages of one
interview share their errors: where interviews are given, the interval is over them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Literal

import numpy as np
from scipy import special

from cothemes.agreement.ratings import Floats, is_missing
from cothemes.agreement.resampling import cluster_sums, jackknife, read_clusters
from cothemes.agreement.result import Result
from cothemes.errors import RatingsError

BY_CLUSTER = "delete-one-cluster jackknife, t(K-1)"


def ppi_mean(
    labels: Iterable[Any],
    predictions: Iterable[Any],
    unlabelled_predictions: Iterable[Any],
    *,
    power: float | Literal["tuned"] = 1.0,
    level: float = 0.95,
    clusters: Iterable[Any] | None = None,
    unlabelled_clusters: Iterable[Any] | None = None,
) -> Result:
    """Prediction-powered mean (Angelopoulos et al. 2023) of units reviewed at random.

    `labels` and `predictions` are people's and the model's labels of the n reviewed units,
    `unlabelled_predictions` the model's of the N others. θ = λ·mean(f̃) + mean(Y − λf); λ is
    `power`: 1 as published first, 0 the reviewed units alone, 'tuned' as in PPI++ (Angelopoulos,
    Duchi and Zrnic 2023). NaN with a reason under two units on either side. With `clusters` and
    `unlabelled_clusters`, the interview of each unit, the error comes from leaving out one after the
    other, the power as it is.
    """
    truth, near = _numbers(labels, "labels"), _numbers(predictions, "predictions")
    far = _numbers(unlabelled_predictions, "unlabelled_predictions")
    if len(truth) != len(near):
        raise RatingsError(
            f"{len(truth)} labels and {len(near)} predictions of the same units",
            hint="Give the model's label of every reviewed unit, in the same order",
        )
    conventions = {
        "design": "reviewed units are a simple random sample",
        "error": "variances with divisor n, normal quantiles" if clusters is None else BY_CLUSTER,
        "power": "tuned (PPI++), cut to 0..1" if power == "tuned" else f"{power:g}",
    }
    if len(truth) < 2 or len(far) < 2:
        return Result(
            value=math.nan,
            units=len(truth),
            reason="fewer than two reviewed or unreviewed units",
            conventions=conventions,
        )
    weight = _tuned(truth, near, far) if power == "tuned" else float(power)
    rest = truth - weight * near
    value = weight * float(far.mean()) + float(rest.mean())
    se = math.sqrt(weight**2 * float(far.var()) / len(far) + float(rest.var()) / len(rest))
    shares = all(bool(((part >= 0) & (part <= 1)).all()) for part in (truth, near, far))
    common: dict[str, Any] = {"units": len(truth), "conventions": conventions}
    if clusters is not None:
        fields = np.zeros((len(truth) + len(far), 4))
        fields[: len(truth), :2] = np.column_stack([rest, np.ones(len(rest))])
        fields[len(truth) :, 2:] = np.column_stack([weight * far, np.ones(len(far))])
        groups = [*clusters, *(unlabelled_clusters or ())]
        found = _by_cluster(fields, groups, value, level, shares)
        common |= found | {"method": "prediction-powered, jackknife over clusters"}
    else:
        common |= _normal(value, se, level, shares) | {"method": "prediction-powered, normal"}
    return Result(
        value=value,
        **common,
        parts={
            "power": weight,
            "labels_alone": float(truth.mean()),
            "predictions_alone": float(np.concatenate([near, far]).mean()),
            "unreviewed": float(len(far)),
        },
    )


def dsl_mean(
    predictions: Iterable[Any],
    labels: Iterable[Any],
    labelled: Iterable[Any],
    probability: Iterable[Any],
    *,
    level: float = 0.95,
    clusters: Iterable[Any] | None = None,
) -> Result:
    """Design-based mean (Egami, Hinck, Stewart and Wei 2023) of units reviewed with known chances.

    All four have one entry a unit: the model's label, the person's (anything where there is none),
    whether a person reviewed it, and the probability with which it was drawn. Mean of
    f + R/π·(Y − f); its error is that of the mean, with divisor n (HC0), or, with `clusters`, comes from
    leaving out one interview after the other. Raises RatingsError where a probability is not in (0, 1].
    """
    model = _numbers(predictions, "predictions")
    reviewed = np.array([bool(mark) for mark in labelled], dtype=bool)
    chance = _numbers(probability, "probability")
    given = list(labels)
    if not len(model) == len(reviewed) == len(chance) == len(given):
        raise RatingsError(
            f"{len(model)} predictions, {len(given)} labels, {len(reviewed)} marks and "
            f"{len(chance)} probabilities",
            hint="Give one of each for every unit",
        )
    if ((chance <= 0) | (chance > 1)).any():
        unit = int(np.flatnonzero((chance <= 0) | (chance > 1))[0])
        raise RatingsError(
            f"unit {unit} was drawn with the probability {chance[unit]:g}",
            hint="Give the probability stored at the draw, above 0 and up to 1; leave out units "
            "that could not be drawn",
        )
    truth = np.zeros(len(model))
    truth[reviewed] = _numbers(
        [label for label, mark in zip(given, reviewed, strict=True) if mark], "labels of reviewed units"
    )
    conventions = {
        "design": "known probabilities of review",
        "error": "HC0, normal quantiles" if clusters is None else BY_CLUSTER,
    }
    if len(model) < 2 or not reviewed.any():
        return Result(
            value=math.nan,
            units=len(model),
            reason="no reviewed units" if len(model) >= 2 else "fewer than two units",
            conventions=conventions,
        )
    outcome = model + np.where(reviewed, (truth - model) / chance, 0)
    shares = bool(((model >= 0) & (model <= 1) & (truth >= 0) & (truth <= 1)).all())
    value, se = float(outcome.mean()), float(outcome.std()) / math.sqrt(len(outcome))
    common: dict[str, Any] = {"units": len(model), "conventions": conventions}
    if clusters is not None:
        fields = np.column_stack([outcome, np.ones(len(outcome))])
        found = _by_cluster(fields, list(clusters), value, level, shares)
        common |= found | {"method": "design-based, jackknife over clusters"}
    else:
        common |= _normal(value, se, level, shares) | {"method": "design-based, normal"}
    return Result(
        value=value,
        parts={"reviewed": float(reviewed.sum()), "predictions_alone": float(model.mean())},
        **common,
    )


def _tuned(truth: Floats, near: Floats, far: Floats) -> float:
    spread = float(np.concatenate([near, far]).var(ddof=1))
    if spread == 0:
        return 0.0
    shared = float(((truth - truth.mean()) * (near - near.mean())).mean())
    return min(1.0, max(0.0, shared / ((1 + len(truth) / len(far)) * spread)))


def _by_cluster(
    fields: Floats, groups: list[Any], value: float, level: float, shares: bool
) -> dict[str, Any]:
    """Error and interval over clusters of a sum of ratios; `fields` are numerators, each with its
    denominator beside it, units × 2 or 4."""
    clusters = read_clusters(groups, len(fields))
    sums = cluster_sums(fields, clusters.index, clusters.count)

    def mean_of(weights: Floats) -> Floats:
        totals = weights @ sums
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray((totals[:, ::2] / totals[:, 1::2]).sum(axis=1, keepdims=True))

    spread = jackknife(mean_of, clusters.count, np.array([value]), level)
    low, high = _cut(float(spread.low[0]), float(spread.high[0]), shares)
    se = float(spread.se[0])
    return {"se": se, "low": low, "high": high, "clusters": clusters.count, "reason": spread.reasons[0]}


def _normal(value: float, se: float, level: float, shares: bool) -> dict[str, Any]:
    half = float(special.ndtri(0.5 + level / 2)) * se
    low, high = _cut(value - half, value + half, shares)
    return {"se": se, "low": low, "high": high}


def _cut(low: float, high: float, shares: bool) -> tuple[float, float]:
    """An interval of a mean of shares ends at 0 and 1; NaN stays NaN."""
    return (max(0.0, low), min(1.0, high)) if shares and low == low else (low, high)


def _numbers(values: Iterable[Any], name: str) -> Floats:
    listed = list(values)
    for place, value in enumerate(listed):
        if is_missing(value):
            raise RatingsError(f"{name} has nothing at {place}", hint="Give a number for every unit")
    return np.asarray(listed, dtype=np.float64)
