"""Lost calls settled by hand: what was there is kept, and the sums move with the rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cothemes.adapters.sql.store import SqlStore
from cothemes.records.confirmation import Lost, Which, lots, shared
from cothemes.records.ledger import Scope, account, charge
from cothemes.records.run import Call, CallState

NOW = datetime(2026, 11, 22, 2, 15, tzinfo=UTC)
OCTOBER = datetime(2026, 10, 31, 23, 59, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    with SqlStore.open(tmp_path / "records.sqlite") as opened:
        yield opened


def call(key: str, state: CallState, **fields: object) -> Call:
    return Call.model_validate(
        {
            "key": key, "run": "r0001", "passage": "p", "stage": "propose", "endpoint": "e", "request": "{}",
            "state": state, "intended_at": NOW, "currency": "EUR", **fields,
        }
    )  # fmt: skip


def three_kinds(store: SqlStore) -> None:
    """A reply that never came, one cut off, one without a count, one of another month, a whole one."""
    failed = {"unconfirmed_nanos": 600}
    for each in (
        call("a", CallState.FAILED, **failed),
        call("b", CallState.INTENDED, reserved_nanos=300),
        call("c", CallState.REPLIED, unconfirmed_nanos=100, cost_nanos=50, reply="{}"),
        call("d", CallState.FAILED, unconfirmed_nanos=7, intended_at=OCTOBER, run="r0002"),
        call("e", CallState.REPLIED, cost_nanos=40, reply="{}"),
    ):
        intent = each.model_copy(update={"state": CallState.INTENDED, "unconfirmed_nanos": 0})
        store.ledger.write([intent] if each.state is CallState.INTENDED else [intent, each])


def sums_hold(store: SqlStore) -> None:
    """The sums that caps are held against are those of the rows."""
    every = store.ledger.calls()
    for one in every:
        for scope in Scope:
            name = account(scope, one.run, one.intended_at, one.currency)
            mine = [c for c in every if account(scope, c.run, c.intended_at, c.currency) == name]
            assert store.ledger.counted(name) == sum(charge(c) for c in mine), name


def at(*amounts: int) -> list[int]:
    return list(amounts)


def test_a_lot_counts_for_what_was_billed_and_keeps_what_was_there(store: SqlStore) -> None:
    three_kinds(store)
    assert [(c.key, c.open_nanos) for c in store.confirmations.lost(Which(run="r0001"))] == [
        ("a", 600), ("b", 300), ("c", 100),
    ]  # fmt: skip
    # 250 over 600, 300 and 100 of 1,000: 150, 75 and 25
    made = store.confirmations.reconcile(
        Which(run="r0001"), lambda found: shared(250, [c.open_nanos for c in found]),
        by="ana", note="usage page", at=NOW,
    )  # fmt: skip
    assert [row.amount_nanos for row in made] == [150, 75, 25]
    assert [(row.state, row.reserved_nanos, row.unconfirmed_nanos) for row in made] == [
        (CallState.FAILED, 0, 600), (CallState.INTENDED, 300, 0), (CallState.REPLIED, 0, 100),
    ]  # fmt: skip
    rows = {c.key: c for c in store.ledger.calls()}
    assert [charge(rows[key]) for key in "abcde"] == [150, 75, 75, 7, 40]
    assert rows["b"].state is CallState.FAILED
    assert rows["b"].error.startswith("lost: no reply came")
    assert rows["c"].reply == "{}"
    sums_hold(store)
    (lot,) = lots(store.confirmations.all())
    assert (lot.lot, lot.calls, lot.open_nanos, lot.amount_nanos, lot.by) == (1, 3, 1000, 250, "ana")
    tally = [t for t in store.ledger.tallies() if t.run == "r0001"]
    assert (sum(t.settled for t in tally), sum(t.settled_nanos for t in tally)) == (3, 250)
    assert sum(t.unconfirmed_nanos for t in tally) == 0


def test_a_lot_that_is_taken_back_stands_open_again(store: SqlStore) -> None:
    three_kinds(store)
    before = {c.key: charge(c) for c in store.ledger.calls()}
    store.confirmations.reconcile(Which(), lambda found: [0] * len(found), by="ana", note="x", at=NOW)
    assert store.confirmations.lost(Which()) == []
    undone = store.confirmations.take_back(1, lambda _found: None, by="ben", note="a slip", at=NOW)
    assert [row.takes_back for row in undone] == [1] * 4
    assert {c.key: charge(c) for c in store.ledger.calls()} == before
    sums_hold(store)
    assert store.confirmations.take_back(1, lambda _found: None, by="ben", note="x", at=NOW) == []
    assert store.confirmations.take_back(2, lambda _found: None, by="ben", note="x", at=NOW) == []
    assert [(lot.lot, lot.takes_back, lot.taken_back) for lot in lots(store.confirmations.all())] == [
        (1, None, True), (2, 1, False),
    ]  # fmt: skip
    assert sum(t.settled for t in store.ledger.tallies()) == 0


def test_a_call_that_is_asked_again_keeps_what_was_settled(store: SqlStore) -> None:
    three_kinds(store)
    store.confirmations.reconcile(Which(call="a"), lambda _found: [20], by="ana", note="x", at=NOW)
    again = call("a", CallState.INTENDED, reserved_nanos=500)
    (entered,) = store.ledger.write([again])
    assert (entered.call.settled_nanos, entered.call.unconfirmed_nanos, charge(entered.call)) == (20, 0, 520)
    reply = entered.call.model_copy(
        update={"state": CallState.REPLIED, "reply": "{}", "cost_nanos": 90, "reserved_nanos": 0}
    )
    store.ledger.write([reply])
    assert {c.key: charge(c) for c in store.ledger.calls()}["a"] == 110
    sums_hold(store)


def test_what_the_judge_refuses_changes_nothing(store: SqlStore) -> None:
    three_kinds(store)
    before = store.ledger.calls()

    def refuses(_found: Sequence[Lost]) -> list[int]:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        store.confirmations.reconcile(Which(), refuses, by="ana", note="x", at=NOW)
    assert store.ledger.calls() == before
    assert store.confirmations.all() == []


def test_a_lost_request_that_is_asked_again_in_another_month_stays_in_its_own(store: SqlStore) -> None:
    lost = call("d", CallState.FAILED, unconfirmed_nanos=7, intended_at=OCTOBER)
    store.ledger.write([lost.model_copy(update={"state": CallState.INTENDED, "unconfirmed_nanos": 0}), lost])
    (entered,) = store.ledger.write([call("d", CallState.INTENDED, reserved_nanos=20)])
    assert (entered.call.key, entered.call.unconfirmed_nanos, charge(entered.call)) == ("d", 0, 20)
    answered = {"state": CallState.REPLIED, "reply": "{}", "cost_nanos": 9, "reserved_nanos": 0}
    store.ledger.write([entered.call.model_copy(update=answered)])
    sums_hold(store)
    (found,) = store.confirmations.lost(Which(when="2026-10-31"))
    assert (found.key[:2], found.open_nanos, found.intended_at, found.state) == (
        "d~", 7, OCTOBER, CallState.FAILED,
    )  # fmt: skip
    assert store.confirmations.lost(Which(when="2026-11")) == []
    months = {m: store.ledger.counted(f"month:2026-{m}:EUR") for m in ("10", "11")}
    assert months == {"10": 7, "11": 9}

    store.confirmations.reconcile(Which(when="2026-10"), lambda _: [2], by="ana", note="x", at=NOW)
    assert store.ledger.counted("month:2026-10:EUR") == 2
    assert store.ledger.counted("month:2026-11:EUR") == 9
    store.confirmations.take_back(1, lambda _found: None, by="ana", note="a slip", at=NOW)
    assert store.ledger.counted("month:2026-10:EUR") == 7
    sums_hold(store)
    look = store.ledger.look("d")
    assert look is not None
    assert (look.state, look.cost_nanos) == (CallState.REPLIED, 9)


def test_what_was_settled_in_one_month_stays_there_when_it_is_asked_again(store: SqlStore) -> None:
    lost = call("d", CallState.FAILED, unconfirmed_nanos=7, intended_at=OCTOBER)
    store.ledger.write([lost.model_copy(update={"state": CallState.INTENDED, "unconfirmed_nanos": 0}), lost])
    store.confirmations.reconcile(Which(), lambda _: [3], by="ana", note="x", at=NOW)
    store.ledger.write([call("d", CallState.INTENDED, reserved_nanos=20)])
    sums_hold(store)
    assert store.ledger.counted("month:2026-10:EUR") == 3
    store.confirmations.take_back(1, lambda _found: None, by="ana", note="a slip", at=NOW)
    sums_hold(store)
    assert store.ledger.counted("month:2026-10:EUR") == 7
    assert store.ledger.counted("month:2026-11:EUR") == 20


def test_a_call_that_was_cut_off_is_lowered_and_no_other(store: SqlStore) -> None:
    three_kinds(store)
    with SqlStore.open(store.path) as living:
        living.ledger.write([call("f", CallState.INTENDED, reserved_nanos=300)])
        with SqlStore.open(store.path) as killed:
            killed.ledger.write([call("g", CallState.INTENDED, reserved_nanos=300)])
        before = store.ledger.counted("run:r0001:EUR")
        store.ledger.lower(dict.fromkeys("acefg", 80))
        rows = {c.key: charge(c) for c in store.ledger.calls()}
        assert [rows[key] for key in "acefg"] == [600, 150, 40, 300, 80]
        assert store.ledger.counted("run:r0001:EUR") == before - 220
        store.ledger.lower({"g": 90})
        assert {c.key: charge(c) for c in store.ledger.calls()}["g"] == 80, "nothing is raised"


def test_days_and_months_are_those_of_the_request(store: SqlStore) -> None:
    three_kinds(store)
    assert [c.key for c in store.confirmations.lost(Which(when="2026-10"))] == ["d"]
    assert [c.key for c in store.confirmations.lost(Which(when="2026-11-22"))] == ["a", "b", "c"]
    assert store.confirmations.lost(Which(when="2026-11-2", run="r0002")) == []


def test_nobody_changes_or_deletes_what_was_said(store: SqlStore) -> None:
    three_kinds(store)
    store.confirmations.reconcile(Which(), lambda found: [0] * len(found), by="ana", note="x", at=NOW)
    with sqlite3.connect(store.path) as database:
        for statement in ("UPDATE confirmations SET amount_nanos = 9", "DELETE FROM confirmations"):
            with pytest.raises(sqlite3.IntegrityError, match="never changed or deleted"):
                database.execute(statement)


@given(st.integers(0, 10**15), st.lists(st.integers(0, 10**9), min_size=1, max_size=40))
def test_shares_are_whole_never_negative_and_add_up(amount: int, open_: list[int]) -> None:
    found = shared(amount, open_)
    assert sum(found) == amount
    assert min(found) >= 0
    if amount <= sum(open_):
        assert all(share <= most for share, most in zip(found, open_, strict=True))


def test_a_share_shown() -> None:
    # 10 over 1, 1 and 1: 3 each, and the first has the largest of three equal remainders
    assert shared(10, [1, 1, 1]) == [4, 3, 3]
    assert shared(0, [5, 5]) == [0, 0]
    assert shared(3, [0, 0]) == [2, 1]
