"""`cothemes forget`: consent withdrawn, so a document's words are erased."""

from __future__ import annotations

from typing import Annotated

import typer

from cothemes.app.privacy.forget import ForgetPlan, ForgetReport, ForgottenList, forgotten, plan
from cothemes.app.privacy.forget import forget as run
from cothemes.app.reviewers import registered
from cothemes.cli.console import emit, print_table, say
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import JsonOption
from cothemes.errors import PartialError, UsageError


def forget(
    context: typer.Context,
    document: Annotated[str, typer.Argument(metavar="DOC", help="Document id.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
    reason: Annotated[
        str, typer.Option(metavar="TEXT", help="Reason to keep on record. Do not name anyone in it.")
    ] = "consent withdrawn",
    name: Annotated[
        str, typer.Option("--as", metavar="NAME", help="Registered person who erases the document.")
    ] = "",
    listing: Annotated[bool, typer.Option("--list", help="List what was erased, when and why.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Erase a document whose consent was withdrawn. Text, replies, vectors and notes are deleted; this
    cannot be undone.
    """
    if bool(document) == listing:
        raise UsageError("name one document", hint="`cothemes forget DOC`, or `cothemes forget --list`.")
    with opened_study(context) as study:
        if listing:
            _list(forgotten(study), as_json)
            return
        by = registered(study, [name])[0] if name else ""
        todo = plan(study, document)
        if not yes:
            if as_json:
                raise UsageError("--json does not ask", hint="Give --yes with it.")
            if not _agreed(todo):
                say("Nothing was erased.")
                return
        report = run(study, todo, reason=reason, by=by)
    if as_json:
        emit(report)
    else:
        _show(report)
    if not report.clean:
        places = ", ".join(report.holding) or "the database's own files"
        raise PartialError(
            f"old bytes may be left in {places}",
            hint="Close every other program that has this study open, then type the same command again.",
        )


def _agreed(todo: ForgetPlan) -> bool:
    if todo.already is not None:
        say(f"{todo.document} was forgotten on {todo.already.at.date()}; what was left is cleaned up.")
        return True
    say(
        f"{todo.document}: {todo.passages} passages, {todo.decisions} decisions on them. Its text, vectors, "
        "suggestions, replies, notes and spans are erased for good; decisions keep their code alone."
    )
    try:
        typed = input(f"Type {todo.document} to erase it: ")
    except EOFError:
        return False
    return typed.strip() == todo.document


def _show(report: ForgetReport) -> None:
    counts = ", ".join(f"{count} {what}" for what, count in report.erased.items() if count)
    say(f"{report.document} was forgotten ({report.reason}): {counts}.")
    say("Its file is refused from now on. Type `cothemes index` to make the vector store anew.")
    say("Out of reach from here; for you to do:")
    for task in report.remaining:
        say(f"  - {task}")


def _list(found: ForgottenList, as_json: bool) -> None:
    if as_json:
        emit(found)
    elif found.root:
        print_table(
            ("document", "forgotten", "by", "reason"),
            [(each.document, each.at.date(), each.by or "–", each.reason) for each in found.root],
        )
    else:
        say("Nothing was forgotten in this study.")
