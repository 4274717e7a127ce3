"""`queue`, `decide`, `done`, `undo`: review by single commands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.doubles.coded_study import assign, propose, study_in

from cothemes.app.ratings import human_ratings
from cothemes.app.study import Study, find_study
from cothemes.records.review import Action, Arm


@pytest.fixture
def study(tmp_path: Path) -> Study:
    study = study_in(tmp_path / "study")
    propose(study)
    assign(
        study,
        "ann",
        {"talk-1.0002": Arm.BLIND, "talk-1.0004": Arm.ASSISTED, "talk-2.0004": Arm.REVEAL},
    )
    return study


def test_the_queue_is_served_in_order(cothemes: Any, study: Study) -> None:
    found = cothemes.json("queue", "--as", "ann", study=study.root)
    assert [one["passage"] for one in found["waiting"]] == ["talk-1.0002", "talk-1.0004", "talk-2.0004"]
    assert [one["reading"] for one in found["waiting"]] == ["blind", "assisted", "blind"]
    text = cothemes.done("queue", "--as", "ann", "--limit", 1, study=study.root)
    assert "… and 2 more" in text
    assert "talk-1.0004" not in text


def test_decide_done_and_undo(cothemes: Any, study: Study) -> None:
    at = study.root
    found = cothemes.json(
        "decide", "--as", "ann", "talk-1.0004", "A2", "accept", "--attr", "valence=hinders",
        "--attr", "status=experienced,intended", "--span", "0:26", "--note", "plain", study=at,
    )  # fmt: skip
    assert found["codes"]["A2"]["attributes"] == {
        "status": ["experienced", "intended"],
        "valence": ["hinders"],
    }
    assert found["unanswered"] == []
    stored = study.store.reviews.decisions(reviewer="ann")[-1]
    offset = study.store.passages.get("talk-1.0004")
    assert offset is not None
    assert (stored.start, stored.end, stored.note) == (offset.start, offset.start + 26, "plain")
    assert len(stored.id) == 36
    assert stored.id[14] == "7"  # UUIDv7
    assert cothemes.json("done", "--as", "ann", "talk-1.0004", study=at)["state"] == "done"
    undone = cothemes.json("undo", "--as", "ann", study=at)
    assert (undone["undone"], undone["passage"]) == ("done", "talk-1.0004")
    assert (undone["state"], undone["codes"], undone["locked"]) == ("begun", ["A2"], None)
    undone = cothemes.json("undo", "--as", "ann", study=at)
    assert (undone["undone"], undone["code"]) == ("accept", "A2")
    result = cothemes("undo", "--as", "ann", study=at)
    assert (result.exit_code, "nothing to undo" in result.stderr) == (3, True)
    assert [d.action for d in study.store.reviews.decisions()] == [
        Action.ACCEPT,
        Action.DONE,
        Action.UNDO,
        Action.UNDO,
    ]


def test_undo_says_what_went_and_what_stands_now(cothemes: Any, study: Study) -> None:
    at, passage = study.root, "talk-1.0004"
    told = cothemes.done("decide", "--as", "ann", passage, "A2", "accept", study=at)
    assert told == f"recorded: accept A2 on {passage}\ncodes now: A2; begun\n"
    cothemes.done("decide", "--as", "ann", passage, "A2", "accept", "--attr", "valence=helps", study=at)
    told = cothemes.done("undo", "--as", "ann", study=at)
    assert told == f"undone: attributes of A2 on {passage}\ncodes now: A2; begun\n"
    told = cothemes.done("undo", "--as", "ann", study=at)
    assert told == f"undone: accept A2 on {passage}\ncodes now: none; new\n"


def test_undo_says_that_it_steps_over_locked_codes(cothemes: Any, study: Study) -> None:
    at = study.root
    cothemes.done("decide", "--as", "ann", "talk-1.0002", "A1", "add", study=at)
    cothemes.done("done", "--as", "ann", "talk-2.0004", study=at)
    told = cothemes.done("undo", "--as", "ann", study=at)
    assert told.startswith("blind codes of talk-2.0004 are locked; back at talk-1.0002, undone: add A1 on")


def test_done_says_what_it_implies(cothemes: Any, study: Study) -> None:
    result = cothemes("done", "--as", "ann", "talk-1.0004", study=study.root)
    assert result.exit_code == 0
    assert "rejected, marked implicit: A2" in result.stderr
    implied = study.store.reviews.decisions()[0]
    assert (implied.action, implied.code, implied.implicit) == (Action.REJECT, "A2", True)
    assert implied.code_hash == study.codebook.by_id["A2"].text_hash


def test_a_finished_passage_is_reopened_by_name(cothemes: Any, study: Study) -> None:
    cothemes.done("done", "--as", "ann", "talk-1.0002", study=study.root)
    result = cothemes("decide", "--as", "ann", "talk-1.0002", "A1", "add", study=study.root)
    assert (result.exit_code, "--reopen" in result.stderr) == (3, True)
    found = cothemes.json("done", "--as", "ann", "talk-1.0002", "--reopen", study=study.root)
    assert found["state"] != "done"
    cothemes.done("decide", "--as", "ann", "talk-1.0002", "A1", "add", study=study.root)


def test_reveal_by_commands(cothemes: Any, study: Study) -> None:
    at, passage = study.root, "talk-2.0004"
    cothemes.done("decide", "--as", "ann", passage, "B1", "add", study=at)
    result = cothemes("done", "--as", "ann", passage, study=at)
    assert "locked" in result.stderr
    found = cothemes.json("show", passage, "--as", "ann", study=at)
    assert (found["reading"], found["unanswered"]) == ("reveal", ["A2"])
    assert cothemes("undo", "--as", "ann", study=at).exit_code == 3
    cothemes.done("decide", "--as", "ann", passage, "A2", "accept", study=at)
    assert cothemes.json("done", "--as", "ann", passage, study=at)["state"] == "done"
    values = {(r.arm, r.code): r.value for r in human_ratings(study).ratings}
    assert values == {
        ("reveal", "A1"): 0,
        ("reveal", "A2"): 0,
        ("reveal", "B1"): 1,
        ("revealed", "A1"): 0,
        ("revealed", "A2"): 1,
        ("revealed", "B1"): 1,
    }


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("decide", "--as", "bob", "talk-1.0002", "A1", "add"), 3, "route --reviewers bob"),
        (("decide", "--as", "ann", "policy.0001", "A1", "add"), 3, "not assigned to ann"),
        (("decide", "--as", "eve", "talk-1.0002", "A1", "add"), 2, "Registered: ann, bob"),
        (("decide", "--as", "ann", "talk-1.9999", "A1", "add"), 2, "Near it: talk-1.0001"),
        (("decide", "--as", "ann", "talk-1.0002", "Z9", "add"), 2, "Codes: A1, A2, B1"),
        (("decide", "--as", "ann", "talk-1.0002", "A1", "accept"), 2, "Give it yourself"),
        (("decide", "--as", "ann", "talk-2.0004", "A2", "accept"), 2, "talk-2.0004 A2 add --as ann"),
        (("decide", "--as", "ann", "talk-2.0004", "A2", "accept"), 2, "no suggestions are shown"),
        (("decide", "--as", "ann", "talk-1.0004", "B1", "reject"), 2, "nothing has to be rejected"),
        (("decide", "--as", "ann", "talk-1.0004", "A2", "accept", "--attr", "x"), 2, "NAME=VALUE"),
        (("decide", "--as", "ann", "talk-1.0004", "A2", "accept", "--attr", "valence=x"), 2, "Values: helps"),
        (("decide", "--as", "ann", "talk-1.0004", "A2", "accept", "--span", "9"), 2, "START:END"),
        (("decide", "--as", "ann", "talk-1.0004", "A2", "accept", "--span", "0:999"), 2, "outside the"),
        (("decide", "--as", "ann", "talk-1.0004", "A2", "praise"), 2, "praise"),
        (("done", "--as", "ann", "talk-1.0004", "--reopen"), 3, "not finished"),
        (("queue", "--as", "Ann"), 2, "Did you mean ann?"),
    ],
)  # fmt: skip
def test_refusals_say_what_to_do_and_record_nothing(
    cothemes: Any, study: Study, words: tuple[str, ...], code: int, says: str
) -> None:
    result = cothemes(*words, study=study.root)
    assert result.exit_code == code
    assert says in result.stderr
    assert study.store.reviews.decisions() == []


def test_decisions_under_another_wording_are_kept_out(cothemes: Any, study: Study) -> None:
    cothemes.done("decide", "--as", "ann", "talk-1.0002", "A1", "add", study=study.root)
    cothemes.done("done", "--as", "ann", "talk-1.0002", study=study.root)
    path = study.codebook_path
    path.write_text(
        path.read_text(encoding="utf-8").replace("people trust or distrust", "people trust"),
        encoding="utf-8",
    )
    edited = find_study(study.root, given=True)
    found = human_ratings(edited)
    assert {r.code: r.value for r in found.ratings} == {"A2": 0, "B1": 0}
    assert found.kept_out == {"A1": 1}
    listed = cothemes.json("codings", study=study.root)
    assert [one["current_wording"] for one in listed["decided"]] == [False]
    assert "earlier wording" in " ".join(cothemes.done("codings", study=study.root).split())


def test_a_passage_of_an_earlier_cut_is_not_served(cothemes: Any, study: Study) -> None:
    cothemes.done("decide", "--as", "ann", "talk-1.0004", "A2", "accept", study=study.root)
    study.store.passages.replace("talk-1", [])
    found = cothemes.json("queue", "--as", "ann", study=study.root)
    assert [one["passage"] for one in found["waiting"]] == ["talk-2.0004"]
    assert found["aside"] == 2
    listed = cothemes.json("codings", study=study.root)
    assert (listed["counts"]["decided"], listed["on_an_earlier_cut"]) == (0, 1)
