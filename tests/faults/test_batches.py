"""Batches as a provider may answer them: in parts, late, not at all, with errors; budgets; cancelling."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.doubles.batch_night import (
    BATCH_PRICES,
    REPLY_NANOS,
    all_is_settled,
    batch_study,
    wanted,
)
from tests.doubles.batch_server import BatchServer
from tests.doubles.chat_server import (
    Answer,
    Body,
    codes_of,
    coding,
    completion,
    honest,
    ruling,
    sentences_of,
    stage_of,
    yes,
)
from tests.doubles.night import MODEL, environment

from cothemes.app.steps import batch_coder
from cothemes.app.steps.batches import cancel_batches, under_way
from cothemes.app.steps.cancel import cancel
from cothemes.app.steps.costs import costs
from cothemes.app.steps.ingest import ingest
from cothemes.app.steps.propose import ProposeReport, Wanted, propose
from cothemes.app.steps.replay import replay
from cothemes.app.study import Study
from cothemes.app.wiring import batch_turn
from cothemes.errors import BudgetReached, ModelError, ServiceError, StateConflict, UsageError
from cothemes.records.batch import BatchState
from cothemes.records.ledger import charge
from cothemes.records.price import NANOS
from cothemes.records.run import CallState, RunState
from cothemes.stages.propose.model import batching, gathering

PASSAGES = 10
KEY = "sk-canary-1a2b3c4d5e6f7a8b"
QUICK = batch_coder.Rhythm(first=0.05, factor=1.0, longest=0.05)


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COTHEMES_MODEL_PRICES", environment()["COTHEMES_MODEL_PRICES"])
    monkeypatch.setattr(batching, "SETTLED_AFTER", timedelta(seconds=0.3))
    monkeypatch.setattr(batching, "LOOK_AGAIN", 0.05)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    study = batch_study(tmp_path_factory.mktemp("batches"), PASSAGES)
    study.close()
    return study.root


@pytest.fixture
def study(template: Path, tmp_path: Path) -> Iterator[Study]:
    made = Study(Path(shutil.copytree(template, tmp_path / "study")))
    yield made
    made.close()


@pytest.fixture
def server() -> Iterator[BatchServer]:
    with BatchServer() as made:
        yield made


def until_done(study: Study, server: BatchServer, **more: object) -> list[ProposeReport]:
    """Calls, each with everything that was handed in before it over."""
    reports = []
    for _ in range(9):
        server.finish()
        reports.append(propose(study, wanted(server, **more)))
        if not reports[-1].waiting and not reports[-1].left and not reports[-1].failed:
            return reports
    raise AssertionError(reports)


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


def test_a_call_hands_in_and_returns_and_a_later_one_collects(study: Study, server: BatchServer) -> None:
    server.held = True
    first = propose(study, wanted(server))
    assert (first.waiting, first.states, first.left) == (PASSAGES, {}, 0)
    assert study.store.runs.all()[0].state is RunState.WAITING
    second = propose(study, wanted(server))
    assert second.waiting == PASSAGES
    assert len(server.jobs) == 1
    (open_,) = under_way(study)
    assert (open_["status"], open_["requests"], open_["waiting"]) == ("in_progress", PASSAGES, PASSAGES)
    assert costs(study)["batches"][0]["reserved"] == costs(study)["total"][0]["unconfirmed"]
    *_, last = until_done(study, server)
    assert last.states == {"coded": PASSAGES}
    assert study.store.runs.all()[0].state is RunState.FINISHED
    assert under_way(study) == []
    all_is_settled(study, server, PASSAGES)
    assert sum(charge(call) for call in study.store.ledger.calls()) == 2 * PASSAGES * REPLY_NANOS
    report = replay(study)
    assert (report.same, report.different) == (PASSAGES, [])


def test_waiting_takes_all_rounds_in_one_call(
    study: Study, server: BatchServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_coder, "Rhythm", lambda: QUICK)
    report = propose(study, wanted(server, wait=1.0))
    assert report.states == {"coded": PASSAGES}
    all_is_settled(study, server, PASSAGES)


def test_the_time_to_wait_runs_out(
    study: Study, server: BatchServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_coder, "Rhythm", lambda: QUICK)
    server.held = True
    report = propose(study, wanted(server, wait=0.5 / 3600))
    assert report.waiting == PASSAGES


def test_lines_in_the_error_file_are_failed_passages_and_asked_anew(
    study: Study, server: BatchServer
) -> None:
    def some_fail(body: Body, number: int) -> Answer:
        text = sentences_of(body)[0]["text"]
        if "number 3 " in text:
            return Answer({"error": {"message": f"bad thing with {KEY}", "code": "bad"}}, 400)
        if "number 4 " in text:
            return Answer({"error": {"message": "the model is busy"}}, 500)
        return honest(body, number)

    server.answer = some_fail
    propose(study, wanted(server))
    server.finish()
    report = propose(study, wanted(server))
    assert report.states == {"failed": 2}
    assert report.waiting == 8
    details = sorted(o.detail for o in study.store.runs.outcomes("r0001"))
    assert details[0].startswith("request: ")
    assert details[1].startswith("server: ")
    assert KEY not in "".join(details)
    failed = [call for call in study.store.ledger.calls() if call.state is CallState.FAILED]
    assert [call.unconfirmed_nanos for call in failed] == [0, 0]
    server.answer = honest
    until_done(study, server)
    outcomes = study.store.runs.outcomes("r0001")
    assert {outcome.state.value for outcome in outcomes} == {"coded"}
    assert set(server.bought.values()) == {1}
    assert sum(charge(call) for call in study.store.ledger.calls()) == server.charged_nanos
    assert not any(KEY.encode() in path.read_bytes() for path in study.root.rglob("*") if path.is_file())


def test_of_an_expired_batch_what_was_answered_is_taken_and_the_rest_asked_again(
    study: Study, server: BatchServer
) -> None:
    server.expire_after = 4
    propose(study, wanted(server))
    server.finish()
    server.expire_after = None
    report = propose(study, wanted(server))
    assert report.waiting == PASSAGES
    assert report.failed == 0
    first, second = study.store.batches.all()
    assert (first.status, first.state, first.completed) == ("expired", BatchState.ENDED, 4)
    # Six first readings again, and the critic on the four that came.
    assert second.requests == 6 + 4
    until_done(study, server)
    all_is_settled(study, server, PASSAGES)


def test_a_request_that_a_batch_is_refused_for_is_named_with_its_line(
    study: Study, server: BatchServer
) -> None:
    document = study.store.documents.all()[0]
    poisoned = document.text.replace("number 7 ", "number POISON ")
    _replace_text(study, poisoned)
    propose(study, wanted(server))
    server.finish()
    report = propose(study, wanted(server))
    assert report.states == {"failed": 1}
    (outcome,) = study.store.runs.outcomes("r0001")
    assert "line " in outcome.detail
    assert "not valid" in outcome.detail
    assert report.waiting == PASSAGES - 1
    assert server.charged_nanos == 0
    until = until_done_but(study, server, failed=1)
    assert until.states.get("failed", 0) == 1


def until_done_but(study: Study, server: BatchServer, failed: int) -> ProposeReport:
    """Until nothing waits and only so many passages fail."""
    for _ in range(9):
        server.finish()
        report = propose(study, wanted(server))
        coded = [o for o in study.store.runs.outcomes("r0001") if o.state.value == "coded"]
        if len(coded) == PASSAGES - failed and report.failed + report.parked == failed:
            return report
    raise AssertionError(report)


def _replace_text(study: Study, text: str) -> None:
    rows = [line for line in text.splitlines() if line.strip()]
    source = study.root / "talk.jsonl"
    made = [{"id": f"q{n}", "doc": "talk", "speaker": "P1", "text": row} for n, row in enumerate(rows)]
    source.write_text("".join(json.dumps(row) + "\n" for row in made), encoding="utf-8")
    ingest(study, [source])


def test_a_batch_that_is_refused_as_a_whole_ends_the_call_and_costs_nothing(
    study: Study, server: BatchServer
) -> None:
    server.most = 5
    propose(study, wanted(server))
    server.finish()
    with pytest.raises(ModelError, match="too_many_tasks") as caught:
        propose(study, wanted(server))
    assert caught.value.exit_code == 6
    assert under_way(study) == []
    assert sum(charge(call) for call in study.store.ledger.calls()) == 0
    server.most = 50_000
    until_done(study, server)
    assert set(server.bought.values()) == {1}


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
    limits = replace(gathering.Limits(), **{field: value})
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


def test_a_budget_holds_for_what_waits(study: Study, server: BatchServer) -> None:
    dry = propose(study, wanted(server, limit=1))
    assert dry.waiting == 1
    (one,) = study.store.batches.waiting()
    cancel_batches(study, cancel(study, "r0001").run)
    server.finish()
    cancel_batches(study, cancel(study, "r0001").run)
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
    assert under_way(study) == []
    assert set(server.bought.values()) == {1}
    until_done(study, server)
    assert sum(charge(call) for call in study.store.ledger.calls()) == server.charged_nanos


def test_no_room_at_all_hands_nothing_in(study: Study, server: BatchServer) -> None:
    with pytest.raises(BudgetReached):
        propose(study, wanted(server, budget=0.000001))
    assert server.seen == []
    assert study.store.ledger.calls() == []
    assert [batch.state for batch in study.store.batches.all()] == [BatchState.DROPPED]


def test_cancel_stops_the_batch_at_the_provider_and_keeps_what_was_answered(
    study: Study, server: BatchServer
) -> None:
    server.held = True
    propose(study, wanted(server))
    propose(study, wanted(server))
    left = cancel_batches(study, cancel(study, "r0001").run)
    assert [batch.status for batch in left.open] == ["cancelling"]
    assert [job.status for job in server.jobs.values()] == ["cancelling"]
    left = cancel_batches(study, cancel(study, "r0001").run)
    assert not left.open
    (batch,) = study.store.batches.all()
    assert (batch.status, batch.state, batch.cleared) == ("cancelled", BatchState.ENDED, True)
    states = [call.state.value for call in study.store.ledger.calls()]
    assert sorted(states) == ["failed"] * 8 + ["replied"] * 2
    assert sum(charge(call) for call in study.store.ledger.calls()) == server.charged_nanos == 2 * REPLY_NANOS
    server.held = False
    until_done(study, server)
    all_is_settled(study, server, PASSAGES)


def test_what_a_batch_asks_is_not_asked_live(study: Study, server: BatchServer) -> None:
    server.held = True
    propose(study, wanted(server, limit=4))
    live = Wanted(coder="llm", model=MODEL, base_url=server.url)
    report = propose(study, live)
    assert (report.states, report.waiting) == ({"coded": 6}, 4)
    server.finish()
    propose(study, wanted(server))
    # Second readings may be asked live once the batch is in.
    cancel_batches(study, cancel(study, "r0001").run)
    server.finish()
    cancel_batches(study, cancel(study, "r0001").run)
    report = propose(study, live)
    assert report.states == {"coded": 4}
    assert set(server.bought.values()) == {1}


@pytest.mark.parametrize("lost", ["POST /batches", "POST /files"])
def test_a_lost_answer_makes_no_second_batch(study: Study, server: BatchServer, lost: str) -> None:
    losses = iter([True])
    server.after[lost] = lambda: Answer(reset=True) if next(losses, False) else None
    report = propose(study, wanted(server))
    assert report.waiting == PASSAGES
    assert len(server.jobs) == 1
    until_done(study, server)
    all_is_settled(study, server, PASSAGES)


def test_a_service_that_fails_for_a_while_is_borne_with(study: Study, server: BatchServer) -> None:
    for what in ("POST /files", "GET /batches", "GET /files", "DELETE /files"):
        failures = iter([True])

        def busy(failures: Iterator[bool] = failures) -> Answer | None:
            error = {"error": {"message": "busy"}}
            return Answer(error, 503, {"retry-after": "0.05"}) if next(failures, False) else None

        server.spoil[what] = busy
    until_done(study, server)
    all_is_settled(study, server, PASSAGES)


def test_a_batch_that_was_certainly_refused_frees_its_calls(study: Study, server: BatchServer) -> None:
    server.spoil["POST /batches"] = lambda: Answer(
        {"error": {"message": "no money", "code": "insufficient_quota"}}, 429
    )
    with pytest.raises(ModelError) as caught:
        propose(study, wanted(server))
    assert caught.value.fault.value == "quota"
    assert [batch.state for batch in study.store.batches.all()] == [BatchState.DROPPED]
    assert sum(charge(call) for call in study.store.ledger.calls()) == 0
    assert server.files == {}
    server.spoil.clear()
    until_done(study, server)
    all_is_settled(study, server, PASSAGES)


def test_a_service_without_batches_is_named_as_that(study: Study, server: BatchServer) -> None:
    server.spoil["POST /files"] = lambda: Answer({"error": {"message": "not found"}}, 404)
    with pytest.raises(ModelError, match="has no Batch API"):
        propose(study, wanted(server))
    assert sum(charge(call) for call in study.store.ledger.calls()) == 0


@pytest.mark.parametrize("cut", ["connection", "file"])
def test_results_that_are_not_whole_are_read_again(study: Study, server: BatchServer, cut: str) -> None:
    propose(study, wanted(server))
    server.finish()
    (output,) = [file for file in server.files.values() if file.purpose == "batch_output"]
    half = len(output.content) // 2
    whole = output.content
    if cut == "connection":
        server.after["GET /files/file-2/content"] = lambda: Answer(whole, cut=half)
    else:
        output.content = whole[:half]
    with pytest.raises(ModelError):
        propose(study, wanted(server))
    waiting = study.store.batches.waiting()[0].calls
    assert 0 < waiting <= PASSAGES
    server.after.clear()
    output.content = whole
    until_done(study, server)
    all_is_settled(study, server, PASSAGES)


def test_an_answer_that_is_in_no_file_counts_as_paid_for(study: Study, server: BatchServer) -> None:
    server.omit = {3}
    propose(study, wanted(server))
    server.finish()
    report = propose(study, wanted(server))
    assert report.states == {"failed": 1}
    (lost,) = [call for call in study.store.ledger.calls() if call.state is CallState.FAILED]
    assert lost.unconfirmed_nanos > REPLY_NANOS


def test_a_batch_that_the_provider_does_not_know_is_given_up_by_cancel_alone(
    study: Study, server: BatchServer
) -> None:
    server.held = True
    propose(study, wanted(server))
    reserved = sum(each.reserved_nanos for each in study.store.batches.waiting())
    server.jobs.clear()
    with pytest.raises(ModelError):
        propose(study, wanted(server))
    assert study.store.batches.waiting()
    cancel_batches(study, cancel(study, "r0001").run)
    assert under_way(study) == []
    assert sum(charge(call) for call in study.store.ledger.calls()) == reserved


def test_a_service_that_keeps_no_metadata_is_asked_by_the_input_file(
    study: Study, server: BatchServer
) -> None:
    server.keeps_metadata = False
    losses = iter([True])
    server.after["POST /batches"] = lambda: Answer(reset=True) if next(losses, False) else None
    propose(study, wanted(server))
    assert len(server.jobs) == 1
    until_done(study, server)
    all_is_settled(study, server, PASSAGES)


def test_one_batch_that_is_lost_does_not_hold_up_the_others(study: Study, server: BatchServer) -> None:
    propose(study, wanted(server, limit=4))
    propose(study, wanted(server))
    first, second = server.jobs
    server.finish()
    del server.jobs[first]
    with pytest.raises(ModelError):
        propose(study, wanted(server))
    assert [batch.state for batch in study.store.batches.all()][:2] == [
        BatchState.SUBMITTED,
        BatchState.ENDED,
    ]
    assert len(server.jobs) == 2
    assert second in server.jobs


def test_a_batch_cancelled_at_the_provider_is_not_handed_in_again_by_who_waits(
    study: Study, server: BatchServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_coder, "Rhythm", lambda: QUICK)
    server.held = True
    looks = iter(range(100))

    def by_hand() -> None:
        if next(looks) == 3:
            for job in server.jobs.values():
                job.status = "cancelling"

    server.spoil["GET /batches/"] = by_hand
    with pytest.raises(ModelError, match="cancelled at the provider"):
        propose(study, wanted(server, wait=1.0))
    assert len(server.jobs) == 1
    server.held = False
    until_done(study, server)
    all_is_settled(study, server, PASSAGES)


def test_a_refusal_without_a_reason_is_no_endless_loop(
    study: Study, server: BatchServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_coder, "Rhythm", lambda: QUICK)

    def fails() -> None:
        for job in server.jobs.values():
            job.status = "failed"

    server.spoil["GET /batches/"] = fails
    with pytest.raises(ModelError, match="does not say why"):
        propose(study, wanted(server, wait=1.0))
    assert len(server.jobs) == 1


def test_a_batch_whose_every_line_is_refused_reads_its_input_once(study: Study, server: BatchServer) -> None:
    _replace_text(study, study.store.documents.all()[0].text.replace("number", "POISON"))
    propose(study, wanted(server))
    server.finish()
    report = propose(study, wanted(server))
    assert report.states == {"failed": PASSAGES}
    assert sum(path == "/files/file-1/content" for _, path in server.seen) == 1
    assert len(server.jobs) == 1


def test_of_two_batches_of_one_tag_the_second_is_cancelled(study: Study, server: BatchServer) -> None:
    server.held = True

    def twice() -> Answer:
        server.after.clear()
        first, *_ = server.jobs.values()
        other = replace(first, id="batch_2", created=first.created + 1)
        server.jobs[other.id] = other
        return Answer(reset=True)

    server.after["POST /batches"] = twice
    propose(study, wanted(server))
    assert [job.status for job in server.jobs.values()] == ["validating", "cancelling"]
    (batch,) = study.store.batches.all()
    assert batch.provider_id == "batch_1"
    assert "made 2 times" in batch.detail


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


def test_a_reply_with_characters_that_end_lines_elsewhere_is_read(study: Study, server: BatchServer) -> None:
    def odd(body: Body, _: int) -> Answer:
        return ruling("keep", "One\u2028two\u0085three")

    server.critic = odd
    until_done(study, server)
    all_is_settled(study, server, PASSAGES)


def test_another_model_in_the_results_ends_the_run(study: Study, server: BatchServer) -> None:
    def changing(body: Body, number: int) -> Answer:
        said = honest(body, number)
        if number == 5:
            said.body["model"] = "another-2027"
        return said

    server.answer = changing
    propose(study, wanted(server))
    server.finish()
    with pytest.raises(ServiceError, match="now answers as"):
        propose(study, wanted(server))
    assert len(server.jobs) == 1
    assert under_way(study) == []


def test_too_many_bad_replies_hand_nothing_more_in_and_are_all_recorded(
    study: Study, server: BatchServer
) -> None:
    source = study.root / "more.jsonl"
    rows = ({"id": f"m{n}", "doc": "more", "speaker": "P1", "text": f"Here is {n} again."} for n in range(60))
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    ingest(study, [source])
    server.answer = lambda *_: Answer(completion("no"))
    propose(study, wanted(server))
    server.finish()
    with pytest.raises(ServiceError, match="got no usable reply"):
        propose(study, wanted(server))
    assert len(server.jobs) == 1
    outcomes = study.store.runs.outcomes("r0001")
    assert len(outcomes) == PASSAGES + 60
    assert {outcome.state.value for outcome in outcomes} == {"malformed"}


def test_a_batch_of_an_earlier_codebook_is_collected_under_it(study: Study, server: BatchServer) -> None:
    settings = study.root / "cothemes.toml"
    settings.write_text(settings.read_text().replace("[coder]\n", "[coder]\ncritic = false\n"))
    study = Study(study.root)
    server.held = True
    propose(study, wanted(server))
    book = study.codebook_path.read_text(encoding="utf-8")
    study.codebook_path.write_text(book.replace("A first code", "Another code"), encoding="utf-8")
    study.close()
    study = Study(study.root)
    report = propose(study, wanted(server))
    assert len(server.jobs) == 1
    assert (report.waiting, report.run) == (PASSAGES, None)
    server.finish()
    propose(study, wanted(server))
    assert len(server.jobs) == 1
    assert len(study.store.runs.outcomes("r0001")) == PASSAGES
    assert {run.state for run in study.store.runs.all()} <= {RunState.STOPPED, RunState.FINISHED}
    last = propose(study, wanted(server))
    assert (last.waiting, last.known) == (0, PASSAGES)
    assert set(server.bought.values()) == {1}
    study.close()


def test_one_process_at_a_time(study: Study, server: BatchServer) -> None:
    with batch_turn(study) as holder:
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


def test_without_a_batch_price_the_full_one_counts(study: Study, server: BatchServer) -> None:
    (study.root / "prices.toml").write_text(BATCH_PRICES.replace("batch = 0.5\n", ""), encoding="utf-8")
    until_done(study, server)
    assert sum(charge(call) for call in study.store.ledger.calls()) == 2 * server.charged_nanos


def test_a_quote_that_is_not_there_is_asked_for_in_the_next_batch(study: Study, server: BatchServer) -> None:
    def elsewhere(body: Body, _: int) -> Answer:
        said = coding(
            body, **{codes_of(body)[0]: yes(body, codes_of(body)[0], "words that nobody said at all")}
        )
        return Answer(completion(json.dumps(said)))

    server.answer = elsewhere
    reports = until_done(study, server)
    assert len(reports) == 3
    assert [stage_of(line["body"]) for line in server.lines()].count("repair") == PASSAGES
    assert reports[-1].unverified == PASSAGES
    assert study.store.runs.suggestions() == []
