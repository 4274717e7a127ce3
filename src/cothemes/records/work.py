"""Who works on what: processes that hold a run or a command, and whether they still live."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from cothemes.records.record import Record
from cothemes.records.run import Run, RunState


class Liveness(StrEnum):
    """States of a process: whether it still runs."""

    ALIVE = "alive"
    GONE = "gone"
    UNKNOWN = "unknown"
    """It was on another machine, and only there it can be seen."""


class Worker(Record):
    """A process that works on something, or did so until it was killed."""

    name: str
    """Name of the lock that ends with the process; owners in the ledger have it too."""
    work: str
    """The id of a run, or `command:` and the name of a command."""
    host: str
    """The machine's name, for people."""
    machine: str
    """Tells machines apart; empty where the system does not say."""
    boot: str
    """Tells starts of a machine apart; empty where the system does not say."""
    pid: int
    since: datetime


class RunProgress(StrEnum):
    """State of a run, by its record and by the processes that run."""

    RUNNING = "running"
    STOPPING = "stopping"
    """`cancel` was asked for, and the process has not ended yet."""
    LOST = "lost"
    """Killed, or gone with its machine: nothing runs."""
    UNKNOWN = "unknown"
    """Another machine was at it, and did not say that it has ended."""
    FINISHED = "finished"
    PARTIAL = "partial"
    STOPPED = "stopped"
    WAITING = "waiting"
    CANCELLED = "cancelled"


def standing(run: Run, workers: Collection[Liveness], *, cancelled: bool = False) -> RunProgress:
    """Return where a run stands. `workers`: whether each process lives that did not end in order;
    `cancelled`: whether somebody has asked it to stop.
    """
    if Liveness.ALIVE in workers:
        return RunProgress.STOPPING if cancelled else RunProgress.RUNNING
    if run.state is not RunState.RUNNING:
        return RunProgress(run.state.value)
    return RunProgress.UNKNOWN if Liveness.UNKNOWN in workers else RunProgress.LOST
