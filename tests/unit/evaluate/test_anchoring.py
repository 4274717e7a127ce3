"""Changes after reveals, time, catch rate: sums by hand."""

from __future__ import annotations

import pytest

from cothemes.stages.evaluate.anchoring.catch_rate import Answered, catch_rate
from cothemes.stages.evaluate.anchoring.pace import Act, Taken, pace, seconds
from cothemes.stages.evaluate.anchoring.reveal import Revealed, changes


def twice(cluster: str, before: str, suggested: str, after: str, who: str = "ann") -> Revealed:
    return Revealed(who, cluster, frozenset(before), frozenset(suggested), frozenset(after))


def test_changes_after_a_reveal_by_hand() -> None:
    """Offered, not given blind: B, C | C | — of which taken up B | C: 2 of 3. Own codes without a suggestion:
    — | A | A, B of which given up — | A | —: 1 of 3. Changed: 2 of 3 passages. The third's D is a second
    thought: neither given before nor suggested."""
    (found,) = changes(
        [twice("i1", "A", "ABC", "AB"), twice("i2", "A", "C", "C"), twice("i2", "AB", "", "ABD")]
    )
    assert (found.passages, found.offered, found.unsupported, found.other) == (3, 3, 3, 1)
    assert found.taken_up.value == pytest.approx(2 / 3)
    assert found.given_up.value == pytest.approx(1 / 3)
    assert found.changed.value == pytest.approx(1)


def test_the_interval_leaves_out_one_interview_after_the_other() -> None:
    """Taken up in four interviews: 10, 10, 10 and 20 of 30 each, 50 of 120. Left out in turn: 4/9 thrice and
    3/9; their mean is 5/12, se² = ¾·(3·(1/36)² + (1/12)²) = ¾·12/1296 = 1/144; t(3) = 3.182446."""
    (found,) = changes([twice(f"i{n}", "", "ABC", "AB"[: 1 + (n == 3)]) for n in range(4)] * 10)
    assert found.taken_up.value == pytest.approx(5 / 12)
    assert found.taken_up.low == pytest.approx(5 / 12 - 3.182446 / 12, abs=1e-5)


def test_a_share_has_no_interval_that_it_cannot_have() -> None:
    """Taken up: i1 10 of 20, i2 10 of 10. Left out: 1 and 1/2; 2/3 ± 12.7 · 1/4 reaches far below 0."""
    (found,) = changes([twice("i1", "", "AB", "A"), twice("i2", "", "A", "A")] * 10)
    assert found.taken_up.value == pytest.approx(2 / 3)
    assert (found.taken_up.low, found.taken_up.high) == (None, None)
    assert found.taken_up.reason


def test_a_share_of_no_event_has_an_exact_interval_and_never_no_width() -> None:
    """None of 12 taken up: 1 - .025^(1/12) = .265; all of 12: its complement."""
    (none,) = changes([twice(f"i{n % 3}", "", "A", "") for n in range(12)])
    assert (none.taken_up.value, none.taken_up.low) == (0.0, 0.0)
    assert none.taken_up.high == pytest.approx(1 - 0.025 ** (1 / 12))
    assert (none.changed.low, none.changed.high) == (0.0, none.taken_up.high)
    (all_,) = changes([twice("i1", "", "A", "A") for _ in range(12)])
    assert (all_.taken_up.low, all_.taken_up.high) == (pytest.approx(0.025 ** (1 / 12)), 1.0)
    assert all_.taken_up.reason is None


def test_people_are_told_apart_and_nothing_is_no_nought() -> None:
    ann, bob = changes([twice("i1", "A", "A", "A"), twice("i1", "", "B", "B", "bob")])
    assert (ann.reviewer, ann.taken_up.value, ann.taken_up.reason) == (
        "ann", None, "nothing of the kind occurred",
    )  # fmt: skip
    assert bob.taken_up.value == 1
    assert changes([]) == ()


def test_a_gap_belongs_to_the_act_that_ends_it_pauses_and_a_clock_gone_back_to_none() -> None:
    acts = [
        Act("a", 0), Act("a", 30), Act("b", 50), Act("b", 200), Act("c", 190), Act("c", 200), Act("a", 210),
    ]  # fmt: skip
    assert seconds(acts) == {"a": 40, "b": 20, "c": 10}
    assert seconds([Act("a", 5)]) == seconds([]) == {}


def test_the_difference_of_arms_by_hand() -> None:
    """Blind: i1 10, 20, 30; i2 40, 40. Assisted: i1 10, 10; i2 20, 20, 30. Means 28 and 18. Without i1
    40 and 70/3; without i2 20 and 10: differences −50/3 and −10, se² = ½·2·(10/3)² = 100/9."""
    taken = [Taken("blind", "i1", t) for t in (10, 20, 30)] + [Taken("blind", "i2", 40)] * 2
    taken += [Taken("assisted", "i1", 10)] * 2 + [Taken("assisted", "i2", t) for t in (20, 20, 30)]
    found = pace("ann", [*taken, Taken("reveal", "i1", 99)])
    assert found.median_seconds == {"blind": 30, "assisted": 20, "reveal": 99}
    assert found.difference.value == pytest.approx(-10)
    assert found.difference.high == pytest.approx(-10 + 12.706205 * 10 / 3, abs=1e-4)
    assert pace("ann", taken[:6]).difference.reason == "fewer than 5 timed passages in an arm"


def answered(caught: int, let_through: int, people: int = 3) -> list[Answered]:
    said = [False] * caught + [True] * let_through
    return [Answered(f"p{n % people}", accepted) for n, accepted in enumerate(said)]


def test_the_catch_rate_is_exact_and_wants_people_and_seeds() -> None:
    """Clopper and Pearson for 9 of 10: .5550 to .9975 (tables of the binomial)."""
    found = catch_rate(14, answered(9, 1))
    assert (found.rate.value, found.sown, found.answered) == (0.9, 14, 10)
    assert (found.rate.low, found.rate.high) == (
        pytest.approx(0.5550, abs=1e-4),
        pytest.approx(0.9975, abs=1e-4),
    )
    assert catch_rate(10, answered(10, 0)).rate.high == 1
    assert catch_rate(10, answered(0, 10)).rate.low == 0
    for few in (answered(9, 0), answered(20, 5, people=2), answered(20, 5, people=1), []):
        hidden = catch_rate(30, few, waiting=2)
        assert (hidden.rate.value, hidden.waiting, hidden.borne_out) == (None, None, None)


def test_a_seed_that_another_reader_bore_out_was_no_wrong_suggestion() -> None:
    found = catch_rate(12, [*answered(9, 1), Answered("p0", accepted=True, borne_out=True)], waiting=1)
    assert (found.answered, found.borne_out, found.waiting, found.rate.value) == (11, 1, 1, 0.9)


def test_an_imported_burst_has_no_time_though_a_pause_came_before_it() -> None:
    """p1 is read; p2 to p4 are written 60 seconds later within a tenth of a second."""
    acts = [Act("p1", 0), Act("p1", 30), *(Act(f"p{n}", 90 + n / 100) for n in (2, 3, 4)), Act("p5", 150)]
    assert seconds(acts) == {"p1": 30, "p5": pytest.approx(150 - 90.04)}
