"""Events follow from what the records say has changed, each once, and none tells what it may not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.doubles.coded_study import NOW, POLICY, TALK, _add, assign, propose
from tests.doubles.webhook_study import webhook_study

from cothemes.app.codebook.operations import retire_code
from cothemes.app.events.deliveries import try_endpoint
from cothemes.app.events.outbox import LARGEST_BODY, begin, collect
from cothemes.app.review.adjudicate import Adjudication
from cothemes.app.review.review import Desk
from cothemes.app.runs.run_chain import ENDED_BY
from cothemes.app.study import Study
from cothemes.records.document import Kind
from cothemes.records.event import Event, EventType, Reply
from cothemes.records.review import Action, Arm, Purpose
from cothemes.records.run import Run, RunState

PASSAGES = ("talk-1.0002", "talk-1.0004")
ALL = [kind.value for kind in EventType if kind is not EventType.TEST]


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    made = webhook_study(tmp_path, "http://127.0.0.1:9/", reviewers=("ann", "bob", "cat"), events=ALL)
    begin(made)
    yield made
    made.close()


def events(study: Study) -> list[Event]:
    """Events in the order in which they were stored."""
    return [event for _, event in reversed(study.store.events.deliveries(most=1000))]


def said(study: Study) -> list[tuple[str, dict[str, Any]]]:
    collect(study)
    return [(event.type.value, json.loads(event.body)["data"]) for event in events(study)]


def end_run(study: Study, state: RunState, by: str = "") -> None:
    run = study.store.runs.get("r0001")
    assert run is not None
    study.store.runs.put(run.model_copy(update={"state": RunState.RUNNING}))
    study.store.work.hand_back(run.model_copy(update={"state": state, "details": {ENDED_BY: by}}))


def code(study: Study, name: str, given: dict[str, str]) -> None:
    desk = Desk(study, name)
    for passage, code in given.items():
        desk.done(desk.decide(desk.card(passage), code, Action.ADD, note=f"NOTE OF {name}"))


def both_code(study: Study) -> None:
    for name in ("ann", "bob"):
        assign(study, name, dict.fromkeys(PASSAGES, Arm.BLIND))
    code(study, "ann", dict.fromkeys(PASSAGES, "A1"))
    code(study, "bob", {PASSAGES[0]: "A1", PASSAGES[1]: "A2"})


def rule(study: Study) -> None:
    table = Adjudication(study.beside(), "cat")
    case = table.dispute(PASSAGES[1])
    for each in case.left:
        case = table.rule(case, each, applies=True, note="RULED")


def test_documents(study: Study) -> None:
    _add(study, "talk-9", Kind.INTERVIEW, TALK, {})
    _add(study, "talk-8", Kind.INTERVIEW, TALK, {})
    assert said(study) == [("documents.added", {"added": 2, "documents": 5})]


def test_a_run_that_ended(study: Study) -> None:
    propose(study)
    passages = len(study.store.passages.heads())
    ended = {"run": "r0001", "coder": "offline", "state": "finished", "outcomes": {"coded": passages}}
    assert said(study) == [("run.ended", ended)]


@pytest.mark.parametrize(
    ("state", "by", "reason"),
    [
        (RunState.STOPPED, "BudgetReached", "budget"),
        (RunState.STOPPED, "Stopped", "user"),
        (RunState.STOPPED, "ModelError", "service"),
        (RunState.STOPPED, "ModelChanged", "service"),
        (RunState.STOPPED, "", "unfinished"),
        (RunState.STOPPED, "fault", "fault"),
        (RunState.CANCELLED, "Stopped", "cancelled"),
    ],
)
def test_a_run_that_stopped(study: Study, state: RunState, by: str, reason: str) -> None:
    propose(study)
    begun = len(said(study))
    end_run(study, state, by)
    found = said(study)[begun:]
    assert (found[0][0], found[0][1]["reason"]) == ("run.stopped", reason)
    assert [each for each, _ in found[1:]] == (["budget.reached"] if reason == "budget" else [])


def test_batches_under_way_are_no_end(study: Study) -> None:
    propose(study)
    begun = len(said(study))
    end_run(study, RunState.WAITING)
    assert said(study)[begun:] == []


def test_a_round_from_first_passage_to_last_ruling(study: Study) -> None:
    both_code(study)
    found = said(study)
    assert [kind for kind, _ in found].count("passage.done") == 4
    assert ("passage.done", {"passage": PASSAGES[0], "round": "main", "done": 2, "readings": 2}) in found
    assert ("queue.empty", {"reviewer": "ann", "done": 2}) in found
    assert ("queue.empty", {"reviewer": "bob", "done": 2}) in found
    assert ("round.complete", {"round": "main", "readings": 4, "passages": 2}) in found
    assert ("disputes.opened", {"round": "main", "opened": 1, "waiting": 1}) in found
    before = len(found)
    rule(study)
    assert said(study)[before:] == [("disputes.ruled", {"round": "main", "ruled": 1})]


def test_nothing_is_complete_before_it_is(study: Study) -> None:
    assign(study, "bob", dict.fromkeys(PASSAGES, Arm.BLIND))
    assign(study, "ann", dict.fromkeys(PASSAGES, Arm.BLIND))
    code(study, "bob", dict.fromkeys(PASSAGES, "A2"))
    code(study, "ann", {PASSAGES[1]: "A1"})
    kinds = [kind for kind, data in said(study) if kind != "passage.done" and data.get("reviewer") != "bob"]
    assert kinds == ["disputes.opened"], "the passage that both have finished, and nothing of the other one"


def test_a_dispute_that_somebody_has_still_to_code_blind_is_not_told(study: Study) -> None:
    assign(study, "cat", {PASSAGES[1]: Arm.BLIND})
    both_code(study)
    assert "disputes.opened" not in [kind for kind, _ in said(study)]
    code(study, "cat", {PASSAGES[1]: "A1"})
    assert ("disputes.opened", {"round": "main", "opened": 1, "waiting": 1}) in said(study)


def test_readings_that_check_planted_errors_are_not_told(study: Study) -> None:
    from cothemes.records.review import Assignment

    study.store.reviews.assign(
        [
            Assignment(
                reviewer="ann", passage=PASSAGES[0], document="talk-1", round="main", arm=Arm.ASSISTED,
                probability=1, double=False, position=0, drawn=NOW, seed=1,
            )
        ],
        purpose=next(each for each in Purpose if each is not Purpose.STUDY),
    )  # fmt: skip
    code(study, "ann", {PASSAGES[0]: "A1"})
    assert "passage.done" not in [kind for kind, _ in said(study)]


def test_the_codebook_changed_by_hand_or_by_operation(study: Study) -> None:
    path = study.codebook_path
    path.write_text(path.read_text().replace("Trust between people", "Trust"), "utf-8")
    found = said(study)
    assert [kind for kind, _ in found] == ["codebook.changed"]
    assert found[0][1]["codes"] == 3
    assert said(study) == found, "once for each change"
    retire_code(study.beside(), "B1", by="ann", reason="REASON")
    assert [data["codes"] for _, data in said(study)] == [3, 2]


def test_a_faulty_codebook_delays_events_and_loses_none(study: Study) -> None:
    text = study.codebook_path.read_text()
    study.codebook_path.write_text("codes: [", "utf-8")
    propose_later = study.beside()
    assert collect(study) == 0 or events(study) == []
    study.codebook_path.write_text(text, "utf-8")
    propose(propose_later)
    assert [kind for kind, _ in said(study)] == ["run.ended"]


def test_nothing_is_collected_twice(study: Study) -> None:
    propose(study)
    both_code(study)
    assert collect(study) > 0
    before = events(study)
    assert collect(study) == 0
    assert events(study) == before
    assert len({each.id for each in before}) == len(before)


def test_what_happened_before_the_endpoint_was_set_is_not_sent(tmp_path: Path) -> None:
    made = webhook_study(tmp_path, "http://127.0.0.1:9/")
    propose(made)
    begin(made)
    end_run(made, RunState.PARTIAL)
    assert [data["state"] for _, data in said(made)] == ["partial"]
    made.close()


def test_only_what_an_endpoint_asks_for(tmp_path: Path) -> None:
    made = webhook_study(tmp_path, "http://127.0.0.1:9/", events=["queue.empty"])
    begin(made)
    propose(made)
    both_code(made)
    assert {kind for kind, _ in said(made)} == {"queue.empty"}
    made.close()


def test_passages_are_sent_only_where_they_are_asked_for(tmp_path: Path) -> None:
    made = webhook_study(tmp_path, "http://127.0.0.1:9/")
    begin(made)
    both_code(made)
    kinds = {kind for kind, _ in said(made)}
    assert "passage.done" not in kinds
    assert "round.complete" in kinds
    made.close()


class _Nobody:
    def post(self, *_: object, **__: object) -> Reply:
        return Reply(told="nobody is there")


def test_no_event_holds_words_codes_or_decisions(study: Study) -> None:
    """All kinds are made, and no text, code given, note, reason or ruling is in the body of any."""
    propose(study)
    end_run(study, RunState.STOPPED, "BudgetReached")
    _add(study, "talk-9", Kind.INTERVIEW, TALK, {"participant": "P9", "group": "SECRETGROUP"})
    both_code(study)
    collect(study)
    rule(study)
    retire_code(study.beside(), "B1", by="ann", reason="REASON")
    collect(study)
    try_endpoint(study, "team", _Nobody())
    with study.store._database.reading() as connection:
        rows = connection.exec_driver_sql("SELECT type, body FROM events").all()
    assert {row[0] for row in rows} == {kind.value for kind in EventType}, "every kind of the closed list"
    words = {word for _, _, text in TALK for word in text.split() if len(word) > 4}
    words |= {word for text in POLICY for word in text.split() if len(word) > 4}
    words |= {"NOTE OF", "RULED", "REASON", "SECRETGROUP", "participant", "offline@0"}
    codes = {f'"{code.id}"' for code in study.codebook.codes} | {c.label for c in study.codebook.codes}
    actions = {f'"{each.value}"' for each in Action}
    for kind, body in rows:
        assert len(body.encode()) <= LARGEST_BODY
        found = {each for each in words | codes | actions if each in body}
        if kind in ("passage.done", "queue.empty"):
            found -= {'"done"'}  # the name of a count
        assert not found, (kind, found)
        data = json.loads(body)["data"]
        if kind in ("passage.done", "disputes.opened", "disputes.ruled", "round.complete"):
            assert not {"ann", "bob", "cat"} & set(map(str, data.values())), kind


def test_long_names_stay_within_the_largest_body(tmp_path: Path) -> None:
    made = webhook_study(tmp_path, "http://127.0.0.1:9/")
    path = made.root / "cothemes.toml"
    path.write_text(path.read_text().replace("A small study", "ü" * 30_000))
    made.close()
    made = Study(made.root)
    begin(made)
    propose(made)
    assert [kind for kind, _ in said(made)] == ["run.ended"]
    assert all(len(each.body.encode()) <= LARGEST_BODY for each in events(made))
    made.close()


def test_runs_keep_their_state_as_a_change(study: Study) -> None:
    before = study.store.events.last_change()
    run = Run(id="r9", coder="llm", rater="m@p#r9", configuration="c", codebook_hash="h", started=NOW)
    study.store.runs.put(run)
    study.store.runs.put(run)
    study.store.runs.put(run.model_copy(update={"state": RunState.FINISHED}))
    found = study.store.events.changes(before)
    assert [each.detail for each in found] == ["running", "finished"]
