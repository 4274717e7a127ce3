"""A database of any release comes up to the newest tables with every row, and stays append-only.

`tests/fixtures/schemas` has one file for each release: its tables with a row in each, as SQL text, written by
`tests/doubles/released_study.py` and not changed afterwards.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from tests.doubles.released_study import FOLDER, empty_tables, tables

import cothemes
from cothemes.adapters.sql.engine import Database
from cothemes.adapters.sql.schema import REVISION, metadata
from cothemes.adapters.sql.store import SqlStore

pytestmark = pytest.mark.usefixtures("records_as_shipped")

RELEASES = sorted(path.stem for path in FOLDER.glob("*.sql"))
_REFUSAL = re.compile(r"(\w+)_no_(update|delete|replace)")


@pytest.fixture(params=RELEASES)
def released(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A database as that release left it."""
    path = tmp_path / "records.sqlite"
    with closing(sqlite3.connect(path)) as database:
        database.executescript((FOLDER / f"{request.param}.sql").read_text(encoding="utf-8"))
    return path


@pytest.fixture
def upgraded(released: Path) -> Path:
    """The same after this program opened it."""
    SqlStore.open(released).close()
    return released


def rows(database: sqlite3.Connection, table: str) -> list[dict[str, Any]]:
    found = database.execute(f'SELECT * FROM "{table}"')
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found]


def triggers(database: sqlite3.Connection) -> dict[str, str]:
    return dict(database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))


def test_this_release_has_a_file() -> None:
    assert cothemes.__version__ in RELEASES, "python -m tests.doubles.released_study writes it"


def test_a_file_has_a_row_in_every_table(released: Path) -> None:
    with closing(sqlite3.connect(released)) as database:
        assert empty_tables(database) == []


def test_every_row_is_kept(released: Path) -> None:
    with closing(sqlite3.connect(released)) as database:
        before = {table: rows(database, table) for table in tables(database)}
    SqlStore.open(released).close()
    with closing(sqlite3.connect(released)) as database:
        for table, was in before.items():
            now = rows(database, table)
            assert now, table
            shared = [name for name in was[0] if name in now[0]]
            assert shared, table
            kept = [{name: row[name] for name in shared} for row in now]
            assert kept == [{name: row[name] for name in shared} for row in was], table


def test_the_tables_are_those_of_the_schema(upgraded: Path) -> None:
    database = Database(upgraded)
    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert context.get_current_revision() == REVISION
        assert compare_metadata(context, metadata) == []
    database.close()
    with SqlStore.open(upgraded) as store:
        assert store.check() == "ok"


def test_its_triggers_are_those_of_a_new_database(upgraded: Path, tmp_path: Path) -> None:
    """A table that a migration writes anew loses its triggers with the old one."""
    SqlStore.open(tmp_path / "new.sqlite").close()
    with closing(sqlite3.connect(upgraded)) as old, closing(sqlite3.connect(tmp_path / "new.sqlite")) as new:
        assert triggers(old) == triggers(new)


def test_what_the_release_kept_append_only_is_append_only_still(released: Path) -> None:
    with closing(sqlite3.connect(released)) as database:
        guarded = sorted(filter(None, map(_REFUSAL.fullmatch, triggers(database))), key=lambda m: m[0])
    assert guarded
    SqlStore.open(released).close()
    with closing(sqlite3.connect(released)) as database:
        database.execute("PRAGMA recursive_triggers=ON")
        for guard in guarded:
            table, act = guard.groups()
            before = rows(database, table)
            _attempt(database, table, act)
            assert rows(database, table) == before, guard[0]


def _attempt(database: sqlite3.Connection, table: str, act: str) -> None:
    """Change, delete or replace the first row."""
    if act == "replace":
        # The row stays as it was: the new one, which has other words, is ignored.
        found = [(f'"{row[1]}"', row[2]) for row in database.execute(f'PRAGMA table_info("{table}")')]
        columns = [name for name, _ in found]
        named = ["'changed'" if kind == "TEXT" and name != '"id"' else name for name, kind in found]
        row = f'SELECT {", ".join(named)} FROM "{table}" LIMIT 1'
        database.execute(f'INSERT OR REPLACE INTO "{table}" ({", ".join(columns)}) {row}')
        return
    statement = (
        f'UPDATE "{table}" SET stored = stored + 1000' if act == "update" else f'DELETE FROM "{table}"'
    )
    with pytest.raises(sqlite3.IntegrityError, match=r"\w"):
        database.execute(statement)
