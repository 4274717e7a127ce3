"""`cothemes webhooks` with its commands: events that are sent to other programs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cothemes.app import wiring
from cothemes.app.events.deliveries import delivery_list, endpoint_list, retried, retry, try_endpoint
from cothemes.app.events.outbox import begin, collect
from cothemes.cli.console import emit, note, print_table, say
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import JsonOption
from cothemes.errors import PartialError
from cothemes.records.event import DeliveryState

app = typer.Typer(
    invoke_without_command=True,
    rich_markup_mode=None,
    help="List the endpoints that events are sent to.",
)

OnlyEndpointOption = Annotated[
    str, typer.Option("--endpoint", metavar="NAME", help="Only this endpoint of the settings.")
]


@app.callback()
def webhooks(context: typer.Context, as_json: JsonOption = False) -> None:
    """List the endpoints that events are sent to."""
    if context.invoked_subcommand is not None:
        return
    with opened_study(context) as study:
        begin(study)
        found = endpoint_list(study)
    if as_json:
        emit(found)
    elif found.root:
        print_table(
            ("endpoint", "address", "state", "waiting", "delivered", "dead"),
            [
                (each.name, each.address, each.state, each.waiting, each.delivered, each.dead)
                for each in found.root
            ],
            right=(3, 4, 5),
        )
        for each in found.root:
            if each.told:
                say(f"{each.name}: {each.told}.")
    else:
        say("No endpoint is set. Add [webhooks.endpoints.NAME] with a url to cothemes.toml.")


@app.command("test")
def try_(
    context: typer.Context,
    endpoint: Annotated[str, typer.Argument(metavar="NAME", help="Endpoint of the settings.")],
    as_json: JsonOption = False,
) -> None:
    """Send a `webhook.test` event to an endpoint now. It is not repeated."""
    with opened_study(context) as study:
        done = try_endpoint(study, endpoint)
    if as_json:
        emit(done)
    elif done.delivered:
        say(f"{endpoint} answered {done.status}: the event {done.event} arrived.")
    if not done.delivered:
        raise PartialError(
            f"the event did not arrive: {done.told}", hint="Nothing was stored to be sent again."
        )


@app.command("deliveries")
def deliveries(
    context: typer.Context,
    endpoint: OnlyEndpointOption = "",
    state: Annotated[DeliveryState | None, typer.Option(help="Only deliveries in this state.")] = None,
    limit: Annotated[int, typer.Option(metavar="N", min=1, max=10_000, help="Largest number listed.")] = 100,
    as_json: JsonOption = False,
) -> None:
    """List events and how far they are on their way, newest first."""
    with opened_study(context) as study:
        found = delivery_list(study, endpoint, state, limit)
    if as_json:
        emit(found)
    elif found.root:
        print_table(
            ("event", "type", "at", "endpoint", "state", "attempts", "last result"),
            [
                (
                    each.event,
                    each.type.value,
                    f"{each.at:%Y-%m-%d %H:%M}",
                    each.endpoint,
                    each.state.value,
                    each.attempts,
                    each.told,
                )
                for each in found.root
            ],
            right=(5,),
        )
    else:
        say("No delivery is on record.")


@app.command("retry")
def retry_(
    context: typer.Context,
    endpoint: OnlyEndpointOption = "",
    event: Annotated[str, typer.Option(metavar="ID", help="Only this event.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Send dead and waiting deliveries again, now. An endpoint that answered 410 is enabled."""
    with opened_study(context) as study:
        collect(study)
        done = retry(study, endpoint, event)
    if as_json:
        emit(done)
        return
    for name in done.enabled:
        say(f"{name} is enabled again.")
    say(retried(done))


@app.command("secret")
def secret(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="File that is written; it must be new.")],
) -> None:
    """Write a new secret to a file that its owner alone can read. The receiver needs the same secret."""
    wiring.write_secret_file(file)
    say(f"A new secret is in {file}.")
    note("Name the file as secret_file of an endpoint, and give the receiver its content.")
