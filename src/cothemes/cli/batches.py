"""Batches in words, and the options that ask for them: for `propose`, `run`, `status` and `costs`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cothemes.errors import UsageError
from cothemes.records.text import counted

if TYPE_CHECKING:
    from cothemes.app.coders.propose import Plan, ProposeReport
    from cothemes.app.runs.call_policy import EventSink

BatchOption = Annotated[
    bool,
    typer.Option(
        "--batch-api",
        help="Send requests as a batch: slower and cheaper. Run it again to collect the replies.",
    ),
]
WaitOption = Annotated[
    float,
    typer.Option("--wait", metavar="HOURS", min=0, help="Hours to wait for the replies of --batch-api."),
]

FEW = 5
"""Documents that are named."""
SOON = 10.0
"""Seconds; a pause that is shorter is not told."""
UNPARK = "cothemes propose --retry-parked"
"""Command that asks about parked passages again; no other command does."""


def refuse_idle_wait(batch: bool, hours: float) -> None:
    """Raise UsageError where there is nothing to wait for."""
    if hours and not batch:
        raise UsageError(
            "--wait is for --batch-api", hint="Leave it out: live requests are waited for anyway."
        )


def batches_told(tell: EventSink, note: Callable[[str], None]) -> EventSink:
    """Pass events on, and report on batches what happens, for a person who waits."""
    words = {
        "batch_submitted": "A batch of {requests} requests is handed in.",
        "batch_collected": "A batch is over: {status}, {replied} replies.",
        "batch_sought": "A batch may have been made; looking for it, for {seconds} seconds at most.",
        "repairs_given_up": "Of {asked} quotes that were asked for once more, {stood} were found: "
        "no more are asked for in this run. Such codes are left out; a model that quotes better is cheaper.",
        "batch_dropped": "A batch was not handed in; its requests are free again.",
        "service_down": "The service is down ({said}). The run pauses and tries it with one call at a time, "
        "for {gives_up_after} seconds at most. Ctrl-C stops it; nothing is lost.",
        "service_probe": "Next try in {in:.0f} seconds; {left} seconds of waiting are left.",
        "service_back": "The service answers again after {seconds:.0f} seconds: the run goes on.",
        "lost_asked_again": "{passages} passages whose replies were lost as the service went down are asked "
        "about once more.",
    }

    def told(event: str, facts: Mapping[str, Any]) -> None:
        tell(event, {name: fact for name, fact in facts.items() if name != "told"})
        if event == "taken_up":
            note(_taken_up(facts))
        if event == "stopping":
            note(_stopping(facts["under_way"]))
        if event == "names_not_searched":
            note(names_not_searched(facts["documents"]))
        if event == "another_run":
            note(facts["told"])
        # Tries that follow one another within seconds are not told one by one.
        if event in words and facts.get("in", SOON) >= SOON:
            note(words[event].format_map({"replied": 0, **facts}))

    return told


def _stopping(under_way: int) -> str:
    if not under_way:
        return "stopping; no reply is under way"
    return f"stopping; waiting for {counted(under_way, 'reply', 'replies')} under way — again to stop at once"


def names_not_searched(documents: Sequence[str]) -> str:
    """The warning before text goes to a remote model that nobody searched for names."""
    named = ", ".join(documents[:FEW]) + (", …" if len(documents) > FEW else "")
    return (
        f"No names were searched in {counted(len(documents), 'document')} ({named}): names in them go to the "
        "remote model as they are. To replace them by pseudonyms: cothemes deidentify"
    )


def _taken_up(facts: Mapping[str, Any]) -> str:
    run, process = facts["run"], f"process {facts['process']} on {facts['host']}"
    if facts["lives"] == "gone":
        return f"Run {run} was killed or lost ({process}); going on from there."
    return (
        f"Run {run} was left by {process}, another machine, and nobody here knows whether it still works on "
        "it; should it, the same calls may be bought twice: stop one of the two."
    )


def full_price(todo: Plan) -> bool:
    """Return whether batches cost less perhaps, and nobody knows how much."""
    price = todo.proposer.price
    return price is not None and price.batch is None


def unfinished(report: ProposeReport) -> str:
    """Return what is left to do, in one sentence."""
    why = ", ".join(f"{count} {reason}" for reason, count in sorted(report.reasons.items()))
    parts = (
        (report.failed, f"got no usable reply ({why})"),
        (report.parked, "are parked after three unusable replies"),
        (report.waiting, "wait in batches that are under way"),
        (report.left, "are not asked about yet: no room under the budget or in the batch queue"),
    )
    said = "; ".join(f"{count} {words}" for count, words in parts if count)
    return f"passages: {said}"


def next_step(report: ProposeReport) -> str:
    """Return what to type."""
    if report.waiting:
        return "With --batch-api the same command collects what has come; --wait HOURS waits for it."
    again = "They are listed in `cothemes status`"
    if not report.parked:
        return f"{again}; the same command tries them again."
    rest = " The same command tries the others again." if report.failed or report.left else ""
    return f"{again}; parked ones are asked about by {UNPARK}.{rest}"
