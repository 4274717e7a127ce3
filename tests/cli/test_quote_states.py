"""`quotes --state` and `--side-by-side`: codings of a code in every state, to see whether it drifts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import CommandLine
from tests.doubles.coded_study import CODEBOOK, assign, propose, study_in
from tests.doubles.decisions import read

from cothemes.app.review.review import Desk
from cothemes.app.study import Study
from cothemes.records.review import Action, Arm


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    """A2 was sharpened after ann and bob had coded; ann then read talk-1.0004 again."""
    made = study_in(tmp_path / "study")
    propose(made)
    read(made, "ann", "talk-1.0004", ("A2",), span=(0, 25))
    read(made, "bob", "talk-1.0004", ("A2",), note="hm")
    read(made, "bob", "talk-2.0002", ("A2", "B1"), done=False)
    root = made.root
    made.close()
    book = CODEBOOK.replace("Says that time or money is there or is missing.", "Says that money is missing.")
    book = book.replace("version: 0.1.0", "version: 0.2.0")
    (root / "codebook.yaml").write_text(book, encoding="utf-8")
    made = Study(root)
    read(made, "ann", "talk-1.0004", ("A2",), round_name="recode-1", scope=("A2",), span=(16, 25))
    assign(made, "ann", {"policy.0002": Arm.BLIND})
    desk = Desk(made, "ann")
    desk.decide(desk.card("policy.0002"), "A2", Action.ADD)
    desk.undo()
    yield made
    made.close()


def stated(found: Any) -> list[tuple[str, str, str, str | None]]:
    return [(each["passage"], each["by"], each["state"], each["round"]) for each in found["quotes"]]


def test_every_state_with_its_round_and_version(cothemes: CommandLine, study: Study) -> None:
    found = cothemes.json("quotes", "--code", "A2", "--state", "all", study=study.root)
    assert stated(found) == [
        ("policy.0002", "offline@0#r0001", "proposed", None),
        ("policy.0002", "ann", "taken back", "main"),
        ("talk-1.0004", "ann", "earlier meaning", "main"),
        ("talk-1.0004", "ann", "current", "recode-1"),
        ("talk-1.0004", "bob", "earlier meaning", "main"),
        ("talk-2.0002", "bob", "not done", "main"),
        ("talk-2.0004", "offline@0#r0001", "proposed", None),
    ]
    by_state = {each["state"]: each for each in found["quotes"]}
    assert by_state["earlier meaning"]["version"].startswith("0.1.0")
    assert by_state["current"]["version"].startswith("0.2.0")
    assert by_state["current"]["text"] == "any money"
    assert found["states"]["earlier meaning"] == 2
    some = cothemes.json("quotes", "--code", "A2", "--state", "earlier-meaning,taken-back", study=study.root)
    assert [each["state"] for each in some["quotes"]] == ["taken back", *["earlier meaning"] * 2]
    assert some["states"] == found["states"]


@pytest.mark.parametrize(
    ("beside", "names"),
    [
        ("coder", ["ann", "bob", "offline@0#r0001"]),
        ("round", ["main", "no round", "recode-1"]),
        ("state", ["current", "earlier meaning", "not done", "taken back", "proposed"]),
    ],
)
def test_what_is_set_side_by_side(cothemes: CommandLine, study: Study, beside: str, names: list[str]) -> None:
    found = cothemes.json("quotes", "--code", "A2", "--side-by-side", beside, study=study.root)
    assert [group["name"] for group in found["groups"]] == names
    assert sum(group["quotes"] for group in found["groups"]) == len(found["quotes"]) == 7


def test_versions_stand_under_their_definitions(cothemes: CommandLine, study: Study) -> None:
    words = ("quotes", "--code", "A2", "--side-by-side", "version")
    groups = cothemes.json(*words, study=study.root)["groups"]
    assert [(each["name"].split()[0], each["definition"]) for each in groups] == [
        ("0.1.0", "Says that time or money is there or is missing."),
        ("0.2.0", "Says that money is missing."),
    ]
    lines = cothemes.done(*words, study=study.root).splitlines()
    assert max(map(len, lines)) <= 80
    # The passage that was read under both versions is in one row.
    (row,) = [line for line in lines if "“any money”" in line]
    assert row.index("│") < row.index("“any money”")
    assert "“There was" in row


def test_codes_that_are_no_longer_there_can_be_quoted(cothemes: CommandLine, study: Study) -> None:
    book = study.codebook_path.read_text(encoding="utf-8")
    study.codebook_path.write_text(book[: book.index("  - id: B1")], encoding="utf-8")
    cothemes.done("codebook", "adopt", "--retired", "B1", study=study.root)
    found = cothemes.json("quotes", "--code", "B1", "--state", "all", study=study.root)
    assert stated(found) == [("talk-2.0002", "bob", "not done", "main")]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--code", "A2", "--state", "old"), "no coding has the state"),
        (("--state", "all"), "need a code"),
        (("--code", "A2", "--state", "all", "--status", "added"), "do not go with"),
        (("--code", "Z9", "--state", "all"), "is no code"),
        (("--code", "A2", "--state", "all", "--where", "mood=bad"), "no field 'mood'"),
    ],
)
def test_what_cannot_be_asked(cothemes: CommandLine, study: Study, words: tuple[str, ...], says: str) -> None:
    result = cothemes("quotes", *words, study=study.root)
    assert result.exit_code == 2
    assert says in result.stderr


def test_fields_choose_among_them(cothemes: CommandLine, study: Study) -> None:
    for words, count in (
        (("--where", "by=bob"), 2),
        (("--where", "round=recode-1"), 1),
        (("--kind", "policy"), 2),
        (("--group", "national"), 5),
        (("--query", "A2"), 3),
    ):
        found = cothemes.json("quotes", "--code", "A2", "--state", "all", *words, study=study.root)
        assert len(found["quotes"]) == count, words


def test_show_prints_each_round_and_arm(cothemes: CommandLine, study: Study) -> None:
    text = cothemes.done("show", "talk-1.0004", study=study.root)
    assert "ann (main, blind, done): A2" in text
    assert "ann (recode-1, blind, done): A2" in text
