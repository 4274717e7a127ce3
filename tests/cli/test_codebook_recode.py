"""`codebook recode`: passages come back under the new wording, and nothing of the old is changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.doubles.coded_study import CODEBOOK, assign, study_in
from tests.doubles.decisions import read

from cothemes.app.review.review import Desk
from cothemes.app.study import Study
from cothemes.errors import StateConflict, UsageError
from cothemes.records.review import Action, Arm

REVISED = CODEBOOK.replace("version: 0.1.0", "version: 0.2.0").replace(
    "Says that time or money is there or is missing.", "Says that staff time or money is missing."
) + "  - id: B2\n    label: Rooms\n    definition: Says where people meet.\n"  # fmt: skip


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """Ann and Bob read talk-1.0004 in the pilot, Ann another alone; talk-2.0004 is hers to read still."""
    made = study_in(tmp_path / "study")
    read(made, "ann", "talk-1.0004", ("A2",), round_name="pilot")
    read(made, "ann", "talk-1.0002", ("A1",), round_name="pilot")
    read(made, "bob", "talk-1.0004", (), round_name="pilot")
    assign(made, "ann", {"talk-2.0004": Arm.BLIND})
    made.close()
    made.codebook_path.write_text(REVISED, encoding="utf-8")
    return Study(made.root)


def again(study: Study, cothemes: Any, *more: str) -> Any:
    study.close()
    return cothemes.json("codebook", "recode", "A2,B2", "--round", "recode-1", *more, study=study.root)


def test_everyone_gets_back_what_she_finished_under_another_wording(study: Study, cothemes: Any) -> None:
    before = study.store.reviews.decisions()
    found = again(study, cothemes)
    assert (found["passages"], found["codes"]) == ({"ann": 2, "bob": 1}, {"A2": 3, "B2": 3})
    assert (found["double"], found["open"], found["stored"]) == (2, 0, True)
    fresh = Study(study.root)
    given = fresh.store.reviews.assignments(round_name="recode-1")
    assert {(a.reviewer, a.passage, a.arm, a.double) for a in given} == {
        ("ann", "talk-1.0002", Arm.BLIND, False),
        ("ann", "talk-1.0004", Arm.BLIND, True),
        ("bob", "talk-1.0004", Arm.BLIND, True),
    }
    assert all(a.codes == ("A2", "B2") for a in given)
    assert fresh.store.reviews.decisions() == before
    assert len(fresh.store.reviews.assignments(round_name="pilot")) == 3
    assert [s.assignment.passage for s in Desk(fresh, "ann").queue().waiting] == [
        "talk-1.0002", "talk-1.0004", "talk-2.0004",
    ]  # fmt: skip


def test_what_is_given_back_stands_under_the_older_wording_until_it_is_read(
    study: Study, cothemes: Any
) -> None:
    older = {"readings": 3, "codes": {"A2": 3, "B2": 3}}
    assert cothemes.json("status", study=study.root)["older_wording"] == older
    again(study, cothemes)
    assert cothemes.json("status", study=study.root)["older_wording"] == older
    fresh = Study(study.root)
    desk = Desk(fresh, "bob")
    desk.done(desk.card("talk-1.0004"))
    fresh.close()
    left = cothemes.json("status", study=study.root)["older_wording"]
    assert left == {"readings": 2, "codes": {"A2": 2, "B2": 2}}


def test_a_dry_run_and_a_second_time_give_nothing(study: Study, cothemes: Any) -> None:
    assert again(study, cothemes, "--dry-run")["stored"] is False
    assert Study(study.root).store.reviews.assignments(round_name="recode-1") == []
    again(study, cothemes)
    refused = cothemes("codebook", "recode", "A2", "--round", "recode-2", study=study.root)
    assert refused.exit_code == 3
    assert "3 passages are open still" in refused.stderr


def test_only_where_it_was_given_leaves_design_based_estimates(study: Study, cothemes: Any) -> None:
    found = again(study, cothemes, "--only-given", "--reviewers", "ann")
    assert found["passages"] == {"ann": 1}
    (given,) = Study(study.root).store.reviews.assignments(round_name="recode-1")
    assert (given.passage, given.chance) == ("talk-1.0004", None)


def test_the_reviewer_is_asked_about_these_codes_alone_and_old_acts_stay(study: Study, cothemes: Any) -> None:
    again(study, cothemes)
    fresh = Study(study.root)
    desk = Desk(fresh, "ann")
    before = fresh.store.reviews.decisions()
    with pytest.raises(StateConflict, match="nothing to undo"):
        desk.undo()
    card = desk.card("talk-1.0004")
    assert (card.asked, card.coded) == (("A2", "B2"), {}), "she reads it afresh"
    assert "only A2, B2" in card.setting.title
    with pytest.raises(UsageError, match="asks about A2, B2 alone"):
        desk.decide(card, "A1", Action.ADD)
    card = desk.decide(card, "B2", Action.ADD)
    card = desk.done(card)
    assert desk.undo().action is Action.DONE
    desk.done(desk.card("talk-1.0004"))
    made = fresh.store.reviews.decisions()
    assert made[: len(before)] == before
    assert {d.round for d in made[len(before) :]} == {"recode-1"}


def test_ratings_of_old_and_new_are_never_pooled(study: Study, cothemes: Any) -> None:
    again(study, cothemes)
    fresh = Study(study.root)
    for name, codes in (("ann", ["A2"]), ("bob", ["A2", "B2"])):
        desk = Desk(fresh, name)
        card = desk.card("talk-1.0004")
        for code in codes:
            card = desk.decide(card, code, Action.ADD)
        desk.done(card)
    fresh.close()
    rows = cothemes.json("agreement", "--round", "recode-1", study=study.root)
    assert {(c["code"], c["units"], c["positives"]) for c in rows["codes"]} == {
        ("A2", 1, 1), ("B2", 1, 1),
    }  # fmt: skip
    pilot = cothemes.json("agreement", "--round", "pilot", study=study.root)
    assert {c["code"] for c in pilot["codes"] if c["units"]} == {"A1", "B1"}
    diff = cothemes.json("codebook", "diff", "0.1.0", study=study.root)
    touched = {each["code"]: each for each in diff["touched"]}
    assert {p["round"] for p in touched["A2"]["by_round_and_arm"]} == {"pilot"}


def test_a_locked_reveal_passage_waits_for_its_second_reading(study: Study, cothemes: Any) -> None:
    study.codebook_path.write_text(CODEBOOK, encoding="utf-8")
    under_old = Study(study.root)
    assign(under_old, "bob", {"talk-2.0002": Arm.REVEAL})
    desk = Desk(under_old, "bob")
    desk.done(desk.card("talk-2.0002"))
    under_old.close()
    study.codebook_path.write_text(REVISED, encoding="utf-8")
    found = again(Study(study.root), cothemes)
    assert (found["passages"]["bob"], found["open"]) == (1, 1)


@pytest.mark.parametrize(
    ("words", "said", "exit_code"),
    [
        (("A9", "--round", "r"), "no code of", 2),
        (("A2", "--round", "pilot"), "rounds are never mixed", 2),
        (("A2", "--round", " "), "rounds are never mixed", 2),
        ((",", "--round", "r"), "no code was named", 2),
        (("A2", "--round", "r", "--reviewers", "zoe"), "not registered", 2),
        (("A1", "--round", "r"), "nobody has finished", 3),
    ],
)
def test_what_cannot_be_given_is_refused(
    study: Study, cothemes: Any, words: tuple[str, ...], said: str, exit_code: int
) -> None:
    study.close()
    refused = cothemes("codebook", "recode", *words, study=study.root)
    assert refused.exit_code == exit_code, refused.output
    assert said in " ".join(refused.stderr.split())


def test_what_was_discussed_is_told(study: Study, cothemes: Any) -> None:
    from tests.doubles.coded_study import NOW

    from cothemes.records.adjudication import Ruling, Settlement

    study.store.settlements.append(
        [
            Settlement(
                id="s1", at=NOW, by="ann", passage="talk-1.0004", round="pilot", ruling=Ruling.OPENED,
                codebook_hash="h", readers=("ann", "bob"),
            )
        ]
    )  # fmt: skip
    assert again(study, cothemes)["discussed"] == 2
    fresh = Study(study.root)
    desk = Desk(fresh, "ann")
    card = desk.done(desk.card("talk-1.0004"))
    assert card.standing.done
    assert desk.undo().action is Action.DONE, "the discussion was of the earlier round"


def test_a_package_carries_what_is_read_again_and_for_which_codes(
    study: Study, cothemes: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once into a laptop that has the first reading already, and back home."""
    study.close()
    laptop = tmp_path / "laptop"
    laptop.mkdir()
    for name in ("first.zip", "second.zip"):
        cothemes.done("pack", "--as", "ann", tmp_path / name, study=study.root)
        if name == "first.zip":
            again(study, cothemes)
            with monkeypatch.context() as there:
                there.chdir(laptop)
                cothemes.done("import", tmp_path / name)
    [copy] = laptop.iterdir()
    cothemes.done("import", tmp_path / "second.zip", study=copy)
    there = Study(copy)
    desk = Desk(there, "ann")
    card = desk.card("talk-1.0004")
    assert (card.asked, card.standing.assignment.round) == (("A2", "B2"), "recode-1")
    desk.done(desk.decide(card, "B2", Action.ADD))
    there.close()
    cothemes.done("pack", "--as", "ann", tmp_path / "back.zip", study=copy)
    taken = cothemes.json("import", tmp_path / "back.zip", study=study.root)
    assert taken["left_out"] == []
    home = Study(study.root)
    assert list(Desk(home, "ann").card("talk-1.0004").coded) == ["B2"]
    assert {d.round for d in home.store.reviews.decisions(reviewer="ann", passage="talk-1.0004")} == {
        "pilot",
        "recode-1",
    }
