"""An open record database: durable settings, and transactions that read or write.

A writing transaction takes SQLite's one write lock at its beginning, so that two processes wait for each
other instead of failing half-way; a reading one sees a single moment and waits for nobody.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import uniform
from threading import Lock, local
from time import monotonic, sleep
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.pool import ConnectionPoolEntry

from cothemes.adapters.sql.columns import json_text, json_value
from cothemes.adapters.sql.failures import failures_told
from cothemes.adapters.sql.places import unsafe_place
from cothemes.errors import InputError

__all__ = ["BUSY_SECONDS", "Database", "unsafe_place"]

BUSY_SECONDS = 30.0
"""Seconds that a writer waits for another process."""

_PAUSE_SECONDS = (0.005, 0.05)
"""Between two tries to turn a file to a write-ahead log; drawn anew, so that rivals fall out of step."""

_PRAGMAS = ("PRAGMA synchronous=FULL", "PRAGMA foreign_keys=ON", "PRAGMA recursive_triggers=ON")


class Database:
    """One SQLite file, opened for this process; safe to use from several threads."""

    def __init__(self, path: Path, *, busy_seconds: float = BUSY_SECONDS) -> None:
        self.path = path
        self._engine = _engine(path, busy_seconds)
        self._turn = Lock()
        self._open = local()
        self._writer = self._engine.execution_options(begin="BEGIN IMMEDIATE")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one moment of the database."""
        if (open_ := getattr(self._open, "connection", None)) is not None:
            yield open_
            return
        with failures_told(self.path), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is on disk when the block ends, or leaves no trace."""
        if (open_ := getattr(self._open, "connection", None)) is not None:
            yield open_
            return
        # Threads of this process queue here: SQLite's own waiting sleeps in ever longer steps.
        with failures_told(self.path), self._turn, self._writer.begin() as connection:
            yield connection

    @contextmanager
    def together(self) -> Iterator[None]:
        """Make all that this thread reads and writes in the block one transaction.

        Each transaction waits for the disk; many small ones wait longer than they work. Keep the block short:
        no other process can write meanwhile. What fails in it leaves no trace of any of it.
        """
        with self.writing() as connection:
            self._open.connection = connection
            try:
                yield
            finally:
                self._open.connection = None

    def close(self) -> None:
        """Close every connection; the last one of all processes folds the -wal file in."""
        self._engine.dispose()


def _write_ahead(connection: sqlite3.Connection, busy_seconds: float) -> str:
    """The journal's mode after asking for a write-ahead log; waits while another process is asking too."""
    # Two that turn a new file to a write-ahead log at one moment hold each other up; SQLite then says busy
    # to one of them at once, whatever its timeout, for waiting would not end.
    until = monotonic() + busy_seconds
    while True:
        try:
            return str(connection.execute("PRAGMA journal_mode=WAL").fetchone()[0])
        except sqlite3.OperationalError as error:
            if not error.sqlite_errorname.startswith("SQLITE_BUSY") or monotonic() > until:
                raise
            sleep(uniform(*_PAUSE_SECONDS))


def _engine(path: Path, busy_seconds: float) -> Engine:
    engine = create_engine(
        URL.create("sqlite+pysqlite", database=str(path)),
        json_serializer=json_text,
        json_deserializer=json_value,
        connect_args={"timeout": busy_seconds},
        # An error that reaches a terminal or a log must not bring a transcript's words with it.
        hide_parameters=True,
    )

    def connected(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
        # The driver's own idea of when a transaction begins is switched off: `begun` decides.
        connection.isolation_level = None
        if _write_ahead(connection, busy_seconds) != "wal":
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
