"""Blindness is kept in the query: a blind reviewer's process never loads suggestions or others' decisions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.doubles.coded_study import assign, propose, study_in

from cothemes.adapters.sql.reviews import SqlReviews
from cothemes.adapters.sql.runs import SqlRuns
from cothemes.app.review.review import Desk
from cothemes.app.study import Study
from cothemes.records.review import Action, Arm


class Watch:
    """What was asked of the store."""

    def __init__(self) -> None:
        self.of_runs: list[tuple[str, Any]] = []
        self.unnamed = 0


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    seen = Watch()

    def watched(name: str) -> None:
        asked = getattr(SqlRuns, name)

        def ask(self: SqlRuns, *args: Any, **named: Any) -> Any:
            seen.of_runs.append((name, named.get("passages")))
            return asked(self, *args, **named)

        monkeypatch.setattr(SqlRuns, name, ask)

    watched("suggestions")
    watched("outcomes")
    decisions = SqlReviews.decisions

    def asked(self: SqlReviews, *, reviewer: str | None = None, **named: Any) -> Any:
        seen.unnamed += reviewer is None
        return decisions(self, reviewer=reviewer, **named)

    monkeypatch.setattr(SqlReviews, "decisions", asked)
    return seen


@pytest.fixture
def study(tmp_path: Path) -> Study:
    study = study_in(tmp_path / "study")
    propose(study)
    return study


def test_a_blind_reviewers_process_asks_for_nothing(study: Study, watch: Watch) -> None:
    assign(study, "ann", {"talk-1.0004": Arm.BLIND, "talk-1.0002": Arm.BLIND})
    assign(study, "bob", {"talk-1.0004": Arm.BLIND})
    bob = Desk(study, "bob")
    bob.done(bob.decide(bob.card("talk-1.0004"), "A2", Action.ADD, note="bob was here"))
    ann = Desk(study, "ann")
    card = ann.card("talk-1.0004")
    assert (card.suggestions, card.coded, card.standing.current.notes) == ((), {}, ())
    ann.queue()
    ann.done(ann.decide(card, "B1", Action.ADD))
    card = ann.card("talk-1.0002")
    ann.keep(card, [ann.session(card).skip(card)])
    ann.undo()
    assert watch.of_runs == []
    assert watch.unnamed == 0


def test_the_blind_prompt_asks_for_nothing(cothemes: Any, study: Study, watch: Watch) -> None:
    assign(study, "ann", {"talk-1.0004": Arm.BLIND})
    out = cothemes.done("review", "--as", "ann", stdin="e\na 1\nt\nd A2\nc money\n\n", study=study.root)
    assert "offline" not in out
    assert "1 of 1 done" in out
    assert cothemes.json("show", "talk-1.0004", "--as", "ann", study=study.root)["suggestions"] == []
    assert watch.of_runs == []


def test_reveal_asks_only_after_the_lock_and_only_for_its_own_passage(study: Study, watch: Watch) -> None:
    assign(study, "ann", {"talk-1.0004": Arm.REVEAL, "talk-1.0002": Arm.BLIND})
    desk = Desk(study, "ann")
    desk.queue()
    card = desk.card("talk-1.0004")
    assert watch.of_runs == []
    desk.done(card)
    desk.queue()
    assert [s.code for s in desk.card("talk-1.0004").suggestions] == ["A2"]
    assert {name for name, _ in watch.of_runs} == {"suggestions", "outcomes"}
    asked = {passage for _, passages in watch.of_runs for passage in passages}
    assert asked == {"talk-1.0004"}


def test_a_locked_passage_comes_back_when_a_coder_has_spoken(tmp_path: Path) -> None:
    study = study_in(tmp_path / "study")
    assign(study, "ann", {"talk-1.0004": Arm.REVEAL})
    desk = Desk(study, "ann")
    desk.done(desk.card("talk-1.0004"))
    assert (desk.queue().held, desk.queue().waiting) == (1, ())
    propose(study)
    assert [s.assignment.passage for s in desk.queue().waiting] == ["talk-1.0004"]


def test_the_latest_run_speaks(study: Study) -> None:
    propose(study, "r0002")
    assign(study, "ann", {"talk-1.0004": Arm.ASSISTED})
    assert [s.run for s in Desk(study, "ann").card("talk-1.0004").suggestions] == ["r0002"]
