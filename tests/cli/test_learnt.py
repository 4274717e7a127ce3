"""What `propose` says that it learnt, and what it learns from passages done with suggestions in view."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.conftest import CommandLine
from tests.doubles.coded_study import assign, propose, study_in
from tests.doubles.decisions import read
from tests.doubles.embedder import HashedBagEmbedder

from cothemes.app import wiring
from cothemes.app.coders.offline import lessons, reviewed_passages
from cothemes.app.review.review import Desk
from cothemes.app.study import Study
from cothemes.records.review import Action, Arm


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    """Six interviews and a policy text; talk-n.0002 has A1 suggested, talk-n.0004 A2."""
    monkeypatch.setattr(wiring, "embedder", HashedBagEmbedder)
    made = study_in(tmp_path / "study", documents=6)
    propose(made, "earlier")
    return made


def test_before_anyone_reviewed_nothing_is_said_of_learning(cothemes: CommandLine, study: Study) -> None:
    assert "Learnt" not in cothemes.done("propose", "--coder", "offline", "--recode", study=study.root)
    again = cothemes.json("propose", "--coder", "offline", "--recode", study=study.root)
    assert again["learnt"] is None


def test_who_taught_how_much_and_which_threshold_each_code_has(cothemes: CommandLine, study: Study) -> None:
    blind = {f"talk-{n}.000{at}": Arm.BLIND for n in range(1, 6) for at in (2, 4)}
    assign(study, "ann", blind)
    ann = Desk(study, "ann")
    for passage in blind:
        card = ann.card(passage)
        if passage.endswith("2"):
            card = ann.decide(card, "A1", Action.ADD)
        ann.done(card)
    said = cothemes.done("propose", "--coder", "offline", "--recode", study=study.root)
    told = " ".join(said.split())
    assert "Learnt from 10 reviewed passages, 5 of them with a code." in told
    assert "Given fewer than 20 times, with a threshold that they share: A1 5." in told
    why = "on no passage that is done and undisputed"
    assert f"Not learnt yet, at the shipped threshold ({why}): A2, B1." in told
    assert max(map(len, said.splitlines())) <= 80


def test_the_same_for_programs_and_on_the_runs_record(cothemes: CommandLine, study: Study) -> None:
    assign(study, "ann", {"talk-1.0002": Arm.BLIND})
    ann = Desk(study, "ann")
    ann.done(ann.decide(ann.card("talk-1.0002"), "A1", Action.ADD))
    found = cothemes.json("propose", "--coder", "offline", "--recode", study=study.root)
    assert found["learnt"] == {
        "passages": 1,
        "with_a_code": 1,
        "with_codes_passed_over": 0,
        "given": {"A1": 1, "A2": 0, "B1": 0},
        "own_threshold": [],
        "leaning_threshold": [],
        "shipped_threshold": ["A1", "A2", "B1"],
    }
    run = next(run for run in study.store.runs.all() if run.id == found["run"])
    assert run.details["given"] == {"A1": 1}


def test_one_passage_sets_no_threshold_and_says_so(cothemes: CommandLine, study: Study) -> None:
    assign(study, "ann", {"talk-1.0002": Arm.BLIND})
    ann = Desk(study, "ann")
    ann.done(ann.decide(ann.card("talk-1.0002"), "A1", Action.ADD))
    said = cothemes.done("propose", "--coder", "offline", "--recode", study=study.root)
    assert "Learnt from 1 reviewed passage, 1 of them with a code." in said
    assert "Too few to set a threshold by: all codes keep the shipped one." in said


def test_what_was_neither_offered_nor_given_was_passed_over(cothemes: CommandLine, study: Study) -> None:
    # A1 is offered on talk-1.0002 and taken; on talk-2.0002 it is turned down by being left at *done*. On
    # policy.0001 it is offered to bob too, who reads blind and says no to everything.
    assign(
        study, "ann", {"talk-1.0002": Arm.ASSISTED, "talk-2.0002": Arm.ASSISTED, "policy.0001": Arm.ASSISTED}
    )
    assign(study, "bob", {"policy.0001": Arm.BLIND})
    ann, bob = Desk(study, "ann"), Desk(study, "bob")
    ann.done(ann.decide(ann.card("talk-1.0002"), "A1", Action.ACCEPT))
    ann.done(ann.decide(ann.card("talk-2.0002"), "A1", Action.REJECT))
    ann.done(ann.decide(ann.card("policy.0001"), "B1", Action.ADD))
    bob.done(bob.card("policy.0001"))
    found = {each.passage.id: (dict(each.labels), set(each.passed_over)) for each in lessons(study)}
    assert found == {
        "talk-1.0002": ({"A1": 1}, {"A2", "B1"}),
        "talk-2.0002": ({"A1": 0}, {"A2", "B1"}),
        # One says that B1 applies, one that not: a tie says nothing. Of A2 bob's no stands, not a silence.
        "policy.0001": ({"A1": 0, "A2": 0}, set()),
    }
    said = " ".join(cothemes.done("propose", "--coder", "offline", "--recode", study=study.root).split())
    assert "In 2, reviewed with suggestions in view, what nobody offered and nobody gave counts half." in said


def test_a_passage_on_which_all_was_passed_over_teaches_but_is_no_example(study: Study) -> None:
    assign(study, "ann", {"talk-1.0005": Arm.ASSISTED})
    ann = Desk(study, "ann")
    ann.done(ann.card("talk-1.0005"))
    [lesson] = lessons(study)
    assert (dict(lesson.labels), lesson.passed_over) == ({}, {"A1", "A2", "B1"})
    assert reviewed_passages(study) == []


def test_a_reader_who_answers_nothing_that_she_sees_teaches_nothing(study: Study) -> None:
    # A1 is offered on talk-1.0002 and talk-2.0002, and left unanswered on both.
    assign(study, "ann", {"talk-1.0002": Arm.ASSISTED, "talk-2.0002": Arm.ASSISTED})
    ann = Desk(study, "ann")
    ann.done(ann.card("talk-1.0002"))
    assert lessons(study) == []
    # Having said something of the passage, she has looked: what she left is a weak no.
    ann.done(ann.decide(ann.card("talk-2.0002"), "B1", Action.ADD))
    [lesson] = lessons(study)
    assert lesson.passage.id == "talk-2.0002"
    assert (dict(lesson.labels), lesson.passed_over) == ({"B1": 1}, {"A1", "A2"})


def test_a_tie_teaches_once_it_is_settled(cothemes: CommandLine, study: Study) -> None:
    # Ann gives A1 and B1, bob A1 alone: B1 is one of two and says nothing until it is settled.
    read(study, "ann", "talk-1.0004", ("A1", "B1"))
    read(study, "bob", "talk-1.0004", ("A1",))
    [before] = lessons(study)
    assert dict(before.labels) == {"A1": 1, "A2": 0}
    words = ("adjudicate", "--as", "ann", "--passage", "talk-1.0004", "--code", "B1", "yes")
    cothemes.done(*words, study=study.root)
    [after] = lessons(study)
    assert dict(after.labels) == {"A1": 1, "A2": 0, "B1": 1}
    found = cothemes.json("propose", "--coder", "offline", "--recode", study=study.root)
    assert found["learnt"]["given"] == {"A1": 1, "A2": 0, "B1": 1}


def test_nothing_to_propose_says_what_was_reviewed_since_and_how_to_learn_from_it(
    cothemes: CommandLine, study: Study
) -> None:
    cothemes.done("propose", "--coder", "offline", "--recode", study=study.root)
    at_once = " ".join(cothemes.done("propose", "--coder", "offline", study=study.root).split())
    assert "It has learned from no reviewed passage: none is finished." in at_once
    read(study, "ann", "talk-1.0004", ("A1",))
    read(study, "ann", "talk-2.0004", ("A1",))
    told = cothemes.done("propose", "--coder", "offline", study=study.root)
    assert "with 2 reviewed passages" not in told
    said = " ".join(told.split())
    assert "It had learned from 0 reviewed passages; 2 more were reviewed since." in said
    assert "cothemes propose --coder offline --recode" in told
    found = cothemes.json("propose", "--coder", "offline", study=study.root)["taught_since"]
    assert (found["fewest"], found["most"], found["now"]) == (0, 0, 2)
    cothemes.done("propose", "--coder", "offline", "--recode", study=study.root)
    again = " ".join(cothemes.done("propose", "--coder", "offline", study=study.root).split())
    assert "It had learned from 2 reviewed passages; there are no others." in again
