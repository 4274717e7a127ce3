"""The table of speakers: written to be filled in with a spreadsheet program, and read back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from cothemes.app import wiring
from cothemes.app.corpus.document_names import documents_named
from cothemes.app.corpus.passages import documents_of
from cothemes.app.corpus.speakers import (
    SpeakerChange,
    label_in,
    role_named,
)
from cothemes.app.study import Study
from cothemes.errors import InputError, UsageError
from cothemes.records.document import Document, DocumentHead
from cothemes.records.sheet import Column, Leaf
from cothemes.records.speaker import NAMELESS, SpeakerList
from cothemes.records.text import counted

FILLED_IN = ("role", "name", "participant")
_ABOUT = ("turns", "passages", "words", "first_words")
"""Columns of the template that are there to be read; what stands in them changes nothing."""
COLUMNS = ("file", "document", "label", *FILLED_IN, *_ABOUT)
_LISTED = 12
"""Rows listed in one error."""


def write_template(path: Path, listed: SpeakerList) -> int:
    """Write the table to fill in, as CSV or a workbook by the path's ending; return its rows.

    Raises UsageError where the file exists, since it may have been filled in, InputError where it cannot be
    written.
    """
    book = path.suffix.lower() == ".xlsx"
    if not book and path.suffix.lower() != ".csv":
        raise UsageError(
            f"{path.name} is neither .csv nor .xlsx", hint="End the file's name in .csv or .xlsx."
        )
    if path.exists():
        raise UsageError(
            f"{path} exists already, and may have been filled in",
            hint="Name another file, or remove this one.",
        )
    widths = {"file": 30, "document": 24, "label": 20, "name": 20, "participant": 14, "first_words": 60}
    columns = tuple(
        Column(name=name, width=widths.get(name, 12), filled_in=name in FILLED_IN) for name in COLUMNS
    )
    rows = tuple(
        (
            each.file, each.document, each.label, each.role.value, each.name or "", each.participant or "",
            str(each.turns), str(each.passages), str(each.words), each.first_words,
        )
        for each in listed.speakers
    )  # fmt: skip
    leaf = Leaf(title="speakers", columns=columns, rows=rows)
    if book:
        wiring.write_sheet_xlsx(path, [leaf])
    else:
        wiring.write_sheet_csv(path, leaf)
    return len(rows)


def read_changes(study: Study, path: Path) -> list[SpeakerChange]:
    """Return what a filled-in table says, a change for each row and document.

    Empty cells change nothing. Raises InputError with `path:row` and every row that matches nothing; then no
    row is used.
    """
    grid = wiring.read_sheet(path)
    places = _places(path, grid.header)
    heads = study.store.documents.heads()
    texts = documents_of(study.store.documents, {head.slug: head.version for head in heads})
    wrong: list[tuple[int, str]] = []
    found: dict[tuple[str, str], tuple[int, SpeakerChange]] = {}
    for number, cells in grid.rows:
        row = {name: " ".join(cells[at].split()) for name, at in places.items()}
        try:
            changes = _changes(heads, texts, row)
        except UsageError as error:
            wrong.append((number, f"{error.message}. {error.hint}"))
            continue
        for change in changes:
            key = (change.document, change.label)
            if key in found and found[key][1] != change:
                label = change.label or NAMELESS
                wrong.append((number, f"“{label}” of {change.document} has row {found[key][0]} as well"))
            found.setdefault(key, (number, change))
    if wrong:
        raise _unmatched(path, wrong)
    if not found:
        raise InputError("has no row below its header", where=str(path), hint="Fill in a row for each label.")
    return [change for _, change in found.values()]


def looks_like_table(path: Path) -> bool:
    """Return whether a file is a table of speakers by its ending and its columns."""
    if path.suffix.lower() in wiring.BOOKS:
        return path.is_file()
    if not path.is_file() or path.suffix.lower() not in (".csv", ".tsv", ".txt"):
        return False
    return "label" in {name.casefold() for name in wiring.read_header(path)}


def _places(path: Path, header: Sequence[str]) -> Mapping[str, int]:
    places: dict[str, int] = {}
    for at, written in enumerate(header):
        name = "_".join(written.casefold().split())
        if not name:
            continue
        if name not in COLUMNS:
            raise InputError(
                f"has a column “{written}” that means nothing here",
                where=f"{path}:1",
                hint=f"Columns are {', '.join(COLUMNS)}. Nothing was changed.",
            )
        if name in places:
            raise InputError(
                f"has two columns “{written}”", where=f"{path}:1", hint="Remove one. Nothing was changed."
            )
        places[name] = at
    if "label" not in places or not {"document", "file"} & set(places):
        missing = "label" if "label" not in places else "document or file"
        raise InputError(
            f"has no column {missing}; its columns are {', '.join(header)}",
            where=f"{path}:1",
            hint="Write a table to fill in: cothemes speakers --template FILE.csv",
        )
    if not set(FILLED_IN) & set(places):
        raise InputError(
            "has no column that sets anything",
            where=f"{path}:1",
            hint="Add a column role, name or participant.",
        )
    return places


def _changes(
    known: Sequence[DocumentHead], texts: Mapping[str, Document], row: Mapping[str, str]
) -> list[SpeakerChange]:
    named = row.get("document") or row.get("file", "")
    if not named:
        raise UsageError("names no document", hint="Fill in the column document or file.")
    if not row["label"]:
        raise UsageError("names no label", hint=f"Write {NAMELESS} for speech that no label names.")
    heads = documents_named(known, named)
    if not heads:
        raise UsageError(f"no document is {named!r}", hint="`cothemes documents` lists them.")
    role = row.get("role", "").casefold() or None
    if role is not None:
        role_named(role)
    change = SpeakerChange(
        document="",
        label="",
        role=role,
        name=row.get("name") or None,
        participant=row.get("participant") or None,
    )
    found: list[SpeakerChange] = []
    failed: UsageError | None = None
    for head in heads:
        document = texts[head.slug]
        try:
            found.append(
                replace(change, document=head.slug, label=label_in(document, row["label"]) or NAMELESS)
            )
        except UsageError as error:
            failed = error
    if not found and failed is not None:
        raise failed
    return found


def _unmatched(path: Path, wrong: Sequence[tuple[int, str]]) -> InputError:
    first, message = wrong[0]
    if len(wrong) == 1:
        return InputError(message.rstrip("."), where=f"{path}:{first}", hint="Nothing was changed.")
    listed = "; ".join(f"row {number}: {what.rstrip('.')}" for number, what in wrong[:_LISTED])
    more = f"; and {len(wrong) - _LISTED} more" if len(wrong) > _LISTED else ""
    return InputError(
        f"{counted(len(wrong), 'row')} cannot be used: {listed}{more}",
        where=f"{path}:{first}",
        hint="Fix these rows and give the table again. Nothing was changed.",
    )
