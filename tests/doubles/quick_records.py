"""Databases of the tests' own process: copied from one that the migrations made, and written unsynced.

Nearly every test makes a database, and most open theirs several times. Going through all migrations took a
tenth of the whole run; an engine that knows no statement yet, which a process of the program makes once, took
another tenth. So new files are copies of one file, and all engines share what SQLAlchemy learns of SQLite and
the statements it compiled. What a disk keeps when the power goes no test can tell, and after a kill all is
there that was written, synced or not. Processes that tests start know nothing of this; tests of opening and
migrating ask for `records_as_shipped`, and one of them holds the copies equal to what the migrations make.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import Any
from unittest import mock

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL

from cothemes.adapters.sql import engine, migrate
from cothemes.adapters.sql.engine import Database


class QuickRecords:
    """`folder` takes the one database that the migrations make."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "tables.sqlite"
        self._pragmas = engine._PRAGMAS
        self._first: Engine | None = None

    @cached_property
    def tables(self) -> bytes:
        """A new database as it is after the newest migration."""
        with self.put_aside():
            database = Database(self._path)
            migrate.bring_up_to_date(database)
            database.close()
        return self._path.read_bytes()

    def create_engine(self, url: URL, **options: Any) -> Engine:
        """Stands in for SQLAlchemy's; a file that is not there yet gets the tables first."""
        self._copy_to(Path(str(url.database)))
        made = create_engine(url, **options, _initialize=False)
        if self._first is None:
            # The dialect asks SQLite for its version and the like, once.
            self._first = create_engine("sqlite+pysqlite://", json_serializer=options["json_serializer"])
            self._first.connect().close()
        made.dialect = made.pool._dialect = self._first.dialect
        made._compiled_cache = self._first._compiled_cache
        prepare = self._first.dialect.on_connect_url(url)
        if prepare is not None:
            event.listen(made.pool, "connect", lambda connection, _: prepare(connection))
        return made

    @contextmanager
    def installed(self) -> Iterator[None]:
        """In this process, while the context is open."""
        unsynced = tuple(line.replace("synchronous=FULL", "synchronous=OFF") for line in self._pragmas)
        with (
            mock.patch.object(engine, "create_engine", self.create_engine),
            mock.patch.object(engine, "_PRAGMAS", unsynced),
        ):
            yield

    @contextmanager
    def put_aside(self) -> Iterator[None]:
        """As the program ships, while the context is open."""
        with (
            mock.patch.object(engine, "create_engine", create_engine),
            mock.patch.object(engine, "_PRAGMAS", self._pragmas),
        ):
            yield

    def _copy_to(self, path: Path) -> None:
        """Where no file can be made, the program itself says so."""
        if path.exists() or not path.parent.is_dir():
            return
        with suppress(OSError):
            handle, name = tempfile.mkstemp(dir=path.parent)
            try:
                os.write(handle, self.tables)
                os.fchmod(handle, 0o644)
                # Whole or not at all, and never over what another thread or process made meanwhile.
                with suppress(FileExistsError):
                    path.hardlink_to(name)
            finally:
                os.close(handle)
                Path(name).unlink()
