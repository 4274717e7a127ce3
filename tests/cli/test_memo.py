"""Memos: on study, document, passage or code; in versions; those of others never in a blind view."""

from __future__ import annotations

import csv
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import CommandLine
from tests.doubles.coded_study import NOW, assign, study_in
from tests.doubles.decisions import read

from cothemes.app.study import Study
from cothemes.cli.writing import written_text
from cothemes.errors import UsageError
from cothemes.records.privacy import Tombstone
from cothemes.records.review import Arm


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    made = study_in(tmp_path / "study")
    yield made
    made.close()


def test_memos_on_all_that_a_study_holds(cothemes: CommandLine, study: Study) -> None:
    at = study.root
    for words in (
        ("planners speak of trust late",),
        ("tense talk", "--document", "talk-1"),
        ("odd use of money", "--passage", "talk-1.0004", "--code", "A2"),
        ("too wide?", "--code", "A1"),
    ):
        cothemes.done("memo", "add", *words, "--as", "ann", study=at)
    found = cothemes.json("memo", study=at)
    assert [(one["document"], one["passage"], one["code"]) for one in found] == [
        (None, None, None),
        ("talk-1", None, None),
        ("talk-1", "talk-1.0004", "A2"),
        (None, None, "A1"),
    ]

    def texts(*words: str) -> list[str]:
        return [one["text"] for one in cothemes.json("memo", *words, study=at)]

    assert texts("--study") == ["planners speak of trust late"]
    assert texts("--document", "talk-1") == ["tense talk", "odd use of money"]
    assert texts("--code", "A2") == ["odd use of money"]
    assert texts("--by", "bob") == []
    text = cothemes.done("memo", "--passage", "talk-1.0004", study=at)
    assert "about A2 on talk-1.0004 | ann" in text
    assert "odd use of money" in text


def test_a_memo_is_changed_in_versions_and_taken_away_without_loss(
    cothemes: CommandLine, study: Study
) -> None:
    at = study.root
    short = cothemes.json("memo", "add", "first", "--as", "ann", study=at)["short"]
    cothemes.done("memo", "edit", short, "-", "--as", "bob", stdin="second\nthought\n", study=at)
    (one,) = cothemes.json("memo", study=at)
    assert (one["text"], one["by"], len(one["versions"])) == ("second\nthought", "bob", 2)
    assert "about study" in cothemes.done("memo", "remove", short, "--as", "ann", study=at)
    assert cothemes.json("memo", study=at) == []
    shown = cothemes.done("memo", "show", short, study=at)
    assert shown.index("first") < shown.index("second") < shown.index("(taken away)")
    refused = cothemes("memo", "remove", short, "--as", "ann", study=at)
    assert refused.exit_code == 3
    cothemes.done("memo", "edit", short, "back", "--as", "ann", study=at)
    assert len(cothemes.json("memo", study=at)) == 1


def test_without_a_text_it_is_read_from_standard_input(cothemes: CommandLine, study: Study) -> None:
    lines = "first line\n\nsecond paragraph\n"
    made = cothemes.done("memo", "add", "--code", "A1", "--as", "ann", stdin=lines, study=study.root)
    assert "about A1" in made
    (one,) = cothemes.json("memo", study=study.root)
    assert one["text"] == lines.strip()


def test_an_editor_has_the_text_and_gives_it_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    editor = tmp_path / "editor with a blank.py"
    seen = tmp_path / "seen"
    editor.write_text(
        "import pathlib, sys\n"
        "file = pathlib.Path(sys.argv[1])\n"
        f"pathlib.Path({str(seen)!r}).write_text(sys.argv[1] + chr(10) + file.read_text())\n"
        "text = file.read_text()\n"
        "file.write_text(text if 'same' in text else text + 'more')\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("EDITOR", f"{shlex.quote(sys.executable)} {shlex.quote(str(editor))}")
    assert written_text(None, "before\n") == "before\nmore"
    name, _, held = seen.read_text(encoding="utf-8").partition("\n")
    assert held == "before\n"
    assert not Path(name).exists()
    for before, environment in (("same", {}), ("x", {"EDITOR": "no-such-editor-here"})):
        for key, value in environment.items():
            monkeypatch.setenv(key, value)
        with pytest.raises(UsageError):
            written_text(None, before)
    assert written_text("given", "before") == "given"


def test_what_cannot_be_written(cothemes: CommandLine, study: Study) -> None:
    for words, said in (
        (("add", "x"), "say who you are"),
        (("add", "x", "--as", "eve"), "not registered"),
        (("add", "  ", "--as", "ann"), "the memo is empty"),
        (("add", "x", "--document", "nothing", "--as", "ann"), "no document is"),
        (("add", "x", "--passage", "talk-1.9999", "--as", "ann"), "there is no passage"),
        (("add", "x", "--code", "Z9", "--as", "ann"), "is no code"),
        (("edit", "abc123", "x", "--as", "ann"), "no memo"),
        (("show", "abc123"), "no memo"),
    ):
        result = cothemes("memo", *words, study=study.root)
        assert result.exit_code == 2, words
        assert said in result.stderr


def test_a_blind_reviewer_sees_only_memos_of_her_own(cothemes: CommandLine, study: Study) -> None:
    assign(study, "ann", {"talk-1.0004": Arm.BLIND})
    at = study.root
    cothemes.done("memo", "add", "plainly A2", "--passage", "talk-1.0004", "--as", "bob", study=at)
    typed = "m this is hard\nq\n"
    first = cothemes.done("review", "--as", "ann", "--plain", stdin=typed, study=at)
    assert "recorded: memo" in first
    again = cothemes.done("review", "--as", "ann", "--plain", stdin="q\n", study=at)
    assert "memo: this is hard" in again
    assert "plainly" not in first + again
    assert study.store.reviews.decisions() == []


def test_memos_on_passages_go_into_the_table_of_codings(cothemes: CommandLine, study: Study) -> None:
    read(study, "ann", "talk-1.0004", ("A2", "B1"))
    out = study.root / "codings.csv"
    cothemes.done("export", "csv", out, study=study.root)
    assert "memos" not in out.read_text(encoding="utf-8").splitlines()[0]
    for words in (("of the passage",), ("of the code", "--code", "A2")):
        cothemes.done("memo", "add", *words, "--passage", "talk-1.0004", "--as", "ann", study=study.root)
    cothemes.done("export", "csv", out, study=study.root)
    with out.open(encoding="utf-8-sig", newline="") as handle:
        memos = {row["code"]: row["memos"] for row in csv.DictReader(handle)}
    assert memos == {"A2": "of the passage\nof the code", "B1": "of the passage"}


def test_a_forgotten_document_takes_its_memos_along(cothemes: CommandLine, study: Study) -> None:
    at = study.root
    cothemes.done("memo", "add", "her sister's name", "--passage", "talk-1.0004", "--as", "ann", study=at)
    study.store.privacy.forget(
        Tombstone(document="talk-1", at=NOW, reason="asked", by="ann"), lambda _: False
    )
    assert cothemes.json("memo", study=at) == []


def test_show_prints_memos(cothemes: CommandLine, study: Study) -> None:
    at = study.root
    cothemes.done("memo", "add", "hm", "--passage", "talk-1.0004", "--as", "bob", study=at)
    assert "memo by bob: hm" in cothemes.done("show", "talk-1.0004", study=at)
    assert cothemes.json("show", "talk-1.0004", study=at)["memos"][0]["text"] == "hm"
    assign(study, "ann", {"talk-1.0004": Arm.BLIND})
    assert "hm" not in cothemes.done("show", "talk-1.0004", "--as", "ann", study=at)


def test_memos_on_a_code_are_shown_with_the_code(cothemes: CommandLine, study: Study) -> None:
    at = study.root
    cothemes.done("memo", "add", "too wide?\nor not", "--code", "A1", "--as", "ann", study=at)
    cothemes.done("memo", "add", "elsewhere", "--code", "A1", "--document", "talk-1", "--as", "ann", study=at)
    shown = cothemes.done("codebook", "show", "--code", "A1", study=at)
    assert "too wide?" in shown
    assert "elsewhere" not in shown
    assert "too wide?" not in cothemes.done("codebook", "show", "--code", "A2", study=at)
    cothemes.done("memo", "add", "one\ntwo", "--passage", "talk-1.0004", "--as", "ann", study=at)
    lines = cothemes.done("show", "talk-1.0004", study=at).splitlines()
    at_line = lines.index("memo by ann: one")
    assert lines[at_line + 1] == "    two"
