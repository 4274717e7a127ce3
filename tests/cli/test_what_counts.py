"""Findings, agreement and exports count the same work by one rule, and list what they leave out."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import CommandLine
from tests.doubles.coded_study import CODEBOOK, assign, propose, study_in
from tests.doubles.decisions import read

from cothemes.app.findings.report_sections import settled_rounds
from cothemes.app.review.left_out import beside
from cothemes.app.study import Study
from cothemes.records.review import Action, Arm

FIRST, SECOND, THIRD, FOURTH = "talk-1.0002", "talk-1.0004", "talk-2.0002", "talk-2.0004"
ALL = (FIRST, SECOND, THIRD, FOURTH)
SHARPENED = CODEBOOK.replace("time or money is there or is missing", "money is missing").replace(
    "version: 0.1.0", "version: 0.2.0"
)


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """Ann read four passages and gave A2 on three; Bob read two of them and gave A2 on one."""
    made = study_in(tmp_path / "study")
    propose(made)
    for passage in ALL:
        read(made, "ann", passage, () if passage == THIRD else ("A2",))
    read(made, "bob", FIRST, ())
    read(made, "bob", SECOND, ("A2",))
    made.close()
    return made


def use(study: Study, codebook: str) -> None:
    study.codebook_path.write_text(codebook, encoding="utf-8")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def exported(cothemes: CommandLine, study: Study, *more: str, code: str = "A2") -> list[tuple[str, str]]:
    out = study.root.parent / "out.csv"
    cothemes.done("export", "csv", out, *more, study=study.root)
    return [
        (row["passage"], row["who"])
        for row in rows(out)
        if row["code"] == code and row["kind"] in ("human", "consensus")
    ]


def counted(cothemes: CommandLine, study: Study, code: str = "A2") -> tuple[int, int, int]:
    """Passages with a code by `codings`, `matrix` and `export csv`."""
    listed = cothemes.json("codings", "--code", code, study=study.root)
    codings = {
        one["passage"] for one in listed["decided"] if one["current_wording"] and one["upheld"] is not False
    }
    matrix = cothemes.json("matrix", "--by", "document", "--code", code, study=study.root)
    csv_rows = {passage for passage, _ in exported(cothemes, study, code=code)}
    assert listed["counts"]["decided"] >= len(codings)
    return len(codings), matrix["totals"][code]["passages"], len(csv_rows)


def reasons(found: Any) -> dict[str, int]:
    return {each["reason"]: each["count"] for each in found["left_out"]}


def recode(cothemes: CommandLine, study: Study, who: str, passage: str, *codes: str) -> None:
    for code in codes:
        cothemes.done("decide", "--as", who, passage, code, "add", study=study.root)
    cothemes.done("done", "--as", who, passage, study=study.root)


def test_a_recode_after_a_reveal_counts_in_pooled_findings(
    study: Study, cothemes: CommandLine, tmp_path: Path
) -> None:
    cothemes.done("reviewers", "add", "cem", study=study.root)
    opened = Study(study.root)
    assign(opened, "cem", {FIRST: Arm.REVEAL})
    opened.close()
    recode(cothemes, study, "cem", FIRST, "A1")
    cothemes.done("decide", "--as", "cem", FIRST, "A1", "reject", study=study.root)
    cothemes.done("done", "--as", "cem", FIRST, study=study.root)
    assert counted(cothemes, study, "A1") == (0, 0, 0)
    use(study, CODEBOOK.replace("Says that people trust or distrust", "Says that people trust"))
    cothemes.json("codebook", "recode", "A1", "--round", "again", study=study.root)
    recode(cothemes, study, "cem", FIRST, "A1")
    assert counted(cothemes, study, "A1") == (1, 1, 1)
    assert "A1" in {
        each["code"] for each in cothemes.json("quotes", study=study.root)["codes"] if each["decided"]
    }
    report = cothemes.json("report", tmp_path / "r.html", study=study.root)
    assert (report["purpose"], report["codes_used"]) == ("findings", 2)


def test_a_changed_label_changes_no_count(study: Study, cothemes: CommandLine) -> None:
    assert counted(cothemes, study) == (3, 3, 3)
    use(study, CODEBOOK.replace("label: Time and money", "label: Means"))
    assert counted(cothemes, study) == (3, 3, 3)


def test_a_sharpened_definition_moves_rows_into_the_list(study: Study, cothemes: CommandLine) -> None:
    before = exported(cothemes, study)
    use(study, SHARPENED)
    assert exported(cothemes, study) == []
    listed = rows(beside(study.root.parent / "out.csv"))
    assert sorted((row["passage"], row["who"]) for row in listed) == sorted(before)
    assert {row["state"] for row in listed} == {"earlier meaning"}
    assert reasons(cothemes.json("matrix", study=study.root)) == {"earlier meaning": len(before)}


def test_a_partial_recode_is_said_beside_the_figure(
    study: Study, cothemes: CommandLine, tmp_path: Path
) -> None:
    use(study, SHARPENED)
    cothemes.json("codebook", "recode", "A2", "--round", "again", study=study.root)
    recode(cothemes, study, "ann", FIRST, "A2")
    made = cothemes.json("report", tmp_path / "r.html", study=study.root)
    assert made["recoded"] == {"A2": [1, 4]}
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    row = page[page.index('<th scope="row" class="code">A2</th>') :]
    assert "1 of 4 recoded" in row[: row.index("</tr>")]
    assert any("1 of 4 recoded" in note for note in cothemes.json("matrix", study=study.root)["notes"])
    for passage, codes in ((SECOND, ()), (THIRD, ()), (FOURTH, ("A2",))):
        recode(cothemes, study, "ann", passage, *codes)
    assert cothemes.json("report", tmp_path / "r.html", study=study.root)["recoded"] == {}


def test_a_recode_of_one_code_says_nothing_of_others(
    study: Study, cothemes: CommandLine, tmp_path: Path
) -> None:
    use(study, SHARPENED + "  - id: B2\n    label: Rooms\n    definition: Says where people meet.\n")
    cothemes.json("codebook", "recode", "A2", "--round", "again", study=study.root)
    recode(cothemes, study, "ann", FIRST)
    cothemes.done("export", "ratings", tmp_path / "r.csv", study=study.root)
    found = [row for row in rows(tmp_path / "r.csv") if row["unit"] == FIRST and row["rater"] == "ann"]
    assert {row["code"] for row in found if row["round"] == "again"} == {"A2"}
    assert {row["code"] for row in found if row["round"] == "main"} == {"A1", "B1"}, "B2 came later"


def test_the_table_of_what_was_settled_adds_up(study: Study, cothemes: CommandLine) -> None:
    opened = Study(study.root)
    read(opened, "ann", "policy.0001", {"A1": {"valence": ("helps",)}})
    read(opened, "bob", "policy.0001", {"A1": {"valence": ("hinders",)}})
    opened.close()
    for passage, code, verdict in (("policy.0001", "A1", "yes"), (FIRST, "A2", "no")):
        cothemes.done(
            "adjudicate", verdict, "--as", "ann", "--passage", passage, "--code", code, study=study.root
        )
    (found,) = settled_rounds(Study(study.root))
    table = {(row.code, row.about.value): (row.disputed, row.yes, row.no, row.left) for row in found.codes}
    assert table == {("A1", "attributes"): (1, 1, 0, 0), ("A2", "code"): (1, 0, 1, 0)}
    assert all(row.disputed == row.yes + row.no + row.left for row in found.codes)


def test_a_ruling_keeps_its_attribute_when_it_is_accepted_again(study: Study, cothemes: CommandLine) -> None:
    opened = Study(study.root)
    read(opened, "ann", "policy.0001", {"A1": {"valence": ("helps",)}})
    read(opened, "bob", "policy.0001", {"A1": {"valence": ("hinders",)}})
    opened.close()
    rule = ("adjudicate", "yes", "--as", "ann", "--passage", "policy.0001", "--code", "A1")
    cothemes.done(*rule, "--attr", "valence=hinders", study=study.root)
    cothemes.done(*rule, "--note", "talked over", study=study.root)
    (settled,) = cothemes.json("codings", "--code", "A1", study=study.root)["settled"]
    assert settled["attributes"] == {"valence": ["hinders"]}


def test_a_ruling_goes_before_what_people_said(study: Study, cothemes: CommandLine) -> None:
    cothemes.done("adjudicate", "no", "--as", "bob", "--passage", FIRST, "--code", "A2", study=study.root)
    assert counted(cothemes, study) == (2, 2, 2)
    for command in (("codings",), ("quotes", "--code", "A2"), ("matrix",)):
        assert reasons(cothemes.json(*command, study=study.root)) == {"ruled otherwise": 1}


def test_undo_keeps_the_codebook_of_what_it_takes_back(study: Study, cothemes: CommandLine) -> None:
    opened = Study(study.root)
    assign(opened, "ann", {"policy.0002": Arm.BLIND})
    opened.close()
    cothemes.done("decide", "--as", "ann", "policy.0002", "A2", "add", study=study.root)
    use(study, SHARPENED)
    cothemes.done("undo", "--as", "ann", study=study.root)
    *_, taken, undo = Study(study.root).store.reviews.decisions(reviewer="ann")
    assert (undo.action, undo.undoes) == (Action.UNDO, taken.id)
    assert (undo.code_hash, undo.codebook_hash) == (taken.code_hash, taken.codebook_hash)


def test_agreement_of_an_earlier_version_is_as_it_was(study: Study, cothemes: CommandLine) -> None:
    def figures(*more: str) -> dict[str, Any]:
        found = cothemes.json("agreement", *more, study=study.root)
        return {code["code"]: code for code in found["codes"]}

    before = figures()
    old = Study(study.root).codebook.hash
    use(study, SHARPENED)
    assert figures()["A2"]["units"] == 0
    assert figures("--version", old[:8]) == before == figures("--version", "0.1.0")
    file = study.root.parent / "old.yaml"
    file.write_text(CODEBOOK, encoding="utf-8")
    assert figures("--version", str(file)) == before
    assert cothemes("agreement", "--version", "9.9", study=study.root).exit_code == 2
    assert cothemes("agreement", file, "--version", "0.1.0", study=study.root).exit_code == 2


@pytest.mark.parametrize(("rule", "passages"), [("any", 3), ("majority", 2), ("all", 2)])
def test_several_readers_count_by_the_rule(
    study: Study, cothemes: CommandLine, tmp_path: Path, rule: str, passages: int
) -> None:
    more = ("--combine", rule)
    found = cothemes.json("matrix", *more, study=study.root)
    assert (found["combined_by"], found["totals"]["A2"]["passages"]) == (rule, passages)
    in_use = {
        each["code"]: each["decided"] for each in cothemes.json("quotes", *more, study=study.root)["codes"]
    }
    assert in_use["A2"] == passages
    assert len({passage for passage, _ in exported(cothemes, study, *more)}) == passages
    left = {} if rule == "any" else {"too few readers": 1}
    for command in (
        ("codings",), ("quotes", "--code", "A2"), ("matrix",), ("report", tmp_path / "r.html"),
        ("export", "csv", tmp_path / "o.csv"),
    ):  # fmt: skip
        made = cothemes.json(*command, *more, study=study.root)
        assert (made["purpose"], made["combined_by"], reasons(made)) == ("findings", rule, left), command
    assert (
        cothemes("export", "ratings", tmp_path / "r.csv", "--combine", "all", study=study.root).exit_code == 2
    )


def test_show_has_each_reading_with_its_own_codes(study: Study, cothemes: CommandLine) -> None:
    use(study, SHARPENED)
    cothemes.json("codebook", "recode", "A2", "--round", "again", study=study.root)
    recode(cothemes, study, "ann", FIRST, "A2")
    people = {
        (each["reviewer"], each["round"]): (list(each["codes"]), each["counts"])
        for each in cothemes.json("show", FIRST, study=study.root)["people"]
    }
    assert people["ann", "main"] == (["A2"], []), "given under an earlier meaning"
    assert people["ann", "again"] == (["A2"], ["A2"])


def test_agreement_of_exported_ratings_is_that_of_the_study(
    study: Study, cothemes: CommandLine, tmp_path: Path
) -> None:
    opened = Study(study.root)
    for name in ("ann", "bob"):
        read(opened, name, "policy.0001", ("A1",), round_name="second")
        assign(opened, name, {"policy.0002": Arm.REVEAL})
    opened.close()
    for name in ("ann", "bob"):
        recode(cothemes, study, name, "policy.0002", "A2")
        cothemes.done("decide", "--as", name, "policy.0002", "B1", "add", study=study.root)
        cothemes.done("done", "--as", name, "policy.0002", study=study.root)
    cothemes.done("export", "ratings", tmp_path / "r.csv", study=study.root)
    assert {row["arm"] for row in rows(tmp_path / "r.csv")} == {"", "blind", "reveal", "revealed"}
    for arm in ("blind", "reveal", "revealed", "all"):
        asked = ("--round", "main", "--raters", "ann,bob", "--arm", arm)
        own = cothemes.json("agreement", *asked, study=study.root)
        file = cothemes.json("agreement", tmp_path / "r.csv", *asked)
        same = ("units", "overall", "pairs", "measure", "clusters", "documents")
        assert {name: own[name] for name in same} == {name: file[name] for name in same}, arm
        alike = ("code", "units", "positives", "percent_agreement", "cohen_kappa", "alpha", "ac1")
        assert [[code[name] for name in alike] for code in own["codes"]] == [
            [code[name] for name in alike] for code in file["codes"]
        ]


def test_rows_that_do_not_count_are_skipped_and_said(cothemes: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    lines = ["unit,doc,rater,kind,code,value,counts"]
    for unit in range(6):
        lines += [f"u{unit},d,{who},human,A,{unit % 2},1" for who in ("ann", "bob")]
    lines += ["u0,d,ann,human,B,1,0", "u9,d,bob,human,A,1,0"]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    found = cothemes.json("agreement", path)
    assert (found["units"], [code["code"] for code in found["codes"]]) == (6, ["A"])
    (skipped,) = found["not_rated"]
    assert (skipped["column"], skipped["mark"], skipped["rows"]) == ("counts", "0", [14, 15])


def test_a_partial_recode_estimates_no_prevalence(study: Study, cothemes: CommandLine) -> None:
    use(study, SHARPENED)
    cothemes.json("codebook", "recode", "A2", "--round", "again", study=study.root)
    recode(cothemes, study, "ann", FIRST, "A2")
    result = cothemes("prevalence", "--round", "again", study=study.root)
    assert (result.exit_code, "partial recode" in result.stderr) == (3, True)
