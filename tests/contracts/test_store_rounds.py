"""The store gives a passage to the same reviewer once more, and the first assignment stays as it was."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.doubles.coded_study import NOW, study_in
from tests.doubles.decisions import read

from cothemes.app.study import Study
from cothemes.records.review import Action, Arm, Assignment, Decision
from cothemes.stages.review.reading_state import fold_all


@pytest.fixture
def study(tmp_path: Path) -> Study:
    made = study_in(tmp_path / "study")
    read(made, "ann", "talk-1.0002", ("A1",), round_name="pilot")
    read(made, "ann", "talk-1.0004", ("A2",), round_name="pilot")
    return made


def again(passage: str, position: int, round_name: str = "again", **fields: object) -> Assignment:
    return Assignment.model_validate(
        {
            "reviewer": "ann", "passage": passage, "document": "talk-1", "round": round_name,
            "arm": Arm.BLIND, "probability": 0.5, "double": True, "position": position, "drawn": NOW,
            "seed": 1, "codes": ("A1",), **fields,
        }
    )  # fmt: skip


def test_recodings_come_behind_the_first_assignment_and_once(study: Study) -> None:
    reviews = study.store.reviews
    reviews.assign([again("talk-1.0002", 7)])
    reviews.assign([again("talk-1.0002", 9, codes=("B1",))])
    found = reviews.assignments(reviewer="ann")
    assert [(a.passage, a.round, a.position) for a in found] == [
        ("talk-1.0002", "pilot", 0),
        ("talk-1.0004", "pilot", 1),
        ("talk-1.0002", "again", 7),
    ]
    assert found[2] == again("talk-1.0002", 7)
    assert found[0].codes == ()
    assert reviews.assignments(round_name="again") == [again("talk-1.0002", 7)]
    assert [a.round for a in reviews.assignments(passage="talk-1.0002")] == ["pilot", "again"]
    assert reviews.assignments(reviewer="bob") == []


def test_each_round_is_folded_from_its_own_decisions(study: Study) -> None:
    reviews = study.store.reviews
    reviews.assign([again("talk-1.0002", 7)])
    done = Decision(
        id="d1", at=NOW, reviewer="ann", passage="talk-1.0002", round="again", arm=Arm.BLIND,
        action=Action.DONE, codebook_hash="h2",
    )  # fmt: skip
    reviews.append([done])
    first, _, second = fold_all(reviews.assignments(), reviews.decisions())
    assert (first.assignment.round, list(first.coded), first.done) == ("pilot", ["A1"], True)
    assert (second.assignment.round, list(second.coded), second.first.done) == ("again", [], done)
