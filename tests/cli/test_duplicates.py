"""`cothemes duplicates` and `decide-once`: passages that say nearly the same, listed, and decided once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.doubles.coded_study import assign, propose, study_in

from cothemes.app.study import Study
from cothemes.records.review import Arm

FIRST, SECOND, THIRD = (f"talk-{number}.0002" for number in (1, 2, 3))


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """Three talks of the same words; ann reads the first answer of two blind, and of the third assisted."""
    made = study_in(tmp_path / "study", documents=3)
    propose(made)
    assign(made, "ann", {FIRST: Arm.BLIND, SECOND: Arm.BLIND, THIRD: Arm.ASSISTED})
    return made


@pytest.fixture
def decided(cothemes: Any, study: Study) -> Study:
    cothemes.done("duplicates", study=study.root)
    cothemes.done("decide", "--as", "ann", FIRST, "A1", "add", "--attr", "valence=helps", study=study.root)
    cothemes.done("done", "--as", "ann", FIRST, study=study.root)
    return study


def test_they_are_listed_with_their_documents(cothemes: Any, study: Study) -> None:
    """Turns of 8 words and more: two of ann's and the room without windows; the questions are shorter."""
    found = cothemes.json("duplicates", study=study.root)
    first = found["groups"][0]
    assert (first["passages"], first["documents"]) == ([FIRST, SECOND, THIRD], ["talk-1", "talk-2", "talk-3"])
    assert (first["words"], first["identical"]) == (14, True)
    assert found["repeated"] == sum(len(each["passages"]) for each in found["groups"])
    assert all(each["words"] >= 8 for each in found["groups"])


def test_the_card_names_the_others_where_it_may_have_remarks(cothemes: Any, decided: Study) -> None:
    assert FIRST in cothemes.done("show", THIRD, "--as", "ann", study=decided.root)


def test_codes_are_copied_to_the_same_persons_arm_alone(cothemes: Any, decided: Study) -> None:
    found = cothemes.json("decide-once", FIRST, "--as", "ann", study=decided.root)
    assert (found["codes"], found["copied_to"]) == (["A1"], [SECOND])
    assert found["left"] == {THIRD: "in another arm"}
    listed = cothemes.json("codings", study=decided.root)
    copies = [each for each in listed["decided"] if "copied_from" in each]
    assert [(each["passage"], each["by"], each["copied_from"]) for each in copies] == [(SECOND, "ann", FIRST)]
    assert copies[0]["attributes"] == {"valence": ["helps"]}
    assert (listed["counts"]["decided"], listed["counts"]["copied"]) == (2, 1)
    story = cothemes.json("audit", SECOND, study=decided.root)["entries"]
    assert {each["note"] for each in story if each["event"] == "decided"} == {f"copied from {FIRST}"}
    again = cothemes.json("decide-once", FIRST, "--as", "ann", study=decided.root)
    assert again["left"][SECOND] == "finished already"


def test_a_copy_can_be_undone(cothemes: Any, decided: Study) -> None:
    """Each undo takes back one act: the end of the passage, then its code."""
    made = cothemes.json("decide-once", FIRST, "--as", "ann", study=decided.root)
    assert made["undos"] == 2
    for _ in range(made["undos"]):
        assert cothemes.json("undo", "--as", "ann", study=decided.root)["passage"] == SECOND
    counts = cothemes.json("codings", study=decided.root)["counts"]
    assert (counts["decided"], "copied" in counts) == (1, False)


def test_it_is_refused_where_nothing_is_known_or_finished(cothemes: Any, study: Study) -> None:
    assert cothemes("decide-once", FIRST, "--as", "ann", study=study.root).exit_code == 3
    cothemes.done("done", "--as", "ann", FIRST, study=study.root)
    refused = cothemes("decide-once", FIRST, "--as", "ann", study=study.root)
    assert (refused.exit_code, "cothemes duplicates" in refused.stderr) == (3, True)


def test_what_was_decided_already_stays(cothemes: Any, decided: Study) -> None:
    cothemes.done("decide", "--as", "ann", SECOND, "B1", "add", study=decided.root)
    found = cothemes.json("decide-once", FIRST, "--as", "ann", study=decided.root)
    assert (found["copied_to"], found["left"][SECOND]) == ([], "begun already")


def test_agreement_says_how_many_were_copied(cothemes: Any, decided: Study) -> None:
    assign(decided, "bob", {FIRST: Arm.BLIND, SECOND: Arm.BLIND})
    for passage in (FIRST, SECOND):
        cothemes.done("decide", "--as", "bob", passage, "A1", "add", study=decided.root)
        cothemes.done("done", "--as", "bob", passage, study=decided.root)
    before = cothemes.json("agreement", study=decided.root)["notes"]
    cothemes.done("decide-once", FIRST, "--as", "ann", study=decided.root)
    after = cothemes.json("agreement", study=decided.root)["notes"]
    assert any("1 readings were copied" in note for note in set(after) - set(before))


def test_all_of_a_passage_is_copied_or_nothing(
    cothemes: Any, decided: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cothemes.adapters.sql.copied_decisions import SqlCopiedDecisions

    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(SqlCopiedDecisions, "append", killed)
        cothemes("decide-once", FIRST, "--as", "ann", study=decided.root)
    assert not [each for each in decided.store.reviews.decisions() if each.passage == SECOND]
    assert cothemes.json("decide-once", FIRST, "--as", "ann", study=decided.root)["copied_to"] == [SECOND]
