"""The store keeps runs, what came of them, and paid calls as their ports promise."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from cothemes.adapters.sql.store import SqlStore
from cothemes.errors import StateConflict
from cothemes.records.document import BlockKind, Document, Kind
from cothemes.records.ledger import EntryState
from cothemes.records.passage import Passage
from cothemes.records.run import Call, CallState, Run, RunState
from cothemes.records.suggestion import Evidence, Outcome, OutcomeState, QuoteStatus, Suggestion, Verdict

NOW = datetime(2026, 11, 22, 9, 30, 0, 123456, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    with SqlStore.open(tmp_path / "records.sqlite") as opened:
        opened.documents.add(Document(slug="d", version="v", kind=Kind.POLICY, text="xxxx"))
        cut = [
            Passage(
                id=f"d.{n:04d}",
                document="d",
                version="v",
                segmentation="s",
                start=n,
                end=n + 1,
                text="x",
                kind=BlockKind.PARAGRAPH,
                position=n,
            )
            for n in range(4)
        ]
        opened.passages.replace("d", cut)
        yield opened


def run(run_id: str = "r0001", **fields: object) -> Run:
    return Run.model_validate(
        {
            "id": run_id,
            "coder": "offline",
            "rater": f"offline@0#{run_id}",
            "configuration": "c1",
            "codebook_hash": "h",
            "started": NOW,
            "details": {"parameters": {"k": 3}, "counts": [1, 2]},
            **fields,
        }
    )


def outcome(state: OutcomeState, passage: str = "d.0001", **fields: object) -> Outcome:
    return Outcome.model_validate({"run": "r0001", "passage": passage, "state": state, **fields})


def suggestion(name: str, passage: str = "d.0001", run_id: str = "r0001", **fields: object) -> Suggestion:
    return Suggestion.model_validate(
        {
            "id": name,
            "run": run_id,
            "rater": f"offline@0#{run_id}",
            "passage": passage,
            "code": "A1",
            "verdict": Verdict.YES,
            **fields,
        }
    )


def call(key: str = "k", **fields: object) -> Call:
    return Call.model_validate(
        {
            "key": key,
            "run": "r0001",
            "passage": "d.0001",
            "stage": "propose",
            "endpoint": "http://127.0.0.1",
            "request": '{"model":"m"}',
            "state": CallState.INTENDED,
            "intended_at": NOW,
            **fields,
        }
    )


def test_run_ids_are_given_out_once(store: SqlStore) -> None:
    assert [store.runs.next_id() for _ in range(3)] == ["r0001", "r0002", "r0003"]


def test_a_run_comes_back_in_its_latest_state(store: SqlStore) -> None:
    assert store.runs.get("r0001") is None
    assert store.runs.find("c1") is None
    store.runs.put(run())
    store.runs.put(run("r0002", configuration="c2"))
    store.runs.put(run("r0003"))
    finished = run(finished=NOW, state=RunState.FINISHED)
    store.runs.put(finished)
    assert store.runs.get("r0001") == finished
    assert [r.id for r in store.runs.all()] == ["r0001", "r0002", "r0003"]
    assert store.runs.find("c1") == run("r0003")


def test_an_outcome_gives_way_until_the_passage_is_coded(store: SqlStore) -> None:
    store.runs.put(run())
    for state in (OutcomeState.FAILED, OutcomeState.MALFORMED, OutcomeState.CODED, OutcomeState.FAILED):
        store.runs.record([outcome(state, scores={"A1": 0.5}, flags=("instruction_like",))], [])
    assert store.runs.outcomes("r0001") == [
        outcome(OutcomeState.CODED, scores={"A1": 0.5}, flags=("instruction_like",))
    ]
    assert store.runs.outcomes("r0002") == []


def test_outcomes_by_passage_of_all_or_of_some(store: SqlStore) -> None:
    store.runs.put(run())
    coded = [outcome(OutcomeState.CODED, f"d.{n:04d}") for n in range(4)]
    store.runs.record(coded[::-1], [])
    assert store.runs.outcomes("r0001") == coded
    assert store.runs.outcomes("r0001", passages=iter(["d.0003", "d.0001", "d.0003"])) == [coded[1], coded[3]]
    assert store.runs.outcomes("r0001", passages=[]) == []


def test_a_suggestion_is_stored_once_and_found_again(store: SqlStore) -> None:
    store.runs.put(run())
    store.runs.put(run("r0002"))
    full = suggestion(
        "s1",
        evidence=(Evidence(start=1, end=2), Evidence(start=3, end=4, status=QuoteStatus.SNAPPED)),
        quote_status=QuoteStatus.SNAPPED,
        reason="The speaker says so.",
        attributes={"status": ("experienced", "intended")},
        confidence=0.1,
        score=-2.5,
    )
    others = [suggestion("s3", "d.0002"), suggestion("s2", "d.0001", "r0002")]
    store.runs.record([], [full, *others])
    store.runs.record([], [suggestion("s1", reason="changed")])
    assert store.runs.suggestions() == [full, *others]
    assert store.runs.suggestions(run_id="r0001") == [full, others[0]]
    assert store.runs.suggestions(passages=["d.0002", "d.0001", "d.0002"]) == [full, *others]
    assert store.runs.suggestions(run_id="r0002", passages=iter(["d.0001"])) == [others[1]]
    assert store.runs.suggestions(passages=[]) == []


def test_a_record_is_whole_or_not_there(store: SqlStore) -> None:
    store.runs.put(run())
    with pytest.raises(StateConflict, match="does not hold"):
        store.runs.record([outcome(OutcomeState.CODED)], [suggestion("s1"), suggestion("s2", "d.9999")])
    assert store.runs.outcomes("r0001") == []
    assert store.runs.suggestions() == []


def test_an_intent_is_there_before_its_reply(store: SqlStore) -> None:
    assert store.ledger.look("k") is None
    (entered,) = store.ledger.write([call()])
    assert entered.standing is EntryState.WRITTEN
    assert store.ledger.look("k") == entered.call == call(owner=entered.call.owner)
    replied = call(
        state=CallState.REPLIED, reply='{"id":1}', model="m-1", replied_at=NOW, input_tokens=3, cost_nanos=7
    )
    store.ledger.write([replied])
    assert store.ledger.look("k") == replied


def test_a_reply_that_was_paid_for_is_never_overwritten(store: SqlStore) -> None:
    replied = call(state=CallState.REPLIED, reply="{}")
    again = [replied, call(), call(state=CallState.FAILED, error="timed out")]
    standings = [entered.standing for entered in store.ledger.write(again)]
    assert standings == [EntryState.WRITTEN, EntryState.KNOWN, EntryState.KNOWN]
    assert store.ledger.look("k") == replied


def test_a_failed_call_can_be_tried_again(store: SqlStore) -> None:
    store.ledger.write([call(), call(state=CallState.FAILED, error="429")])
    (entered,) = store.ledger.write([call()])
    assert entered.standing is EntryState.WRITTEN
    assert store.ledger.look("k") == call(attempts=2, owner=entered.call.owner)


def test_calls_in_the_order_of_their_intents(store: SqlStore) -> None:
    store.ledger.write([call("b"), call("a", run="r0002"), call("b", state=CallState.REPLIED, reply="{}")])
    assert [c.key for c in store.ledger.calls()] == ["b", "a"]
    assert [c.key for c in store.ledger.calls(run_id="r0002")] == ["a"]


def test_half_a_character_in_a_reply_does_not_lose_the_reply(store: SqlStore) -> None:
    store.ledger.write([call(state=CallState.REPLIED, reply='{"text":"\ud83d 🙂"}')])
    found = store.ledger.look("k")
    assert found is not None
    assert found.reply == '{"text":"\\ud83d 🙂"}'


def test_suggestions_of_one_passage_are_found_by_the_passage(store: SqlStore) -> None:
    """A card asks for them before every act; a run has hundreds of thousands."""
    asked: list[tuple[str, Any]] = []

    def heard(_c: Any, _u: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    event.listen(store._database._engine, "before_cursor_execute", heard)
    assert store.runs.suggestions(run_id="r0001", passages=["talk.0001"]) == []
    statement, parameters = next(each for each in asked if "FROM suggestions" in each[0])
    with sqlite3.connect(store.path) as connection:
        plan = connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()
    assert "ix_suggestions_passage" in str(plan)
