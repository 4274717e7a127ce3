"""`cothemes cancel`: stops a run that works in another process."""

from __future__ import annotations

from typing import Annotated

import typer

from cothemes.cli.invocation import JsonOption, opened_study


def cancel(
    context: typer.Context,
    run: Annotated[str, typer.Argument(metavar="RUN", help="Its id, as `cothemes status` shows it.")],
    as_json: JsonOption = False,
) -> None:
    """Stop a run that another process works on.

    No further call is made, what is under way is kept, and `propose` goes on from there.
    """
    from cothemes.app.steps.batches import cancel_batches
    from cothemes.app.steps.cancel import cancel as mark
    from cothemes.cli.console import emit_json, say

    with opened_study(context) as study:
        cancelled = mark(study, run)
        batches = cancel_batches(study, cancelled)
    if as_json:
        open_ = [{"batch": batch.tag, "status": batch.status} for batch in batches.open]
        emit_json({"run": cancelled.id, "state": cancelled.state.value, "batches": open_})
        return
    say(f"Run {cancelled.id} is cancelled; a process that works on it stops within seconds.")
    if batches.elsewhere:
        say("The process that waits for its batches cancels them at the provider.")
    elif batches.open:
        say(
            f"{len(batches.open)} of its batches are being cancelled at the provider, which takes some "
            "minutes; the same command then keeps what was answered before."
        )
