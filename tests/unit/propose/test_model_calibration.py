"""Probabilities of a model's suggestions, learned from many decisions, few, one-sided ones and none."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import numpy as np
import pytest

from cothemes.agreement.calibration import expected_calibration_error
from cothemes.app.runs import probabilities
from cothemes.records.suggestion import QuoteStatus
from cothemes.stages.propose.model.calibration import (
    ENOUGH,
    PRIOR,
    CriticSaid,
    Decided,
    Fact,
    Guess,
    Signs,
    _fitted,
    answers_on,
    calibrate,
    held_out,
    own_confidence,
)
from cothemes.stages.propose.offline import calibration as offline

SURE = 0.9
"""Confidence of a model that is always sure."""


def decided(count: int, seed: int = 1, *, documents: int = 12) -> list[Decided]:
    """People accept what has an exact quote (.9), less what was snapped (.5) or refused in part (.2), and a
    third of that where the model does not say it again. The model is always sure."""
    draw = random.Random(seed)
    found = []
    for number in range(count):
        quote = draw.choice((QuoteStatus.EXACT, QuoteStatus.SNAPPED, QuoteStatus.NOT_FOUND))
        again = draw.random() < 0.6
        chance = {QuoteStatus.EXACT: 0.9, QuoteStatus.SNAPPED: 0.5, QuoteStatus.NOT_FOUND: 0.2}[quote]
        signs = Signs(f"C{draw.randrange(4)}", confidence=SURE, quote=quote)
        signs = answers_on(signs, [again])
        applies = draw.random() < (chance if again else chance / 3)
        found.append(Decided(signs, f"d{number % documents}", applies, blind=True))
    return found


def error(truth: list[bool], numbers: list[float]) -> float:
    value = expected_calibration_error([int(t) for t in truth], numbers, 10, interval=None).value
    assert value is not None
    return value


def concordance(truth: list[bool], numbers: list[float]) -> float:
    """Share of pairs, one accepted and one not, that the numbers order rightly; ties count half."""
    yes = [n for t, n in zip(truth, numbers, strict=True) if t]
    no = [n for t, n in zip(truth, numbers, strict=True) if not t]
    return float(np.mean([(a > b) + (a == b) / 2 for a in yes for b in no]))


@pytest.mark.parametrize("seed", range(3))
def test_held_out_probabilities_mean_what_they_say_and_order_better(seed: int) -> None:
    said = decided(800, seed)
    truth = [each.applies for each in said]
    probabilities, own = held_out(said), [own_confidence(each.signs) for each in said]
    assert probabilities is not None
    assert error(truth, probabilities) < 0.08
    assert error(truth, own) > 0.4
    assert concordance(truth, probabilities) > 0.75
    assert concordance(truth, own) == 0.5, "always sure: it orders nothing"


def test_thirty_decisions_are_no_worse_than_the_guess() -> None:
    later = decided(2000, 77)
    truth = [each.applies for each in later]

    def loss(numbers: list[float]) -> float:
        return float(np.mean([-math.log(n if t else 1 - n) for t, n in zip(truth, numbers, strict=True)]))

    guess = loss([calibrate([]).probability(each.signs) for each in later])
    few = [calibrate(decided(ENOUGH, seed)) for seed in range(10)]
    assert np.mean([loss([fit.probability(each.signs) for each in later]) for fit in few]) < guess


def test_without_decisions_it_is_the_documented_guess_and_not_called_a_probability() -> None:
    nothing = calibrate([])
    assert not nothing.calibrated
    assert nothing.weights == {fact.value: guess.mean for fact, guess in PRIOR.items()}
    assert nothing.probability(Signs("C")) == 0.5
    # .25 · log(.9/.1) + .5 for the critic: 1.0493 in log-odds.
    kept = Signs("C", confidence=0.9, critic=CriticSaid.KEPT, quote=QuoteStatus.EXACT)
    assert nothing.probability(kept) == pytest.approx(1 / (1 + math.exp(-1.04931)), abs=1e-5)
    assert held_out([]) is None


@pytest.mark.parametrize("applies", [True, False])
def test_a_reviewer_who_always_says_the_same(applies: bool) -> None:
    said = [replace(each, applies=applies) for each in decided(200)]
    fitted = calibrate(said)
    assert fitted.calibrated
    assert all(map(math.isfinite, [*fitted.weights.values(), *fitted.codes.values()]))
    numbers = held_out(said)
    assert numbers is not None
    right = numbers if applies else [1 - n for n in numbers]
    assert min(right) > 0.8
    assert max(right) < 1, "no certainty from two hundred decisions"


def test_the_same_decisions_give_the_same_numbers_in_any_order() -> None:
    said = decided(150)
    fitted = calibrate(said)
    assert calibrate(said) == fitted
    turned = calibrate(said[::-1])
    assert turned.weights == pytest.approx(fitted.weights, abs=1e-6)
    assert turned.codes == pytest.approx(fitted.codes, abs=1e-6)


def test_a_probability_held_out_does_not_depend_on_its_own_document() -> None:
    said = decided(120)
    turned = [replace(each, applies=not each.applies) if each.document == "d3" else each for each in said]
    before, after = held_out(said), held_out(turned)
    assert before is not None
    assert after is not None
    own = [at for at, each in enumerate(said) if each.document == "d3"]
    assert [before[at] for at in own] == [after[at] for at in own]
    assert before != after


def test_one_document_with_few_passages_is_not_calibrated() -> None:
    assert not calibrate(decided(ENOUGH - 1)).calibrated
    assert calibrate(decided(ENOUGH)).calibrated
    one = calibrate([replace(each, document="d") for each in decided(ENOUGH)])
    assert one.calibrated, "ten passages of one document can be held out in runs"


def test_what_visible_suggestions_add_is_kept_apart_from_the_probability() -> None:
    draw = random.Random(3)
    signs = Signs("C", confidence=SURE, quote=QuoteStatus.EXACT)
    blind = [Decided(signs, f"d{n % 9}", draw.random() < 0.5, blind=True) for n in range(200)]
    seen = [Decided(signs, f"d{n % 9}", draw.random() < 0.9, blind=False) for n in range(200)]
    fitted = calibrate([*blind, *seen])
    assert fitted.visible is not None
    assert fitted.visible > 1
    share = sum(each.applies for each in blind) / len(blind)
    assert fitted.probability(signs) == pytest.approx(share, abs=0.08)
    assert calibrate(seen).visible is None
    assert calibrate(seen).probability(signs) > 0.8


def test_facts_of_a_suggestion() -> None:
    values = Signs(
        "C", confidence=0.8, borderline=True, given_again=1, not_given_again=2,
        critic=CriticSaid.ESCALATED, quote=QuoteStatus.WIDENED, offline=-0.85,
    ).values  # fmt: skip
    assert values[Fact.CONFIDENCE] == pytest.approx(math.log(4))
    assert values[Fact.ANSWERS] == -0.25
    assert (values[Fact.BORDERLINE], values[Fact.CRITIC]) == (1, -1)
    assert (values[Fact.APPROXIMATE], values[Fact.REFUSED]) == (1, 0)
    assert values[Fact.OFFLINE] == pytest.approx(1.0), "the shipped threshold is at −1.85"
    none = Signs("C").values
    assert [fact for fact, value in none.items() if value] == [Fact.BASE]
    assert Signs("C", confidence=1.0).values[Fact.CONFIDENCE] == 3


def test_the_parts_sum_to_the_distance_from_a_typical_suggestion() -> None:
    fitted = calibrate(decided(200))
    signs = decided(1, 9)[0].signs
    parts = fitted.parts(signs)
    typical = sum(fitted.weights[fact] * fitted.means[fact] for fact in fitted.weights)
    assert sum(part.log_odds for part in parts) == pytest.approx(fitted.log_odds(signs) - typical)
    sizes = [abs(part.log_odds) for part in parts]
    assert sizes == sorted(sizes, reverse=True)


def test_the_weights_are_the_minimum() -> None:
    """One column, two answers, mean 1, spread 2: where the slope Σ −t·σ(−t·w) + (w − 1)/4 is zero."""
    guess = Guess(1.0, 2.0)
    columns, target = np.ones((3, 1)), np.array([1.0, -1.0, -1.0])
    [weight] = _fitted(columns, target, np.array([guess.mean]), np.array([guess.spread]))
    slope = -1 / (1 + math.exp(weight)) + 2 / (1 + math.exp(-weight)) + (weight - guess.mean) / 4
    assert slope == pytest.approx(0, abs=1e-6)


def test_offline_scores_count_as_probabilities_from_where_their_scale_is_fitted() -> None:
    assert probabilities.LEARNED_FROM == offline.ENOUGH
