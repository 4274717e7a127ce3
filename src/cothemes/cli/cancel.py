"""`cothemes cancel`: stops a run that works in another process."""

from __future__ import annotations

from typing import Annotated

import typer

from cothemes.app.runs.batches import Cancelled, cancel_run
from cothemes.cli.console import emit, say
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import JsonOption
from cothemes.records.work import RunProgress


def cancel(
    context: typer.Context,
    run: Annotated[str, typer.Argument(metavar="RUN", help="Run id, as `cothemes status` shows it.")],
    as_json: JsonOption = False,
) -> None:
    """Stop a run that another process is working on.

    No further call is made and replies under way are kept. Run `cothemes propose` to resume the run.
    """
    with opened_study(context) as study:
        found = cancel_run(study, run)
    if as_json:
        emit(found)
        return
    say(_told(found))
    if found.elsewhere:
        say("The process that waits for its batches cancels them at the provider.")
    elif found.batches:
        say(
            f"{len(found.batches)} of its batches are being cancelled at the provider, which takes some "
            "minutes; the same command then keeps what was answered before."
        )


def _told(found: Cancelled) -> str:
    run = found.run
    if found.state is RunProgress.STOPPING:
        return (
            f"Run {run} is asked to stop: nothing more is begun, and its process ends when what is under way "
            "has come."
        )
    if found.state is RunProgress.UNKNOWN:
        return f"Run {run} is asked to stop, in case it lives: {found.told}."
    return f"Run {run} is cancelled: no process works on it."
