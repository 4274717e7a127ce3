"""Under which wording a reading stands, and how long a reviewer takes."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from tests.doubles.coded_study import NOW, study_in
from tests.doubles.decisions import read

from cothemes.app.study import Study
from cothemes.records.review import Action, Arm, Decision
from cothemes.stages.review.reading_state import fold_all
from cothemes.stages.review.wordings import code_readings, finished_readings, same_as_now, wording_of
from cothemes.stages.review.working_time import minutes_per_passage


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return study_in(tmp_path / "study")


def test_an_answer_by_name_carries_its_wording_and_the_rest_stand_under_the_codebook_of_done(
    study: Study,
) -> None:
    read(study, "ann", "talk-1.0002", ("A1",), round_name="pilot")
    read(study, "bob", "talk-1.0004", ("A2",), done=False)
    (standing, unfinished) = fold_all(study.store.reviews.assignments(), study.store.reviews.decisions())
    books = {study.codebook.hash: {"A1": "not looked at", "A2": "w2"}}
    found = code_readings([standing, unfinished], ["A1", "A2", "B1"], books)
    hashed = study.codebook.by_id["A1"].text_hash
    assert [(r.code, r.applied, r.answered, r.wording) for r in found] == [
        ("A1", True, True, hashed),
        ("A2", False, False, "w2"),
        ("B1", False, False, None),
    ]
    assert {(r.round, r.arm, r.reviewer) for r in found} == {("pilot", Arm.BLIND, "ann")}
    assert finished_readings(unfinished) == []
    assert wording_of(standing.first, "A2", {}) is None


def done(seconds: float, action: Action = Action.DONE) -> Decision:
    return Decision(
        id=str(seconds), at=NOW + timedelta(seconds=seconds), reviewer="ann", passage="p", round="main",
        arm=Arm.BLIND, action=action, codebook_hash="h",
    )  # fmt: skip


def test_the_pace_is_the_median_and_pauses_do_not_count() -> None:
    # Gaps between one done and the next: 60, 90 (40 + 50), a pause of 4,000, 60, 120, 60. The passage after
    # the pause is not timed; the median of 60, 90, 60, 120, 60 is 60 seconds.
    acts = [
        done(0), done(60), done(100, Action.ADD), done(150), done(4150), done(4210), done(4330), done(4390),
    ]  # fmt: skip
    assert minutes_per_passage(acts) == 1.0
    assert minutes_per_passage(acts[:-1]) is None, "four are too few"


def test_a_clock_that_goes_back_and_scripts_say_nothing_of_the_pace() -> None:
    assert minutes_per_passage([done(0)] * 50) is None
    assert minutes_per_passage([done(-60 * n) for n in range(50)]) is None
    assert minutes_per_passage([]) is None


def test_what_was_called_the_same_holds_both_ways_and_goes_on() -> None:
    pairs = [("A", "t1", "t2"), ("A", "t3", "t2"), ("A", "t8", "t9"), ("B", "u1", "u2"), ("C", "v", "w")]
    assert same_as_now(pairs, {"A": "t3", "B": "u9"}) == {"A": frozenset({"t1", "t2", "t3"})}
    assert same_as_now([], {"A": "t1"}) == {}
