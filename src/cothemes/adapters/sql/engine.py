"""An open record database: durable settings, and transactions that read or write.

A writing transaction takes SQLite's one write lock at its beginning, so that two processes wait for each
other instead of failing half-way; a reading one sees a single moment and waits for nobody.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.pool import ConnectionPoolEntry

from cothemes.adapters.sql.columns import json_text
from cothemes.adapters.sql.failures import failures_told
from cothemes.adapters.sql.places import unsafe_place
from cothemes.errors import InputError

__all__ = ["BUSY_SECONDS", "Database", "unsafe_place"]

BUSY_SECONDS = 30.0
"""How long a writer waits for another process."""

_PRAGMAS = ("PRAGMA synchronous=FULL", "PRAGMA foreign_keys=ON", "PRAGMA recursive_triggers=ON")


class Database:
    """One SQLite file, opened for this process; safe to use from several threads."""

    def __init__(self, path: Path, *, busy_seconds: float = BUSY_SECONDS) -> None:
        self.path = path
        self._engine = _engine(path, busy_seconds)
        self._turn = Lock()
        self._writer = self._engine.execution_options(begin="BEGIN IMMEDIATE")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one moment of the database."""
        with failures_told(self.path), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is on disk when the block ends, or leaves no trace."""
        # Threads of this process queue here: SQLite's own waiting sleeps in ever longer steps.
        with failures_told(self.path), self._turn, self._writer.begin() as connection:
            yield connection

    def close(self) -> None:
        """Closes every connection; the last one of all processes folds the -wal file in."""
        self._engine.dispose()


def _engine(path: Path, busy_seconds: float) -> Engine:
    engine = create_engine(
        URL.create("sqlite+pysqlite", database=str(path)),
        json_serializer=json_text,
        connect_args={"timeout": busy_seconds},
        # An error that reaches a terminal or a log must not bring a transcript's words with it.
        hide_parameters=True,
    )

    def connected(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
        # The driver's own idea of when a transaction begins is switched off: `begun` decides.
        connection.isolation_level = None
        mode = connection.execute("PRAGMA journal_mode=WAL").fetchone()[0]
        if mode != "wal":
            raise InputError(
                "the study's records cannot keep their write-ahead log here",
                where=str(path),
                hint="Move the study to a disk of this machine that may be written to.",
            )
        for pragma in _PRAGMAS:
            connection.execute(pragma)

    def begun(connection: Connection) -> None:
        options: Any = connection.get_execution_options()
        connection.exec_driver_sql(options.get("begin", "BEGIN"))

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", begun)
    return engine
