"""Unambiguous short forms of passage and document ids are accepted wherever an id is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.doubles.coded_study import assign, study_in

from cothemes.app.corpus.passages import found_passage
from cothemes.app.study import Study
from cothemes.errors import UnknownPassage
from cothemes.presentation.ids import short_id
from cothemes.records.review import Arm

MONEY = "talk-1.0004"


@pytest.fixture
def study(tmp_path: Path) -> Study:
    made = study_in(tmp_path / "study", documents=12)
    assign(made, "ann", {MONEY: Arm.BLIND, "talk-2.0004": Arm.BLIND, "policy.0001": Arm.BLIND})
    return made


@pytest.mark.parametrize(
    ("word", "passage"),
    [
        ("talk-12.0004", "talk-12.0004"),
        ("talk-12.4", "talk-12.0004"),
        ("pol.1", "policy.0001"),
        ("pol….0001", "policy.0001"),
        ("policy.0001", "policy.0001"),
        ("talk-12.0004…", "talk-12.0004"),
        # Of an id and a longer one that begins with it, the id itself is meant.
        ("talk-1.0004", MONEY),
    ],
)
def test_a_short_form_names_one_passage(study: Study, word: str, passage: str) -> None:
    assert found_passage(study, word).id == passage


def test_an_ambiguous_form_lists_its_candidates(study: Study) -> None:
    with pytest.raises(UnknownPassage) as error:
        found_passage(study, "talk-1.4")
    listed = error.value.hint
    assert all(each in listed for each in (MONEY, "talk-10.0004", "talk-11.0004", "talk-12.0004"))
    assert "talk-2" not in listed
    for word in ("", "…", "nothing", "talk-3.9999"):
        with pytest.raises(UnknownPassage):
            found_passage(study, word)


def test_the_commands_take_them_and_name_the_whole_id(study: Study, cothemes: Any) -> None:
    study.close()
    at = study.root
    assert cothemes.json("show", "talk-2.4", study=at)["passage"] == "talk-2.0004"
    made = cothemes.json("decide", "talk-2.4", "A2", "add", "--as", "ann", study=at)
    assert (made["passage"], list(made["codes"])) == ("talk-2.0004", ["A2"])
    assert "done talk-2.0004" in cothemes.done("done", "talk-2.4", "--as", "ann", study=at)
    assert "reopened talk-2.0004" in cothemes.done("done", "talk-2.4", "--reopen", "--as", "ann", study=at)
    assert {d.passage for d in Study(at).store.reviews.decisions()} == {"talk-2.0004"}
    cothemes.done("memo", "add", "a thought", "--document", "pol", "--as", "ann", study=at)
    assert len(cothemes.json("memo", "--document", "pol", study=at)) == 1
    refused = cothemes("decide", "talk-1.4", "A2", "add", "--as", "ann", study=at)
    assert refused.exit_code == 2
    assert "talk-10.0004" in refused.stderr


def test_options_that_take_documents_take_short_forms(study: Study, cothemes: Any) -> None:
    at = study.root
    study.close()
    drawn = cothemes.json("route", "--reviewers", "bob", "--documents", "pol", "--dry-run", study=at)
    assert {each["passage"].partition(".")[0] for each in drawn["assignments"]} == {"policy"}
    moved = cothemes.json("reviewers", "reassign", "ann", "bob", "--documents", "pol", "--dry-run", study=at)
    assert [each["passage"] for each in moved["moved"]] == ["policy.0001"]
    refused = cothemes("route", "--reviewers", "bob", "--documents", "talk-1,tal", "--dry-run", study=at)
    assert refused.exit_code == 2
    assert "talk-10" in refused.stderr


def test_an_id_is_cut_only_where_its_beginning_names_it_alone() -> None:
    ids = ["interview-of-may-1", "interview-of-may-2", "policy-of-the-board"]
    assert short_id("policy-of-the-board", ids, 10) == "policy-of…"
    assert short_id("interview-of-may-1", ids, 10) == "interview-of-may-1"
    assert short_id("policy", ids, 10) == "policy"
