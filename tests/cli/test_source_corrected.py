"""A suggestion whose quoted words were corrected: shown as such, and never accepted together with others."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from tests.conftest import CommandLine
from tests.doubles.chat_server import (
    Answer,
    Body,
    ChatServer,
    codes_of,
    coding,
    completion,
    sentences_of,
    yes,
)
from tests.doubles.coded_study import CODEBOOK, assign
from tests.doubles.sample_codings import fill

from cothemes.app.review.review import Desk
from cothemes.app.study import Study, create_study
from cothemes.records.review import Action, Arm, Decision
from cothemes.stages.review.card import Card

TALK = (
    "Interviewer: What helped the group in its first year?\n"
    "Mo: We trusted each other from the start, and it took a year to get there all the same. People came in "
    "the evening, and some of them stayed until it was dark outside.\n"
    "Interviewer: And what got in the way?\n"
    "Mo: There was always some trouble with the hall in the village. After that we met at my kitchen table, "
    "with five chairs between the lot of us, and we stayed there for the rest of that long winter.\n"
)
CORRECTED = TALK.replace("We trusted each", "We trustd each").replace("with the hall", "with the bishop")
TYPED, CHANGED = "talk.0001", "talk.0002"


def says(body: Body, _: int) -> Answer:
    """The first code on the first sentence, the second on the second."""
    one, two = codes_of(body)[:2]
    first, second = (each["text"] for each in sentences_of(body)[:2])
    found = coding(body, **{one: yes(body, one, first), two: yes(body, two, second, ("s2",))})
    return Answer(completion(json.dumps(found)))


@pytest.fixture
def study(tmp_path: Path, cothemes: CommandLine) -> Path:
    """A model has coded both passages; words that A1 quotes in the second were corrected since."""
    (tmp_path / "small.yaml").write_text(CODEBOOK, encoding="utf-8")
    create_study(tmp_path / "study", source="blank", codebook=tmp_path / "small.yaml").close()
    path = tmp_path / "talk.txt"
    path.write_text(TALK, encoding="utf-8")
    root = tmp_path / "study"
    cothemes.done("ingest", path, study=root)
    with ChatServer(says) as server:
        words = ("--coder", "llm", "--model", "openai:stub", "--base-url", server.url)
        cothemes.done("propose", *words, study=root)
    cothemes.done("reviewers", "add", "ann", study=root)
    made = Study(root)
    assign(made, "ann", {TYPED: Arm.ASSISTED, CHANGED: Arm.ASSISTED})
    made.close()
    path.write_text(CORRECTED, encoding="utf-8")
    cothemes.done("ingest", path, study=root)
    return root


def card_of(root: Path, passage: str) -> Card:
    study = Study(root)
    try:
        return Desk(study, "ann").card(passage)
    finally:
        study.close()


def answers(root: Path) -> dict[tuple[str, str | None], Decision]:
    study = Study(root)
    try:
        return {(each.passage, each.code): each for each in study.store.reviews.decisions() if each.code}
    finally:
        study.close()


def test_a_card_says_so_and_a_slip_of_typing_is_none(study: Path) -> None:
    assert card_of(study, TYPED).source_corrected == ()
    card = card_of(study, CHANGED)
    assert (card.source_corrected, [s.code for s in card.suggestions]) == (("A1",), ["A1", "A2"])
    assert any(remark.startswith("source corrected") and "A1" in remark for remark in card.remarks)


def test_it_is_listed_quoted_and_exported_as_such(study: Path, cothemes: CommandLine, tmp_path: Path) -> None:
    listed = cothemes.json("codings", study=study)["suggested"]
    assert {(one["passage"], one["code"]) for one in listed if "source corrected" in one["flags"]} == {
        (CHANGED, "A1")
    }
    for code in ("A1", "A2"):
        quoted = cothemes.json("quotes", "--code", code, study=study)["suggested"]
        found = {one["passage"] for one in quoted if one["source_corrected"]}
        assert found == ({CHANGED} if code == "A1" else set())
    assert "source corrected" in cothemes.done("quotes", "--code", "A1", study=study)
    cothemes.done("export", "csv", tmp_path / "out.csv", study=study)
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as handle:
        states = {(row["passage"], row["code"]): row["state"] for row in csv.DictReader(handle)}
    assert {place for place, state in states.items() if state == "source corrected"} == {(CHANGED, "A1")}
    assert set(states.values()) == {"current", "source corrected"}


def test_the_prompt_accepts_it_by_itself_only(study: Path, cothemes: CommandLine) -> None:
    review = ("review", "--as", "ann", "--plain")
    said = cothemes.done(*review, stdin="a A1 A2\ndone\na A1 A2\nq\n", study=study)
    assert "not recorded: A1" in said
    found = answers(study)
    assert {place for place, each in found.items() if each.action is Action.ACCEPT} == {
        (TYPED, "A1"), (TYPED, "A2"), (CHANGED, "A2"),
    }  # fmt: skip
    assert (CHANGED, "A1") not in found
    cothemes.done(*review, stdin="a A1\nq\n", study=study)
    assert answers(study)[CHANGED, "A1"].action is Action.ACCEPT


def test_codes_as_on_the_passage_before_rest_on_no_such_quote(study: Path, cothemes: CommandLine) -> None:
    cothemes.done("review", "--as", "ann", "--plain", stdin="a A1 A2\ndone\n=\nq\n", study=study)
    found = answers(study)
    assert found[CHANGED, "A2"].action is Action.ACCEPT
    assert (found[CHANGED, "A1"].action, found[CHANGED, "A1"].suggestion) == (Action.ADD, None)


def test_codes_of_a_sheet_rest_on_no_such_quote(study: Path, cothemes: CommandLine, tmp_path: Path) -> None:
    sheet = tmp_path / "ann.csv"
    cothemes.done("export", "sheet", sheet, "--as", "ann", study=study)
    text = sheet.read_text(encoding="utf-8-sig")
    assert text.count("(source corrected)") == 1
    fill(sheet, {place: ["A1", "A2"] for place in (TYPED, CHANGED)})
    cothemes.done("import", sheet, "--as", "ann", study=study)
    found = answers(study)
    assert found[TYPED, "A1"].action is found[CHANGED, "A2"].action is Action.ACCEPT
    assert (found[CHANGED, "A1"].action, found[CHANGED, "A1"].suggestion) == (Action.ADD, None)


def test_by_decide_it_is_accepted_by_name(study: Path, cothemes: CommandLine) -> None:
    cothemes.done("decide", "--as", "ann", CHANGED, "A1", "accept", study=study)
    assert answers(study)[CHANGED, "A1"].suggestion == card_of(study, CHANGED).suggestions[0].id
