"""What is asked of the records about processes at work: for runs, and for commands of the night."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from cothemes.records.run import Run
from cothemes.records.work import Liveness, Worker


class WorkStore(Protocol):
    """Processes at work; a row goes when its work ends in order."""

    def enter(self, work: str, at: datetime) -> list[Worker]:
        """This process begins with a work. What others left of it goes, and is given back: those that are
        gone, and those of other machines of which nobody here knows."""

    def leave(self, work: str) -> None:
        """This process has ended a work."""

    def hand_back(self, run: Run) -> Run:
        """This process has ended its work on a run. How it ended is stored, unless another process that
        lives is at it: then it is running still, and the last one says how it ended."""

    def all(self) -> list[Worker]:
        """Return who did not end in order yet, in the order in which they began."""

    def liveness(self, worker: Worker) -> Liveness:
        """Return whether that process lives."""

    def lives(self, owner: str) -> bool:
        """Return whether the process whose name a call of the ledger bears is seen to run, this one too."""
