"""`cothemes memo`: a researcher's notes on the study, its documents, passages and codes."""

from __future__ import annotations

from typing import Annotated

import typer

from cothemes.app.review.blindness import look_as
from cothemes.app.review.memos import About, MemoReport, add_memo, edit_memo, memo_list, memo_report
from cothemes.cli.console import emit, say, say_lines
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import JsonOption
from cothemes.cli.writing import written_text
from cothemes.errors import UsageError
from cothemes.presentation.memo_text import memo_lines

app = typer.Typer(invoke_without_command=True, rich_markup_mode=None, help="List, write and change memos.")

DocumentOption = Annotated[str, typer.Option(metavar="SLUG", help="Document that the memo is about.")]
PassageOption = Annotated[str, typer.Option(metavar="ID", help="Passage that the memo is about.")]
CodeOption = Annotated[str, typer.Option(metavar="CODE", help="Code that the memo is about.")]
AsOption = Annotated[
    str, typer.Option("--as", metavar="NAME", help="Person who writes. Required if several are registered.")
]
IdArgument = Annotated[str, typer.Argument(metavar="MEMO", help="Last characters of the memo's id.")]
TextArgument = Annotated[
    str | None,
    typer.Argument(
        help="Text of the memo; - reads it from standard input. [default: your editor opens]",
        show_default=False,
    ),
]


@app.callback()
def memo(
    context: typer.Context,
    document: DocumentOption = "",
    passage: PassageOption = "",
    code: CodeOption = "",
    whole: Annotated[bool, typer.Option("--study", help="Only memos about the study as a whole.")] = False,
    by: Annotated[str, typer.Option(metavar="NAME", help="Author of the last version.")] = "",
    as_json: JsonOption = False,
) -> None:
    """List, write and change memos."""
    if context.invoked_subcommand is not None:
        return

    with opened_study(context) as study:
        found = memo_list(study, About(document, passage, code, whole), by=by)
    if as_json:
        emit(found)
        return
    for one in found.root:
        say_lines(memo_lines(one))
    if not found.root:
        say("No memo. Write one: cothemes memo add TEXT [--document|--passage|--code …]")


@app.command("add")
def add(
    context: typer.Context,
    text: TextArgument = None,
    document: DocumentOption = "",
    passage: PassageOption = "",
    code: CodeOption = "",
    name: AsOption = "",
    as_json: JsonOption = False,
) -> None:
    """Write a memo about the study, a document, a passage or a code."""
    with opened_study(context) as study:
        made = add_memo(study, written_text(text), About(document, passage, code), name)
    _tell(made, as_json, "Written")


@app.command("edit")
def edit(
    context: typer.Context,
    memo: IdArgument,
    text: TextArgument = None,
    name: AsOption = "",
    as_json: JsonOption = False,
) -> None:
    """Change a memo. Its earlier versions are kept."""
    with opened_study(context) as study:
        if text is None and name:
            look_as(study, name)
        before = memo_report(study, memo).text if text is None else ""
        words = written_text(text, before)
        if not words.strip():
            raise UsageError("the memo would be empty", hint="To take it away: cothemes memo remove")
        made = edit_memo(study, memo, words, name)
    _tell(made, as_json, "Changed")


@app.command("remove")
def remove(
    context: typer.Context, memo: IdArgument, name: AsOption = "", as_json: JsonOption = False
) -> None:
    """Remove a memo from the list. Its versions stay in the records."""
    with opened_study(context) as study:
        made = edit_memo(study, memo, "", name)
    _tell(made, as_json, "Taken away")


@app.command("show")
def show(context: typer.Context, memo: IdArgument, as_json: JsonOption = False) -> None:
    """Print a memo with all its versions."""
    with opened_study(context) as study:
        found = memo_report(study, memo)
    if as_json:
        emit(found)
    else:
        say_lines(memo_lines(found, versions=True))


def _tell(memo: MemoReport, as_json: bool, done: str) -> None:
    if as_json:
        emit(memo)
    else:
        say(f"{done}: memo {memo.short}, about {memo.about}.")
