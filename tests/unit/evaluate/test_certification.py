"""Certificates from blind readings: the sums of the levels, what is still needed, and the promise itself."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from cothemes.records.acceptance import CodeTest
from cothemes.stages.evaluate.certification import (
    BlindReading,
    Supply,
    code_tests,
    equal_chances,
    level_of,
    shows_nothing,
    upheld,
)


def reading(
    number: int, right: bool = True, *, score: float = 0.95, interview: int | None = None
) -> BlindReading:
    return BlindReading(
        passage=f"p{number}",
        interview=number % 12 if interview is None else interview,
        suggested={"A": score},
        upheld=frozenset({"A"} if right else ()),
        asked=frozenset({"A"}),
    )


def one(
    readings: list[BlindReading], *, look: int = 1, precision: float = 0.9, delta: float = 0.1
) -> CodeTest:
    (found,) = code_tests(readings, ["A"], precision=precision, delta=delta, look=look, pooled=False)
    return found


def test_levels_of_all_looks_and_codes_add_up_to_delta() -> None:
    """δ/2 + δ/4 + … = δ, and each look's share is divided equally by its codes."""
    assert level_of(0.1, 1, 1) == pytest.approx(0.05)
    assert level_of(0.1, 3, 4) == pytest.approx(0.1 / 8 / 4)
    spent = sum(level_of(0.1, look, 4) * 4 for look in range(1, 60))
    assert spent == pytest.approx(0.1)


def test_the_fewest_suggestions_without_an_error() -> None:
    """First look, one code: δ/2 = .05, five starts: .01. .9^43 = .0108 > .01 ≥ .9^44 = .0097."""
    assert 0.9**43 > 0.01 >= 0.9**44
    short = one([reading(n) for n in range(43)])
    assert (short.threshold, short.needed, short.readings, short.suggested) == (None, 1, 43, 43)
    enough = one([reading(n) for n in range(44)])
    assert (enough.threshold, enough.accepted, enough.wrong, enough.needed) == (0.5, 44, 0, 0)
    assert enough.refusal == ""


def test_each_look_asks_for_more() -> None:
    """Second look: .025 / 5 = .005, and ln .005 / ln .9 = 50.3."""
    assert math.ceil(math.log(0.005) / math.log(0.9)) == 51
    assert one([reading(n) for n in range(50)], look=2).threshold is None
    assert one([reading(n) for n in range(51)], look=2).threshold is not None


def test_codes_tested_one_by_one_share_delta_and_pooled_ones_do_not() -> None:
    """Two codes: .05 / 2 / 5 = .005 each, 51 suggestions; together .05 / 5 = .01 on twice as many."""
    both = [
        BlindReading(f"p{n}", n % 12, {"A": 0.9, "B": 0.9}, frozenset("AB"), frozenset("AB"))
        for n in range(50)
    ]
    alone = code_tests(both, ["A", "B"], precision=0.9, delta=0.1, look=1, pooled=False)
    assert [each.threshold for each in alone] == [None, None]
    (together,) = code_tests(both, ["A", "B"], precision=0.9, delta=0.1, look=1, pooled=True)
    assert (together.codes, together.accepted, together.readings) == (("A", "B"), 100, 50)
    assert together.threshold is not None


def test_one_error_needs_more_readings_and_the_number_suffices() -> None:
    """What it asks for is what it takes, if shares stay: 1 wrong in 44 becomes 2 in 88 and so on."""
    found = one([reading(n, n != 0) for n in range(44)])
    assert found.threshold is None
    assert found.needed is not None
    assert 0 < found.needed < 200
    total = 44 + found.needed
    wrong = math.ceil(total / 44 - 1e-9)
    later = one([reading(n, n >= wrong) for n in range(total)])
    assert later.threshold is not None


def test_too_imprecise_suggestions_get_no_number() -> None:
    found = one([reading(n, n % 2 == 0) for n in range(200)])
    assert (found.threshold, found.needed) == (None, None)
    assert (found.sure, found.right) == (200, 100)


def test_few_interviews_are_not_enough_however_many_readings() -> None:
    found = one([reading(n, interview=n % 9) for n in range(300)])
    assert found.threshold is None
    # Ten interviews are the least: 300 · 10/9.
    assert found.needed == math.ceil(300 * 10 / 9) - 300


@pytest.mark.parametrize(("supply", "needed"), [((500, 12), 34), ((33, 12), None), ((500, 9), None)])
def test_no_number_is_given_that_the_study_cannot_reach(supply: tuple[int, int], needed: int | None) -> None:
    """300 readings in nine interviews need 34 more: there must be 34 passages, and a tenth interview."""
    readings = [reading(n, interview=n % 9) for n in range(300)]
    (found,) = code_tests(
        readings, ["A"], precision=0.9, delta=0.1, look=1, pooled=False, supply=Supply(*supply)
    )
    assert (found.threshold, found.needed) == (None, needed)


def test_without_readings_or_suggestions_it_says_so() -> None:
    nothing = one([])
    assert (nothing.readings, nothing.threshold, nothing.needed) == (0, None, None)
    unsure = one([reading(n, score=0.3) for n in range(50)])
    assert (unsure.suggested, unsure.sure, unsure.threshold, unsure.needed) == (50, 0, None, None)
    assert shows_nothing([nothing, unsure])


def test_a_passage_not_asked_about_is_no_decision() -> None:
    silent = BlindReading("p", 1, {"A": 0.9}, frozenset(), frozenset({"B"}))
    assert one([silent]).suggested == 0
    assert upheld([silent], {"A": 0.5})["A"].suggestions == 0


def test_equal_chances_thin_the_passages_that_were_drawn_more_often() -> None:
    """4,000 passages with chance .2 and 4,000 with .4: of the latter, half stay (± 4 · √1000 ≈ 126)."""
    chance = {f"a{n}": 0.2 for n in range(4000)} | {f"b{n}": 0.4 for n in range(4000)}
    kept = equal_chances(chance, list(chance))
    assert sum(each.startswith("a") for each in kept) == 4000
    assert abs(sum(each.startswith("b") for each in kept) - 2000) < 126
    assert equal_chances({}, []) == []


@given(some.lists(some.tuples(some.floats(0, 1), some.booleans()), max_size=80))
def test_what_is_certified_is_upheld_in_the_sample(found: list[tuple[float, bool]]) -> None:
    readings = [reading(n, right, score=score) for n, (score, right) in enumerate(found)]
    test = one(readings, precision=0.5, delta=0.4)
    if test.threshold is None:
        assert test.refusal
        return
    counts = upheld(readings, {"A": test.threshold})["A"]
    assert (counts.suggestions, counts.suggestions - counts.right) == (test.accepted, test.wrong)
    assert counts.right / counts.suggestions > 0.5


def test_the_promise_holds_for_a_person_who_looks_again_and_again() -> None:
    """20 interviews whose accuracy differs (sd 1 on the logit scale), 10 suggestions each; a look after every
    five interviews. The true precision at each threshold is known; a certificate breaks the promise if it
    lies under .8. At δ = .1, 400 studies may break 40; with 3 standard errors, 58."""
    draw = np.random.default_rng(7)
    broken = 0
    for _ in range(400):
        shift = draw.normal(0, 1.0, 20)
        base = draw.uniform(0.4, 2.2)
        readings = []
        for interview in range(20):
            score = draw.uniform(0.5, 1, 10)
            chance = 1 / (1 + np.exp(-(base + 2 * (score - 0.75) + shift[interview])))
            right = draw.random(10) < chance
            readings.append(
                [
                    reading(interview * 10 + n, bool(right[n]), score=float(score[n]), interview=interview)
                    for n in range(10)
                ]
            )
        for look, seen in enumerate((10, 15, 20), start=1):
            test = one([each for own in readings[:seen] for each in own], look=look, precision=0.8)
            if test.threshold is not None:
                broken += _precision(base, test.threshold) < 0.8
                break
    assert broken <= 58


def _precision(base: float, threshold: float) -> float:
    """Return the mean chance of being right, over scores from the threshold up and over interviews."""
    score = np.linspace(threshold, 1, 41)[:, None]
    points, weights = np.polynomial.hermite_e.hermegauss(41)
    chance = 1 / (1 + np.exp(-(base + 2 * (score - 0.75) + points)))
    return float((chance * weights).sum() / weights.sum() / len(score))
