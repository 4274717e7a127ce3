"""`cothemes memo`: a researcher's notes on the study, its documents, passages and codes."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cothemes.app.review.memos import About, add_memo, edit_memo, memo_of, memos_of
from cothemes.cli.console import emit_json, say, stdout
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import JsonOption
from cothemes.errors import UsageError
from cothemes.records.text import shown_text

if TYPE_CHECKING:
    from cothemes.stages.review.memos import Kept

app = typer.Typer(invoke_without_command=True, rich_markup_mode=None, help="List, write and change memos.")

DocumentOption = Annotated[str, typer.Option(metavar="SLUG", help="Document that the memo is about.")]
PassageOption = Annotated[str, typer.Option(metavar="ID", help="Passage that the memo is about.")]
CodeOption = Annotated[str, typer.Option(metavar="CODE", help="Code that the memo is about.")]
AsOption = Annotated[
    str, typer.Option("--as", metavar="NAME", help="Person who writes. Required if several are registered.")
]
IdArgument = Annotated[str, typer.Argument(metavar="MEMO", help="Last characters of the memo's id.")]
TextArgument = Annotated[str, typer.Argument(help="Text of the memo; - reads it from standard input.")]


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
        found = memos_of(study, About(document, passage, code, whole), by=by)
    if as_json:
        emit_json([memo_as_json(one) for one in found])
        return
    for one in found:
        _print(one)
    if not found:
        say("No memo. Write one: cothemes memo add TEXT [--document|--passage|--code …]")


@app.command("add")
def add(
    context: typer.Context,
    text: TextArgument,
    document: DocumentOption = "",
    passage: PassageOption = "",
    code: CodeOption = "",
    name: AsOption = "",
    as_json: JsonOption = False,
) -> None:
    """Write a memo about the study, a document, a passage or a code."""
    with opened_study(context) as study:
        made = add_memo(study, _words(text), About(document, passage, code), name)
    _tell(made, as_json, "Written")


@app.command("edit")
def edit(
    context: typer.Context,
    memo: IdArgument,
    text: TextArgument,
    name: AsOption = "",
    as_json: JsonOption = False,
) -> None:
    """Change a memo. Its earlier versions are kept."""
    words = _words(text)
    if not words.strip():
        raise UsageError("the memo would be empty", hint="To take it away: cothemes memo remove")
    with opened_study(context) as study:
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
        found = memo_of(study, memo)
    if as_json:
        emit_json(memo_as_json(found))
    else:
        _print(found, versions=True)


def memo_as_json(memo: Kept) -> dict[str, Any]:
    """One memo with its versions."""
    last = memo.last
    return {
        "memo": memo.id,
        "short": memo.short,
        "document": last.document,
        "passage": last.passage,
        "code": last.code,
        "by": last.by,
        "at": last.at.isoformat(),
        "text": last.text,
        "versions": [{"at": one.at.isoformat(), "by": one.by, "text": one.text} for one in memo.versions],
    }


def _words(text: str) -> str:
    return sys.stdin.read() if text == "-" else text


def _tell(memo: Kept, as_json: bool, done: str) -> None:
    if as_json:
        emit_json(memo_as_json(memo))
    else:
        say(f"{done}: memo {memo.short}, about {memo.about}.")


def _print(memo: Kept, *, versions: bool = False) -> None:
    from rich.padding import Padding
    from rich.text import Text

    console = stdout()
    for number, one in enumerate(memo.versions, start=1):
        if not versions and one is not memo.last:
            continue
        parts = [memo.short, f"about {memo.about}", one.by, f"{one.at:%Y-%m-%d %H:%M}"]
        if len(memo.versions) > 1:
            parts.append(f"version {number} of {len(memo.versions)}")
        console.print(Text(shown_text(" | ".join(filter(None, parts))), style="bold"))
        console.print(Padding(Text(shown_text(one.text) or "(taken away)"), (0, 0, 1, 2), expand=False))
