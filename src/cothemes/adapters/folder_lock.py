"""One process at a time in a folder: a lock that the system drops when its holder ends, however it ends."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import IO

if sys.platform == "win32":
    import msvcrt

    def _take(file: IO[str]) -> None:
        # Windows locks bytes against reading too, so the one taken lies behind what is written there.
        file.seek(4096)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

    _probe = _take
else:
    import fcntl

    def _take(file: IO[str]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _probe(file: IO[str]) -> None:
        # Shared, so that two who look at one moment do not take each other for the holder.
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)


class FolderLock:
    """The lock beside a folder, `NAME.lock`, holding the number of the process that has it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder.with_name(folder.name + ".lock")
        self._file: IO[str] | None = None

    def take(self) -> str | None:
        """None when taken, else the number of the process that holds it. Raises OSError."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        file = self.path.open("a+", encoding="utf-8")
        try:
            _take(file)
        except (BlockingIOError, PermissionError):
            file.seek(0)
            holder = file.read(20).strip()
            file.close()
            return holder or "unknown"
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        self._file = file
        return None

    @property
    def held(self) -> bool:
        """Return whether a process has it, this one too. Raises OSError where locks do not work."""
        try:
            with self.path.open(encoding="utf-8") as file:
                _probe(file)
        except FileNotFoundError:
            return False
        except (BlockingIOError, PermissionError):
            return True
        return False

    def release(self) -> None:
        """Release it; a second time does nothing."""
        if self._file is not None:
            self._file.close()
            self._file = None
