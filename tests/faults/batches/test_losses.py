"""Answers lost on the way, batches made twice, unknown or cancelled: nothing is bought a second time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from tests.doubles.batch_night import PASSAGES, QUICK, REPLY_NANOS, all_is_settled, stop, until_done, wanted
from tests.doubles.batch_server import BatchServer
from tests.doubles.loopback import Answer
from tests.doubles.night import MODEL
from tests.doubles.proposing import propose

from cothemes.app.coders import batch as batch_coder
from cothemes.app.coders.propose import ProposeOptions
from cothemes.app.runs.batches import under_way
from cothemes.app.study import Study
from cothemes.errors import ModelError
from cothemes.records.batch import BatchState
from cothemes.records.ledger import charge


@pytest.mark.parametrize("lost", ["POST /batches", "POST /files"])
@pytest.mark.parametrize(
    "answer",
    [
        Answer(reset=True),
        Answer({"id": "x" * 400}, cut=100),
        Answer(b"<html>502 Bad Gateway</html>", 502),
        Answer({"error": {"message": "upstream timed out"}}, 504),
    ],
    ids=["reset", "half", "502", "504"],
)
def test_a_lost_answer_makes_no_second_batch(
    study: Study, server: BatchServer, lost: str, answer: Answer
) -> None:
    losses = iter([True])
    server.after[lost] = lambda: answer if next(losses, False) else None
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
    stop(study)
    assert under_way(study) == ()
    assert sum(charge(call) for call in study.store.ledger.calls()) == reserved


def test_cancel_stops_the_batch_at_the_provider_and_keeps_what_was_answered(
    study: Study, server: BatchServer
) -> None:
    server.held = True
    propose(study, wanted(server))
    propose(study, wanted(server))
    left = stop(study)
    assert [batch.status for batch in left.open] == ["cancelling"]
    assert [job.status for job in server.jobs.values()] == ["cancelling"]
    left = stop(study)
    assert not left.open
    (batch,) = study.store.batches.all()
    assert (batch.status, batch.state, batch.cleared) == ("cancelled", BatchState.ENDED, True)
    states = [call.state.value for call in study.store.ledger.calls()]
    assert sorted(states) == ["failed"] * 8 + ["replied"] * 2
    assert sum(charge(call) for call in study.store.ledger.calls()) == server.charged_nanos == 2 * REPLY_NANOS
    server.held = False
    until_done(study, server)
    all_is_settled(study, server, PASSAGES)


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


def test_what_a_batch_asks_is_not_asked_live(study: Study, server: BatchServer) -> None:
    server.held = True
    propose(study, wanted(server, limit=4))
    live = ProposeOptions(coder="llm", model=MODEL, base_url=server.url)
    report = propose(study, live)
    assert (report.states, report.waiting) == ({"coded": 6}, 4)
    server.finish()
    propose(study, wanted(server))
    # Second readings may be asked live once the batch is in.
    stop(study)
    server.finish()
    stop(study)
    report = propose(study, live)
    assert report.states == {"coded": 4}
    assert set(server.bought.values()) == {1}
