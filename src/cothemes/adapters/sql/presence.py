"""Which processes are at work on a study's paid calls: each holds a lock that ends with it, in any case."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

from cothemes.adapters.folder_lock import FolderLock


class Presence:
    """This process among the others, in a folder beside the database."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock: FolderLock | None = None
        self._name = ""

    @property
    def name(self) -> str:
        """The name that rows carry; the lock is taken when it is first asked for."""
        if self._lock is None:
            self._name = f"{os.getpid()}-{uuid.uuid4().hex[:12]}"
            self._lock = FolderLock(self._folder / self._name)
            self._lock.take()
        return self._name

    def alive(self, name: str) -> bool:
        """Whether the process of that name still runs."""
        if name == self._name:
            return True
        other = FolderLock(self._folder / name) if name else None
        if other is None or not other.path.exists():
            return False
        if other.take() is not None:
            return True
        other.path.unlink(missing_ok=True)
        other.release()
        return False

    def leave(self) -> None:
        """Gives the lock back."""
        if self._lock is not None:
            self._lock.path.unlink(missing_ok=True)
            self._lock.release()
            self._lock = None
            self._name = ""
