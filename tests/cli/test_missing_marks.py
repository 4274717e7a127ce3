"""NA, nan, NULL and the like in files from elsewhere: not rated, counted, named with their rows."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from tests.doubles.gold_suite import gold_suite

from cothemes.adapters.readers.ratings_csv import read_ratings
from cothemes.errors import RatingsError
from cothemes.records.missing_mark import is_missing_mark

HEADER = "unit,doc,rater,kind,code"
MARKS = [
    "NA",
    "na",
    "N/A",
    "n/a",
    "#N/A",
    "#NA",
    "<NA>",
    "NaN",
    "nan",
    "None",
    "NULL",
    "null",
    "-",
    "–",
    "?",
    ".",
]


def ratings(folder: Path, mark: str, header: str = HEADER, tail: str = "") -> Path:
    """Twelve units of three interviews by two people; the second did not rate units 0 and 5."""
    rows = [header]
    for n in range(12):
        rows.append(f"u{n},d{n % 3},ann,human,{'X' if n % 2 else ''}{tail}")
        rows.append(f"u{n},d{n % 3},bob,human,{mark if n in (0, 5) else 'X' if n % 3 else ''}{tail}")
    path = folder / "ratings.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("mark", MARKS)
def test_a_missing_code_is_not_rated_and_counted_with_its_rows(cothemes, tmp_path: Path, mark: str) -> None:
    marked = cothemes.json("agreement", ratings(tmp_path, mark))
    assert [code["code"] for code in marked["codes"]] == ["X"]
    assert marked["units"] == 10
    assert marked["not_rated"] == [
        {
            "column": "code",
            "mark": mark,
            "count": 2,
            "rows": [3, 13],
            "include_with": f"--real-code {mark}",
        }
    ]
    # The figures are those of the file without these rows.
    path = tmp_path / "without.csv"
    lines = ratings(tmp_path, mark).read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(line for n, line in enumerate(lines) if n not in (2, 12)), encoding="utf-8")
    without = cothemes.json("agreement", path)
    assert without["not_rated"] == []
    for name in ("codes", "overall", "pairs", "units"):
        assert marked[name] == without[name]


def test_the_terminal_and_the_page_name_the_rows(cothemes, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    printed = " ".join(cothemes.done("agreement", ratings(tmp_path, "NA"), "--html", page).split())
    for shown in (printed, page.read_text(encoding="utf-8")):
        assert "2 rows have NA in the column code" in shown
        assert "ratings.csv:3, 13" in shown
        assert "--real-code" in shown


def test_a_code_of_that_name_is_a_code_where_it_is_said(cothemes, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    found = cothemes.json("agreement", ratings(tmp_path, "NA"), "--real-code", "NA", "--html", page)
    assert [code["code"] for code in found["codes"]] == ["NA", "X"]
    assert (found["units"], found["not_rated"]) == (12, [])
    assert "--real-code NA" in page.read_text(encoding="utf-8")


def test_a_study_has_its_own_codes_and_the_option_is_refused(cothemes) -> None:
    result = cothemes("agreement", "--real-code", "NA")
    assert result.exit_code == 2
    assert "belongs to a ratings file" in result.stderr


def test_a_missing_value_is_not_rated_and_a_missing_cluster_is_the_document(tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv"
    path.write_text(
        f"{HEADER},value,cluster\nu1,d1,a,human,X,1,p1\nu2,d2,a,human,X,NA,p2\nu3,d3,a,human,X,0,nan\n",
        encoding="utf-8",
    )
    table = read_ratings(path)
    assert [(r.unit, r.cluster) for r in table.ratings()] == [("u1", "p1"), ("u3", "d3")]
    assert [(m.column, m.mark, m.rows) for m in table.missing] == [
        ("value", "NA", (3,)),
        ("cluster", "nan", (4,)),
    ]


def test_rows_keep_their_numbers_behind_rows_that_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv"
    path.write_text(f"{HEADER}\nu1,d1,a,human,NA\n\nu2,d2,a,person,X\n", encoding="utf-8")
    with pytest.raises(RatingsError) as raised:
        read_ratings(path)
    assert raised.value.where == f"{path}:4"


def test_a_file_of_nothing_else_says_so(tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv"
    path.write_text(f"{HEADER}\nu1,d1,a,human,NA\nu2,d2,a,human,null\n", encoding="utf-8")
    with pytest.raises(RatingsError, match="2 rows say NA or the like") as raised:
        read_ratings(path)
    assert "--real-code" in raised.value.hint


@pytest.mark.parametrize("column", ["unit", "doc", "rater"])
@pytest.mark.parametrize("word", ["nan", "NULL", "None", "#N/A"])
def test_nobody_and_nothing_is_called_so(tmp_path: Path, column: str, word: str) -> None:
    cells = {"unit": "u1", "doc": "d1", "rater": "a", "kind": "human", "code": "X", column: word}
    path = tmp_path / "ratings.csv"
    path.write_text(f"{HEADER}\n{','.join(cells.values())}\n", encoding="utf-8")
    with pytest.raises(RatingsError, match=f"has the {column} {word}") as raised:
        read_ratings(path)
    assert raised.value.where == f"{path}:2"


def test_initials_may_be_na(tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv"
    path.write_text(f"{HEADER}\nu1,d1,NA,human,X\n", encoding="utf-8")
    assert read_ratings(path).raters == ("NA",)


def test_an_import_leaves_them_out_unless_the_codebook_has_the_code(
    cothemes, tmp_path: Path, monkeypatch
) -> None:
    (tmp_path / "t.txt").write_text("I wrote to them in May and nobody answered.\n", encoding="utf-8")
    cothemes.done("init", tmp_path / "study")
    monkeypatch.chdir(tmp_path / "study")
    codes = "".join(f"  - {{{{id: {name}, label: L, definition: D.}}}}\n" for name in ("{0}", "X"))
    book = f"codebook: {{{{id: b, version: 1}}}}\ncodes:\n{codes}"
    (tmp_path / "study" / "codebook.yaml").write_text(book.format("Y"), encoding="utf-8")
    cothemes.done("ingest", tmp_path / "t.txt")
    file = tmp_path / "ratings.csv"
    file.write_text(f"{HEADER}\nt.0001,t,rex,human,NA\nt.0001,t,sam,human,X\n", encoding="utf-8")
    found = cothemes.json("import", file)
    assert (found["new"], list(found["raters"])) == (1, ["sam"])
    assert found["not_rated"] == [{"column": "code", "mark": "NA", "count": 1, "rows": [2]}]
    assert "ratings.csv:2" in " ".join(cothemes.done("import", file).split())
    (tmp_path / "study" / "codebook.yaml").write_text(book.format("NA"), encoding="utf-8")
    found = cothemes.json("import", file)
    assert (found["new"], sorted(found["raters"]), found["not_rated"]) == (1, ["rex", "sam"], [])


def test_a_label_of_gold_that_is_missing_is_not_rated(cothemes, tmp_path: Path) -> None:
    suite = gold_suite(tmp_path / "gold")
    passages = suite.parent / "passages.jsonl"
    lines = [json.loads(line) for line in passages.read_text(encoding="utf-8").splitlines()]
    for n in (3, 8):
        lines[n]["labels"] = {"ann": ["NA"]}
    passages.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    found = cothemes.json("evaluate", suite)
    assert (found["passages"], found["unrated"], found["outside_codebook"]) == (38, 2, {})
    assert any("ann 2 (rows 4, 9)" in note for note in found["notes"])
    # Where the codebook has a code of that name, it is one.
    book = suite.parent / "codebook.yaml"
    text = book.read_text(encoding="utf-8") + "  - {id: NA, label: None, definition: Nothing.}\n"
    book.write_text(text, encoding="utf-8")
    found = cothemes.json("evaluate", suite)
    assert (found["passages"], found["unrated"], found["too_rare"]) == (40, 0, {"NA": 2})


def test_a_participant_who_is_not_known_is_no_cluster_of_all_of_them(
    cothemes, tmp_path: Path, monkeypatch
) -> None:
    cothemes.done("init", tmp_path / "study")
    monkeypatch.chdir(tmp_path / "study")
    for name in ("a", "b"):
        (tmp_path / f"{name}.txt").write_text(
            f"This is the text of {name}, and it goes on.\n", encoding="utf-8"
        )
    meta = tmp_path / "meta.csv"
    with meta.open("w", newline="", encoding="utf-8") as handle:
        csv.writer(handle).writerows([["file", "participant"], ["a.txt", "NA"], ["b.txt", "NA"]])
    found = cothemes.json("ingest", tmp_path / "a.txt", tmp_path / "b.txt", "--meta", meta)
    assert all("participant is given as NA" in each["notes"][0] for each in found["files"])
    file = tmp_path / "ratings.csv"
    rows = [f"{name}.0001,{name},{who},human," for name in "ab" for who in ("rex", "sam")]
    file.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    cothemes.done("import", file)
    assert cothemes.json("agreement")["clusters"] == 2


def test_words_that_only_begin_like_a_mark_are_names() -> None:
    assert not any(map(is_missing_mark, ["NAV", "nano", "none of these", "A-", "0", "", "no"]))
