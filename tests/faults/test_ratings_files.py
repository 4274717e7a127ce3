"""Ratings files as they really arrive: each fault is named with its row, and none ends in a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cothemes.adapters.readers.ratings_csv import read_ratings
from cothemes.errors import RatingsError
from cothemes.records.rating import RaterKind

HEADER = "unit,doc,rater,kind,code"
GOOD = f"{HEADER}\nu1,d1,a,human,X\nu1,d1,b,human,\nu2,d1,a,human,X\nu2,d1,b,human,X\n"


def read(folder: Path, text: str | bytes, name: str = "ratings.csv"):
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_ratings(path)


@pytest.mark.parametrize(
    ("text", "row", "said"),
    [
        ("", None, "is empty"),
        ("   \n", None, "is empty"),
        (f"{HEADER}\n", None, "no ratings"),
        ("hello world\nu1\n", 1, "one column only"),
        ("unit|doc|rater|kind|code\nu1|d1|a|human|X\n", 1, "one column only"),
        ("unit,doc,coder,code\nu1,d1,a,X\n", 1, "no column rater, kind"),
        (f"{HEADER},code\nu1,d1,a,human,X,Y\n", 1, "the column code twice"),
        (f"{HEADER}\nu1,d1,a,human\n", 2, "4 cells where the first row has 5"),
        (f"{HEADER}\nu1,d1,a,human,X\nu1,d1,b,human,X,Y\n", 3, "6 cells"),
        (f"{HEADER}\nu1,d1,a,person,X\n", 2, "has the kind person"),
        (f"{HEADER}\nu1,d1,a,human,X\n,d1,a,human,Y\n", 3, "has no unit"),
        (f"{HEADER}\nu1,,a,human,X\n", 2, "has no doc"),
        (f"{HEADER}\nu1,d1,,human,X\n", 2, "has no rater"),
        (f"{HEADER}\nu1,d1,a,human,X\nu2,d1,a,human,X\nu1,d1,a,human,X\n", 4, "already in row 2"),
        (f"{HEADER}\nu1,d1,a,human,\nu1,d1,a,human,X\n", 3, "no code in row 2"),
        (f"{HEADER}\nu1,d1,a,human,X\nu2,d1,a,model,X\n", 3, "human and model"),
        (f"{HEADER}\nu1,d1,a,human,X\nu1,d2,b,human,X\n", 3, "d1 and d2"),
        (f"{HEADER},value\nu1,d1,a,human,X,2\n", 2, "has the value 2"),
        (f"{HEADER},value\nu1,d1,a,human,X,\n", 2, "has the value (empty)"),
        (f"{HEADER},arm\nu1,d1,a,human,X,open\n", 2, "has the arm open"),
        (f"{HEADER},start,end\nu1,d1,a,human,X,9,4\n", 2, "the start 9 and the end 4"),
        (f"{HEADER},start,end\nu1,d1,a,human,X,9,\n", 2, "the end (empty)"),
        (f"{HEADER},start,end\nu1,d1,a,human,X,-1,4\n", 2, "the start -1"),
        (f"{HEADER},start,end\nu1,d1,a,human,X,1,99999999999\n", 2, "the end 99999999999"),
        (f"{HEADER},cluster\nu1,d1,a,human,X,p1\nu1,d1,b,human,X,p2\n", 3, "p1 and p2"),
        (f'{HEADER}\nu1,d1,a,human,"X\nu2,d1,a,human,X\n', None, "not a table"),
    ],
)
def test_a_fault_is_named_with_its_row(tmp_path: Path, text: str, row: int | None, said: str) -> None:
    with pytest.raises(RatingsError, match=said.replace("(", r"\(").replace(")", r"\)")) as caught:
        read(tmp_path, text)
    assert caught.value.hint
    path = str(tmp_path / "ratings.csv")
    assert caught.value.where == (path if row is None else f"{path}:{row}")


def test_latin_1_is_named_with_its_row(tmp_path: Path) -> None:
    with pytest.raises(RatingsError, match="not UTF-8") as caught:
        read(tmp_path, GOOD.encode() + "u3,d1,Zoë,human,X\n".encode("latin-1"))
    assert caught.value.where.endswith(":6")
    assert "CSV UTF-8" in caught.value.hint


@pytest.mark.parametrize("text", [b"\x00\x01\x02\xff\xfe" * 50, GOOD.encode("utf-16")])
def test_a_file_that_is_no_text_is_refused(tmp_path: Path, text: bytes) -> None:
    with pytest.raises(RatingsError):
        read(tmp_path, text)


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "nothing.csv", tmp_path):
        with pytest.raises(RatingsError, match="cannot be opened"):
            read_ratings(path)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_commas_semicolons_and_tabs_are_read_alike(tmp_path: Path, delimiter: str) -> None:
    table = read(tmp_path, GOOD.replace(",", delimiter))
    assert table.ratings() == read(tmp_path, GOOD).ratings()


def test_a_byte_order_mark_line_ends_and_blank_rows_do_no_harm(tmp_path: Path) -> None:
    text = "\ufeff" + GOOD.replace("\n", "\r\n\r\n")
    table = read(tmp_path, text)
    assert [r.unit for r in table.ratings()] == ["u1", "u1", "u2", "u2"]
    assert table.row.tolist() == [3, 5, 7, 9]


def test_optional_columns_are_read(tmp_path: Path) -> None:
    table = read(
        tmp_path,
        f"{HEADER},value,arm,round,run,codebook,cluster,start,end,attr.status,note\n"
        "u1,d1,m@p#r1,model,X,1,,main,r1,abc,p1,0,4,experienced;intended,not kept\n"
        "u2,d1,m@p#r1,model,X,0.0,,main,r1,abc,,,,,\n",
    )
    first, second = table.ratings()
    assert first.kind is RaterKind.MODEL
    assert (first.value, first.start, first.end, first.cluster) == (1, 0, 4, "p1")
    assert first.attributes == {"status": "experienced;intended"}
    assert (second.value, second.start, second.cluster, second.attributes) == (0, None, "d1", {})


def test_codes_stand_as_people_count(tmp_path: Path) -> None:
    rows = "".join(f"u1,d1,a,human,{code}\n" for code in ("A10", "B1", "A2", "A1"))
    assert read(tmp_path, f"{HEADER}\n{rows}").codes == ("A1", "A2", "A10", "B1")


def test_cells_guarded_against_spreadsheets_come_back(tmp_path: Path) -> None:
    table = read(tmp_path, f"{HEADER}\nu1,d1,'@zoe,human,X\nu1,d1,'tis,human,X\n")
    assert table.raters == ("@zoe", "'tis")


def test_several_chunks_are_one_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cothemes.adapters.readers.ratings_csv.ROWS_AT_ONCE", 3)
    text = HEADER + "\n" + "".join(f"u{u},d{u % 3},{r},human,X\n" for u in range(10) for r in "ab")
    table = read(tmp_path, text)
    assert table.rows == 20
    assert table.row.tolist() == list(range(2, 22))
    with pytest.raises(RatingsError, match="already in row 2") as caught:
        read(tmp_path, text + "u0,d0,a,human,X\n")
    assert caught.value.where.endswith(":22")


def read_or_refused(folder: Path, text: bytes):
    """The table, or None where it was refused in words with something to do."""
    try:
        return read(folder, text)
    except RatingsError as error:
        return None if error.hint and error.where else pytest.fail(f"no hint or place: {error!r}")


@given(st.binary(max_size=400))
def test_any_bytes_end_in_a_table_or_in_words(tmp_path_factory: pytest.TempPathFactory, noise: bytes) -> None:
    folder = tmp_path_factory.mktemp("noise")
    for text in (noise, f"{HEADER}\n".encode() + noise):
        read_or_refused(folder, text)


@given(st.lists(st.sampled_from(["u1,d1,a,human,X", "u1,d1,b,human,", "u2,d1,a,human,Y", "", ",,,,"])))
def test_any_rows_end_in_a_table_or_in_words(
    tmp_path_factory: pytest.TempPathFactory, rows: list[str]
) -> None:
    table = read_or_refused(tmp_path_factory.mktemp("rows"), "\n".join([HEADER, *rows]).encode())
    written = [row for row in rows if row.strip(",")]
    assert (table is None) == (not written or len(set(written)) < len(written))
    assert table is None or table.rows == len(written)


@pytest.mark.parametrize("name", ["ratings.csv", "ratings.tsv"])
def test_the_command_says_it_and_exits_with_three(cothemes, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(f"{HEADER}\nu1,d1,a,person,X\n", encoding="utf-8")
    result = cothemes("agreement", path)
    assert result.exit_code == 3
    assert f"{name}:2" in result.stderr.replace("\n", "")
    assert "→" in result.stderr
