"""Whether anybody has changed the records: one cheap question, so that it can be asked several times a
second.

SQLite counts the changes that other connections made. This connection makes none itself, so it sees all.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Lock

_MARKS = {
    "runs": (
        "SELECT (SELECT max(rowid) FROM outcomes), (SELECT total(nanos) FROM spending), "
        "(SELECT max(stored) FROM calls), (SELECT count(*) || '/' || max(stored) FROM workers)"
    ),
    "progress": (
        "SELECT (SELECT max(rowid) FROM assignments), (SELECT count(*) FROM reviewers), "
        "(SELECT group_concat(paused) FROM reviewers)"
    ),
    "access": (
        "SELECT (SELECT max(stored) FROM credentials), (SELECT count(revoked) FROM credentials), "
        "(SELECT group_concat(name || roles || coalesce(revoked, '')) FROM users)"
    ),
}


class SqlPulse:
    """`ports.Pulse`."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(
            f"{path.resolve().as_uri()}?mode=ro", uri=True, check_same_thread=False, isolation_level=None
        )
        self._turn = Lock()
        self._version = self._one("PRAGMA data_version")[0]
        self._given = self._one("SELECT coalesce(max(rowid), 0) FROM assignments")[0]

    def moved(self) -> bool:
        """Return whether anything was written since this was last asked."""
        with self._turn:
            before, self._version = self._version, self._one("PRAGMA data_version")[0]
        return bool(before != self._version)

    def marks(self) -> Mapping[str, str]:
        """Return a word for each of `runs`, `progress` and `access` that differs once it has changed."""
        with self._turn:
            return {name: repr(self._one(query)) for name, query in _MARKS.items()}

    def assigned(self) -> Sequence[str]:
        """Return who was given something since this was last asked."""
        with self._turn:
            last = self._one("SELECT coalesce(max(rowid), 0) FROM assignments")[0]
            if last == self._given:
                return []
            rows = self._connection.execute(
                "SELECT DISTINCT reviewer FROM assignments WHERE rowid > ? AND rowid <= ?",
                (self._given, last),
            ).fetchall()
            self._given = last
        return sorted(row[0] for row in rows)

    def close(self) -> None:
        """Close the connection."""
        with self._turn:
            self._connection.close()

    def _one(self, query: str) -> tuple[object, ...]:
        found: tuple[object, ...] = self._connection.execute(query).fetchone()
        return found
