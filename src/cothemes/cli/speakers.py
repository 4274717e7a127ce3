"""`cothemes speakers`: lists who speaks in each document, and sets role, name and participant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from cothemes.app.corpus.document_names import document_unknown, documents_named
from cothemes.app.corpus.speaker_table import looks_like_table, read_changes, write_template
from cothemes.app.corpus.speakers import (
    AS_READ,
    ROLES,
    SpeakerChange,
    label_in,
    set_speakers,
)
from cothemes.app.corpus.speakers import speakers as listed_speakers
from cothemes.app.handover.pack import refuse_in_copy
from cothemes.app.study import Study
from cothemes.cli.console import emit, note, say, typed
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import JsonOption
from cothemes.errors import InputError, UsageError
from cothemes.presentation.wrapping import hanging
from cothemes.records.document import DocumentHead, Role
from cothemes.records.speaker import Speaker, SpeakerEffect, SpeakerList
from cothemes.records.text import counted, shown_text

_WORDS = (*(role.value for role in ROLES), AS_READ)
_TABLES = (".csv", ".tsv", ".xlsx", ".xlsm")
_LABEL = 24
"""Columns of a label beside its figures."""


def speakers(
    context: typer.Context,
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help="Document to list, by id or file; or a filled-in table (csv, xlsx) to apply. [default: all; "
            "a label that is set without FILE is set in every document that has it]",
            show_default=False,
        ),
    ] = "",
    label: Annotated[
        str,
        typer.Argument(metavar="LABEL", help="Label to set; ? for unlabelled speech.", show_default=False),
    ] = "",
    role: Annotated[
        str,
        typer.Argument(
            metavar="ROLE",
            help="participant, interviewer, other or unknown; as-read for the role by rule.",
            show_default=False,
        ),
    ] = "",
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="Name of the speaker; as-read for the label.")
    ] = None,
    participant: Annotated[
        str | None,
        typer.Option(
            "--participant", metavar="ID", help="Short name of the participant; as-read to remove it."
        ),
    ] = None,
    document: Annotated[
        str, typer.Option("--document", metavar="D", help="Document id or file name, instead of FILE.")
    ] = "",
    template: Annotated[
        Path | None,
        typer.Option("--template", metavar="FILE.csv", help="Table to write and fill in (csv or xlsx)."),
    ] = None,
    person: Annotated[
        str,
        typer.Option(
            "--as",
            metavar="NAME",
            help="Person who says so. Required if several are registered.",
            show_default=False,
        ),
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """List who speaks, or set role, name and participant.

    Roles are laid over the documents: no passage, id or decision changes. No coder proposes codes for an
    interviewer's passages; those of a new participant can be coded. Setting a role again replaces it, and
    reading the files again keeps it.
    """
    with opened_study(context) as study:
        words = [word for word in (file, label, role) if word]
        heads, whom, said, table = _asked(study, words, document, name is not None or participant is not None)
        setting = table is not None or whom is not None
        if not setting and (name is not None or participant is not None):
            raise UsageError("no label is named", hint="Type: cothemes speakers FILE LABEL --name NAME")
        if template is not None:
            if setting:
                raise UsageError("--template sets nothing", hint="Leave the label and the table out.")
            found = listed_speakers(study, heads)
            rows = write_template(template, found)
        elif setting:
            refuse_in_copy(study, "speakers")
            changes = (
                read_changes(study, table)
                if table is not None
                else _changes(study, heads, whom or "", said, name, participant)
            )
            found = set_speakers(study, changes, person)
        else:
            found = listed_speakers(study, heads)
    if as_json:
        emit(found)
    elif template is not None:
        say(f"{template}: {counted(rows, 'row')}. Fill in role, name and participant, then type:")
        typed(f"  cothemes speakers {template}")
    elif setting:
        _show_changes(found)
    else:
        _show(found)


def _asked(
    study: Study, words: Sequence[str], document: str, given: bool
) -> tuple[list[DocumentHead] | None, str | None, str | None, Path | None]:
    """Documents (None for all), label, role and table that the words name."""
    rest, role = list(words), None
    if len(rest) > 1 and rest[-1] in _WORDS:
        role = rest.pop()
    if len(rest) > 2 or (document and len(rest) > 1):
        told = f"{rest[-1]!r} is no role" if len(words) == 3 else f"{len(words)} words are too many"
        raise UsageError(told, hint=f"Type: cothemes speakers FILE LABEL ROLE. Roles: {', '.join(_WORDS)}.")
    heads: list[DocumentHead] | None = None
    if document:
        heads = documents_named(study.store.documents.heads(), document)
        if not heads:
            raise document_unknown(study, document)
    if role is None and not given:
        if document and rest:
            raise UsageError(f"no role is named for {rest[0]!r}", hint=f"Roles: {', '.join(_WORDS)}.")
        if len(rest) == 2:
            raise UsageError(f"{rest[1]!r} is no role", hint=f"Roles: {', '.join(_WORDS)}.")
        if not rest:
            return heads, None, None, None
        found = documents_named(study.store.documents.heads(), rest[0])
        if not found and looks_like_table(Path(rest[0])):
            return None, None, None, Path(rest[0])
        if not found and Path(rest[0]).suffix.lower() in _TABLES:
            raise InputError(
                "is no document here and no table of speakers",
                where=rest[0],
                hint="Check the path. Write a table to fill in: cothemes speakers --template FILE.csv",
            )
        if not found:
            raise document_unknown(study, rest[0])
        return found, None, None, None
    if not rest:
        raise UsageError("no label is named", hint="Type: cothemes speakers FILE LABEL ROLE")
    if len(rest) == 2:
        heads = documents_named(study.store.documents.heads(), rest[0])
        if not heads:
            raise document_unknown(study, rest[0])
    return heads, rest[-1], role, None


def _changes(
    study: Study,
    heads: Sequence[DocumentHead] | None,
    label: str,
    role: str | None,
    name: str | None,
    participant: str | None,
) -> list[SpeakerChange]:
    """The change for each of the documents that has the label. Raises UsageError where none has."""
    changes: list[SpeakerChange] = []
    failed: UsageError | None = None
    everywhere = study.store.documents.heads() if heads is None else heads
    for head in everywhere:
        document = study.store.documents.get(head.slug)
        try:
            if document is not None:
                label_in(document, label)
                changes.append(SpeakerChange(head.slug, label, role, name, participant))
        except UsageError as error:
            failed = error
    if changes:
        return changes
    if heads is None and documents_named(study.store.documents.heads(), label):
        raise UsageError(
            f"{label!r} is a document, and no label is named",
            hint=f"Type: cothemes speakers {label} LABEL {role or 'ROLE'}",
        )
    if failed is not None and len(everywhere) == 1:
        raise failed
    raise UsageError(f"no document has a speaker {label!r}", hint="`cothemes speakers` lists the labels.")


def _show(found: SpeakerList) -> None:
    by_document: dict[str, list[Speaker]] = {}
    for each in found.speakers:
        by_document.setdefault(each.document, []).append(each)
    for slug, speakers in by_document.items():
        typed(shown_text(slug))
        # An id is made of its file's name, so that one says the other but where it was shortened or numbered.
        if not Path(speakers[0].file).stem.casefold().startswith(slug):
            typed(hanging(shown_text(speakers[0].file), 4, first="    "))
        for each in speakers:
            _show_speaker(each)
    _show_notes(found)
    roles = Counter(each.role.value for each in found.speakers)
    said = ", ".join(f"{count} {role}" for role, count in roles.most_common())
    if found.speakers:
        say(f"{counted(len(found.speakers), 'speaker')} in {counted(len(by_document), 'document')}: {said}.")
        typed("Set one: cothemes speakers FILE LABEL ROLE")
        typed("Table to fill in: cothemes speakers --template FILE.csv")
    unknown = list(dict.fromkeys(e.document for e in found.speakers if e.role is Role.UNKNOWN))
    if unknown:
        told = f"Role unknown in {counted(len(unknown), 'document')}: {', '.join(unknown[:4])}"
        typed(hanging(shown_text(told + (", …" if len(unknown) > 4 else ".")), 2))


def _show_speaker(each: Speaker) -> None:
    who = f"{each.label} = {each.name}" if each.name else each.label
    figures = f"{each.role.value:<11} {each.turns:>5,} {'turn ' if each.turns == 1 else 'turns'}  "
    figures += f"{counted(each.passages, 'passage'):>12}  {counted(each.words, 'word'):>12}"
    if len(who) > _LABEL:
        typed(shown_text(f"  {who}"))
        who = ""
    typed(shown_text(f"  {who:<{_LABEL}} {figures}"))
    if each.set_at is not None:
        by = f" by {each.set_by}" if each.set_by else ""
        read = f", by rule {each.role_read.value}" if each.role is not each.role_read else ""
        typed(hanging(shown_text(f"set{by} on {each.set_at:%Y-%m-%d}{read}"), 4, first="    "))
    person = f"{each.participant}: " if each.participant else ""
    typed(hanging(shown_text(f"{person}“{each.first_words}”"), 4, first="    "))


def _show_changes(found: SpeakerList) -> None:
    shown = ""
    for each in found.changes:
        if each.document != shown:
            typed(shown_text(shown := each.document))
        typed(hanging(shown_text(_change_in_words(each)), 4, first="  "))
        for line in _consequences(each):
            typed(hanging(shown_text(line), 4, first="  "))
    if found.unchanged:
        say(f"{counted(found.unchanged, 'label')} unchanged.")
    _show_notes(found)
    new = sum(each.new_passages for each in found.changes)
    if new:
        say("Next, for the new passages:")
        typed("  cothemes index, then cothemes propose and cothemes route")


def _change_in_words(each: SpeakerEffect) -> str:
    parts = []
    if each.role is not each.role_before:
        parts.append(f"{each.role_before.value} → {each.role.value}")
    if each.name != each.name_before:
        parts.append(f"name {each.name}" if each.name else "name as read")
    if each.participant != each.participant_before:
        parts.append(f"participant {each.participant}" if each.participant else "participant as read")
    return f"“{each.label}”: {', '.join(parts) or each.role.value + ', as read'}."


def _consequences(each: SpeakerEffect) -> Sequence[str]:
    lines = []
    if each.not_codeable:
        lines.append(
            f"{counted(each.not_codeable, 'passage')}: no coder proposes codes for them from now on, and "
            "`route` assigns them to nobody."
        )
    if each.assigned:
        lines.append(f"Assigned already, and still in their queues: {counted(each.assigned, 'passage')}.")
    if each.coded:
        lines.append(
            f"Coded already: {counted(each.coded, 'passage')}. The codes stay; findings leave them out."
        )
    if each.codeable:
        if each.new_passages == each.codeable:
            lines.append(f"{counted(each.codeable, 'new passage')} can be coded now.")
        else:
            new = f", {each.new_passages} of them new" if each.new_passages else ""
            lines.append(f"{counted(each.codeable, 'passage')} can be coded now{new}.")
    if each.cluster != each.cluster_before:
        now = "by document" if each.cluster == each.document else f"it under {each.cluster}"
        lines.append(f"Intervals count {now} now.")
    elif each.participant and each.participant != each.cluster:
        lines.append(
            f"Intervals still count the document under {each.cluster}: not every voice but the interviewer's "
            f"has the participant {each.participant}."
        )
    return lines


def _show_notes(found: SpeakerList) -> None:
    """Print what is left out, and what has no effect."""
    for left in found.left_out:
        typed(hanging(shown_text(f"Left out: {left.words}"), 4, first="  "))
        # A command that people copy stays on one line.
        typed(shown_text(f"    → {left.include_with}"))
    for entry in found.without_label:
        note(f"{entry.document}: a setting for “{entry.label}” waits: the present text has no such label.")
    if found.without_speakers and found.speakers:
        note(f"{counted(len(found.without_speakers), 'document')} without speakers.")
    elif found.without_speakers:
        note(f"No speakers are recognised in {', '.join(found.without_speakers[:4])}.")
    elif not found.speakers:
        note("There are no documents yet. Read files: cothemes ingest FILES")
