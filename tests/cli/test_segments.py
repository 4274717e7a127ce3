"""Tables of coded segments of other programs, placed on the study's own texts."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from openpyxl import Workbook

from cothemes.app.study import Study, find_study
from cothemes.records.rating import Rating

TEXT = """Interviewer: How did it begin?

Anna: We trusted each other from the start, “really” – and it took a whole year to get there.

Interviewer: And money?

Anna: There was never any money. We went on. There was never any money.
"""
TRUST = 'We trusted each other from the start, "really" - and it took'
MONEY = "There was never any money."


@pytest.fixture
def study(cothemes, tmp_path: Path) -> Study:
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "Talk one.txt").write_text(TEXT, encoding="utf-8")
    cothemes.done("init", tmp_path / "s", "--from", "blank")
    (tmp_path / "s" / "codebook.yaml").write_text("codebook:\n  id: x\ncodes: []\n", encoding="utf-8")
    cothemes.done("ingest", tmp_path / "texts", "--kind", "interview", study=tmp_path / "s")
    return find_study(tmp_path / "s", given=True)


def ratings(study: Study) -> set[tuple[str, str]]:
    """Label of the code and rater of all imported ratings."""
    opened = find_study(study.root, given=True)
    labels = {code.id: code.label for code in opened.codebook.codes}
    return {(labels[each.code], each.rater) for each in opened.store.ratings.all()}


def words(study: Study, rating: Rating) -> str:
    passage = study.store.passages.get(rating.unit)
    assert passage is not None
    return passage.text[rating.start : rating.end]


def as_csv(path: Path, rows: Sequence[Sequence[str]]) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as handle:
        csv.writer(handle).writerows(rows)
    return path


def as_xlsx(path: Path, rows: Sequence[Sequence[object]]) -> Path:
    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    book.save(path)
    return path


def of_maxqda(folder: Path) -> Path:
    head = (
        "Color", "Comment", "Document group", "Document name", "Code", "Beginning", "End", "Weight score",
        "Segment", "Created by", "Created",
    )  # fmt: skip
    return as_xlsx(
        folder / "segments.xlsx",
        [
            head,
            ("●", "Strong", "", "Talk one", "Relations > Trust", 3, 3, 0, TRUST, "ann", "2026-05-01 10:00"),
            ("●", "", "", "Talk one", "Money", 7, 7, 0, MONEY, "bob", "1/2/26"),
        ],
    )


def of_dedoose(folder: Path) -> Path:
    head = (
        "Media Title", "Excerpt Copy", "Codes Applied Combined", "Excerpt Creator", "Excerpt Range",
        "Code: Trust Applied", "Code: Money Applied", "Code: Money Weight",
    )  # fmt: skip
    return as_csv(
        folder / "excerpts.csv",
        [
            head,
            ("Talk one.txt", TRUST, "Trust, Money", "ann", "40-100", "True", "False", ""),
            ("Talk one.txt", MONEY, "Money", "bob", "150-170", "False", "True", "1"),
        ],
    )


def of_atlas(folder: Path) -> Path:
    head = (
        "ID", "Quotation Name", "Document", "Document Groups", "Quotation Content", "Comment", "Codes",
        "Reference", "Density", "Created by",
    )  # fmt: skip
    return as_xlsx(
        folder / "quotations.xlsx",
        [
            head,
            ("1:1", "trusted", "Talk one", "", TRUST, "", "Trust", "3", "1", "ann"),
            ("1:2", "money", "Talk one", "", MONEY, "", "Money", "7", "1", "bob"),
        ],
    )


@pytest.mark.parametrize("write", [of_maxqda, of_dedoose, of_atlas])
def test_segments_of_a_program_come_in_with_their_coders(
    cothemes, study: Study, tmp_path: Path, write
) -> None:
    path = write(tmp_path)
    found = cothemes.json("import", path, study=study.root)
    assert (found["rows"], found["placed"]) == (2, 2)
    assert ratings(study) == {("Trust", "ann"), ("Money", "bob")}
    (trust,) = [each for each in study.store.ratings.all() if each.rater == "ann"]
    assert words(study, trust) == "We trusted each other from the start, “really” – and it took"
    before = study.store.carried.all()
    again = cothemes.json("import", path, study=study.root)
    assert again["brought"]["codings_new"] == 0
    assert study.store.carried.all() == before


def test_a_path_of_codes_is_a_tree_and_a_date_of_two_readings_is_told(
    cothemes, study: Study, tmp_path: Path
) -> None:
    found = cothemes.json("import", of_maxqda(tmp_path), study=study.root)
    book = find_study(study.root, given=True).codebook
    assert {code.label: code.parent for code in book.codes} == {
        "Relations": None,
        "Trust": "Relations",
        "Money": None,
    }
    assert {"dates of segments"} == {each["what"] for each in found["brought"]["not_carried"]}
    assert [each.text for each in study.store.memos.all()] == ["Strong"]


def test_taguettes_highlights_come_in(cothemes, study: Study, tmp_path: Path) -> None:
    path = tmp_path / "project.sqlite3"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(
            """CREATE TABLE tags (id INTEGER, path TEXT, description TEXT);
            CREATE TABLE documents (id INTEGER, name TEXT);
            CREATE TABLE highlights (id INTEGER, document_id INTEGER, snippet TEXT);
            CREATE TABLE highlight_tags (highlight_id INTEGER, tag_id INTEGER);
            INSERT INTO tags VALUES (1, 'Money', 'Says money.');
            INSERT INTO documents VALUES (1, 'Talk one.txt');
            INSERT INTO highlights VALUES (1, 1, '<p>There was <b>never</b> any money.</p>');
            INSERT INTO highlight_tags VALUES (1, 1);"""
        )
    found = cothemes.json("import", path, study=study.root)
    assert found["placed"] == 1
    assert {label for label, _ in ratings(study)} == {"Money"}


def test_what_is_not_there_is_listed_and_nothing_else_is_guessed(
    cothemes, study: Study, tmp_path: Path
) -> None:
    rows = [
        ("document", "tag", "content"),
        ("Talk one", "Money", MONEY),
        ("Talk one", "Money", MONEY),
        ("Talk one", "Money", MONEY),
        ("Talk one", "Money", "Words nobody said."),
        ("Talk two", "Money", MONEY),
        ("Talk one", "", MONEY),
    ]
    found = cothemes.json("import", as_csv(tmp_path / "t.csv", rows), study=study.root)
    assert (found["rows"], found["placed"]) == (6, 2)
    lost = {each["why"]: each["count"] for each in found["brought"]["not_carried"]}
    assert sorted(lost.values()) == [1, 1, 2]


def test_a_person_says_which_columns_hold_what(cothemes, study: Study, tmp_path: Path) -> None:
    rows = [("Wo", "Was", "Wort"), ("Talk one", "Money", MONEY)]
    path = as_csv(tmp_path / "t.csv", rows)
    assert cothemes("import", path, "--columns", "document=Wo,code=Was", study=study.root).exit_code == 2
    found = cothemes.json("import", path, "--columns", "document=Wo,code=Was,text=Wort", study=study.root)
    assert found["placed"] == 1


def test_a_study_without_texts_is_told_so(cothemes, tmp_path: Path) -> None:
    cothemes.done("init", tmp_path / "s", "--from", "blank")
    assert cothemes("import", of_atlas(tmp_path), study=tmp_path / "s").exit_code == 3
