"""Stopping a run from another process: a mark in the records that the running one looks for."""

from __future__ import annotations

import asyncio

from cothemes.app import wiring
from cothemes.app.study import Study
from cothemes.errors import Stopped, UsageError
from cothemes.records.run import Run, RunState
from cothemes.stages.propose.model.stopping import Stop

LOOK_EVERY = 0.5
"""Seconds."""
GRACE = 10.0
"""Seconds that requests under way are given to come back: they are paid for."""


def cancel(study: Study, run_id: str) -> Run:
    """Marks a run as cancelled; a process that works on it notices within a second.

    Raises UsageError where there is no such run, or nothing of it is left to stop.
    """
    run = study.store.runs.get(run_id)
    if run is None:
        known = ", ".join(run.id for run in study.store.runs.all()[-20:]) or "none yet"
        raise UsageError(f"there is no run {run_id}", hint=f"Runs: {known}.")
    if run.state is RunState.FINISHED:
        raise UsageError(f"run {run_id} has finished", hint="Nothing of it is left to stop.")
    study.store.meta.set(_key(run_id), wiring.clock().now().isoformat())
    cancelled = run.model_copy(update={"state": RunState.CANCELLED})
    study.store.runs.put(cancelled)
    return cancelled


def cancelled(study: Study, run_id: str) -> bool:
    """Whether somebody has marked the run as cancelled since it was last started."""
    return bool(study.store.meta.get(_key(run_id)))


def forget_cancel(study: Study, run_id: str) -> None:
    """A run that is started again is wanted again."""
    if cancelled(study, run_id):
        study.store.meta.set(_key(run_id), "")


async def heed_cancel(study: Study, run_id: str, stop: Stop, work: asyncio.Task[object]) -> None:
    """Orders the stop when the run is cancelled; what has not come back after a while is cut off."""
    while not cancelled(study, run_id):
        await asyncio.sleep(LOOK_EVERY)
    stop.order(Stopped(f"run {run_id} was cancelled", hint="What came is kept; propose goes on from there."))
    await asyncio.sleep(GRACE)
    work.cancel()


def _key(run_id: str) -> str:
    return f"cancel:{run_id}"
