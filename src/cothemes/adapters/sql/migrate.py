"""Brings a database up to the tables that this program knows, or says why it cannot."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, column, inspect, select, table

from cothemes.adapters.sql.engine import Database
from cothemes.adapters.sql.schema import REVISION
from cothemes.errors import InputError, StateConflict

_PLACE = "cothemes.adapters.sql:migrations"
_STAMP = table("alembic_version", column("version_num"))


def bring_up_to_date(database: Database) -> None:
    """Create the tables, or change older ones, in one transaction: all of it or nothing.

    Raises StateConflict where a newer program wrote the database, InputError where it is no record database.
    """
    with database.reading() as connection:
        if _revision(connection, database.path) == REVISION:
            return
    with database.writing() as connection:
        # Another process may have done it while this one waited for the lock.
        found = _revision(connection, database.path)
        if found != REVISION:
            _upgrade(connection, found, database.path)


def _revision(connection: Connection, path: Path) -> str | None:
    tables = inspect(connection).get_table_names()
    if _STAMP.name in tables:
        found: str | None = connection.execute(select(_STAMP.c.version_num)).scalar()
        return found
    if tables:
        raise InputError(
            "is a database of something else",
            where=str(path),
            hint="Nothing was changed. Name the study's own folder, or move that file away.",
        )
    return None


def _upgrade(connection: Connection, found: str | None, path: Path) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", _PLACE)
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise StateConflict(
            f"was written by another version of cothemes (its records are at {found}, this program knows "
            f"{REVISION})",
            where=str(path),
            hint="Nothing was changed. Update cothemes; a study made before 0.1.0 has to be made again.",
        )
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
