"""Opening, migrating, checking and copying the record database, and refusing what it should not touch."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from tests.doubles.quick_records import QuickRecords

from cothemes.adapters.sql.engine import Database
from cothemes.adapters.sql.schema import REVISION, metadata
from cothemes.adapters.sql.store import SqlStore
from cothemes.errors import InputError, StateConflict
from cothemes.records.document import Document, Kind
from cothemes.records.review import Reviewer

pytestmark = pytest.mark.usefixtures("records_as_shipped")

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def text_of(size: int) -> Document:
    return Document(slug="d", version="v", kind=Kind.POLICY, text="word " * size)


def test_a_new_database_stands_at_the_newest_migration_and_has_the_tables_of_the_schema(
    tmp_path: Path,
) -> None:
    path = tmp_path / "deep" / "er" / "records.sqlite"
    SqlStore.open(path).close()
    database = Database(path)
    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert context.get_current_revision() == REVISION
        assert compare_metadata(context, metadata) == []
    database.close()


def test_the_tables_that_other_tests_use_are_those_of_the_migrations(
    quick_records: QuickRecords, tmp_path: Path
) -> None:
    SqlStore.open(tmp_path / "shipped.sqlite").close()
    with quick_records.installed():
        SqlStore.open(tmp_path / "quick.sqlite").close()
    shipped, quick = (sqlite3.connect(tmp_path / name) for name in ("shipped.sqlite", "quick.sqlite"))
    with closing(shipped), closing(quick):
        what = "SELECT type, name, tbl_name, sql FROM sqlite_master"
        assert set(shipped.execute(what)) == set(quick.execute(what))
        assert list(shipped.iterdump()) == list(quick.iterdump())
        for pragma in ("user_version", "application_id", "journal_mode", "encoding", "auto_vacuum"):
            assert (
                shipped.execute(f"PRAGMA {pragma}").fetchall() == quick.execute(f"PRAGMA {pragma}").fetchall()
            )


def test_the_newest_migration_is_the_one_that_the_schema_names() -> None:
    script = ScriptDirectory(str(files("cothemes.adapters.sql") / "migrations"))
    assert script.get_heads() == [REVISION]


def test_decisions_of_the_first_release_stay_and_are_guarded_after_the_upgrade(tmp_path: Path) -> None:
    path = tmp_path / "records.sqlite"
    database = Database(path)
    with database.writing() as connection:
        config = Config()
        config.set_main_option("script_location", "cothemes.adapters.sql:migrations")
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    database.close()
    with closing(sqlite3.connect(path)) as old:
        old.execute(
            "INSERT INTO reviewers (stored, name, role, added) VALUES (1, 'ann', 'coder', '2026-11-22')"
        )
        old.execute(
            "INSERT INTO decisions VALUES (1, 'd1', '2026-11-22 10:00:00', 'ann', 'talk.0001', 'main', "
            "'blind', 'add', 'A1', 'h', 'b', 'v', '{}', 3, 9, 'hm', NULL, '[]', 0, NULL)"
        )
        old.commit()
    with SqlStore.open(path) as store:
        (kept,) = store.reviews.decisions()
    assert (kept.id, kept.spans, kept.note) == ("d1", ((3, 9),), "hm")
    with closing(sqlite3.connect(path)) as now, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        now.execute("UPDATE decisions SET further = '[[1, 2]]'")


def test_durable_settings_hold_on_every_connection(tmp_path: Path) -> None:
    SqlStore.open(tmp_path / "records.sqlite").close()
    database = Database(tmp_path / "records.sqlite")
    with database.reading() as first, database.reading() as second:
        for connection in (first, second):
            found = [
                connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in (
                    "journal_mode",
                    "synchronous",
                    "foreign_keys",
                    "recursive_triggers",
                    "busy_timeout",
                )
            ]
            assert found == ["wal", 2, 1, 1, 30_000]
    database.close()


def test_a_second_opening_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "records.sqlite"
    with SqlStore.open(path) as store:
        store.meta.set("k", "v")
    before = path.read_bytes()
    with SqlStore.open(path) as store:
        assert store.meta.get("k") == "v"
        assert store.check() == "ok"
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["records.sqlite"]


def test_a_path_with_odd_characters(tmp_path: Path) -> None:
    path = tmp_path / "50% off? #1 – étude" / "re cords.sqlite"
    with SqlStore.open(path) as store:
        store.meta.set("k", "v")
    assert path.is_file()


def test_a_database_of_a_newer_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "records.sqlite"
    SqlStore.open(path).close()
    with closing(sqlite3.connect(path)) as other:
        other.execute("UPDATE alembic_version SET version_num = '9999'")
        other.commit()
    before = path.read_bytes()
    with pytest.raises(StateConflict, match="another version") as caught:
        SqlStore.open(path)
    assert "Update cothemes" in caught.value.hint
    assert caught.value.exit_code == 3
    assert path.read_bytes() == before


def test_a_database_of_something_else_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "records.sqlite"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE bookmarks (url TEXT)")
        other.commit()
    with pytest.raises(InputError, match="something else"):
        SqlStore.open(path)
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("bookmarks",)]


@pytest.mark.parametrize("content", [b"not a database at all, only words\n" * 100, b"\xa5" * 8192, b"x"])
def test_a_file_that_is_no_database(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "records.sqlite"
    path.write_bytes(content)
    with pytest.raises(InputError, match="not a record database") as caught:
        SqlStore.open(path)
    assert "backup" in caught.value.hint
    assert str(path) in str(caught.value)
    assert path.read_bytes() == content


def test_damage_in_the_middle_is_found_by_check_and_told_when_it_is_met(tmp_path: Path) -> None:
    path = tmp_path / "records.sqlite"
    with SqlStore.open(path) as store:
        store.documents.add(text_of(200_000))
    whole = bytearray(path.read_bytes())
    for start in range(len(whole) // 2, len(whole), 4096):
        whole[start : start + 4096] = b"\xa5" * 4096
    path.write_bytes(whole)
    with SqlStore.open(path) as store:
        assert store.check() != "ok"
        with pytest.raises(InputError, match="damaged") as caught:
            store.documents.all()
    assert "backup" in caught.value.hint


def test_a_file_cut_off_in_the_middle(tmp_path: Path) -> None:
    path = tmp_path / "records.sqlite"
    with SqlStore.open(path) as store:
        store.documents.add(text_of(200_000))
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match="damaged"):
        SqlStore.open(path)


def test_check_names_rows_that_lead_nowhere(tmp_path: Path) -> None:
    path = tmp_path / "records.sqlite"
    with SqlStore.open(path) as store:
        with closing(sqlite3.connect(path)) as other:
            other.execute(
                "INSERT INTO outcomes (run, passage, state, detail, scores, flags) "
                "VALUES ('r9', 'd.1', 'coded', '', '{}', '[]')"
            )
            other.commit()
        assert "row 1 of outcomes names a row of runs that is not there" in store.check()


def test_a_folder_in_place_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "records.sqlite").mkdir()
    with pytest.raises(InputError, match="cannot be opened"):
        SqlStore.open(tmp_path / "records.sqlite")


def test_a_file_in_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "study").write_text("x")
    with pytest.raises(InputError, match="folder cannot be made"):
        SqlStore.open(tmp_path / "study" / "records.sqlite")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_file_that_may_not_be_written(tmp_path: Path) -> None:
    path = tmp_path / "records.sqlite"
    SqlStore.open(path).close()
    path.chmod(0o444)
    tmp_path.chmod(0o555)
    try:
        with pytest.raises(InputError, match="cannot be"), SqlStore.open(path) as store:
            store.meta.set("k", "v")
    finally:
        tmp_path.chmod(0o755)


def test_a_backup_is_whole_and_appears_only_when_complete(tmp_path: Path) -> None:
    with SqlStore.open(tmp_path / "records.sqlite") as store:
        store.documents.add(text_of(1000))
        store.reviews.add_reviewer(Reviewer(name="Ann", added=NOW))
        store.backup(tmp_path / "copy.sqlite")
        with pytest.raises(InputError, match="there already"):
            store.backup(tmp_path / "copy.sqlite")
        with pytest.raises(InputError, match="cannot be"):
            store.backup(tmp_path / "nowhere" / "copy.sqlite")
        with pytest.raises(InputError, match="cannot be"):
            store.backup(tmp_path / "records.sqlite" / "copy.sqlite")
        (tmp_path / "left.sqlite.partial").write_text("of a copy that was killed " * 50)
        store.backup(tmp_path / "left.sqlite")
        with SqlStore.open(tmp_path / "copy.sqlite") as copy:
            assert copy.check() == "ok"
            assert copy.documents.all() == store.documents.all()
            assert copy.reviews.reviewers() == store.reviews.reviewers()
    assert not list(tmp_path.glob("*.partial*"))


def test_a_copied_study_folder_opens(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    with SqlStore.open(tmp_path / "one" / "records.sqlite") as store:
        store.meta.set("k", "v")
        shutil.copytree(tmp_path / "one", tmp_path / "two")
    with SqlStore.open(tmp_path / "two" / "records.sqlite") as store:
        assert store.meta.get("k") == "v"


def test_meta_and_codebooks(tmp_path: Path) -> None:
    with SqlStore.open(tmp_path / "records.sqlite") as store:
        assert store.meta.get("k") is None
        store.meta.set("k", "1")
        store.meta.set("k", "2")
        assert store.meta.get("k") == "2"
        assert store.codebooks.get("h") is None
        store.codebooks.put("h", '{"id":"a"}')
        store.codebooks.put("h", '{"id":"b"}')
        assert store.codebooks.get("h") == '{"id":"a"}'


def test_the_core_is_imported_without_the_database() -> None:
    code = (
        "import sys, cothemes, cothemes.ports, cothemes.settings, cothemes.records.review\n"
        "sys.exit('sqlalchemy' in sys.modules or 'alembic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
