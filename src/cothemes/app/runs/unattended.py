"""How unattended work ended: kept in the records, and told to whoever asked to be told."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from cothemes.app import wiring
from cothemes.app.runs.activity import COMMAND
from cothemes.app.study import Study
from cothemes.errors import CothemesError
from cothemes.records.record import Moment, Record

_KEY = "last_run"
_LATE = 1.1
"""A run that is later than this share of its hours is missing."""
NOTIFY_SECONDS = 60.0


@dataclass
class Ending:
    """Report of a command at its end."""

    command: str
    summary: str = ""
    """One line: counts and names of states, no text of passages."""
    exit_code: int = 1


class LastRun(Record):
    """The end of a command of unattended work."""

    at: Moment
    command: str
    exit: int
    summary: str
    """Counts and names of states, no text of passages."""


@contextmanager
def ending(
    study: Study, command: str, notify: str = "", warn: Callable[[str], None] = lambda _line: None
) -> Iterator[Ending]:
    """Around a command: keeps when and how it ended, and runs `notify` with a line about it, also when it
    failed. The line is the last argument and COTHEMES_SUMMARY; COTHEMES_EXIT is the exit code. What goes
    wrong with `notify` is passed to `warn` and changes nothing else."""
    end = Ending(command)
    work = f"{COMMAND}{command}"
    try:
        study.store.work.enter(work, wiring.clock().now())
        yield end
        end.exit_code = 0
    except CothemesError as error:
        end.exit_code = error.exit_code
        end.summary = f"{end.summary} {error.message}".strip()
        raise
    except KeyboardInterrupt:
        end.exit_code = 130
        raise
    finally:
        line = f"cothemes {command} in {study.root.name}: exit {end.exit_code}. {end.summary}".strip()
        kept = LastRun(at=wiring.clock().now(), command=command, exit=end.exit_code, summary=end.summary)
        try:
            study.store.meta.set(_KEY, kept.model_dump_json())
            study.store.work.leave(work)
        except CothemesError as error:
            warn(f"How the run ended could not be kept: {error.message}.")
        if notify:
            _notify(notify, line, end.exit_code, warn)


def _notify(command: str, line: str, exit_code: int, warn: Callable[[str], None]) -> None:
    try:
        done = subprocess.run(
            [*shlex.split(command), line],
            env={**os.environ, "COTHEMES_SUMMARY": line, "COTHEMES_EXIT": str(exit_code)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            timeout=NOTIFY_SECONDS,
            check=False,
        )
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        warn(f"--notify failed: {type(error).__name__}.")
        return
    if done.returncode:
        warn(f"--notify ended with {done.returncode}.")


def last_run(study: Study) -> LastRun | None:
    """Return when and how propose or run last ended; None where neither did."""
    kept = study.store.meta.get(_KEY)
    return LastRun.model_validate_json(kept) if kept else None


def overdue(study: Study) -> str:
    """A sentence where a run is missing by the study's schedule, else nothing."""
    hours = study.settings.schedule.every_hours
    if hours is None:
        return ""
    last = last_run(study)
    if last is None:
        return f"A run is expected every {hours:g} hours, and none has ended yet."
    age = wiring.clock().now() - last.at
    if age <= timedelta(hours=hours * _LATE):
        return ""
    ago = age.total_seconds() / 3600
    return f"A run is expected every {hours:g} hours; the last one ended {ago:.0f} hours ago."
