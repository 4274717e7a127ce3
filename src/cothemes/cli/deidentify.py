"""`cothemes deidentify`: names and numbers of people, found and replaced before a remote call."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cothemes.app.corpus.document_names import document_ids
from cothemes.app.privacy.deidentify import accept as mark_read
from cothemes.app.privacy.deidentify import deidentify as run
from cothemes.app.privacy.deidentify import reported
from cothemes.app.reviewers import only_reviewer, registered
from cothemes.cli.console import emit, note, progress, say, say_lines
from cothemes.cli.invocation import opened_study, short_ids
from cothemes.cli.options import JsonOption
from cothemes.cli.pseudonym_review import PseudonymReview
from cothemes.errors import UsageError
from cothemes.presentation.privacy_text import found_lines, found_notes, next_lines

if TYPE_CHECKING:
    from cothemes.app.study import Study


def deidentify(
    context: typer.Context,
    documents: Annotated[
        list[str] | None, typer.Argument(metavar="[DOC…]", help="Documents to show or accept.")
    ] = None,
    names: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="File of names, one a line, or a table name,replacement,kind. A replacement "
            "of = keeps the name.",
        ),
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Show what would be found; store nothing.")] = False,
    review: Annotated[
        bool,
        typer.Option("--review", help="Go through the findings one by one: yes, no, or another pseudonym."),
    ] = False,
    accept: Annotated[
        bool,
        typer.Option(
            "--accept",
            help="Record that you have read DOC… (or --all) in the form in which they would be sent.",
        ),
    ] = False,
    every: Annotated[bool, typer.Option("--all", help="With --accept: accept every document.")] = False,
    name: Annotated[
        str,
        typer.Option("--as", metavar="NAME", help="Person who reviews. Required if several are registered."),
    ] = "",
    originals: Annotated[
        bool, typer.Option("--show-originals", help="Show the original names beside their pseudonyms.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Find names and numbers of people. They are replaced by pseudonyms in what is sent to a model."""
    if sum((check, review, accept)) > 1 or (every and not accept):
        raise UsageError(
            "these options do not go together",
            hint="Use one of --check, --review and --accept; --all goes with --accept.",
        )
    with opened_study(context) as study:
        wanted = document_ids(study, documents or [])
        if accept:
            _accept(study, wanted, every, name, as_json)
            return
        slugs = [document.slug for document in study.store.documents.heads()]
        with progress("Searching", len(slugs), quiet=as_json) as advance:
            report = run(study, names=names, check_only=check, progress=advance)
        if review:
            PseudonymReview(study, _who(study, name), report, originals=originals).run(wanted)
            return
        ids = short_ids(study)
    found = reported(report, wanted, originals=originals)
    if as_json:
        emit(found)
        return
    say_lines(found_lines(found), ids)
    for line in found_notes(found):
        note(line)
    say_lines(next_lines(found))


def _who(study: Study, name: str) -> str:
    return registered(study, [name])[0] if name else only_reviewer(study)


def _accept(study: Study, wanted: list[str], every: bool, name: str, as_json: bool) -> None:
    if bool(wanted) == every:
        raise UsageError("say which documents were read", hint="Name them, or give --all.")
    who = _who(study, name)
    read = mark_read(study, wanted, who)
    if as_json:
        emit(read)
        return
    say(f"{len(read.root)} documents are marked as read by {who}. A changed text or finding voids the mark.")
