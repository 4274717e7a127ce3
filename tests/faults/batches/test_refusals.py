"""Batches that are refused, expire or are answered in part: each request ends in a state that is told."""

from __future__ import annotations

import json

import pytest
from tests.doubles.batch_night import PASSAGES, QUICK, REPLY_NANOS, all_is_settled, until_done, wanted
from tests.doubles.batch_server import BatchServer
from tests.doubles.chat_server import honest, sentences_of
from tests.doubles.loopback import Answer, Body
from tests.doubles.proposing import propose

from cothemes.app.coders import batch as batch_coder
from cothemes.app.coders.propose import ProposeReport
from cothemes.app.corpus.ingest import ingest
from cothemes.app.runs.batches import under_way
from cothemes.app.study import Study
from cothemes.errors import ModelError
from cothemes.records.batch import BatchState
from cothemes.records.ledger import charge
from cothemes.records.run import CallState

KEY = "sk-canary-1a2b3c4d5e6f7a8b"


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


def test_a_batch_whose_every_line_is_refused_reads_its_input_once(study: Study, server: BatchServer) -> None:
    _replace_text(study, study.store.documents.all()[0].text.replace("number", "POISON"))
    propose(study, wanted(server))
    server.finish()
    report = propose(study, wanted(server))
    assert report.states == {"failed": PASSAGES}
    assert sum(path == "/files/file-1/content" for _, path in server.seen) == 1
    assert len(server.jobs) == 1


def test_a_batch_that_is_refused_as_a_whole_ends_the_call_and_costs_nothing(
    study: Study, server: BatchServer
) -> None:
    server.most = 5
    propose(study, wanted(server))
    server.finish()
    with pytest.raises(ModelError, match="too_many_tasks") as caught:
        propose(study, wanted(server))
    assert caught.value.exit_code == 6
    assert under_way(study) == ()
    assert sum(charge(call) for call in study.store.ledger.calls()) == 0
    server.most = 50_000
    until_done(study, server)
    assert set(server.bought.values()) == {1}


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
