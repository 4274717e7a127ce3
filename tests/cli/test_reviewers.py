"""People come, pause and leave; their work stays or goes on as it was drawn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.doubles.coded_study import assign, propose, study_in

from cothemes.app.review.review import Desk
from cothemes.app.study import Study
from cothemes.errors import StateConflict
from cothemes.records.review import Action, Arm, Reviewer


@pytest.fixture
def study(tmp_path: Path) -> Study:
    made = study_in(tmp_path / "study", documents=4, reviewers=("ann", "bob", "cat"))
    propose(made)
    return made


def test_role_and_capacity_are_told_and_can_change(cothemes: Any, study: Study) -> None:
    said = cothemes.done(
        "reviewers", "add", "dan", "--role", "adjudicator", "--capacity", 40, study=study.root
    )
    assert "as adjudicator, 40 passages a week" in said
    again = cothemes.done("reviewers", "add", "dan", "--capacity", 10, study=study.root)
    assert "nothing changed" in again
    assert "reviewers set dan" in again
    changed = cothemes.json("reviewers", "set", "dan", "--role", "lead", study=study.root)
    assert (changed["role"], changed["capacity"]) == ("lead", 40)
    assert cothemes.json("reviewers", "set", "dan", "--capacity", 0, study=study.root)["capacity"] is None
    result = cothemes("reviewers", "set", "dan", "--role", "boss", study=study.root)
    assert (result.exit_code, "coder, adjudicator, lead" in result.stderr) == (2, True)
    listed = cothemes.done("reviewers", study=study.root)
    assert max(map(len, listed.splitlines())) <= 80


def test_the_draw_says_weeks_of_work(cothemes: Any, study: Study) -> None:
    cothemes.done("reviewers", "set", "ann", "--capacity", 2, study=study.root)
    cothemes.done("reviewers", "set", "bob", "--capacity", 6, study=study.root)
    found = cothemes.json("route", "--reviewers", "ann,bob", "--overlap", 0, "--dry-run", study=study.root)
    counts = {name: row["passages"] for name, row in found["reviewers"].items()}
    assert counts["ann"] < counts["bob"]
    assert found["weeks"] == {"ann": counts["ann"] / 2, "bob": counts["bob"] / 6}
    text = cothemes.done("route", "--reviewers", "ann,bob", "--dry-run", study=study.root)
    assert "weeks" in text
    assert max(map(len, text.splitlines())) <= 80


def test_who_pauses_gets_nothing_and_keeps_everything(cothemes: Any, study: Study) -> None:
    assign(study, "ann", {"talk-1.0002": Arm.BLIND, "talk-1.0004": Arm.BLIND})
    desk = Desk(study, "ann")
    desk.done(desk.decide(desk.card("talk-1.0002"), "A1", Action.ADD))
    said = cothemes.done("reviewers", "pause", "ann", study=study.root)
    assert "1 passages are done and count as before" in said
    assert "reviewers reassign ann TO" in said
    result = cothemes("route", "--reviewers", "ann,bob", study=study.root)
    assert (result.exit_code, "reviewers resume" in result.stderr) == (3, True)
    assert len(study.store.reviews.assignments()) == 2
    assert "ann pauses since" in cothemes.done("status", study=study.root)
    assert [s.assignment.passage for s in Desk(study, "ann").queue().waiting] == ["talk-1.0004"]
    cothemes.done("reviewers", "resume", "ann", study=study.root)
    assert cothemes.json("route", "--reviewers", "ann,bob", study=study.root)["assignments"]


def test_open_work_moves_and_begun_work_and_double_work_do_not(cothemes: Any, study: Study) -> None:
    study.store.reviews.assign([])
    assign(
        study, "ann",
        {
            "talk-1.0002": Arm.BLIND, "talk-1.0004": Arm.BLIND, "talk-2.0002": Arm.ASSISTED,
            "policy.0001": Arm.BLIND,
        },
    )  # fmt: skip
    assign(study, "bob", {"talk-1.0002": Arm.BLIND})
    ann = Desk(study, "ann")
    ann.decide(ann.card("talk-1.0004"), "B1", Action.ADD)
    card = ann.card("policy.0001")
    ann.keep(card, [ann.session(card).skip(card)])
    dry = cothemes.json("reviewers", "reassign", "ann", "bob", "--dry-run", study=study.root)
    assert [m["passage"] for m in dry["moved"]] == ["talk-2.0002", "policy.0001"]
    assert len(study.store.reviews.assignments(reviewer="ann")) == 4
    moved = cothemes.json("reviewers", "reassign", "ann", "bob", study=study.root)
    assert moved["moved"] == [
        {"passage": "talk-2.0002", "arm": "reveal"},  # among bob's first 50: blind first
        {"passage": "policy.0001", "arm": "blind"},
    ]
    assert moved["stayed"] == {
        "the other has the passage already": ["talk-1.0002"],
        "begun there, so to be finished there": ["talk-1.0004"],
    }
    assert {a.passage for a in study.store.reviews.assignments(reviewer="ann")} == {
        "talk-1.0002",
        "talk-1.0004",
    }
    again = cothemes.json("reviewers", "reassign", "ann", "bob", study=study.root)
    assert again["moved"] == []
    with pytest.raises(StateConflict, match="given on to bob"):
        ann.decide(ann.card("policy.0001"), "A1", Action.ADD)


def test_only_some_documents_move(cothemes: Any, study: Study) -> None:
    assign(study, "ann", {"talk-1.0002": Arm.BLIND, "talk-2.0002": Arm.BLIND})
    found = cothemes.json(
        "reviewers", "reassign", "ann", "cat", "--documents", "talk-2", study=study.root
    )  # fmt: skip
    assert [m["passage"] for m in found["moved"]] == ["talk-2.0002"]
    for words in (("ann", "cat", "--documents", "nothing"), ("ann", "ann"), ("ann", "zoe")):
        assert cothemes("reviewers", "reassign", *words, study=study.root).exit_code == 2


def test_who_was_shown_the_codes_in_adjudication_does_not_get_the_passage(
    cothemes: Any, study: Study
) -> None:
    from datetime import UTC, datetime

    from cothemes.records.adjudication import Ruling, Settlement

    study.store.reviews.add_reviewer(Reviewer(name="dan", added=datetime(2026, 11, 3, tzinfo=UTC)))
    assign(study, "ann", {"talk-1.0002": Arm.BLIND, "talk-2.0002": Arm.BLIND})
    study.store.settlements.append(
        [
            Settlement(
                id="1", at=datetime(2026, 11, 3, tzinfo=UTC), by="cat", passage="talk-1.0002", round="main",
                ruling=Ruling.OPENED, codebook_hash=study.codebook.hash, readers=("dan",),
            )
        ]
    )  # fmt: skip
    for name in ("cat", "dan"):
        found = cothemes.json("reviewers", "reassign", "ann", name, "--dry-run", study=study.root)
        assert [m["passage"] for m in found["moved"]] == ["talk-2.0002"]


def test_status_says_how_many_blind_passages_would_tell(cothemes: Any, study: Study) -> None:
    assign(study, "ann", {f"talk-{n}.0002": Arm.ASSISTED for n in range(1, 5)} | {"policy.0001": Arm.BLIND})
    found = cothemes.json("status", study=study.root)["reviewers"][0]["anchoring"]
    assert (found["blind"], found["assisted"], found["needed"], found["enough"]) == (1, 4, None, False)
    text = " ".join(cothemes.done("status", study=study.root).split())
    assert (found["compared_blind"], found["compared_assisted"], found["half_width"]) == (0, 0, None)
    assert "no document with both blind and assisted passages" in text
    assert "takes 62 assisted ones" in text


def test_the_next_step_names_all_who_code(cothemes: Any, tmp_path: Path) -> None:
    cothemes.done("init", tmp_path / "study", "--from", "blank")
    cothemes.done("reviewers", "add", "ana", study=tmp_path / "study")
    told = cothemes.done("reviewers", "add", "ben", study=tmp_path / "study")
    assert "cothemes route --reviewers ana,ben --dry-run" in told
