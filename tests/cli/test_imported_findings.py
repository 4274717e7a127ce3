"""Imported codings count in every output of findings by the same rule, or are listed with a reason."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from tests.doubles.coded_study import NOW, study_in
from tests.doubles.decisions import read
from tests.doubles.foreign_project import project

from cothemes.app.study import Study, find_study
from cothemes.records.rating import RaterKind, Rating
from cothemes.records.review import Reviewer


def imported(cothemes, tmp_path: Path) -> Path:
    cothemes.done("import", project(tmp_path / "p.qdpx"), study=tmp_path / "s")
    return tmp_path / "s"


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def told(cothemes, root: Path) -> dict[str, set[tuple[str, str]]]:
    """Output → passage and code that count in it."""
    cothemes.done("export", "csv", root / "c.csv", study=root)
    codings = cothemes.json("codings", study=root)
    quotes = [
        each
        for code in find_study(root, given=True).codebook.by_id
        for each in cothemes.json("quotes", "--code", code, study=root)["decided"]
    ]
    return {
        "codings": {(each["passage"], each["code"]) for each in codings["decided"]},
        "quotes": {(each["passage"], each["code"]) for each in quotes},
        "csv": {(row["passage"], row["code"]) for row in rows_of(root / "c.csv")},
    }


def test_codings_quotes_and_the_table_hold_the_same_imported_codes(cothemes, tmp_path: Path) -> None:
    root = imported(cothemes, tmp_path)
    found = told(cothemes, root)
    assert found["codings"] == found["quotes"] == found["csv"] != set()
    decided = cothemes.json("codings", study=root)["decided"]
    assert {each["status"] for each in decided} == {"imported"}
    assert len(decided) == len(rows_of(root / "c.csv"))
    cells = cothemes.json("matrix", "--by", "document", study=root)["cells"]
    for code, columns in cells.items():
        passages = {passage for passage, given in found["codings"] if given == code}
        assert sum(cell["passages"] for cell in columns.values()) == len(passages)


def test_documents_status_and_show_tell_of_imported_codes(cothemes, tmp_path: Path) -> None:
    root = imported(cothemes, tmp_path)
    given = told(cothemes, root)["codings"]
    documents = cothemes.json("documents", study=root)["documents"]
    assert sum(each["coded"] for each in documents) == len({passage for passage, _ in given})
    assert sum(each["decided"] for each in documents) == len({passage for passage, _ in given})
    raters = cothemes.json("status", study=root)["imported"]
    assert {each["name"]: each["codings"] for each in raters} == {
        name: sum(r.rater == name for r in find_study(root, given=True).store.ratings.all())
        for name in ("Ann", "Bob")
    }
    passage, code = sorted(given)[0]
    shown = cothemes.json("show", passage, study=root)
    assert any(code in each["codes"] and code in each["counts"] for each in shown["imported"])


def test_too_few_imported_readers_are_listed_everywhere(cothemes, tmp_path: Path) -> None:
    path = project(tmp_path / "p.qdpx")
    root = tmp_path / "s"
    cothemes.done("import", path, "--complete", "Ann=*", "--complete", "Bob=*", study=root)
    every = told(cothemes, root)["csv"]
    codings = cothemes.json("codings", "--combine", "all", study=root)
    [left] = [each for each in codings["left_out"] if each["reason"] == "too few readers"]
    assert left["count"] == len(codings["decided"]) - codings["counts"]["decided"] > 0
    cothemes.done("export", "csv", root / "all.csv", "--combine", "all", study=root)
    counting = {(row["passage"], row["code"]) for row in rows_of(root / "all.csv")}
    assert counting < every
    matrix = cothemes.json("matrix", "--by", "document", "--combine", "all", study=root)
    assert sum(cell["passages"] for row in matrix["cells"].values() for cell in row.values()) == len(counting)


def test_ratings_of_a_code_that_left_the_codebook_are_listed(cothemes, tmp_path: Path) -> None:
    root = imported(cothemes, tmp_path)
    before = cothemes.json("codings", study=root)
    joy = sum(each["code"] == "joy" for each in before["decided"])
    cothemes.done("codebook", "retire", "joy", "--reason", "not used", study=root)
    after = cothemes.json("codings", study=root)
    assert len(after["decided"]) == len(before["decided"]) - joy
    [left] = [each for each in after["left_out"] if each["reason"] == "retired code"]
    assert (left["count"], left["codes"]) == (joy, ["joy"])
    assert told(cothemes, root)["csv"] == {(each["passage"], each["code"]) for each in after["decided"]}


def test_invented_raters_are_listed_beside_people(cothemes, tmp_path: Path) -> None:
    root = imported(cothemes, tmp_path)
    passage = sorted(told(cothemes, root)["codings"])[0][0]
    (tmp_path / "r.csv").write_text(
        f"unit,doc,rater,kind,code,value\n{passage},{passage.rpartition('.')[0]},robot,synthetic,joy,1\n",
        encoding="utf-8",
    )
    cothemes.done("import", tmp_path / "r.csv", study=root)
    codings = cothemes.json("codings", study=root)
    assert "robot" not in {each["by"] for each in codings["decided"]}
    [left] = [each for each in codings["left_out"] if each["reason"] == "invented rater"]
    assert left["count"] == 1
    cothemes.done("export", "csv", root / "c.csv", study=root)
    assert "robot" not in {row["who"] for row in rows_of(root / "c.csv")}


def test_an_imported_consensus_counts_as_consensus(cothemes, tmp_path: Path) -> None:
    root = imported(cothemes, tmp_path)
    passage = sorted(told(cothemes, root)["codings"])[0][0]
    (tmp_path / "r.csv").write_text(
        f"unit,doc,rater,kind,code,value\n{passage},{passage.rpartition('.')[0]},consensus,consensus,joy,1\n",
        encoding="utf-8",
    )
    cothemes.done("import", tmp_path / "r.csv", study=root)
    codings = cothemes.json("codings", study=root)
    [settled] = codings["settled"]
    assert (settled["passage"], settled["code"], settled["ruled"]) == (passage, "joy", True)
    assert codings["counts"]["settled"] == 1


READ = "talk-1.0002"


@pytest.fixture
def team(tmp_path: Path) -> Study:
    """ann gave A1 and A2 on a passage."""
    made = study_in(tmp_path / "team")
    read(made, "ann", READ, ("A1", "A2"))
    return made


def add(study: Study, rater: str, kind: RaterKind, code: str, value: int | None) -> None:
    given = Rating(unit=READ, doc="talk-1", rater=rater, kind=kind, code=code, value=value)
    study.store.ratings.add([given])


def counted(cothemes, study: Study, *options: str) -> tuple[set[str], dict[str, tuple[int, str]]]:
    """Codes that count on the passage, the same in each output, and reason → count and way back."""
    codings = cothemes.json("codings", *options, study=study.root)
    cothemes.done("export", "csv", study.root / "c.csv", *options, study=study.root)
    cothemes.done("export", "wide", study.root / "w.csv", *options, study=study.root)
    rows = [row for row in rows_of(study.root / "c.csv") if row["status"] == "decided"]
    [wide] = [row for row in rows_of(study.root / "w.csv") if row["passage"] == READ]
    quotes = cothemes.json("quotes", *options, study=study.root)["codes"]
    cells = cothemes.json("matrix", "--by", "document", *options, study=study.root)["cells"]
    found = {row["code"] for row in rows}
    assert found == {code for code in ("A1", "A2", "B1") if wide[code] == "1"}
    assert found == {each["code"] for each in quotes if each["decided"]}
    assert found == {code for code, row in cells.items() if any(cell["passages"] for cell in row.values())}
    listed = len(codings["decided"]) + sum(each["ruled"] for each in codings["settled"])
    left = {each["reason"]: (each["count"], each["include_with"]) for each in codings["left_out"]}
    by_reader = [each for each in codings["left_out"] if each["reason"] in (OVERRULED, TOO_FEW)]
    assert codings["counts"]["decided"] + codings["counts"]["settled"] == len(rows)
    assert listed - len(rows) <= sum(each["count"] for each in by_reader)
    return found, left


OVERRULED, TOO_FEW = "ruled otherwise", "too few readers"


def test_a_persons_code_that_an_imported_consensus_overrules_is_listed(cothemes, team: Study) -> None:
    add(team, "board", RaterKind.CONSENSUS, "A1", None)
    codes, left = counted(cothemes, team)
    assert codes == {"A1"}
    count, back = left[OVERRULED]
    assert count == 1
    # Passages with an imported consensus are not adjudicated again.
    assert "import" in back
    assert "adjudicate" not in back
    stated = cothemes.json("quotes", "--code", "A2", "--state", "all", study=team.root)["quotes"]
    assert [each["state"] for each in stated] == [OVERRULED]


def test_imported_readers_can_outvote_a_person(cothemes, team: Study) -> None:
    add(team, "x", RaterKind.HUMAN, "A2", 0)
    assert counted(cothemes, team) == ({"A1", "A2"}, {})
    codes, left = counted(cothemes, team, "--combine", "all")
    assert codes == {"A1"}
    assert left == {TOO_FEW: (1, "--combine any")}


def test_a_consensus_on_one_code_says_nothing_of_the_others(cothemes, team: Study) -> None:
    add(team, "board", RaterKind.CONSENSUS, "A1", 1)
    add(team, "x", RaterKind.HUMAN, "A2", 0)
    codes, left = counted(cothemes, team, "--combine", "all")
    assert codes == {"A1"}
    assert left == {TOO_FEW: (1, "--combine any")}


def test_a_ruling_of_the_study_goes_before_an_imported_consensus(cothemes, team: Study) -> None:
    team.store.reviews.add_reviewer(Reviewer(name="cat", role="supervisor", added=NOW))
    read(team, "bob", READ, ("A1",))
    cothemes.done("adjudicate", "--as", "cat", "--passage", READ, "--code", "A2", "no", study=team.root)
    add(team, "board", RaterKind.CONSENSUS, "A1", None)
    add(team, "board", RaterKind.CONSENSUS, "A2", None)
    codes, left = counted(cothemes, team)
    assert codes == {"A1"}
    count, back = left[OVERRULED]
    assert (count, "adjudicate" in back) == (2, True)
