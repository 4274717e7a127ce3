"""Collecting what came: later, in rounds, under the codebook it was asked with, and what the replies say."""

from __future__ import annotations

import json

import pytest
from tests.doubles.batch_night import PASSAGES, QUICK, REPLY_NANOS, all_is_settled, until_done, wanted
from tests.doubles.batch_server import BatchServer
from tests.doubles.chat_server import codes_of, coding, completion, honest, ruling, stage_of, yes
from tests.doubles.loopback import Answer, Body
from tests.doubles.proposing import propose

from cothemes.app.coders import batch as batch_coder
from cothemes.app.coders.replay import replay
from cothemes.app.corpus.ingest import ingest
from cothemes.app.runs.batches import under_way
from cothemes.app.runs.costs import costs
from cothemes.app.study import Study
from cothemes.errors import ServiceError
from cothemes.records.ledger import charge
from cothemes.records.run import RunState


def test_a_call_hands_in_and_returns_and_a_later_one_collects(study: Study, server: BatchServer) -> None:
    server.held = True
    first = propose(study, wanted(server))
    assert (first.waiting, first.states, first.left) == (PASSAGES, {}, 0)
    assert study.store.runs.all()[0].state is RunState.WAITING
    second = propose(study, wanted(server))
    assert second.waiting == PASSAGES
    assert len(server.jobs) == 1
    (open_,) = under_way(study)
    assert (open_.status, open_.requests, open_.waiting) == ("in_progress", PASSAGES, PASSAGES)
    assert costs(study).batches[0].reserved == costs(study).total[0].unconfirmed
    *_, last = until_done(study, server)
    assert last.states == {"coded": PASSAGES}
    assert study.store.runs.all()[0].state is RunState.FINISHED
    assert under_way(study) == ()
    all_is_settled(study, server, PASSAGES)
    assert sum(charge(call) for call in study.store.ledger.calls()) == 2 * PASSAGES * REPLY_NANOS
    report = replay(study)
    assert (report.same, report.different) == (PASSAGES, ())


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
    assert under_way(study) == ()


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
