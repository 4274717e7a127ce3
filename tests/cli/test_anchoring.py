"""`cothemes anchoring` on a small study whose people are swayed as the test says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.doubles.coded_study import propose, study_in
from tests.doubles.decisions import read

from cothemes.app.review.review import Desk
from cothemes.app.study import Study
from cothemes.records.review import Action, Arm, Stream


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """Ann gives A1 to the first answer of every other interview blind, to the second of each assisted."""
    made = study_in(tmp_path / "study", documents=12)
    propose(made)
    for n in range(1, 13):
        read(made, "ann", f"talk-{n}.0002", ("A1",) if n % 2 else ())
        read(made, "ann", f"talk-{n}.0004", ("A1",), arm=Arm.ASSISTED)
    return made


def test_the_shift_stands_with_its_interval(cothemes: Any, study: Study) -> None:
    """Blind 6 of 12, assisted 12 of 12, one of each in every interview: +1/2."""
    found = cothemes.json("anchoring", study=study.root)
    (person,) = found["people"]
    (code,) = person["codes"]
    assert (code["code"], code["blind"], code["assisted"]) == ("A1", 12, 12)
    assert code["shift"]["value"] == pytest.approx(0.5)
    assert code["shift"]["low"] > 0
    assert person["blind_share"] == {
        "blind": 12, "assisted": 12, "compared_blind": 12, "compared_assisted": 12, "interviews": 12,
        "half_width": pytest.approx(0.32, abs=0.001), "needed": None,
        "enough": False,
    }  # fmt: skip
    text = cothemes.done("anchoring", study=study.root)
    assert max(map(len, text.splitlines())) <= 80
    assert "A1" in text
    assert "+50 %" in text
    assert "62 assisted passages" in " ".join(text.split())
    assert found["seeds"] is None


def test_changes_after_a_reveal_are_read_off_the_records(cothemes: Any, study: Study) -> None:
    """Bob codes B1 blind on two first answers, on which A1 is suggested; then takes A1 on one and gives
    B1 up there."""
    from tests.doubles.coded_study import assign

    assign(study, "bob", {"talk-1.0002": Arm.REVEAL, "talk-2.0002": Arm.REVEAL})
    bob = Desk(study, "bob")
    for passage in ("talk-1.0002", "talk-2.0002"):
        bob.done(bob.decide(bob.card(passage), "B1", Action.ADD))
    card = bob.decide(bob.card("talk-1.0002"), "A1", Action.ACCEPT)
    bob.done(bob.decide(card, "B1", Action.REJECT))
    bob.done(bob.card("talk-2.0002"))
    found = next(p for p in cothemes.json("anchoring", study=study.root)["people"] if p["reviewer"] == "bob")[
        "changes"
    ]
    assert (found["passages"], found["offered"], found["unsupported"], found["other"]) == (2, 2, 2, 0)
    assert found["taken_up"]["value"] == found["given_up"]["value"] == found["changed"]["value"] == 0.5
    assert "After 2 reveals" in cothemes.done("anchoring", study=study.root)


def test_rounds_are_never_pooled_and_nothing_is_said_of_nothing(
    cothemes: Any, study: Study, tmp_path: Path
) -> None:
    read(study, "bob", "talk-1.0002", round_name="pilot")
    result = cothemes("anchoring", study=study.root)
    assert (result.exit_code, "never pooled" in result.stderr) == (3, True)
    assert cothemes("anchoring", "--round", "other", study=study.root).exit_code == 3
    assert "0 assisted" in cothemes.done("anchoring", "--round", "pilot", study=study.root)
    (tmp_path / "more").mkdir()
    empty = study_in(tmp_path / "more" / "empty")
    result = cothemes("anchoring", study=empty.root)
    assert (result.exit_code, "cothemes route" in result.stderr) == (3, True)


def test_only_documents_read_in_both_arms_are_compared(cothemes: Any, tmp_path: Path) -> None:
    """Six blind and six assisted passages, but only two interviews hold both: 2 and 2 are compared."""
    made = study_in(tmp_path / "study", documents=10)
    propose(made)
    for n in range(1, 7):
        read(made, "ann", f"talk-{n}.0002", ("A1",))
    for n in range(5, 11):
        read(made, "ann", f"talk-{n}.0004", (), arm=Arm.ASSISTED)
    (person,) = cothemes.json("anchoring", study=made.root)["people"]
    share = person["blind_share"]
    assert (share["blind"], share["assisted"]) == (6, 6)
    assert (share["compared_blind"], share["compared_assisted"], share["interviews"]) == (2, 2, 2)
    # 1.96 · √(.2 · .8 · (1/2 + 1/2)).
    assert share["half_width"] == pytest.approx(1.96 * 0.4, abs=0.001)
    row = next(
        each for each in cothemes.json("status", study=made.root)["reviewers"] if each["name"] == "ann"
    )
    assert (row["anchoring"]["compared_blind"], row["anchoring"]["half_width"]) == (2, share["half_width"])
    text = " ".join(cothemes.done("anchoring", study=made.root).split())
    assert "Compared: 2 blind and 2 assisted passages" in text


def test_few_interviews_have_a_star(cothemes: Any, tmp_path: Path) -> None:
    made = study_in(tmp_path / "study", documents=6)
    propose(made)
    for n in range(1, 7):
        read(made, "ann", f"talk-{n}.0002", ("A1",) if n < 3 else ())
        read(made, "ann", f"talk-{n}.0004", ("A1",) if n < 5 else (), arm=Arm.ASSISTED)
    (person,) = cothemes.json("anchoring", study=made.root)["people"]
    assert person["overall"]["shift"]["clusters"] == 6
    text = cothemes.done("anchoring", "--codes", study=made.root)
    (row,) = [line for line in text.splitlines() if line.strip().startswith("A1 ")]
    assert row.endswith("*")
    assert "Over fewer than 10 interviews" in text


def test_times_of_passages_that_a_program_wrote_are_not_known(cothemes: Any, study: Study) -> None:
    """The fixture stores its decisions within milliseconds, as an imported sheet does."""
    (person,) = cothemes.json("anchoring", study=study.root)["people"]
    pace = person["pace"]
    assert (pace["passages"], pace["median_seconds"], pace["unknown"]) == ({}, {}, 24)
    text = " ".join(cothemes.done("anchoring", study=study.root).split())
    assert "Median time of a passage: not known for 24" in text
    assert "0 s" not in text


def test_status_names_readings_that_wait_for_the_reveal(cothemes: Any, study: Study) -> None:
    from tests.doubles.coded_study import assign

    assign(study, "bob", {"talk-1.0002": Arm.REVEAL})
    bob = Desk(study, "bob")
    bob.done(bob.decide(bob.card("talk-1.0002"), "B1", Action.ADD))

    def row() -> dict[str, Any]:
        people = cothemes.json("status", study=study.root)["reviewers"]
        return next(each for each in people if each["name"] == "bob")

    assert (row()["done"], row()["awaiting_reveal"]) == (0, 1)
    text = " ".join(cothemes.done("status", study=study.root).split())
    assert "bob finished the blind part of 1 reveal passage" in text
    bob.done(bob.card("talk-1.0002"))
    assert (row()["done"], row()["awaiting_reveal"]) == (1, 0)


def test_what_a_score_put_forward_is_no_part_of_the_comparison(cothemes: Any, study: Study) -> None:
    """Bob gives one code to each of 12 passages read blind, and two to each of 12 that a score chose: no
    shift is shown, and the 12 are told. With 12 more that chance gave him, one code each, the shift is 0."""
    for n in range(1, 13):
        read(study, "bob", f"talk-{n}.0002", ("B1",))
        read(study, "bob", f"talk-{n}.0004", ("A1", "B1"), arm=Arm.ASSISTED, stream=Stream.VALUE)

    def bob() -> tuple[dict[str, Any], dict[str, Any]]:
        found = cothemes.json("anchoring", study=study.root)
        return found, next(each for each in found["people"] if each["reviewer"] == "bob")

    found, person = bob()
    assert (person["overall"], person["codes"]) == (None, [])
    share = person["blind_share"]
    assert (share["assisted"], share["compared_assisted"]) == (12, 0)
    told = [(e["unit"], e["count"]) for e in found["left_out"] if e["reason"] == "put forward by a score"]
    assert told == [("reading", 12), ("decision", 24)]
    for n in range(1, 13):
        read(study, "bob", f"talk-{n}.0005", ("B1",), arm=Arm.ASSISTED, stream=Stream.DRAWN)
    _, person = bob()
    assert (person["overall"]["assisted"], person["overall"]["shift"]["value"]) == (12, 0)
    assert person["overall"]["randomised"]
