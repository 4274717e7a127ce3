"""Files that were sent to be looked at and are not stored yet: in a folder of this process, for an hour."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock

from cothemes.errors import UsageError

SECONDS = 3600
MOST_FILES = 50
LARGEST = 64 * 1024 * 1024
"""Bytes of all files that are sent at once."""


@dataclass
class _Waiting:
    folder: TemporaryDirectory[str]
    since: float


class Uploads:
    """The files of each person who looks at a preview; new ones take the place of older ones."""

    def __init__(self) -> None:
        self._waiting: dict[str, _Waiting] = {}
        self._turn = Lock()

    def put(self, person: str, files: Mapping[str, bytes]) -> Path:
        """Keep files and return their folder. Raises UsageError for a name that cannot be used."""
        folder = TemporaryDirectory(prefix="cothemes-upload-")
        for name, content in files.items():
            (Path(folder.name) / _usable(name)).write_bytes(content)
        with self._turn:
            self._forget_old()
            earlier = self._waiting.pop(person, None)
            self._waiting[person] = _Waiting(folder, time.monotonic())
        if earlier:
            earlier.folder.cleanup()
        return Path(folder.name)

    def get(self, person: str, looked_at: str) -> Path:
        """Return the folder of a person's files. `looked_at`: name of the folder that their page showed.

        Raises UsageError where none wait, or where others were sent from another page since.
        """
        with self._turn:
            self._forget_old()
            found = self._waiting.get(person)
        if found is None:
            raise UsageError("no files wait to be stored", hint="Choose them again.")
        folder = Path(found.folder.name)
        if folder.name != looked_at:
            raise UsageError(
                "you sent other files since from another page; nothing was stored",
                hint="Store them there, or choose these again.",
            )
        return folder

    def drop(self, person: str) -> None:
        """Delete a person's files."""
        with self._turn:
            found = self._waiting.pop(person, None)
        if found:
            found.folder.cleanup()

    def _forget_old(self) -> None:
        now = time.monotonic()
        for person in [name for name, each in self._waiting.items() if now - each.since > SECONDS]:
            self._waiting.pop(person).folder.cleanup()


def _usable(name: str) -> str:
    """The last part of a name as the browser gave it."""
    found = name.replace("\\", "/").rpartition("/")[2].strip()
    if not found.strip(".") or found.startswith(".") or "\0" in found or len(found.encode()) > 200:
        raise UsageError(f"{name!r} cannot be the name of a file", hint="Rename the file and send it again.")
    return found
