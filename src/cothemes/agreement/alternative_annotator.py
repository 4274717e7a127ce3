"""The alternative-annotator test: may the model stand in for one of the people?

Each person in turn is set against the model: who of the two agrees better with the other people?
It is never shown alone. With ε = .15 a model that never applies a code passes it at a prevalence of
five in a hundred, so that positive agreement belongs beside it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from scipy import special

from cothemes.agreement.arguments import listed, share
from cothemes.agreement.ratings import Bools, Floats, Ratings, read_ratings
from cothemes.agreement.result import Result
from cothemes.agreement.set_distances import SetDistance
from cothemes.errors import RatingsError

Scoring = Literal["accuracy", "jaccard", "neg_rmse"] | Callable[[Any, list[Any]], float]
"""Measure of how well a label agrees with those of the others: a name, or a function of it and the
others'.
"""

SCORINGS = ("accuracy", "jaccard", "neg_rmse")
LEAST_PEOPLE = 3
LEAST_UNITS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class AltTestResult(Result):
    """Outcome of the test; `value` is the winning rate."""

    epsilon: float
    """Cost penalty for a human annotator, as a discount on the person's advantage."""

    advantage: float = math.nan
    """Mean over people of the share of units on which the model does as well as the person, or better."""

    passed: bool | None = None
    """True if the winning rate is at least .5; None where it cannot be computed."""

    p_values: Mapping[Hashable, float] = field(default_factory=dict)
    """Probability by person tested."""

    rejected: Mapping[Hashable, bool] = field(default_factory=dict)
    """True, by person tested, if the model won after Benjamini and Yekutieli's correction."""

    left_out: tuple[Hashable, ...] = ()
    """People with too few units to be tested; they still count among the others."""


def alt_test(
    model: Any,
    humans: Any,
    epsilon: float,
    scoring: Scoring = "accuracy",
    *,
    q: float = 0.05,
) -> AltTestResult:
    """Calderon, Reichart and Dror (2025), with their t-test and false-discovery correction.

    `model` has one label a unit, `humans` units × people; or both are mappings, unit → label and
    person → (unit → label). Labels are sets of codes for scoring jaccard. A unit counts where the
    model and two people at least rated it, a person with 30 such units at least. NaN with a reason
    under three such people. `epsilon` is to be set beforehand: .2 for experts, .1 for crowds.
    """
    share(epsilon, "epsilon", most=False)
    share(q, "q", least=False, most=False)
    if not callable(scoring) and scoring not in SCORINGS:
        raise RatingsError(
            f"scoring={scoring!r} is not known",
            hint="Choose 'accuracy', 'jaccard', 'neg_rmse' or a function",
        )
    people, table = _table(model, humans)
    data = read_ratings(table)
    conventions = {
        "scoring": scoring if isinstance(scoring, str) else getattr(scoring, "__name__", "a function"),
        "ties": "count for the model and for the person",
        "test": "one-sided t-test of the difference against epsilon, units taken as independent",
        "correction": f"Benjamini and Yekutieli (2001), q = {q}",
        "read_with": "positive agreement: a model that never applies a rare code can pass",
    }
    rated = data.codes >= 0
    counted = np.asarray(rated[:, :1].any(axis=1) & (rated[:, 1:].sum(axis=1) >= 2))
    units = int(counted.sum())
    own = counted[:, None] & rated[:, 1:] if data.raters > 1 else np.zeros((data.units, 0), dtype=bool)
    tested = [place for place in range(len(people)) if own[:, place].sum() >= LEAST_UNITS]
    left_out = tuple(person for place, person in enumerate(people) if place not in tested)
    reason = None
    if len(people) < LEAST_PEOPLE:
        reason = f"fewer than {LEAST_PEOPLE} people"
    elif units < LEAST_UNITS:
        reason = f"fewer than {LEAST_UNITS} units with the model and two people"
    elif len(tested) < LEAST_PEOPLE:
        reason = f"fewer than {LEAST_PEOPLE} people with {LEAST_UNITS} units"
    if reason:
        return AltTestResult(
            value=math.nan,
            units=units,
            reason=reason,
            epsilon=epsilon,
            left_out=left_out,
            conventions=conventions,
        )
    score = _scorer(scoring, data)
    p_values: list[float] = []
    advantages: list[float] = []
    for place in tested:
        chosen = own[:, place]
        of_person = score(place + 1, place + 1, chosen)
        of_model = score(0, place + 1, chosen)
        wins = (of_model >= of_person).astype(np.float64)
        difference = (of_person >= of_model) - wins
        p_values.append(_less_than(difference, epsilon))
        advantages.append(float(wins.mean()))
    rejected = benjamini_yekutieli(p_values, q)
    rate = sum(rejected) / len(rejected)
    names = [people[place] for place in tested]
    return AltTestResult(
        value=rate,
        units=units,
        epsilon=epsilon,
        advantage=float(np.mean(advantages)),
        passed=rate >= 0.5,
        p_values=dict(zip(names, p_values, strict=True)),
        rejected=dict(zip(names, rejected, strict=True)),
        left_out=left_out,
        conventions=conventions,
        parts={f"advantage:{name}": share for name, share in zip(names, advantages, strict=True)},
    )


def benjamini_yekutieli(p_values: Sequence[float], q: float) -> list[bool]:
    """Return which hypotheses are rejected at false discovery rate `q`, under any dependence (2001)."""
    count = len(p_values)
    harmonic = sum(1 / rank for rank in range(1, count + 1))
    order = sorted(range(count), key=lambda place: p_values[place])
    last = 0
    for rank, place in enumerate(order, start=1):
        if p_values[place] <= rank * q / (count * harmonic):
            last = rank
    rejected = set(order[:last])
    return [place in rejected for place in range(count)]


def _less_than(difference: Floats, epsilon: float) -> float:
    """p of the one-sided t-test that the mean is not below `epsilon`."""
    count = len(difference)
    mean, spread = float(difference.mean()), float(difference.std(ddof=1))
    if spread == 0:
        return 0.0 if mean < epsilon else 1.0
    return float(special.stdtr(count - 1, (mean - epsilon) / (spread / math.sqrt(count))))


def _scorer(scoring: Scoring, data: Ratings) -> Callable[[int, int, Bools], Floats]:
    """score(column, person, units): the column's agreement with all people but `person`."""
    codes = data.codes

    def over_others(
        of_pair: Callable[[Any, Any], Floats], finish: Callable[[Floats], Floats]
    ) -> Callable[[int, int, Bools], Floats]:
        def score(column: int, person: int, chosen: Bools) -> Floats:
            total, count = np.zeros(int(chosen.sum())), np.zeros(int(chosen.sum()))
            for other in range(1, data.raters):
                there = codes[chosen, other] >= 0
                if other == person:
                    continue
                left, right = codes[chosen, column][there], codes[chosen, other][there]
                total[there] += of_pair(left, right)
                count += there
            return finish(total / count)

        return score

    if scoring == "accuracy":
        return over_others(lambda left, right: (left == right).astype(np.float64), lambda mean: mean)
    if scoring == "jaccard":
        distance = SetDistance("jaccard", data.labels)
        return over_others(lambda left, right: 1 - distance.between(left, right), lambda mean: mean)
    if scoring == "neg_rmse":
        values = data.numbers()
        return over_others(
            lambda left, right: np.square(values[left] - values[right]), lambda mean: -np.sqrt(mean)
        )
    assert not isinstance(scoring, str), "refused before"
    function = scoring

    def by_function(column: int, person: int, chosen: Bools) -> Floats:
        found = np.array(
            [
                function(
                    data.labels[row[column]],
                    [
                        data.labels[code]
                        for other, code in enumerate(row)
                        if other not in (0, person) and code >= 0
                    ],
                )
                for row in codes[chosen].tolist()
            ]
        )
        if found.dtype.kind not in "biuf" or not np.isfinite(found).all():
            raise RatingsError("scoring= gave something that is no finite number", hint="Return a number")
        return found

    return by_function


def _table(model: Any, humans: Any) -> tuple[list[Hashable], list[list[Any]]]:
    """Names of the people, and rows of the model's label and theirs."""
    if isinstance(humans, Mapping):
        people = list(humans)
        if not isinstance(model, Mapping):
            raise RatingsError(
                "humans are given by name and the model is not", hint="Give the model as unit → label"
            )
        for person, marks in humans.items():
            if not isinstance(marks, Mapping):
                raise RatingsError(
                    f"the labels of {person!r} are no mapping", hint="Give each person as unit → label"
                )
        units = dict.fromkeys([*model, *(unit for marks in humans.values() for unit in marks)])
        return people, [[model.get(unit), *(humans[person].get(unit) for person in people)] for unit in units]
    if not isinstance(humans, np.ndarray) and hasattr(humans, "to_numpy"):
        humans = humans.to_numpy()
    rows = listed(humans.tolist() if isinstance(humans, np.ndarray) else humans, "humans")
    for number, row in enumerate(rows):
        if isinstance(row, str | bytes) or not isinstance(row, Sequence):
            raise RatingsError(
                f"row {number} of humans is {row!r}, not a row of labels",
                hint="Rows are units and columns are people",
            )
    own = listed(model.tolist() if isinstance(model, np.ndarray) else model, "model")
    if len(own) != len(rows):
        raise RatingsError(
            f"the model rated {len(own)} units and the people {len(rows)}",
            hint="Give one label of the model for each row, None where it gave none",
        )
    width = len(rows[0]) if rows else 0
    return list(range(width)), [[label, *row] for label, row in zip(own, rows, strict=True)]
