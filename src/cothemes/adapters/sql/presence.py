"""Which processes are at work on a study: each holds a lock that ends with it, however it ends.

The system drops the lock with its holder, at a kill as at a reboot, and a number that was given to another
process means nothing to it. What it cannot tell is whether a process of another machine lives, where the
folder is not shared with its locks: then nobody here knows.
"""

from __future__ import annotations

import os
import uuid
from pathlib import Path

from cothemes.adapters.folder_lock import FolderLock
from cothemes.adapters.machine import Machine, this_machine
from cothemes.records.work import Liveness


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

    @property
    def machine(self) -> Machine:
        """Return where this process runs."""
        return this_machine()

    def alive(self, name: str) -> bool:
        """Return whether the process of that name is seen to run."""
        return bool(name) and (name == self._name or FolderLock(self._folder / name).held)

    def liveness(self, name: str, machine: str, boot: str) -> Liveness:
        """Return the liveness of a process that began on a machine, as far as it can be known here."""
        try:
            if self.alive(name):
                return Liveness.ALIVE
        except OSError:
            return Liveness.UNKNOWN
        here = self.machine
        known = (boot and boot == here.boot) or (machine and machine == here.id)
        return Liveness.GONE if known else Liveness.UNKNOWN

    def sweep(self, name: str) -> None:
        """Take the lock of a process away that is gone."""
        FolderLock(self._folder / name).path.unlink(missing_ok=True)

    def leave(self) -> None:
        """Release the lock."""
        if self._lock is not None:
            self._lock.path.unlink(missing_ok=True)
            self._lock.release()
            self._lock = None
            self._name = ""
