"""Operations on codes: codebook.yaml, the records and every figure agree before and after."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.conftest import CommandLine
from tests.doubles.coded_study import CODEBOOK, propose, study_in
from tests.doubles.decisions import read

from cothemes.app.findings.codings import CodingFilter, coding_list
from cothemes.app.study import Study

FIRST, SECOND, THIRD, FOURTH = "talk-1.0002", "talk-1.0004", "talk-2.0002", "talk-2.0004"


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """Ann and Bob read four passages blind, with A1, A2 or B1."""
    made = study_in(tmp_path / "study")
    made.codebook_path.write_text("# Ours.\n" + CODEBOOK, encoding="utf-8")
    made.reread_codebook()
    propose(made)
    read(made, "ann", FIRST, ("A1",))
    read(made, "ann", SECOND, {"A2": {"valence": ("hinders",)}, "A1": {"valence": ("helps",)}})
    read(made, "ann", THIRD, ())
    read(made, "bob", FIRST, ("A2",))
    read(made, "bob", SECOND, ("A2", "B1"))
    read(made, "bob", THIRD, ())
    read(made, "bob", FOURTH, ("B1",), done=False)
    made.close()
    return made


def operate(cothemes: CommandLine, study: Study, *words: str) -> dict[str, Any]:
    found: dict[str, Any] = cothemes.json("codebook", *words, study=study.root)
    return found


def present(cothemes: CommandLine, study: Study) -> set[tuple[str, str, str]]:
    """(passage, who, code) of people's codings that count."""
    found = cothemes.json("codings", study=study.root)
    return {
        (each["passage"], each["by"], each["code"])
        for each in found["decided"]
        if each["done"] and each["current_wording"]
    }


def figures(cothemes: CommandLine, study: Study) -> dict[str, Any]:
    found: dict[str, Any] = cothemes.json("agreement", "--raters", "ann,bob", study=study.root)
    return {each["code"]: each for each in found["codes"]}


def test_a_ruling_that_was_taken_back_is_not_touched(study: Study, cothemes: CommandLine) -> None:
    def touched() -> int:
        found = operate(cothemes, study, "retire", "A1", "--dry-run")
        return int(found["touches"]["rulings"])

    ruling = ("adjudicate", "--as", "cat", "--passage", FIRST, "--code", "A1")
    cothemes.done("reviewers", "add", "cat", study=study.root)
    cothemes.done(*ruling, "yes", study=study.root)
    cothemes.done(*ruling, "no", study=study.root)
    assert touched() == 1
    cothemes.done("adjudicate", "--as", "cat", "--undo", study=study.root)
    cothemes.done("adjudicate", "--as", "cat", "--undo", study=study.root)
    assert touched() == 0


def test_a_dry_run_says_what_is_touched_and_changes_nothing(study: Study, cothemes: CommandLine) -> None:
    text = study.codebook_path.read_text(encoding="utf-8")
    found = operate(cothemes, study, "merge", "A1,A2", "--into", "M", "--exact-union", "--dry-run")
    assert found["stored"] is False
    touches = found["touches"]
    assert touches["decisions"] == 5
    assert touches["codings"] == {"A1": 2, "A2": 2}
    assert touches["suggestions"] == 6
    assert touches["open_readings"] == 0
    assert [(each["round"], each["readings"], each["double"]) for each in touches["agreement"]] == [
        ("main", 6, 3)
    ]
    assert touches["conflicts"] == [
        {"passage": SECOND, "by": "ann", "attribute": "valence", "values": ["helps", "hinders"]}
    ]
    assert study.codebook_path.read_text(encoding="utf-8") == text
    assert operate(cothemes, study, "history")["operations"] == []
    assert operate(cothemes, study, "retire", "B1", "--dry-run")["touches"]["open_readings"] == 1


def test_a_renamed_code_takes_its_work_along(study: Study, cothemes: CommandLine) -> None:
    before, agreed = present(cothemes, study), figures(cothemes, study)
    done = operate(cothemes, study, "rename", "A2", "MONEY", "--as", "ann", "--reason", "clearer")
    assert done["stored"] is True
    assert (done["operation"]["by"], done["operation"]["reason"]) == ("ann", "clearer")
    text = study.codebook_path.read_text(encoding="utf-8")
    assert text.startswith("# Ours.\n")
    assert "applies_to: [A1, MONEY]" in text
    assert present(cothemes, study) == {
        (passage, who, "MONEY" if code == "A2" else code) for passage, who, code in before
    }
    now = figures(cothemes, study)
    assert {**now.pop("MONEY"), "code": "A2"} == agreed.pop("A2")
    assert now == agreed
    found = cothemes.json("codebook", "diff", study=study.root)
    assert (found["added"], found["removed"], found["changed"]) == ([], [], [])
    assert found["new_ids"] == [["A2", "MONEY"]]
    card = cothemes.json("show", SECOND, study=study.root)
    assert "MONEY" in str(card)
    assert '"A2"' not in str(card)
    again = operate(cothemes, study, "undo")
    assert again["operation"]["kind"] == "undo"
    assert present(cothemes, study) == before
    assert study.codebook_path.read_text(encoding="utf-8") == "# Ours.\n" + CODEBOOK


def test_ids_are_never_used_for_another_code(study: Study, cothemes: CommandLine) -> None:
    operate(cothemes, study, "rename", "A2", "MONEY")
    for words in (
        ("add", "A2", "--label", "Again"),
        ("rename", "A1", "A2"),
        ("rename", "A1", "MONEY"),
        ("merge", "A1,B1", "--into", "A2", "--exact-union"),
        ("add", "none", "--label", "None"),
    ):
        refused = cothemes("codebook", *words, study=study.root)
        assert refused.exit_code == 2, words
    assert operate(cothemes, study, "rename", "MONEY", "A2")["stored"] is True, "its own earlier id"


def test_a_moved_code_hides_nothing_and_asks_for_no_note(study: Study, cothemes: CommandLine) -> None:
    before, agreed = present(cothemes, study), figures(cothemes, study)
    operate(cothemes, study, "move", "B1", "--theme", "T", "--parent", "A1")
    assert present(cothemes, study) == before
    assert figures(cothemes, study) == agreed
    assert cothemes.json("status", study=study.root)["older_wording"]["readings"] == 0
    refused = cothemes("codebook", "move", "A1", "--parent", "B1", study=study.root)
    assert refused.exit_code == 2
    operate(cothemes, study, "undo")
    assert study.codebook_path.read_text(encoding="utf-8") == "# Ours.\n" + CODEBOOK


def test_a_merge_counts_what_either_part_was(study: Study, cothemes: CommandLine) -> None:
    operate(cothemes, study, "merge", "A1,A2", "--into", "M", "--exact-union", "--label", "Trust or means")
    found = {place for place in present(cothemes, study) if place[2] == "M"}
    assert found == {(FIRST, "ann", "M"), (FIRST, "bob", "M"), (SECOND, "ann", "M"), (SECOND, "bob", "M")}
    notes = cothemes.json("agreement", "--raters", "ann,bob", study=study.root)["notes"]
    assert sum("M was merged afterwards from A1 and A2" in note for note in notes) == 1
    figure = figures(cothemes, study)["M"]
    assert (figure["units"], figure["percent_agreement"]) == (3, 1.0)
    assert cothemes.json("status", study=study.root)["older_wording"]["readings"] == 0
    left = cothemes.json("codings", study=study.root)["left_out"]
    assert [each for each in left if "A1" in (each["codes"] or [])] == []
    cothemes.done("report", study.root / "report.html", study=study.root)
    for kind in ("csv", "ratings"):
        cothemes.done("export", kind, study.root / f"{kind}.csv", study=study.root)
    assert "M" in (study.root / "ratings.csv").read_text(encoding="utf-8")


def test_codings_of_a_wider_code_wait_because_of_the_merge(study: Study, cothemes: CommandLine) -> None:
    operate(cothemes, study, "merge", "A1,A2", "--into", "M", "--wider")
    opened = Study(study.root)
    waiting = [each for each in coding_list(opened, CodingFilter()).decided if each.to_confirm]
    opened.close()
    assert {(each.code, each.widened) for each in waiting} == {("M", True)}
    text = cothemes.done("codings", study=study.root)
    assert "since codes were merged into M" in text
    assert "since the text changed" not in text


def test_status_counts_readings_that_do_not_count(study: Study, cothemes: CommandLine) -> None:
    book = study.codebook_path.read_text(encoding="utf-8")
    near = book.replace("  - id: A2\n", "  - id: A2\n    brief: In short.\n", 1)
    assert near != book
    study.codebook_path.write_text(near, encoding="utf-8")
    assert cothemes.json("status", study=study.root)["older_wording"]["readings"] == 0
    operate(cothemes, study, "add", "NEW", "--label", "New", "--definition", "Something new.")
    found = cothemes.json("status", study=study.root)["older_wording"]
    assert found == {"readings": 6, "codes": {"NEW": 6}}
    assert "earlier meaning" not in cothemes.done("status", study=study.root)


def test_an_undo_lists_what_was_decided_since(study: Study, cothemes: CommandLine) -> None:
    before = present(cothemes, study)
    operate(cothemes, study, "merge", "A1,A2", "--into", "A1", "--exact-union")
    opened = Study(study.root)
    read(opened, "ann", FOURTH, ("A1",))
    opened.close()
    looked = operate(cothemes, study, "undo", "--dry-run")
    assert looked["stored"] is False
    done = operate(cothemes, study, "undo", "--reason", "too soon")
    assert done["since"] == looked["since"]
    assert present(cothemes, study) == before
    assert study.codebook_path.read_text(encoding="utf-8") == "# Ours.\n" + CODEBOOK
    left = cothemes.json("codings", study=study.root)["left_out"]
    assert {each["reason"]: each["count"] for each in left}["retired code"] == 1
    kinds = [each["kind"] for each in operate(cothemes, study, "history")["operations"]]
    assert kinds == ["merge", "undo"]
    assert cothemes("codebook", "undo", study=study.root).exit_code == 3


def test_a_split_brings_back_the_passages_with_the_code(study: Study, cothemes: CommandLine) -> None:
    done = operate(
        cothemes, study, "split", "A2", "--into", "TIME,MONEY", "--parts-within",
        "--label", "TIME=Time", "--definition", "TIME=Says that time is short.",
    )  # fmt: skip
    assert [(code["id"], code["definition"]) for code in done["codes"]] == [
        ("TIME", "Says that time is short."), ("MONEY", ""),
    ]  # fmt: skip
    left = cothemes.json("codings", study=study.root)["left_out"]
    assert {each["reason"]: each["count"] for each in left}["split code"] == 3
    plan = operate(cothemes, study, "recode", "TIME,MONEY", "--round", "recode-1", "--dry-run")
    # Bob gave A2 on both; Ann read the same passages, and a table of agreement needs her too.
    assert plan["passages"] == {"ann": 2, "bob": 2}
    refused = cothemes("codebook", "split", "A1", "--into", "X,Y", study=study.root)
    assert refused.exit_code == 2


def test_a_retired_code_is_listed_and_comes_back(study: Study, cothemes: CommandLine) -> None:
    before = present(cothemes, study)
    operate(cothemes, study, "retire", "B1", "--reason", "too rare")
    assert present(cothemes, study) == {place for place in before if place[2] != "B1"}
    listed = cothemes.json("codings", "--retired", study=study.root)
    assert {(each["passage"], each["by"], each["code"]) for each in listed["decided"]} >= {
        (SECOND, "bob", "B1")
    }
    operate(cothemes, study, "undo")
    assert present(cothemes, study) == before
    assert study.codebook_path.read_text(encoding="utf-8") == "# Ours.\n" + CODEBOOK


@pytest.mark.parametrize(
    ("words", "code", "fate"),
    [
        (("merge", "A1,A2", "--into", "M", "--exact-union"), "A2", "merged into M"),
        (("split", "A2", "--into", "X,Y", "--wider"), "A2", "split code"),
        (("retire", "B1"), "B1", "retired code"),
    ],
)
def test_a_code_that_is_gone_says_what_became_of_it(
    study: Study, cothemes: CommandLine, words: tuple[str, ...], code: str, fate: str
) -> None:
    operate(cothemes, study, *words)
    opened = Study(study.root)
    listed = coding_list(opened, CodingFilter(codes=[code], retired=True)).decided
    opened.close()
    assert {(each.code, each.fate) for each in listed} == {(code, fate)}
    assert not any(each.counts for each in listed)
    refused = cothemes("quotes", "--code", code, study=study.root)
    assert refused.exit_code != 0
    assert f"quotes --code {code} --state all" in refused.stderr
    assert cothemes.json("quotes", "--code", code, "--state", "all", study=study.root)["quotes"]
    told = cothemes.done("codebook", "undo", study=study.root)
    assert " ".join(words[:1]) in told.splitlines()[0]
    assert code in told.partition("Counted again:")[2]


def test_ids_of_the_records_are_not_printed(study: Study, cothemes: CommandLine) -> None:
    operate(cothemes, study, "split", "A2", "--into", "A2,X", "--wider")
    listed = cothemes.json("codings", "--retired", study=study.root)
    assert {each["code"] for each in listed["decided"]} == {"A2~1"}
    for words in (("codings", "--retired"), ("codings",), ("audit", SECOND), ("status",), ("matrix",)):
        text = cothemes.done(*words, study=study.root)
        assert "~1" not in text, words
    assert "A2 (split)" in cothemes.done("codings", "--retired", study=study.root)
    operate(cothemes, study, "undo")
    operate(cothemes, study, "merge", "A1,A2", "--into", "A1", "--wider")
    assert "A1 (merged)" in cothemes.done("codings", "--retired", study=study.root)


def test_operations_in_words_fit_the_screen(study: Study, cothemes: CommandLine) -> None:
    for words in (
        ("merge", "A1,A2", "--into", "M", "--exact-union", "--dry-run"),
        ("split", "A2", "--into", "X,Y", "--wider"),
        ("undo",),
        ("retire", "B1"),
        ("history",),
    ):
        text = cothemes.done("codebook", *words, study=study.root)
        lines = [line for line in text.splitlines() if str(study.root) not in line]
        assert max(map(len, lines)) <= 80, text
