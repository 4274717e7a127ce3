"""Databases of the tests' own process, made from a dump of what the migrations make, and written unsynced.

Nearly every test makes a database; going through all migrations took a tenth of the whole run, and waiting
for the disk more. What a disk keeps when the power goes no test can tell, and after a kill all is there that
was written, synced or not. Processes that tests start know nothing of this; tests of opening and migrating
ask for `records_as_shipped`, and one of them holds the dump equal to what the migrations make.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import cached_property
from pathlib import Path
from unittest import mock

from sqlalchemy import Connection

from cothemes.adapters.sql import engine, migrate
from cothemes.adapters.sql.engine import Database


class QuickRecords:
    """`folder` takes the one database that the migrations make."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "tables.sqlite"
        self._upgrade: Callable[[Connection, str | None, Path], None] = migrate._upgrade
        self._pragmas = engine._PRAGMAS

    @cached_property
    def statements(self) -> list[str]:
        """What makes a new database as it is after the newest migration."""
        with mock.patch.object(migrate, "_upgrade", self._upgrade):
            database = Database(self._path)
            migrate.bring_up_to_date(database)
            database.close()
        with closing(sqlite3.connect(self._path)) as made:
            return [line for line in made.iterdump() if line not in ("BEGIN TRANSACTION;", "COMMIT;")]

    def make(self, connection: Connection, found: str | None, path: Path) -> None:
        """Stands in for the migrations where the database is new; an older one goes through them."""
        if found is not None:
            self._upgrade(connection, found, path)
            return
        for statement in self.statements:
            connection.exec_driver_sql(statement)

    @contextmanager
    def installed(self) -> Iterator[None]:
        """In this process, while the context is open."""
        unsynced = tuple(line.replace("synchronous=FULL", "synchronous=OFF") for line in self._pragmas)
        with (
            mock.patch.object(migrate, "_upgrade", self.make),
            mock.patch.object(engine, "_PRAGMAS", unsynced),
        ):
            yield

    @contextmanager
    def put_aside(self) -> Iterator[None]:
        """As the program ships, while the context is open."""
        with (
            mock.patch.object(migrate, "_upgrade", self._upgrade),
            mock.patch.object(engine, "_PRAGMAS", self._pragmas),
        ):
            yield
