"""Tables of other programs: what would exhaust memory or time is refused before it is read."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from tests.contracts.files import docx, paragraph, table, xlsx, zipped

from cothemes.adapters.readers.foreign_table import read_tables
from cothemes.adapters.readers.raw import MOST
from cothemes.errors import ExchangeError

ENTITIES = '<!DOCTYPE x [<!ENTITY a "ha">]>'


def endless_database(path: Path) -> None:
    """A database whose tags are a view that never ends."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE highlights (id)")
        connection.execute("CREATE TABLE documents (id)")
        connection.execute(
            "CREATE VIEW tags AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) "
            "SELECT x AS path, x AS description FROM n"
        )
        connection.commit()


def written(content: str | bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content if isinstance(content, bytes) else content.encode())


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("lines.csv", written("Code,Definition\n" + "\n" * (MOST + 2))),
        ("deep.docx", written(docx("<w:sdt>" * 300 + "</w:sdt>" * 300))),
        ("entities.docx", written(docx(paragraph("&a;"), prolog=ENTITIES))),
        ("none.docx", written(zipped({"a.txt": "words"}))),
        ("entities.xlsx", written(zipped({"xl/sharedStrings.xml": f"{ENTITIES}<sst>&a;</sst>"}))),
        ("cells.xlsx", written(zipped({"xl/sharedStrings.xml": "<sst>" + "<si/>" * 1_000_001}))),
        ("endless.sqlite3", endless_database),
    ],
)
def test_a_table_made_to_exhaust_is_refused(
    tmp_path: Path, name: str, write: Callable[[Path], object]
) -> None:
    write(tmp_path / name)
    with pytest.raises(ExchangeError) as raised:
        read_tables(tmp_path / name)
    assert raised.value.hint
    assert str(tmp_path / name) in raised.value.where


@pytest.mark.parametrize("span", ["", '<w:gridSpan w:val="x"/>', '<w:gridSpan w:val="0"/>'])
def test_a_width_that_is_no_number_is_one_column(tmp_path: Path, span: str) -> None:
    content = table(("Code", "Definition"), ("TRUST", "Relies on others"))
    content = content.replace("<w:tc>", f"<w:tc><w:tcPr>{span}</w:tcPr>")
    (tmp_path / "a.docx").write_bytes(docx(content))
    (found,) = read_tables(tmp_path / "a.docx")
    assert (found.columns, found.rows) == (("Code", "Definition"), (("TRUST", "Relies on others"),))


def test_a_workbook_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(xlsx(("Code", "Definition"), ("TRUST", "Relies on others")))
    (found,) = read_tables(tmp_path / "a.xlsx")
    assert found.rows == (("TRUST", "Relies on others"),)
