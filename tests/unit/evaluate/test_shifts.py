"""The shift between arms and the worth of a coder's numbers, by hand."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from cothemes.records.rating import RaterKind, Rating
from cothemes.records.rating_assembly import table_of
from cothemes.records.review import Arm, Assignment
from cothemes.stages.evaluate.agreement.reliability import FEWEST, Numbers, majority, reliability
from cothemes.stages.evaluate.agreement.shifts import LEAST, drawn_readings, shifts

NOW = datetime(2026, 11, 3, tzinfo=UTC)


def reading(unit: str, doc: str, value: int, arm: str, rater: str = "ann", code: str = "A") -> Rating:
    return Rating(
        unit=unit, doc=doc, rater=rater, kind=RaterKind.HUMAN, code=code, value=value, arm=arm, round="main"
    )


def test_the_shift_is_the_difference_of_rates_with_interviews_left_out_in_turn() -> None:
    """Of three passages each, blind 1, 0, 0, 1 with the code and assisted 3, 1, 2, 2: 8/12 − 2/12 = 1/2.

    By document 2/3, 1/3, 2/3, 1/3, so that left out in turn it is 4/9, 5/9, 4/9, 5/9: se² = ¾·4·(1/18)² =
    1/108; t(3) = 3.182446.
    """
    every, code = shifts(table_of(four_documents(), source="test", code_order=("A", "B")))
    assert (every.code, code.code, code.blind, code.assisted) == ("", "A", 12, 12)
    assert code.blind_rate == pytest.approx(1 / 6)
    assert code.shift.value == pytest.approx(1 / 2)
    assert code.shift.low == pytest.approx(1 / 2 - 3.182446 / 108**0.5, abs=1e-5)
    assert every.shift.value == pytest.approx(1 / 2), "codes per passage; only one code occurs"


def four_documents() -> list[Rating]:
    """One reader's passages, three of each document and arm."""
    ones = {"blind": (1, 0, 0, 1), "assisted": (3, 1, 2, 2)}
    return [
        reading(f"d{doc}.{arm}{n}", f"d{doc}", int(n < count), arm)
        for arm, counts in ones.items()
        for doc, count in enumerate(counts)
        for n in range(3)
    ]


def test_a_shift_has_no_interval_that_two_shares_cannot_have() -> None:
    """Two documents, 1/2 ± 12.7 · 1/6: a share cannot fall by 162 points."""
    rows = [row for row in four_documents() if row.doc in ("d0", "d1")]
    every, code = shifts(table_of(rows, source="test"))
    assert code.shift.value == pytest.approx(1 / 2)
    assert (code.shift.low, code.shift.high) == (None, None)
    assert code.shift.reason
    assert every.shift.low is not None, "codes per passage may be any number"


def drawn_for(row: Rating, probability: float = 0.5) -> Assignment:
    return Assignment(
        reviewer=row.rater, passage=row.unit, document=row.doc, round=row.round, arm=Arm(row.arm),
        probability=probability, double=False, position=0, drawn=NOW, seed=1,
    )  # fmt: skip


def test_only_a_draw_on_record_makes_a_shift_randomised() -> None:
    rows = four_documents()
    table = table_of(rows, source="test")
    given = [drawn_for(row) for row in rows]
    assert [each.randomised for each in shifts(table)] == [False, False], "a ratings file has no draw"
    assert [each.randomised for each in shifts(table, drawn_readings(given))] == [True, True]
    # One passage that was not drawn, or drawn into the other arm, or by a probability that is no chance, or
    # read # once more after a change of wording: chosen, and then the whole is not by chance.
    other = given[0].model_copy(update={"arm": Arm.ASSISTED})
    again = given[0].model_copy(update={"codes": ("A",)})
    for instead in ([], [other], [drawn_for(rows[0], 1.0)], [again]):
        found = shifts(table, drawn_readings([*instead, *given[1:]]))
        assert [each.randomised for each in found] == [False, False]
    # A document that was read in one arm alone is not compared, and need not be drawn.
    more = [*rows, *(reading(f"d9.{n}", "d9", 1, "blind") for n in range(3))]
    found = shifts(table_of(more, source="test"), drawn_readings(given))
    assert [each.randomised for each in found] == [True, True]


def test_an_interview_in_one_arm_only_is_no_error() -> None:
    rows = [reading(f"d{n % 7}.{n}", f"d{n % 7}", n % 2, "blind") for n in range(21)]
    rows += [reading(f"d{n % 6}.x{n}", f"d{n % 6}", 1, "assisted") for n in range(18)]
    found = shifts(table_of(rows, source="test"))
    assert found[1].assisted_rate == 1.0
    assert found[1].shift.low is not None


def test_arms_are_compared_within_documents_alone() -> None:
    """d0: blind 1 of 2, assisted 4 of 4; d1: blind 2 of 6, assisted 2 of 3. Weights 2·4/6 = 4/3 and
    6·3/9 = 2; differences 1/2 and 1/3: (4/3·1/2 + 2·1/3) / (10/3) = 2/5. d2, blind only and rich in the code,
    does not enter. Crude rates would give 6/7 − 13/18 = .135."""
    plan = {("d0", "blind"): (1, 2), ("d0", "assisted"): (4, 4), ("d1", "blind"): (2, 6)}
    plan |= {("d1", "assisted"): (2, 3), ("d2", "blind"): (10, 10)}
    rows = [
        reading(f"{doc}.{arm}{n}", doc, int(n < ones), arm)
        for (doc, arm), (ones, count) in plan.items()
        for n in range(count)
    ]
    _, code = shifts(table_of(rows, source="test"))
    assert (code.blind, code.assisted) == (8, 7)
    assert code.shift.value == pytest.approx(2 / 5)
    # (4/3·1/2 + 2·1/3)/(10/3) and (4/3·1 + 2·2/3)/(10/3)
    assert (code.blind_rate, code.assisted_rate) == (pytest.approx(2 / 5), pytest.approx(4 / 5))


def test_first_readings_of_revealed_passages_are_no_blind_arm() -> None:
    rows = [reading(f"d.{n}", "d", 0, "blind") for n in range(6)]
    rows += [reading(f"d.x{n}", "d", 1, "assisted") for n in range(6)]
    without = shifts(table_of(rows, source="test"))
    rows += [reading(f"d.r{n}", "d", 1, arm) for n in range(40) for arm in ("reveal", "revealed")]
    assert shifts(table_of(rows, source="test")) == without
    assert without[1].shift.value == 1


def test_too_few_passages_in_an_arm_are_not_shown() -> None:
    rows = [reading(f"d.{n}", "d", 1, "blind") for n in range(20)]
    rows += [reading(f"d.x{n}", "d", 1, "assisted") for n in range(LEAST - 1)]
    assert shifts(table_of(rows, source="test")) == ()


def test_the_majority_leaves_ties_out_and_reads_no_assisted_decision() -> None:
    rows = [reading("u1", "d", value, "blind", rater) for rater, value in (("a", 1), ("b", 1), ("c", 0))]
    rows += [reading("u2", "d", value, "blind", rater) for rater, value in (("a", 1), ("b", 0))]
    rows += [reading("u3", "d", 1, "assisted", "a")]
    assert majority(table_of(rows, source="test"), ("a", "b", "c")) == {("u1", "A"): 1}


def test_a_coder_that_knows_its_errors_mends_them_first() -> None:
    """40 passages, 10 wrong, all of them stated at .5: a quarter of the review mends everything."""
    applied = {f"u{n}": frozenset({"A"}) if n % 2 else frozenset[str]() for n in range(40)}
    truth = {(f"u{n}", "A"): int((n % 2 == 1) != (n < 10)) for n in range(40)}
    stated = {(f"u{n}", "A"): 0.5 if n < 10 else 0.9 if n % 2 else 0.1 for n in range(40)}
    found = reliability(Numbers("m", applied, stated, "scores"), truth)
    assert found is not None
    assert (found.passages, found.errors, found.cells) == (40, 10, 40)
    quarter = next(point for point in found.workload if np.isclose(point.reviewed, 0.25))
    assert (quarter.proposed, quarter.oracle) == (pytest.approx(1), pytest.approx(1))
    # Brier: 10 cells at .25, 30 at .01.
    assert found.brier == pytest.approx((10 * 0.25 + 30 * 0.01) / 40)


def test_too_little_says_nothing() -> None:
    truth = {(f"u{n}", "A"): n % 2 for n in range(FEWEST - 1)}
    stated = dict.fromkeys(truth, 0.5)
    assert reliability(Numbers("m", {unit: frozenset() for unit, _ in truth}, stated, ""), truth) is None
