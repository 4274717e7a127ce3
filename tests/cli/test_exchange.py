"""`cothemes import` and `cothemes export`: what goes out comes back, and a strange file changes nothing."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.doubles.coded_study import propose, study_in
from tests.doubles.decisions import read

from cothemes.app.study import Study
from cothemes.records.review import Arm

HEADER = "unit,doc,rater,kind,code"


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """Twelve short interviews, coded by two people blind and by a coder."""
    study = study_in(tmp_path / "study", documents=12)
    propose(study)
    for number in range(1, 13):
        trust, money = f"talk-{number}.0002", f"talk-{number}.0004"
        read(study, "ann", trust, {"A1": {"status": ("experienced", "intended"), "valence": ("helps",)}})
        read(study, "bob", trust, ("A1",) if number % 3 else ("A2",))
        read(study, "ann", money, ("A2", "B1") if number % 2 else ("A2",), span=(0, 25))
        read(study, "bob", money, ("A2",))
        read(study, "ann", f"talk-{number}.0005", ("B1",) if number == 1 else (), arm=Arm.ASSISTED)
    return study


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def ratings(path: Path, rows: Sequence[str], header: str = HEADER) -> Path:
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def test_exported_ratings_give_the_studys_own_agreement(cothemes, study: Study, tmp_path: Path) -> None:
    cothemes.done("export", "ratings", tmp_path / "out.csv", study=study.root)
    for words in ((), ("--arm", "assisted", "--raters", "ann,offline@0#r0001"), ("--variable", "v=A1,A2")):
        own = cothemes.json("agreement", *words, study=study.root)
        again = cothemes.json("agreement", tmp_path / "out.csv", *words)
        for code in own["codes"]:
            code.pop("label")
        for code in again["codes"]:
            code.pop("label")
        for key in ("measure", "raters", "units", "documents", "clusters", "codes", "variables", "overall"):
            assert own[key] == again[key], key
        assert sorted(map(str, own["pairs"])) == sorted(map(str, again["pairs"]))
    assert own["units"] == 24
    assert own["median_words"] is not None


def test_exported_ratings_have_a_value_and_a_cluster_in_every_row(
    cothemes, study: Study, tmp_path: Path
) -> None:
    cothemes.done("export", "ratings", tmp_path / "out.csv", study=study.root)
    rows = table(tmp_path / "out.csv")
    assert {row["value"] for row in rows} == {"0", "1"}
    assert {row["cluster"] for row in rows if row["doc"] == "talk-3"} == {"P3"}
    assert {row["cluster"] for row in rows if row["doc"] == "policy"} == {"policy"}
    mine = [row for row in rows if row["rater"] == "ann" and row["unit"] == "talk-1.0002"]
    assert {(row["code"], row["value"]) for row in mine} == {("A1", "1"), ("A2", "0"), ("B1", "0")}
    assert mine[0]["attr.status"] == "experienced;intended"


def test_a_table_of_codings(cothemes, study: Study, tmp_path: Path) -> None:
    cothemes.done("export", "csv", tmp_path / "out.csv", study=study.root)
    rows = table(tmp_path / "out.csv")
    people = [row for row in rows if row["status"] == "decided"]
    # 12 × (ann: A1, A2; bob: one, A2) + 6 × B1 + the one assisted B1.
    assert len(people) == 12 * 4 + 6 + 1
    first = next(row for row in people if row["passage"] == "talk-1.0004" and row["code"] == "A2")
    assert (first["who"], first["arm"], first["label"]) == ("ann", "blind", "Time and money")
    assert (first["quote"], first["marked"]) == ("There was never any money", "yes")
    assert first["meta.participant"] == "P1"
    assert {row["who"] for row in rows if row["status"] == "suggested"} == {"offline@0#r0001"}


def test_cells_that_steer_a_spreadsheet_are_guarded(cothemes, tmp_path: Path) -> None:
    study = study_in(tmp_path / "study", documents=1)
    study.store.documents.describe("talk-1", {"participant": "=HYPERLINK(1)", "role": "+lead", "x": "@a"})
    read(study, "ann", "talk-1.0002", ("A1",))
    cothemes.done("export", "csv", tmp_path / "out.csv", study=study.root)
    (row,) = table(tmp_path / "out.csv")
    assert (row["meta.participant"], row["meta.role"], row["meta.x"]) == ("'=HYPERLINK(1)", "'+lead", "'@a")
    cothemes.done("export", "ratings", tmp_path / "r.csv", study=study.root)
    assert {row["cluster"] for row in table(tmp_path / "r.csv")} == {"'=HYPERLINK(1)"}


def test_imported_ratings_count_beside_decisions(cothemes, study: Study, tmp_path: Path) -> None:
    """Without the column value, codes that are not named were considered and do not apply."""
    rows = [f"talk-{n}.0002,talk-{n},zoe,human,A1" for n in range(1, 13)]
    rows += [f"talk-{n}.0004,talk-{n},zoe,human," for n in range(1, 13)]
    path = ratings(tmp_path / "zoe.csv", rows)
    found = cothemes.json("import", path, study=study.root)
    assert (found["new"], found["known"], found["units"], found["raters"]) == (24, 0, 24, {"zoe": "human"})
    again = cothemes.json("import", path, study=study.root)
    assert (again["new"], again["known"]) == (0, 24)
    agreement = cothemes.json("agreement", "--raters", "ann,zoe", study=study.root)
    by_code = {code["code"]: code for code in agreement["codes"]}
    assert by_code["A1"]["percent_agreement"] == 1
    assert by_code["A2"]["percent_agreement"] == 0.5
    cothemes.done("export", "ratings", tmp_path / "out.csv", study=study.root)
    from_file = cothemes.json("agreement", tmp_path / "out.csv", "--raters", "ann,zoe")
    for code in (*agreement["codes"], *from_file["codes"]):
        code.pop("label")
    assert from_file["codes"] == agreement["codes"]


def test_another_import_of_the_same_rater_is_refused_or_replaces(
    cothemes, study: Study, tmp_path: Path
) -> None:
    cothemes.done("import", ratings(tmp_path / "a.csv", ["talk-1.0002,d,zoe,human,A1"]), study=study.root)
    other = ratings(tmp_path / "b.csv", ["talk-1.0002,d,zoe,human,A2"])
    refused = cothemes("import", other, study=study.root)
    assert refused.exit_code == 3
    assert "said something else" in refused.stderr
    assert "--replace" in refused.stderr
    cothemes.done("import", other, "--replace", study=study.root)
    assert [(r.rater, r.code, r.doc, r.cluster) for r in study.store.ratings.all()] == [
        ("zoe", "A2", "talk-1", "P1")
    ]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("talk-1.9999,d,zoe,human,A1", "talk-1.9999"),
        ("talk-1.0002,d,zoe,human,Z9", "not in the codebook"),
        ("talk-1.0002,d,ann,human,A1", "ann decides"),
        ("talk-1.0002,d,offline@0#r0001,model,A1", "offline@0#r0001 decides or suggests"),
    ],
)
def test_what_does_not_fit_changes_nothing(
    cothemes, study: Study, tmp_path: Path, row: str, said: str
) -> None:
    path = ratings(tmp_path / "r.csv", ["talk-2.0002,d,yan,human,A1", row])
    result = cothemes("import", path, study=study.root)
    assert result.exit_code == 3
    assert said in result.stderr
    assert "→" in result.stderr
    assert study.store.ratings.all() == []


def test_a_span_beyond_its_passage_is_refused(cothemes, study: Study, tmp_path: Path) -> None:
    path = ratings(tmp_path / "r.csv", ["talk-1.0002,d,zoe,human,A1,3,4000"], f"{HEADER},start,end")
    result = cothemes("import", path, study=study.root)
    assert result.exit_code == 3
    assert "3 to 4000 in talk-1.0002" in result.stderr


@pytest.mark.parametrize("name", ["codebook.yaml", "codes.qdc", "noname"])
def test_other_formats_are_refused_by_name(cothemes, study: Study, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("x", encoding="utf-8")
    result = cothemes("import", tmp_path / name, study=study.root)
    assert result.exit_code == 3
    assert "cannot be imported" in result.stderr
    assert "→" in result.stderr


def test_an_export_that_cannot_be_written_is_said(cothemes, study: Study, tmp_path: Path) -> None:
    result = cothemes("export", "csv", tmp_path / "nowhere" / "out.csv", study=study.root)
    assert result.exit_code == 3
    assert "cannot be written" in result.stderr
    assert cothemes("export", "pdf", tmp_path / "out.pdf", study=study.root).exit_code == 2


def test_a_study_without_ratings_exports_a_header(cothemes, tmp_path: Path) -> None:
    study = study_in(tmp_path / "study", documents=1)
    for form in ("csv", "ratings"):
        found = cothemes.json("export", form, tmp_path / f"{form}.csv", study=study.root)
        assert found["rows"] == 0
        assert (tmp_path / f"{form}.csv").read_text(encoding="utf-8").count("\n") == 1


def test_a_study_without_ratings_has_no_agreement(cothemes, tmp_path: Path) -> None:
    study = study_in(tmp_path / "study", documents=1)
    result = cothemes("agreement", study=study.root)
    assert result.exit_code == 3
    assert "holds no ratings" in result.stderr


def test_a_reflexive_study_has_no_coefficients(cothemes, study: Study) -> None:
    settings = study.root / "cothemes.toml"
    settings.write_text(
        settings.read_text(encoding="utf-8").replace('"codebook" ', '"reflexive" '), encoding="utf-8"
    )
    result = cothemes("agreement", study=study.root)
    assert result.exit_code == 3
    assert "reflexive" in result.stderr
