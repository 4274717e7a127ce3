"""What SQLite says when it fails, in words that help: what happened, where, what to do next."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from cothemes.errors import CothemesError, InputError, StateConflict

KEPT = "What was stored before is unharmed; nothing of this step was stored."

_CONFLICTS = {
    "SQLITE_BUSY": (
        "another program holds the study's records",
        "Wait until it has finished, or close it, then run this again.",
    ),
    "SQLITE_LOCKED": (
        "another program holds the study's records",
        "Wait until it has finished, or close it, then run this again.",
    ),
}
_INPUTS = {
    "SQLITE_FULL": ("the disk is full", f"{KEPT} Make room on the disk, then run this again."),
    "SQLITE_READONLY": (
        "the study's records cannot be written",
        "Check the permissions of the file and of its folder.",
    ),
    "SQLITE_CANTOPEN": (
        "the study's records cannot be opened",
        "Check that the folder exists and may be written to.",
    ),
    "SQLITE_PERM": (
        "the study's records may not be opened",
        "Check the permissions of the file and of its folder.",
    ),
    "SQLITE_IOERR": (
        "the disk failed while the study's records were read or written",
        f"{KEPT} Check the disk; a synced or network folder is no place for a study.",
    ),
    "SQLITE_PROTOCOL": (
        "the study's records could not be locked",
        "Move the study to a disk of this machine; a synced or network folder is no place for it.",
    ),
    "SQLITE_NOTADB": (
        "is not a record database, or it is damaged",
        "Leave the file as it is and put a backup in its place; the -wal file beside it belongs to it.",
    ),
    "SQLITE_CORRUPT": (
        "the study's records are damaged",
        "Leave the file as it is and put a backup in its place; the -wal file beside it belongs to it.",
    ),
}


def told(error: sqlite3.Error, path: Path) -> CothemesError | None:
    """The error in the project's words; None where the fault is the program's own."""
    name = getattr(error, "sqlite_errorname", None) or ""
    if name.startswith("SQLITE_CONSTRAINT"):
        message, hint = _broken_rule(error, name)
        return StateConflict(message, where=str(path), hint=f"{KEPT} {hint}".strip())
    for known, (message, hint) in _CONFLICTS.items():
        if name.startswith(known):
            return StateConflict(message, where=str(path), hint=hint)
    for known, (message, hint) in _INPUTS.items():
        if name.startswith(known):
            return InputError(message, where=str(path), hint=hint)
    return None


def _broken_rule(error: sqlite3.Error, name: str) -> tuple[str, str]:
    if name == "SQLITE_CONSTRAINT_TRIGGER":
        return str(error), ""
    if name == "SQLITE_CONSTRAINT_FOREIGNKEY":
        return (
            "a record names a document, passage, run or reviewer that the study does not hold",
            "Ingest the document or register the reviewer first.",
        )
    return f"a record breaks a rule of the database ({error})", ""


@contextmanager
def failures_told(path: Path) -> Iterator[None]:
    """Turn the database's errors into the project's."""
    try:
        yield
    except DBAPIError as error:
        words = told(error.orig, path) if isinstance(error.orig, sqlite3.Error) else None
        if words is None:
            raise
        raise words from error
    except sqlite3.Error as error:
        words = told(error, path)
        if words is None:
            raise
        raise words from error
    except UnicodeEncodeError as error:
        raise InputError(
            f"a text holds half a character (U+{ord(error.object[error.start]):04X}) and cannot be stored",
            where=str(path),
            hint="Save the source as UTF-8 anew.",
        ) from error
    except OverflowError as error:
        raise InputError(
            "a number is too large to be stored", where=str(path), hint="Use a number below 2^63."
        ) from error
