"""Models beside people: sums by hand, guards of the alt-test, pairing by interview."""

from __future__ import annotations

import numpy as np
import pytest

from cothemes.agreement import krippendorff_alpha
from cothemes.records.rating import RaterKind, Rating
from cothemes.records.rating_assembly import table_of
from cothemes.stages.evaluate.agreement.figures import AgreementTable
from cothemes.stages.evaluate.agreement.selection import Request
from cothemes.stages.evaluate.agreement.table import agreement_of

CODES = ("A", "B", "C")


def rows(codes: dict[str, list[str]], kind: RaterKind = RaterKind.HUMAN, per: int = 1) -> list[Rating]:
    """Rater → the codes of each unit, as letters; `per` units stand in one document."""
    return [
        Rating(unit=f"u{n}", doc=f"d{n // per}", rater=rater, kind=kind, code=code, value=int(code in given))
        for rater, units in codes.items()
        for n, given in enumerate(units)
        for code in CODES
    ]


def scored(
    people: dict[str, list[str]], models: dict[str, list[str]], per: int = 1, **asked: object
) -> AgreementTable:
    ratings = rows(people, per=per) + rows(models, RaterKind.MODEL, per)
    return agreement_of(table_of(ratings, source="test", code_order=CODES), Request(**asked))


def noisy(seed: int, units: int, people: int, wrong: float) -> tuple[dict[str, list[str]], list[list[str]]]:
    """People who each err in a share of cells, and the truth that they err about."""
    chance = np.random.default_rng(seed)
    truth = chance.random((units, 3)) < 0.35
    found = {}
    for place in range(people):
        given = truth ^ (chance.random(truth.shape) < wrong)
        found[f"p{place}"] = ["".join(c for c, one in zip(CODES, row, strict=True) if one) for row in given]
    return found, [[c for c, one in zip(CODES, row, strict=True) if one] for row in truth]


def test_no_model_no_test() -> None:
    found = scored({"ann": ["A", ""], "bob": ["A", "B"]}, {})
    assert found.alt_test is None
    assert found.conventions["alt_test"] == "none: no model among the ratings"
    assert (found.beside, found.models) == ((), ())


@pytest.mark.parametrize(
    ("people", "units", "why"),
    [(2, 60, "fewer than 3 people"), (3, 29, "fewer than 30 units with the model and two people")],
)
def test_too_few_people_or_passages(people: int, units: int, why: str) -> None:
    given, truth = noisy(1, units, people, 0.2)
    found = scored(given, {"m": ["".join(codes) for codes in truth]})
    assert found.alt_test is None
    assert why in found.conventions["alt_test"]


def test_a_model_as_good_as_people_passes_and_a_silent_one_shows_its_positive_agreement() -> None:
    given, truth = noisy(2, 120, 3, 0.1)
    found = scored(given, {"good": ["".join(codes) for codes in truth], "silent": [""] * 120})
    assert found.alt_test is not None
    good, silent = found.alt_test.models
    assert (good.model, good.passed, good.winning_rate) == ("good", True, 1.0)
    assert set(good.p_values) == {"p0", "p1", "p2"}
    assert silent.positive_agreement == 0.0
    assert (good.positive_agreement or 0) > 0.7
    assert (found.alt_test.epsilon, found.alt_test.scoring) == (0.15, "jaccard")


def test_epsilon_is_what_was_asked_for() -> None:
    given, _ = noisy(3, 120, 4, 0.05)
    model = {"m": given.pop("p3")}
    strict, lenient = (scored(given, model, epsilon=value).alt_test for value in (0.0, 0.3))
    assert strict is not None
    assert lenient is not None
    assert (strict.models[0].winning_rate or 0) <= (lenient.models[0].winning_rate or 0) == 1.0


def test_decisions_under_suggestions_are_not_tested() -> None:
    given, truth = noisy(2, 60, 3, 0.1)
    ratings = [r.model_copy(update={"arm": "assisted"}) for r in rows(given)]
    ratings += rows({"m": ["".join(codes) for codes in truth]}, RaterKind.MODEL)
    found = agreement_of(table_of(ratings, source="test", code_order=CODES), Request(arm="assisted"))
    assert found.alt_test is None
    assert "blind" in found.conventions["alt_test"]


def test_the_difference_is_that_of_the_coefficients_by_hand() -> None:
    """Three people: the mean of their three alphas, and the mean of theirs with the model."""
    given, truth = noisy(4, 40, 3, 0.2)
    model = {"m": ["".join(codes) for codes in truth]}
    found = scored(given, model, per=4).beside[0].codes[0]

    def alpha(first: list[str], second: list[str]) -> float:
        return krippendorff_alpha(
            [["A" in a, "A" in b] for a, b in zip(first, second, strict=True)], interval=None
        ).value

    p0, p1, p2 = given.values()
    human = np.mean([alpha(p0, p1), alpha(p0, p2), alpha(p1, p2)])
    with_model = np.mean([alpha(p, model["m"]) for p in (p0, p1, p2)])
    assert found.alpha.human_human.value == pytest.approx(human)
    assert found.alpha.human_model.value == pytest.approx(with_model)
    assert found.alpha.difference.value == pytest.approx(with_model - human)
    assert found.people_share == pytest.approx(np.mean(["A" in u for p in (p0, p1, p2) for u in p]))
    assert found.model_share == pytest.approx(np.mean(["A" in u for u in model["m"]]))


def test_the_interval_leaves_out_one_interview_on_both_sides() -> None:
    """Delete-one-interview by hand: se² = (K−1)/K · Σ(d₋ₖ − mean)²."""
    given, truth = noisy(5, 40, 2, 0.15)
    model = ["".join(codes) for codes in truth]
    found = scored(given, {"m": model}, per=10).beside[0]

    def difference(left_out: int) -> float:
        kept = [n for n in range(40) if n // 10 != left_out]
        part = scored(
            {name: [units[n] for n in kept] for name, units in given.items()},
            {"m": [model[n] for n in kept]},
            10,
        )
        value = part.beside[0].codes[1].alpha.difference.value
        assert value is not None
        return value

    without = np.array([difference(k) for k in range(4)])
    se = np.sqrt(3 / 4 * np.square(without - without.mean()).sum())
    shown = found.codes[1].alpha.difference
    assert shown.value is not None
    assert shown.low == pytest.approx(shown.value - 3.182446 * se)  # t(3) at .975
    assert shown.high == pytest.approx(shown.value + 3.182446 * se)


def test_a_margin_is_needed_to_say_no_worse() -> None:
    given, truth = noisy(6, 200, 3, 0.2)
    model = {"m": ["".join(codes) for codes in truth]}
    assert scored(given, model, per=10).beside[0].macro_alpha.no_worse is None
    found = scored(given, model, per=10, margin=0.1)
    assert found.beside[0].macro_alpha.no_worse is True
    silent = scored(given, {"m": ["".join("ABC" if n % 2 else "") for n in range(200)]}, per=10, margin=0.1)
    assert silent.beside[0].macro_alpha.no_worse is False
    assert "0.1" in found.conventions["margin"]


def test_passages_that_the_model_did_not_read_do_not_count() -> None:
    given, truth = noisy(7, 40, 2, 0.2)
    ratings = rows(given) + [
        r for r in rows({"m": ["".join(t) for t in truth]}, RaterKind.MODEL) if int(r.unit[1:]) < 25
    ]
    found = agreement_of(table_of(ratings, source="test", code_order=CODES), Request()).beside[0]
    assert (found.units, found.codes[0].units) == (25, 25)
    whole = agreement_of(table_of(rows(given), source="test", code_order=CODES), Request())
    assert whole.codes[0].units == 40


def test_confused_codes_by_hand() -> None:
    """u0: A against B; u1: A against B and C; u2: both A; u3: B against nothing."""
    found = scored({"ann": ["A", "A", "A", "B"], "bob": ["B", "BC", "A", ""]}, {}).confusion[0]
    assert [(p.code, p.other, p.count) for p in found.pairs] == [("A", "B", 2), ("A", "C", 1)]
    assert found.agreed == {"A": 1, "B": 0, "C": 0}
    assert found.alone == {"A": 0, "B": 1, "C": 0}


def test_the_models_confusions_have_a_direction() -> None:
    found = scored({"ann": ["A", "A"], "bob": ["A", "A"]}, {"m": ["B", "A"]}).confusion[1]
    assert (found.a, found.b, found.kind) == ("people", "m", "human-model")
    assert [(p.code, p.other, p.count) for p in found.pairs] == [("A", "B", 2)]


def test_disagreements_come_widest_first() -> None:
    people = {"ann": ["A", "A", "ABC", ""], "bob": ["A", "B", "", "C"]}
    found = scored(people, {}, disagreements=2)
    assert (found.disagreements_in_all, [d.unit for d in found.disagreements]) == (3, ["u2", "u1"])
    (first, second) = found.disagreements[1].codes
    assert (first.code, first.applied, first.not_applied) == ("A", ("ann",), ("bob",))
    assert (second.code, second.applied) == ("B", ("bob",))
    assert scored(people, {}).disagreements == ()


def test_every_model_is_listed() -> None:
    found = scored({"ann": ["A"], "bob": ["A"]}, {"m1": ["A"], "m2": [""]}, raters=("ann", "bob", "m1"))
    assert [(m.rater, m.compared) for m in found.models] == [("m1", True), ("m2", False)]


def test_a_pair_of_codes_is_held_against_what_chance_makes() -> None:
    # A alone of ann in 12 of 40, B alone of bob in the same 12: 12·12/40 = 3.6 by chance.
    found = scored({"ann": ["A"] * 12 + [""] * 28, "bob": ["B"] * 12 + [""] * 28}, {}).confusion[0]
    (pair,) = found.pairs
    assert (pair.count, pair.expected, pair.beyond_chance) == (12, pytest.approx(3.6), True)
    # Once together, 2·20/40 = 1 by chance.
    found = scored({"ann": ["A"] * 2 + [""] * 38, "bob": [""] + ["B"] * 20 + [""] * 19}, {}).confusion[0]
    (pair,) = found.pairs
    assert (pair.count, pair.expected, pair.beyond_chance) == (1, pytest.approx(1.0), False)


def test_codes_that_nobody_agreed_on_move_no_verdict() -> None:
    """Ann gives C once, bob and the model once each elsewhere: C is in the mean, and the margin is held
    against the mean of A and B, as if C had never been given."""
    given, truth = noisy(6, 200, 2, 0.2)
    model = ["".join(codes) for codes in truth]

    def with_c(units: list[str], at: int | None) -> list[str]:
        return [unit.replace("C", "") + ("C" if n == at else "") for n, unit in enumerate(units)]

    def compared(places: tuple[int | None, int | None, int | None]):
        people = {name: with_c(units, at) for (name, units), at in zip(given.items(), places, strict=False)}
        (found,) = scored(people, {"m": with_c(model, places[2])}, per=10, margin=0.1).beside
        return found

    plain, rare = compared((None, None, None)), compared((3, 50, 120))
    assert (plain.codes_counted, plain.judged_codes, plain.rare) == (2, 2, ())
    assert plain.macro_alpha_without_rare is None
    assert (rare.codes_counted, rare.judged_codes, rare.rare) == (3, 2, ("C",))
    assert rare.macro_alpha.difference.value != pytest.approx(plain.macro_alpha.difference.value)
    for mean in (rare.judged_alpha, rare.macro_alpha_without_rare):
        assert mean is not None
        assert mean.difference.value == pytest.approx(plain.macro_alpha.difference.value)
        assert mean.difference.low == pytest.approx(plain.macro_alpha.difference.low)
    assert rare.macro_alpha.no_worse is plain.macro_alpha.no_worse is True
    assert "without the 1 code flagged none agreed" in rare.judged


def test_without_a_code_that_was_agreed_on_there_is_no_verdict() -> None:
    people = {
        "ann": ["A" if n == 0 else "" for n in range(40)],
        "bob": ["A" if n == 1 else "" for n in range(40)],
    }
    (found,) = scored(people, {"m": ["A" if n == 9 else "" for n in range(40)]}, per=4, margin=0.1).beside
    assert (found.codes_counted, found.judged_codes, found.judged_alpha) == (1, 0, None)
    assert found.macro_alpha.no_worse is None
    assert "all codes of the mean are flagged none agreed" in found.judged


def test_a_difference_of_two_withheld_intervals_is_withheld() -> None:
    """All disagreement, of people and with the model, lies in the first interview."""
    alike = ["A" if n % 2 else "" for n in range(40)]
    people = {"ann": alike, "bob": ["A", *alike[1:]]}
    (found,) = scored(people, {"m": [*alike[:2], "A", *alike[3:]]}, per=4).beside
    alpha = found.codes[0].alpha
    assert alpha.human_human.value is not None
    assert (alpha.human_human.low, alpha.human_model.low) == (None, None)
    assert alpha.difference.value is not None
    assert (alpha.difference.low, alpha.difference.reason) == (None, alpha.human_human.reason)
    assert "one cluster holds all of the disagreement" in (alpha.difference.reason or "")
