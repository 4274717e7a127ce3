"""How far a budget reaches: sums shown, nothing invented."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cothemes.records.ledger import Scope
from cothemes.records.price import Price
from cothemes.stages.propose.model.estimate import Estimate, Range
from cothemes.stages.propose.model.room import room

PRICE = Price(input=1.0, output=2.0, currency="EUR")
LIMIT = 100
"""A call reserves 800 + 200 bytes as tokens × 1 + 100 × 2 = 1,200 millionths: 1,200,000 billionths."""


def estimate(low: float, high: float, calls: float = 20.0) -> Estimate:
    return Estimate(
        calls=10, all_calls=Range(calls, calls), input_tokens=Range(0, 0), output_tokens=Range(0, 0),
        cost=Range(low, high), currency="EUR", seen=30, request_bytes=800.0,
    )  # fmt: skip


def test_the_room_ends_where_the_next_call_could_exceed_it() -> None:
    # 10 passages at 400,000 to 500,000 each, two calls of 200,000 to 250,000. Of 3,000,000 left 1,800,000 are
    # free before the last reservation: (1,800,000 + 250,000) / 500,000 = 4.1; (… + 200,000) / 400,000 = 5.0
    found = room(estimate(4_000_000, 5_000_000), 10, {Scope.RUN: 3_000_000}, PRICE, LIMIT)
    assert found is not None
    assert (found.low, found.high, found.whole) == (4, 5, False)


def test_the_budget_with_least_left_decides() -> None:
    left = {Scope.RUN: 9_000_000, Scope.MONTH: 3_000_000}
    found = room(estimate(4_000_000, 5_000_000), 10, left, PRICE, LIMIT)
    assert found is not None
    assert (found.scope, found.low) == (Scope.MONTH, 4)


def test_it_may_fit_at_the_lower_price_alone() -> None:
    found = room(estimate(4_000_000, 8_000_000), 10, {Scope.RUN: 6_000_000}, PRICE, LIMIT)
    assert found is not None
    # (6,000,000 − 1,200,000 + 400,000) / 800,000 = 6.5; at the lower price 12.5, and there are 10
    assert (found.low, found.high, found.whole) == (6, 10, None)


def test_less_than_one_reservation_is_room_for_nothing() -> None:
    found = room(estimate(4_000_000, 5_000_000), 10, {Scope.RUN: 1_199_999}, PRICE, LIMIT)
    assert found is not None
    assert (found.low, found.high) == (0, 0)


def test_nothing_is_said_where_nothing_is_known() -> None:
    made = estimate(1, 2)
    assert room(made, 10, {}, PRICE, LIMIT) is None
    assert room(made, 0, {Scope.RUN: 1}, PRICE, LIMIT) is None
    unknown = Estimate(10, made.all_calls, made.input_tokens, made.output_tokens, None, "", 0)
    assert room(unknown, 10, {Scope.RUN: 1}, PRICE, LIMIT) is None


def test_what_costs_nothing_fits_into_nothing_left() -> None:
    free = Price(input=0, output=0, currency="EUR")
    found = room(estimate(0, 0), 10, {Scope.RUN: 0}, free, LIMIT)
    assert found is not None
    assert found.whole is True


@given(st.integers(0, 10**8), st.integers(1, 10**7), st.integers(1, 200))
def test_less_is_left_for_fewer(left: int, cost: int, passages: int) -> None:
    made = estimate(cost, cost * 1.2, calls=2.0 * passages)
    more = room(made, passages, {Scope.RUN: left * 2}, PRICE, LIMIT)
    less = room(made, passages, {Scope.RUN: left}, PRICE, LIMIT)
    assert more is not None
    assert less is not None
    assert 0 <= less.low <= less.high <= passages
    assert less.low <= more.low
    assert less.high <= more.high
