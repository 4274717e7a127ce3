"""Handing in: what is on record before anything leaves, how much goes into a batch, budgets and prices."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.doubles.batch_night import (
    BATCH_PRICES,
    PASSAGES,
    REPLY_NANOS,
    all_is_settled,
    stop,
    until_done,
    wanted,
)
from tests.doubles.batch_server import BatchServer
from tests.doubles.proposing import propose

from cothemes.app.coders import batch as batch_coder
from cothemes.app.runs import batch_drafts
from cothemes.app.runs.batches import under_way
from cothemes.app.study import Study
from cothemes.app.wiring import batch_turn
from cothemes.errors import BudgetReached, StateConflict, UsageError
from cothemes.records.batch import BatchState
from cothemes.records.ledger import charge
from cothemes.records.price import NANOS


def test_intents_and_batch_are_on_record_before_anything_is_uploaded(
    study: Study, server: BatchServer
) -> None:
    found: list[tuple[set[str], int, list[str], set[str]]] = []

    def look() -> None:
        with_records = Study(study.root)
        calls = with_records.store.ledger.calls()
        batches = with_records.store.batches.all()
        found.append(
            (
                {call.state.value for call in calls}, sum(call.reserved_nanos for call in calls),
                [batch.state.value for batch in batches], {call.owner for call in calls},
            )
        )  # fmt: skip
        with_records.close()

    server.spoil["POST /files"] = look
    propose(study, wanted(server))
    ((states, reserved, batches, owners),) = found
    assert states == {"intended"}
    assert reserved > PASSAGES * REPLY_NANOS
    assert batches == ["intended"]
    (batch,) = study.store.batches.all()
    assert owners == {f"batch:{batch.tag}"}
    (job,) = server.jobs.values()
    assert job.metadata == {"cothemes": batch.tag, "run": "r0001"}
    assert server.files[job.input_file].name == f"cothemes-{batch.tag}.jsonl"
    keys = {call.key for call in study.store.ledger.calls()}
    assert {line["custom_id"] for line in server.lines()} == keys
    assert all(len(key) <= 64 for key in keys)
    assert {(line["method"], line["url"]) for line in server.lines()} == {("POST", "/v1/chat/completions")}


@pytest.mark.parametrize(
    ("name", "value", "batches"), [("MOST_REQUESTS", 4, 3), ("MOST_BYTES", 30_000, None)]
)
def test_more_than_a_batch_may_hold_is_split(
    study: Study,
    server: BatchServer,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    value: int,
    batches: int | None,
) -> None:
    field = {"MOST_REQUESTS": "requests", "MOST_BYTES": "size"}[name]
    limits = replace(batch_drafts.Limits(), **{field: value})
    monkeypatch.setattr(batch_coder, "Limits", lambda tokens: replace(limits, tokens=tokens))
    report = propose(study, wanted(server))
    assert report.waiting == PASSAGES
    made = study.store.batches.all()
    assert len(made) == batches if batches else len(made) > 2
    assert sum(batch.requests for batch in made) == PASSAGES
    assert all(getattr(batch, field) <= value for batch in made)
    for job in server.jobs.values():
        content = server.files[job.input_file].content
        assert (len(content.splitlines()) if field == "requests" else len(content)) <= value
    until_done(study, server)
    all_is_settled(study, server, PASSAGES)


def test_every_request_that_a_passage_needs_goes_into_one_batch(study: Study, server: BatchServer) -> None:
    book = study.codebook_path.read_text(encoding="utf-8")
    more = (
        book + book.split("codes:\n")[1].replace("C1", "C2") + book.split("codes:\n")[1].replace("C1", "C3")
    )
    study.codebook_path.write_text(more, encoding="utf-8")
    settings = study.root / "cothemes.toml"
    settings.write_text(settings.read_text().replace("[coder]\n", "[coder]\ncodes_per_call = 1\n"))
    study = Study(study.root)
    reports = until_done(study, server)
    assert reports[-1].suggestions == 3 * PASSAGES
    first, second = study.store.batches.all()
    assert (first.requests, second.requests) == (3 * PASSAGES, 3 * PASSAGES)
    assert len(reports) == 3
    study.close()


def test_a_queue_that_is_full_gets_half_as_much(study: Study, server: BatchServer) -> None:
    propose(study, wanted(server))
    (batch,) = study.store.batches.all()
    server.queue_limit = batch.size * 2 // 3
    until_done(study, server)
    sizes = [b.requests for b in study.store.batches.all()]
    assert sizes[0] == PASSAGES
    assert sizes[1] <= PASSAGES // 2
    assert set(server.bought.values()) == {1}
    assert sum(charge(call) for call in study.store.ledger.calls()) == server.charged_nanos


def test_the_accounts_queue_is_kept_by_the_settings(
    study: Study, server: BatchServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COTHEMES_MODEL_BATCH_QUEUE_TOKENS", "9000")
    report = propose(study, wanted(server))
    assert report.waiting + report.left == PASSAGES
    assert 0 < report.waiting < PASSAGES
    server.held = True
    again = propose(study, wanted(server))
    assert (again.waiting, len(server.jobs)) == (report.waiting, 1)
    until_done(study, server)
    all_is_settled(study, server, PASSAGES)


def test_a_budget_holds_for_what_waits(study: Study, server: BatchServer) -> None:
    dry = propose(study, wanted(server, limit=1))
    assert dry.waiting == 1
    (one,) = study.store.batches.waiting()
    stop(study)
    server.finish()
    stop(study)
    budget = one.reserved_nanos * 1.1 / NANOS

    def night_after_night() -> None:
        for _ in range(30):
            server.finish()
            report = propose(study, wanted(server, budget=budget))
            spent = sum(charge(call) for call in study.store.ledger.calls())
            assert server.charged_nanos <= spent <= budget * NANOS
            assert report.waiting

    with pytest.raises(BudgetReached) as caught:
        night_after_night()
    assert caught.value.exit_code == 5
    assert under_way(study) == ()
    assert set(server.bought.values()) == {1}
    until_done(study, server)
    assert sum(charge(call) for call in study.store.ledger.calls()) == server.charged_nanos


def test_no_room_at_all_hands_nothing_in(study: Study, server: BatchServer) -> None:
    with pytest.raises(BudgetReached):
        propose(study, wanted(server, budget=0.000001))
    assert server.seen == []
    assert study.store.ledger.calls() == []
    assert [batch.state for batch in study.store.batches.all()] == [BatchState.DROPPED]


def test_without_a_batch_price_the_full_one_counts(study: Study, server: BatchServer) -> None:
    (study.root / "prices.toml").write_text(BATCH_PRICES.replace("batch = 0.5\n", ""), encoding="utf-8")
    until_done(study, server)
    assert sum(charge(call) for call in study.store.ledger.calls()) == 2 * server.charged_nanos


def test_one_process_at_a_time(study: Study, server: BatchServer) -> None:
    with batch_turn(study.records) as holder:
        assert holder is None
        with pytest.raises(StateConflict, match="another process"):
            propose(study, wanted(server))
        assert server.seen == []


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"model": "anthropic:claude-sonnet-4-5"}, "does not work with anthropic"),
        ({"coder": "offline", "model": ""}, "is for a model"),
    ],
)
def test_other_coders_are_refused(
    study: Study, server: BatchServer, asked: dict[str, str], said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        propose(study, replace(wanted(server), base_url="", **asked))  # type: ignore[arg-type]
    assert study.store.runs.all() == []
