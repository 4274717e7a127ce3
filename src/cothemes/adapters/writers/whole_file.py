"""A file that appears only when it is complete."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, TextIO

from cothemes.errors import InputError


def write_text(path: Path, text: str) -> None:
    """Write a whole file. Raises InputError where it cannot be written."""
    with whole_file(path) as handle:
        handle.write(text)


def check_places(*paths: Path | None) -> None:
    """Before anything is paid for: raises InputError where a file could not be written later."""
    for path in filter(None, paths):
        if path.is_dir() or not path.absolute().parent.is_dir():
            raise InputError(
                "is a folder" if path.is_dir() else "cannot be written: there is no such folder",
                where=str(path),
                hint="Name a file in a folder that exists; nothing was evaluated.",
            )


@contextmanager
def whole_file(path: Path) -> Iterator[TextIO]:
    """Open a file beside `path` for UTF-8 with LF; it takes the name when the block ends well.

    Raises InputError where it cannot be written. What stood at `path` stays until then.
    """
    with _taking_the_name(path) as partial, partial.open("w", encoding="utf-8", newline="") as handle:
        yield handle
        handle.flush()
        os.fsync(handle.fileno())


@contextmanager
def whole_binary(path: Path) -> Iterator[BinaryIO]:
    """As `whole_text`, for bytes."""
    with _taking_the_name(path) as partial, partial.open("w+b") as handle:
        yield handle
        handle.flush()
        os.fsync(handle.fileno())


@contextmanager
def _taking_the_name(path: Path) -> Iterator[Path]:
    partial = path.with_name(f".{path.name}.partial")
    try:
        yield partial
        partial.replace(path)
    except OSError as error:
        raise InputError(
            f"cannot be written ({error.strerror})",
            where=str(path),
            hint="Check that the folder exists, may be written to and has room.",
        ) from error
    finally:
        # Where the folder itself is missing, the error above says so.
        with suppress(OSError):
            partial.unlink(missing_ok=True)
