"""`cothemes confirm`: decisions on words that changed in substance since."""

from __future__ import annotations

from typing import Annotated

import typer

from cothemes.app.review.confirm import ConfirmReport
from cothemes.app.review.confirm import confirm as run
from cothemes.cli.console import emit, say, typed
from cothemes.cli.invocation import opened_study, short_ids
from cothemes.cli.options import AsOption, JsonOption
from cothemes.errors import UsageError
from cothemes.presentation.ids import ShortIds
from cothemes.presentation.wrapping import hanging
from cothemes.records.text import counted, shown_text


def confirm(
    context: typer.Context,
    name: AsOption,
    passages: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PASSAGE]…", help="Passages to confirm. [default: list what waits]"),
    ] = None,
    code: Annotated[
        str, typer.Option(metavar="CODE", help="Code to confirm; your other decisions there wait on.")
    ] = "",
    every: Annotated[bool, typer.Option("--all", help="Confirm everything that waits.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Confirm decisions whose passage changed in substance since. Without a passage, list them.

    They count in findings, marked, until you confirm or change them; agreement and prevalence leave them out.
    """
    if every and passages:
        raise UsageError("--all names every passage", hint="Leave the passages or --all out.")
    if code and not (passages or every):
        raise UsageError("--code belongs to a passage", hint="Name the passage, or add --all.")
    with opened_study(context) as study:
        report = run(study, name, passages or [], code=code or None, every=every)
        ids = short_ids(study)
    if as_json:
        emit(report)
        return
    if report.confirmed:
        say(f"Confirmed: {counted(len(report.confirmed), 'passage')}.")
    _list(report, ids)
    if report.others:
        some = ", ".join(f"{who} {counted(count, 'passage')}" for who, count in report.others.items())
        say(f"Others have some to confirm: {some}.")


def _list(report: ConfirmReport, ids: ShortIds) -> None:
    if not report.waiting:
        say(f"Nothing of {report.reviewer}'s waits to be confirmed.")
        return
    for each in report.waiting:
        typed(f"{ids.passage(each.passage)}  {', '.join(each.codes) or 'no code'}")
        if each.read in ("", each.now):
            say("The text is as you read it: the code was merged into a wider one.")
        else:
            say(hanging(shown_text(each.read), 6, first="read  "))
        say(hanging(shown_text(each.now), 6, first="now   "))
    first = ids.passage(report.waiting[0].passage)
    typed(f"→ Still right: cothemes confirm --as {report.reviewer} {first}")
    typed(f"→ Not any more, decide again: cothemes done --as {report.reviewer} {first} --reopen")
