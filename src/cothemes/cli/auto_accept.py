"""`cothemes auto-accept` with its commands: suggestions accepted unread, under a certificate."""

from __future__ import annotations

from typing import Annotated

import typer

from cothemes.app.figures.auto_accept import Target, apply_certificate, auto_accept
from cothemes.app.figures.auto_accept import revoke as take_back
from cothemes.app.figures.certificates import certificate_list
from cothemes.cli.console import emit, say, say_lines
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import JsonOption, names_in
from cothemes.presentation.auto_accept_text import auto_accept_lines, certificate_list_lines
from cothemes.records.text import counted

app = typer.Typer(
    invoke_without_command=True,
    rich_markup_mode=None,
    help="Accept suggestions unread under a certificate, or list certificates.",
)

NameArgument = Annotated[str, typer.Argument(metavar="CERTIFICATE", help="Certificate, e.g. a0001.")]
ByOption = Annotated[
    str, typer.Option("--as", metavar="NAME", help="Registered person who decides.", show_default=False)
]
ReasonOption = Annotated[
    str, typer.Option("--reason", metavar="TEXT", help="Reason, in one sentence, for the record.")
]


@app.callback()
def auto_accepted(context: typer.Context, as_json: JsonOption = False) -> None:
    """Accept suggestions unread under a certificate, or list certificates."""
    if context.invoked_subcommand is not None:
        return
    with opened_study(context) as study:
        found = certificate_list(study)
    if as_json:
        emit(found)
    else:
        say_lines(certificate_list_lines(found))


@app.command("certify")
def certify(
    context: typer.Context,
    codes: Annotated[str, typer.Argument(metavar="A,B", help="Codes whose suggestions may be accepted.")],
    precision: Annotated[
        float,
        typer.Option(min=0, max=1, help="Target share of accepted suggestions that are right, e.g. 0.9."),
    ],
    delta: Annotated[float, typer.Option(min=0, max=1, help="Chance that the promise may fail, e.g. 0.1.")],
    by: ByOption,
    pooled: Annotated[
        bool, typer.Option("--pooled", help="Test the codes together: the promise holds for all of them.")
    ] = False,
    round_name: Annotated[
        str, typer.Option("--round", metavar="NAME", help="Round whose blind random readings to use.")
    ] = "",
    reason: ReasonOption = "",
    accept: Annotated[
        bool, typer.Option("--accept", help="Accept the suggestions. [default: only show what would be]")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Test whether suggestions of the last coder may be accepted unread. Blind random decisions alone count;
    every look is recorded, also a refused one, because looking again uses up delta. Run it again to repeat
    the same look.
    """
    target = Target(
        codes=names_in(codes),
        precision=precision,
        delta=delta,
        by=by,
        reason=reason,
        pooled=pooled,
        round=round_name,
    )
    with opened_study(context) as study:
        found = auto_accept(study, target, accept=accept)
    if as_json:
        emit(found)
    else:
        say_lines(auto_accept_lines(found))


@app.command("apply")
def apply(context: typer.Context, name: NameArgument, as_json: JsonOption = False) -> None:
    """Accept what the certified coder has suggested since. Refused if the certificate is void. The person
    named on the certificate has decided; no other name is asked for.
    """
    with opened_study(context) as study:
        found = apply_certificate(study, name)
    if as_json:
        emit(found)
    else:
        say_lines(auto_accept_lines(found))


@app.command("revoke")
def revoke(
    context: typer.Context,
    name: NameArgument,
    by: ByOption,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Reason, for the record.")],
    as_json: JsonOption = False,
) -> None:
    """Take back a certificate and all that was accepted under it. Nothing is deleted."""
    with opened_study(context) as study:
        found = take_back(study, name, by=by, reason=reason)
    if as_json:
        emit(found)
    else:
        hold = "holds" if found.codings == 1 else "hold"
        say(f"{found.certificate} taken back: {counted(found.codings, 'coding')} no longer {hold}.")
