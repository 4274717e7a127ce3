"""What is under way in a study, and what was killed: by who lives, not by what a record said last."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cothemes.app.study import Study
from cothemes.records.record import Moment, Record
from cothemes.records.run import Run
from cothemes.records.work import Liveness, RunProgress, Worker, standing

COMMAND = "command:"
"""Begins the work of a whole command, around the runs in it."""
GOES_ON = "run `cothemes propose` again with the same options to resume it"


class Process(Record):
    """A process that works on something, or did not end in order."""

    host: str
    process: int
    """Its number on that machine."""
    since: Moment
    lives: Liveness


class CommandProcess(Record):
    """A command that is under way, or that was killed before it could say how it ended."""

    command: str
    host: str
    process: int
    since: Moment
    lives: Liveness


@dataclass(frozen=True)
class AtWork:
    """State of one run."""

    run: Run
    standing: RunProgress
    workers: tuple[tuple[Worker, Liveness], ...] = ()
    """Processes that did not end in order yet, and whether they live."""

    @property
    def processes(self) -> tuple[Process, ...]:
        """Processes that did not end in order yet, for a report."""
        return tuple(_process(worker, lives) for worker, lives in self.workers)

    def told(self, *, goes_on: bool = True) -> str:
        """Return what follows for a person; empty where the state says all. `goes_on`: whether a run of the
        codebook as it is now would take this one up.
        """
        if self.standing in (RunProgress.RUNNING, RunProgress.STOPPING):
            where = ", ".join(_seen(worker) for worker, lives in self.workers if lives is Liveness.ALIVE)
            asked = ", asked to stop" if self.standing is RunProgress.STOPPING else ""
            return f"at work: {where}{asked}"
        if self.standing is RunProgress.LOST:
            then = (
                GOES_ON if goes_on else "what came is kept, and under the changed codebook another run begins"
            )
            return f"killed or lost: no process works on it; {then}"
        if self.standing is RunProgress.UNKNOWN:
            away = [worker for worker, lives in self.workers if lives is Liveness.UNKNOWN]
            where = ", ".join(_seen(worker) for worker in away)
            return f"another machine was at it ({where}); whether it still is can only be seen there"
        return ""


def look(study: Study, run: Run) -> AtWork:
    """Return where a run stands."""
    return _judged(study, run, study.store.work.all())


def look_at_all(study: Study) -> dict[str, AtWork]:
    """Run → where it stands, oldest first."""
    workers = study.store.work.all()
    return {run.id: _judged(study, run, workers) for run in study.store.runs.all()}


def commands(study: Study, ended: datetime | None = None) -> tuple[CommandProcess, ...]:
    """Return commands that are under way, or that were killed. Those that do not live count only where they
    began after `ended`, when the last one ended in order."""
    found = []
    for worker in study.store.work.all():
        if worker.work.startswith(COMMAND):
            lives = study.store.work.liveness(worker)
            if lives is Liveness.ALIVE or ended is None or worker.since > ended:
                name = worker.work.removeprefix(COMMAND)
                found.append(CommandProcess(command=name, **dict(_process(worker, lives))))
    return tuple(found)


def cancel_key(run_id: str) -> str:
    """Return the key under which it is stored that somebody wants a run to stop."""
    return f"cancel:{run_id}"


def _judged(study: Study, run: Run, workers: Iterable[Worker]) -> AtWork:
    mine = tuple((each, study.store.work.liveness(each)) for each in workers if each.work == run.id)
    asked = bool(mine) and bool(study.store.meta.get(cancel_key(run.id)))
    return AtWork(run, standing(run, {lives for _, lives in mine}, cancelled=asked), mine)


def _process(worker: Worker, lives: Liveness) -> Process:
    return Process(host=worker.host, process=worker.pid, since=worker.since, lives=lives)


def _seen(worker: Worker) -> str:
    return f"process {worker.pid} on {worker.host} since {worker.since:%Y-%m-%d %H:%M} UTC"
