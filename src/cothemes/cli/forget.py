"""`cothemes forget`: consent withdrawn, so the words of a document or a participant are erased."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cothemes.app.corpus.document_names import document_ids
from cothemes.app.privacy.forget import (
    ForgetPlan,
    ForgetReport,
    ForgottenList,
    ForgottenParticipant,
    ParticipantPlan,
    SharedDocuments,
    forget_participant,
    forgotten,
    plan,
    plan_participant,
)
from cothemes.app.privacy.forget import forget as run
from cothemes.app.privacy.tombstones import write_tombstones
from cothemes.app.reviewers import registered
from cothemes.app.study import Study
from cothemes.cli.console import emit, print_table, say, say_lines
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import JsonOption
from cothemes.errors import PartialError, UsageError
from cothemes.presentation.privacy_text import forgotten_lines, written_lines
from cothemes.records.text import counted


class SharedChoice(StrEnum):
    """What becomes of documents that hold several participants."""

    ERASE = "erase"
    KEEP = "keep"


def forget(
    context: typer.Context,
    document: Annotated[str, typer.Argument(metavar="DOC", help="Document id.")] = "",
    participant: Annotated[
        str,
        typer.Option(metavar="ID", help="Participant whose documents are erased, in place of a document."),
    ] = "",
    shared: Annotated[
        SharedChoice | None,
        typer.Option(
            help="With --participant: what becomes of documents that hold other participants too.",
            show_default=False,
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
    reason: Annotated[
        str, typer.Option(metavar="TEXT", help="Reason to keep on record. Do not name anyone in it.")
    ] = "consent withdrawn",
    name: Annotated[
        str, typer.Option("--as", metavar="NAME", help="Registered person who erases the document.")
    ] = "",
    listing: Annotated[bool, typer.Option("--list", help="List what was erased, when and why.")] = False,
    tombstones: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write the record of all erasures to a file that `restore` reads. It holds no words.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Erase a document or a participant whose consent was withdrawn. Text, replies, vectors and notes are
    deleted; this cannot be undone.

    With --participant it erases every document of a participant. Then it searches the study's folder for
    words that are left, and lists the exports, packages and backups that may hold some.
    """
    if sum((bool(document), bool(participant), listing, tombstones is not None)) != 1:
        raise UsageError(
            "name one document or one participant",
            hint="`cothemes forget DOC`, `cothemes forget --participant ID`, or `cothemes forget --list`.",
        )
    if shared and not participant:
        raise UsageError("--shared belongs to --participant", hint="Leave it out, or name a participant.")
    with opened_study(context) as study:
        if listing:
            _list(forgotten(study), as_json)
            return
        if tombstones is not None:
            written = write_tombstones(study, tombstones)
            if as_json:
                emit(written)
            else:
                say(f"{counted(written.documents, 'erasure')} in {tombstones}. Keep it apart from backups.")
            return
        by = registered(study, [name])[0] if name else ""
        todo: ForgetPlan | ParticipantPlan
        if participant:
            todo = plan_participant(study, participant, SharedDocuments(shared.value) if shared else None)
        else:
            todo = plan(study, _known(study, document))
        if not yes:
            if as_json:
                raise UsageError("--json does not ask", hint="Give --yes with it.")
            if not _agreed(todo):
                say("Nothing was erased.")
                return
        report: ForgetReport | ForgottenParticipant
        if isinstance(todo, ParticipantPlan):
            report = forget_participant(study, todo, reason=reason, by=by)
        else:
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


def _known(study: Study, document: str) -> str:
    """Return the id of a document by an id or a short form; one that was forgotten has its id alone."""
    buried = study.store.privacy.tombstone_of(document) is not None
    return document if buried else document_ids(study, [document])[0]


def _agreed(todo: ForgetPlan | ParticipantPlan) -> bool:
    if isinstance(todo, ParticipantPlan):
        asked, plans = todo.participant, todo.documents
        for each in todo.kept:
            say(f"{each.document} stays: it holds words of {', '.join(each.others)} too.")
        if not plans:
            say(f"{asked} is the only participant of no document.")
            return False
    else:
        asked, plans = todo.document, (todo,)
        if todo.already is not None:
            say(f"{asked} was forgotten on {todo.already.at.date()}; what was left is cleaned up.")
            return True
    for each_plan in plans:
        say(
            f"{each_plan.document}: {each_plan.passages} passages, {each_plan.decisions} decisions on them. "
            "Its text, vectors, suggestions, replies, notes and spans are erased for good; decisions keep "
            "their code alone."
        )
    try:
        typed = input(f"Type {asked} to erase {'it' if len(plans) == 1 else 'them'}: ")
    except EOFError:
        return False
    return typed.strip() == asked


def _show(report: ForgetReport | ForgottenParticipant) -> None:
    if isinstance(report, ForgottenParticipant):
        for each in report.documents:
            say_lines(forgotten_lines(each))
        for task in report.remaining:
            say(f"  - {task}")
        files = {file.path: file for each in report.documents for file in each.files}
        say_lines(written_lines(tuple(files.values())))
    else:
        say_lines(forgotten_lines(report))
        say_lines(written_lines(report.files))


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
