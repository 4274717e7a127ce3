"""How often a code applies, where a model labelled everything and people a random part.

The model's share is biased by its errors. People's labels of passages drawn at random, or with known
probabilities, measure that bias, so that the corrected share has a valid interval. Passages of one
interview share their errors: where interviews are given, the interval is over them. With few labelled
positives or negatives no such interval is valid: the share of the reviewed units alone takes the place of the
corrected one, with an exact interval.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Literal

import numpy as np
from scipy import special

from cothemes.agreement.arguments import listed, numbers, share, truths
from cothemes.agreement.exact_share import FEW, exact_design_share, exact_share, is_few
from cothemes.agreement.ratings import Floats
from cothemes.agreement.resampling import cluster_sums, jackknife, read_clusters
from cothemes.agreement.result import Result
from cothemes.errors import RatingsError

BY_CLUSTER = "delete-one-cluster jackknife, t(K-1)"
EXACT = "exact binomial (Clopper and Pearson 1934) of the reviewed units alone"
EXACT_DESIGN = "exact for unequal chances, worst case over units; reviewed units alone"
WIDENED = ", no narrower than the jackknife over clusters"
CORRECTED = "corrected"
"""Name of the part that holds the corrected share where the value is that of the reviewed units alone."""
ESTIMANDS = {
    "estimand": "share of the units that could be drawn, such as the passages of these documents",
    "few": f"shares with under {FEW} labelled positives or negatives are not corrected: the value is the "
    f"share of the reviewed units, weighted by 1/π; its interval is {EXACT}, or for unequal chances the "
    "worst case over units, valid for these units; over clusters it is no narrower than the jackknife of "
    f"that share. parts['{CORRECTED}'] has the corrected share, which may lie outside 0 to 1",
}


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
    other, the power as it is. With under ten labelled positives or negatives a share is not corrected:
    the value is the mean of the labels, with its exact interval (Clopper and Pearson 1934), valid for the
    units that could be drawn and over clusters no narrower than the jackknife of that mean; the error is
    NaN, and `parts['corrected']` holds θ. Raises RatingsError where an entry is no finite number, a power is
    neither 0 to 1 nor 'tuned', or numbers of units differ.
    """
    truth, near = numbers(labels, "labels"), numbers(predictions, "predictions")
    far = numbers(unlabelled_predictions, "unlabelled_predictions")
    share(level, "level", least=False, most=False, example="0.95")
    if power != "tuned":
        power = share(power, "power", example="1", other=", or 'tuned'")
    if len(truth) != len(near):
        raise RatingsError(
            f"{len(truth)} labels and {len(near)} predictions of the same units",
            hint="Give the model's label of every reviewed unit, in the same order",
        )
    conventions = {
        "design": "reviewed units are a simple random sample",
        "error": "variances with divisor n, normal quantiles" if clusters is None else BY_CLUSTER,
        "power": "tuned (PPI++), cut to 0..1" if power == "tuned" else f"{power:g}",
        **ESTIMANDS,
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
        rest_of = () if unlabelled_clusters is None else unlabelled_clusters
        groups = [*listed(clusters, "clusters"), *listed(rest_of, "unlabelled_clusters")]
        found = _by_cluster(fields, groups, value, level, shares)
        common |= found | {"method": "prediction-powered, jackknife over clusters"}
    else:
        common |= _normal(value, se, level, shares) | {"method": "prediction-powered, normal"}
    corrected = value
    if shares and (is_few(truth) or _flat(common)):
        value = float(truth.mean())
        own_groups = None if clusters is None else groups[: len(truth)]
        own = _own_spread(truth, np.ones(len(truth)), own_groups, level)
        common |= _exact(exact_share(truth, level), value, EXACT, own)
    return Result(
        value=value,
        **common,
        parts={
            CORRECTED: corrected,
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
    leaving out one interview after the other. With under ten labelled positives or negatives a share is not
    corrected, as in `ppi_mean`: the value is the share of the reviewed units, Σ(Y/π)/Σ(1/π), with an exact
    interval; where chances differ, that of the worst case over which units have it. Raises RatingsError
    where a probability is not in (0, 1], a mark is neither true nor false, or an entry is no finite number.
    """
    model = numbers(predictions, "predictions")
    reviewed = truths(labelled, "labelled")
    chance = numbers(probability, "probability")
    given = listed(labels, "labels")
    share(level, "level", least=False, most=False, example="0.95")
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
    truth[reviewed] = numbers(
        [label for label, mark in zip(given, reviewed, strict=True) if mark], "labels of reviewed units"
    )
    conventions = {
        "design": "known probabilities of review",
        "error": "HC0, normal quantiles" if clusters is None else BY_CLUSTER,
        **ESTIMANDS,
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
        found = _by_cluster(fields, listed(clusters, "clusters"), value, level, shares)
        common |= found | {"method": "design-based, jackknife over clusters"}
    else:
        common |= _normal(value, se, level, shares) | {"method": "design-based, normal"}
    corrected = value
    if shares and (is_few(truth[reviewed]) or _flat(common)):
        unequal = float(chance.max() - chance.min()) >= 1e-9
        ends = exact_design_share(truth, reviewed, chance, level)
        held, weights = truth[reviewed], 1 / chance[reviewed]
        value = float((held * weights).sum() / weights.sum())
        groups = None
        if clusters is not None:
            groups = [
                group for group, mark in zip(listed(clusters, "clusters"), reviewed, strict=True) if mark
            ]
        own = _own_spread(held, weights, groups, level)
        common |= _exact(ends, value, EXACT_DESIGN if unequal else EXACT, own)
    return Result(
        value=value,
        parts={
            CORRECTED: corrected,
            "reviewed": float(reviewed.sum()),
            "predictions_alone": float(model.mean()),
        },
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


def _flat(found: dict[str, Any]) -> bool:
    """Return whether an interval has no width: nothing varied among what was reviewed."""
    return bool(found["high"] - found["low"] < 1e-12)


def _own_spread(
    labels: Floats, weights: Floats, groups: list[Any] | None, level: float
) -> tuple[float, float] | None:
    """Jackknife interval of the labels' weighted share over clusters; None where there is none."""
    if groups is None or len(set(groups)) < 2:
        return None
    fields = np.column_stack([labels * weights, weights])
    share_alone = float(fields[:, 0].sum() / fields[:, 1].sum())
    found = _by_cluster(fields, groups, share_alone, level, shares=True)
    return (found["low"], found["high"]) if found["high"] - found["low"] >= 1e-12 else None


def _exact(
    ends: tuple[float, float], value: float, method: str, spread: tuple[float, float] | None
) -> dict[str, Any]:
    """The exact interval of the reviewed units' share, no narrower than its jackknife over clusters.

    With unequal chances the weighted share can lie outside the worst case over units that a draw does not
    bear out; the interval reaches to it then. Its error is not known: NaN.
    """
    low, high = min(ends[0], value), max(ends[1], value)
    if spread is not None:
        low, high = min(low, spread[0]), max(high, spread[1])
        method += WIDENED
    return {"se": math.nan, "low": low, "high": high, "reason": None, "method": method}
