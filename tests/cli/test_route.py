"""`cothemes route` and `cothemes reviewers` on a small study."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.doubles.coded_study import propose, study_in
from tests.doubles.decisions import read

from cothemes.app.review.review import Desk
from cothemes.app.study import Study
from cothemes.records.review import Arm, Stream

CODABLE = 8  # three turns of Mo in each of two interviews, two paragraphs


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return study_in(tmp_path / "study")


def test_a_dry_run_stores_nothing_and_works_before_any_proposal(cothemes: Any, study: Study) -> None:
    found = cothemes.json("route", "--reviewers", "ann,bob", "--dry-run", study=study.root)
    assert (found["stored"], found["drawn"]) == (False, CODABLE)
    assert {e["positives"] for e in found["expected"]} == {None}
    assert found["expected_from"].startswith("nothing yet")
    assert study.store.reviews.assignments() == []
    text = cothemes.done("route", "--reviewers", "ann,bob", "--dry-run", study=study.root)
    assert "Nothing was stored" in " ".join(text.split())
    assert "–" in text


def test_expected_positives_come_from_the_latest_suggestions(cothemes: Any, study: Study) -> None:
    """A1 stands on 2 turns and 1 paragraph of 8 passages, and 8 × .5 are double-coded."""
    propose(study)
    found = cothemes.json("route", "--reviewers", "ann,bob", "--overlap", 1, "--dry-run", study=study.root)
    expected = {e["code"]: e["positives"] for e in found["expected"]}
    assert expected == {"A1": 8 * 3 / 8, "A2": 8 * 3 / 8, "B1": 0}
    assert "offline@0#r0001 on 8 passages" in found["expected_from"]
    # That coder has learned from nobody.
    assert "no reading" in found["expected_from"]


def test_expected_positives_come_from_no_passage_that_a_score_chose(cothemes: Any, tmp_path: Path) -> None:
    """B1 is on 8 of 32 passages read by lot, and on all 16 that were put forward for it."""
    study = study_in(tmp_path / "more", documents=16)
    for n in range(1, 17):
        read(study, "ann", f"talk-{n}.0002", ("B1",) if n % 2 else ())
        read(study, "ann", f"talk-{n}.0004")
        read(study, "ann", f"talk-{n}.0005", ("B1",), arm=Arm.ASSISTED, stream=Stream.RARE)
    found = cothemes.json("route", "--reviewers", "ann,bob", "--round", "next", "--dry-run", study=study.root)
    assert next(each["share"] for each in found["expected"] if each["code"] == "B1") == 8 / 32
    assert found["expected_from"].startswith("32 reviewed passages (16 ")


def test_a_second_time_assigns_only_what_is_new(cothemes: Any, study: Study) -> None:
    first = cothemes.json("route", "--reviewers", "ann,bob", study=study.root)
    again = cothemes.json("route", "--reviewers", "ann,bob", "--seed", 9, study=study.root)
    assert len(first["assignments"]) >= CODABLE
    assert (again["assignments"], again["drawn"], again["kept"]) == ([], 0, CODABLE)


def test_documents_and_rounds(cothemes: Any, study: Study) -> None:
    pilot = cothemes.json(
        "route", "--reviewers", "ann", "--documents", "policy", "--round", "pilot", study=study.root
    )
    assert {a["passage"] for a in pilot["assignments"]} == {"policy.0001", "policy.0002"}
    assert pilot["notes"] == ["One reviewer alone cannot double-code: the overlap counts as 0 in this draw."]
    main = cothemes.json("route", "--reviewers", "ann", study=study.root)
    assert main["in_another_round"] == 2
    assert {a["passage"].split(".")[0] for a in main["assignments"]} == {"talk-1", "talk-2"}


@pytest.mark.parametrize(
    ("words", "code", "hint"),
    [
        (("--reviewers", "ann,eve"), 2, "Registered: ann, bob"),
        (("--reviewers", "anne"), 2, "Did you mean ann?"),
        (("--reviewers", " , "), 2, "Name them"),
        (("--reviewers", "ann", "--documents", "talk"), 2, "talk-1"),
        (("--reviewers", "ann", "--overlap", 1.5), 2, "--overlap"),
    ],
)
def test_what_cannot_be_drawn(cothemes: Any, study: Study, words: Any, code: int, hint: str) -> None:
    result = cothemes("route", *words, study=study.root)
    assert result.exit_code == code
    assert hint in result.stderr
    assert study.store.reviews.assignments() == []


def test_a_study_without_passages(cothemes: Any, tmp_path: Path) -> None:
    empty = study_in(tmp_path / "study", documents=0)
    empty.store.passages.replace("policy", [])
    result = cothemes("route", "--reviewers", "ann", study=empty.root)
    assert result.exit_code == 3
    assert "cothemes ingest" in result.stderr


def test_people_are_registered_once(cothemes: Any, study: Study) -> None:
    new = cothemes.json("reviewers", "add", "  Zoë  Mac Neil ", "--role", "lead", study=study.root)
    assert (new["name"], new["role"], new["new"]) == ("Zoë Mac Neil", "lead", True)
    again = cothemes.json("reviewers", "add", "Zoë Mac Neil", study=study.root)
    assert (again["name"], again["role"], again["new"]) == ("Zoë Mac Neil", "lead", False)
    listed = cothemes.json("reviewers", study=study.root)
    assert [person["name"] for person in listed] == ["ann", "bob", "Zoë Mac Neil"]
    assert "Zoë Mac Neil" in cothemes.done("reviewers", study=study.root)


@pytest.mark.parametrize("name", ["", "a,b", "m@p#r", "consensus", "x" * 61, "tab\tname\x1b[2J", "-x"])
def test_names_that_cannot_stand_in_tables(cothemes: Any, study: Study, name: str) -> None:
    result = cothemes("reviewers", "add", "--", name, study=study.root)
    assert result.exit_code == 2
    assert "\x1b" not in result.stderr
    assert len(study.store.reviews.reviewers()) == 2


def test_nobody_is_registered(cothemes: Any, tmp_path: Path) -> None:
    study = study_in(tmp_path / "study", reviewers=())
    assert "reviewers add" in cothemes.done("reviewers", study=study.root)
    result = cothemes("review", study=study.root)
    assert (result.exit_code, "reviewers add" in result.stderr) == (2, True)


def test_an_order_that_is_named_holds_and_is_remembered(cothemes: Any, study: Study) -> None:
    propose(study)
    value = cothemes.json("route", "--reviewers", "ann", "--order", "value", study=study.root)
    assert (value["order"], value["priority"], value["reordered"]) == ("value", 0.75, {})
    again = cothemes.json("route", "--reviewers", "ann", "--reorder", study=study.root)
    assert (again["order"], again["reordered"], again["drawn"]) == ("value", {"ann": 0}, 0)
    back = cothemes.json("route", "--reviewers", "ann", "--reorder", "--order", "document", study=study.root)
    assert back["order"] == "document"
    passages = [a.passage for a in study.store.reviews.assignments(reviewer="ann")]
    blind = {a.passage for a in study.store.reviews.assignments(reviewer="ann") if a.arm == "blind"}
    assert passages == sorted(passages, key=lambda p: (p.split(".")[0], p not in blind, p))


def test_a_share_alone_and_the_settings_mean_what_they_meant(cothemes: Any, study: Study) -> None:
    words = ("route", "--reviewers", "ann", "--dry-run")
    plain = cothemes.json(*words, study=study.root)
    assert (plain["order"], plain["priority"]) == ("document", 0)
    share = cothemes.json(*words, "--priority", 0.4, study=study.root)
    assert (share["order"], share["priority"]) == ("uncertainty", 0.4)
    settings = study.root / "cothemes.toml"
    written = settings.read_text(encoding="utf-8")
    settings.write_text(written.replace("[route]", '[route]\norder = "value"'), encoding="utf-8")
    kept = cothemes.json(*words, "--priority", 0.4, study=study.root)
    assert (kept["order"], kept["priority"]) == ("value", 0.4)
    named = cothemes.json(*words, "--order", "random", study=study.root)
    assert (named["order"], named["priority"]) == ("random", 0)
    refused = cothemes(*words, "--order", "random", "--priority", 0.4, study=study.root)
    assert (refused.exit_code, "--priority" in refused.stderr) == (2, True)


def test_an_open_desk_follows_a_new_order(cothemes: Any, study: Study) -> None:
    """What was begun keeps its place; the desk serves the new order after its next look."""
    cothemes.done("route", "--reviewers", "ann", "--overlap", 0, "--blind", 0, study=study.root)
    propose(study)
    desk = Desk(study, "ann")
    first = desk.next_passage()
    before = [a.position for a in study.store.reviews.assignments(reviewer="ann")]
    cothemes.done("decide", "--as", "ann", first, "A1", "add", study=study.root)
    cothemes.done("route", "--reviewers", "ann", "--reorder", "--order", "random", study=study.root)
    after = study.store.reviews.assignments(reviewer="ann")
    assert [a.position for a in after] == before
    assert after[0].passage == first
    desk.look()
    put_off: set[str] = set()
    served = []
    while (passage := desk.next_passage(put_off)) is not None:
        served.append(passage)
        put_off.add(passage)
    assert served == [a.passage for a in after]


def test_what_a_score_put_forward_is_named_to_its_reader_and_in_the_audit(
    cothemes: Any, study: Study
) -> None:
    read(study, "ann", "talk-1.0002", arm=Arm.ASSISTED, stream=Stream.RARE, done=False)
    read(study, "ann", "talk-1.0004", arm=Arm.ASSISTED, stream=Stream.DRAWN, done=False)
    read(study, "ann", "talk-1.0005", stream=Stream.DRAWN, done=False)
    found = cothemes.json("queue", "--as", "ann", study=study.root)
    assert {each["passage"]: each.get("put_forward") for each in found["waiting"]} == {
        "talk-1.0002": "rare", "talk-1.0004": None, "talk-1.0005": None,
    }  # fmt: skip
    assert cothemes.done("queue", "--as", "ann", study=study.root).count("put forward") == 1
    for passage, told in (("talk-1.0002", True), ("talk-1.0005", False)):
        (entry,) = [
            each
            for each in cothemes.json("audit", passage, study=study.root)["entries"]
            if each["event"] == "assigned"
        ]
        assert ("rare" in entry["note"]) is told


def test_new_passages_in_another_order_than_their_round_are_told(cothemes: Any, tmp_path: Path) -> None:
    """`run` and a later `route` serve what is new document by document, whatever was chosen for the round."""
    study = study_in(tmp_path / "more")
    cothemes.done(
        "route", "--reviewers", "ann", "--documents", "talk-1", "--order", "value", study=study.root
    )
    found = cothemes.json("route", "--reviewers", "ann", study=study.root)
    assert found["order"] == "document"
    assert sum("put in order by value" in note for note in found["notes"]) == 1
    assert not cothemes.json("route", "--reviewers", "ann", study=study.root)["notes"][1:]
    text = " ".join(cothemes.done("route", "--reviewers", "ann", study=study.root).split())
    assert "document by document" in text
    one = tmp_path / "new.txt"
    one.write_text("Mo: We have waited a whole year for the money.\n", encoding="utf-8")
    result = cothemes("run", one, "--coder", "offline", "--reviewers", "ann", study=study.root)
    assert result.exit_code == 0
    assert "1 passage assigned now to ann, served document by document." in " ".join(result.stdout.split())
    assert "put in order by value" in " ".join(result.stderr.split())
