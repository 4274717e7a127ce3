"""`cothemes users` with its commands: who may log in to the served study."""

from __future__ import annotations

from typing import Annotated

import typer

from cothemes.app.users import UserEntry, invite, make_token, revoke, service_address, user_list
from cothemes.cli.console import emit, note, print_table, say, typed
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import JsonOption
from cothemes.records.user import UserRole

app = typer.Typer(
    invoke_without_command=True,
    rich_markup_mode=None,
    help="Invite people to the served study, or list those invited.",
)

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="Person's name, as in tables.")]


@app.callback()
def users(context: typer.Context, as_json: JsonOption = False) -> None:
    """Invite people to the served study, or list those invited."""
    if context.invoked_subcommand is not None:
        return
    with opened_study(context) as study:
        found = user_list(study)
    if as_json:
        emit(found)
    elif found.root:
        print_table(
            ("name", "roles", "state", "logged in", "tokens"),
            [
                (each.name, ", ".join(each.roles), _state(each), each.sessions, _tokens(each))
                for each in found.root
            ],
            right=(3,),
        )
    else:
        say("Nobody is invited. Invite a person: cothemes users invite NAME --role lead")


@app.command("invite")
def invite_(
    context: typer.Context,
    name: NameArgument,
    role: Annotated[
        list[UserRole],
        typer.Option(help="Role of the person; give it again for several. They replace earlier ones."),
    ],
    email: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS",
            help="E-mail address of the one account at the login provider that may accept the invitation.",
        ),
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Print a link with which a person joins, once. A reviewer is registered as well."""
    with opened_study(context) as study:
        made = invite(study, name, role, service_address(study), email=email)
        place = "address" if study.settings.serve.address else "host and port"
    if as_json:
        emit(made)
        return
    say(f"{made.name} is invited as {', '.join(made.roles)}. Send this link; it works once, for 7 days:")
    typed(made.link)
    note(f"The link names the address of the settings: [serve] {place}.")


@app.command("revoke")
def revoke_(
    context: typer.Context,
    name: NameArgument,
    token: Annotated[
        str, typer.Option(metavar="TOKEN", help="Id or label of one token; the person may still log in.")
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Revoke a person's access at once. Their decisions stay."""
    with opened_study(context) as study:
        done = revoke(study, name, token)
    if as_json:
        emit(done)
    elif done.token:
        say(f"The token {done.token} of {done.name} no longer works.")
    else:
        say(f"{done.name} can no longer log in; {done.revoked} logins, links and tokens ended.")


@app.command("token")
def token_(
    context: typer.Context,
    name: NameArgument,
    label: Annotated[str, typer.Option(metavar="TEXT", help="Purpose of the token.")] = "",
    days: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Days until it ends. [default: no end]")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Print a token with which a program uses the API as a person. It cannot be shown again."""
    with opened_study(context) as study:
        made = make_token(study, name, label, days)
    if as_json:
        emit(made)
        return
    note(f"A token for {made.name}, with the person's roles. It is not stored and not shown again:")
    typed(made.token)


def _state(entry: UserEntry) -> str:
    if entry.revoked:
        return "revoked"
    return "joined" if entry.joined else "invited"


def _tokens(entry: UserEntry) -> str:
    return ", ".join(each.label or each.id for each in entry.tokens)
