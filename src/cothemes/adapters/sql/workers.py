"""Processes at work on a study. Who is killed leaves its row behind, and its lock says that it is gone."""

from __future__ import annotations

import os
from datetime import datetime

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert

from cothemes.adapters.sql import schema
from cothemes.adapters.sql.engine import Database
from cothemes.adapters.sql.presence import Presence
from cothemes.adapters.sql.rows import columns_of, read, row_of, taking_over
from cothemes.adapters.sql.work_tables import workers
from cothemes.records.run import Run, RunState
from cothemes.records.work import Liveness, Worker

_WORKER = columns_of(workers, Worker)


class SqlWorkers:
    """`ports.WorkStore`."""

    def __init__(self, database: Database, presence: Presence) -> None:
        self._database = database
        self._presence = presence

    def enter(self, work: str, at: datetime) -> list[Worker]:
        """This process begins with a work. What others left of it goes, and is given back: those that are
        gone, and those of other machines of which nobody here knows."""
        here = self._presence.machine
        mine = Worker(
            name=self._presence.name, work=work, host=here.host, machine=here.id, boot=here.boot,
            pid=os.getpid(), since=at,
        )  # fmt: skip
        statement = insert(workers)
        with self._database.writing() as connection:
            left = [
                other for other in self._of(connection, work) if self.liveness(other) is not Liveness.ALIVE
            ]
            for other in left:
                self._forget(connection, other.name, work)
            connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["name", "work"],
                    set_=taking_over(statement, ["name", "work"], workers),
                ),
                row_of(mine),
            )
        for other in left:
            if self.liveness(other) is Liveness.GONE:
                self._presence.sweep(other.name)
        return left

    def leave(self, work: str) -> None:
        """This process has ended a work."""
        with self._database.writing() as connection:
            self._forget(connection, self._presence.name, work)

    def hand_back(self, run: Run) -> Run:
        """This process has ended its work on a run. How it ended is stored, unless another process that
        lives is at it: then it is running still, and the last one says how it ended."""
        statement = insert(schema.runs)
        with self._database.writing() as connection:
            self._forget(connection, self._presence.name, run.id)
            others = [self.liveness(other) for other in self._of(connection, run.id)]
            if Liveness.ALIVE in others:
                run = run.model_copy(update={"state": RunState.RUNNING, "finished": None})
            connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["id"], set_=taking_over(statement, ["id"], schema.runs)
                ),
                row_of(run),
            )
        return run

    def all(self) -> list[Worker]:
        """Return who did not end in order yet, in the order in which they began."""
        with self._database.reading() as connection:
            return read(connection, Worker, select(*_WORKER).order_by(workers.c.stored))

    def liveness(self, worker: Worker) -> Liveness:
        """Return whether that process lives."""
        return self._presence.liveness(worker.name, worker.machine, worker.boot)

    def lives(self, owner: str) -> bool:
        """Return whether the process whose name a call of the ledger bears is seen to run, this one too."""
        return self._presence.alive(owner)

    def _of(self, connection: Connection, work: str) -> list[Worker]:
        return read(connection, Worker, select(*_WORKER).where(workers.c.work == work))

    def _forget(self, connection: Connection, name: str, work: str) -> None:
        connection.execute(delete(workers).where(workers.c.name == name, workers.c.work == work))
