"""Stopping a run: by a signal, or from another process by a mark that the running one looks for.

Either way nothing more is asked, and what is under way is taken in: it is paid for.
"""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from cothemes.app import wiring
from cothemes.app.runs.activity import GOES_ON, AtWork, cancel_key, look
from cothemes.app.runs.stopping import Stop
from cothemes.app.study import Study
from cothemes.errors import Stopped, UsageError
from cothemes.records.run import RunState
from cothemes.records.work import RunProgress

LOOK_EVERY = 0.5
"""Seconds."""
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupted(Stopped):
    """A signal ended the run."""


def cancel(study: Study, run_id: str) -> AtWork:
    """Ask whoever works on a run to stop: a process notices within a second. Where nobody does, the run
    becomes a cancelled one if batches of it are at a provider; else nothing changes.

    Raises UsageError where there is no such run, or nothing of it is left to stop.
    """
    run = study.store.runs.get(run_id)
    if run is None:
        known = ", ".join(run.id for run in study.store.runs.all()[-20:]) or "none yet"
        raise UsageError(f"there is no run {run_id}", hint=f"Runs: {known}.")
    found = look(study, run)
    if found.standing in (RunProgress.RUNNING, RunProgress.STOPPING, RunProgress.UNKNOWN):
        study.store.meta.set(cancel_key(run_id), wiring.clock().now().isoformat())
        return look(study, run)
    if any(batch.state.open for batch in study.store.batches.all(run_id=run_id)):
        stopped = run.model_copy(update={"state": RunState.CANCELLED})
        study.store.runs.put(stopped)
        return look(study, stopped)
    if found.standing is RunProgress.LOST:
        raise UsageError(f"run {run_id} was killed or lost: nothing of it runs", hint=f"{GOES_ON}.")
    raise UsageError(
        f"run {run_id} has ended ({found.standing}): nothing of it runs",
        hint="Nothing of it is left to stop; `cothemes status` shows what it brought.",
    )


def cancelled(study: Study, run_id: str) -> bool:
    """Return whether somebody has marked the run as cancelled since it was last started."""
    return bool(study.store.meta.get(cancel_key(run_id)))


def forget_cancel(study: Study, run_id: str) -> None:
    """A run that is started again is wanted again."""
    if cancelled(study, run_id):
        study.store.meta.set(cancel_key(run_id), "")


@contextmanager
def heeding_signals(
    stop: Stop, work: asyncio.Task[object], grace: float, told: Callable[[int], None]
) -> Iterator[None]:
    """Inside, the first SIGINT or SIGTERM orders the stop, and the second, or `grace` seconds, cuts off what
    is under way. `told` takes the number of requests that are waited for. A signal that is ignored stays so.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    cut_off: list[asyncio.TimerHandle] = []

    def wind_down() -> None:
        if cut_off:
            work.cancel()
            return
        cut_off.append(loop.call_later(grace, work.cancel))
        stop.order(Interrupted("stopped", hint="The same command goes on from there."))
        told(stop.under_way)

    def caught(_number: int, _frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(wind_down)

    before = {number: signal.getsignal(number) for number in _SIGNALS}
    ours = [number for number, handler in before.items() if handler not in (signal.SIG_IGN, None)]
    for number in ours:
        signal.signal(number, caught)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, before[number])
        for timer in cut_off:
            timer.cancel()


async def heed_cancel(
    study: Study, run_id: str, stop: Stop, work: asyncio.Task[object], grace: float
) -> None:
    """Orders the stop when the run is cancelled; what has not come back after `grace` seconds is cut off."""
    while not cancelled(study, run_id):
        await asyncio.sleep(LOOK_EVERY)
    stop.order(Stopped(f"run {run_id} was cancelled", hint="What came is kept; propose goes on from there."))
    await asyncio.sleep(grace)
    work.cancel()
