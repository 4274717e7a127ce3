"""The table of `--meta`: what is known of each file, a row a file, and the rows of it that say nothing."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cothemes.app import wiring
from cothemes.app.corpus.reingest import says_more
from cothemes.errors import InputError
from cothemes.records.document import Document, DocumentHead, Kind, Role
from cothemes.records.record import Record
from cothemes.records.text import counted
from cothemes.stages.deidentify.consent import COLUMN, Consent, consent_of, near_miss
from cothemes.stages.ingest.metadata import combined, no_kind_in
from cothemes.stages.ingest.speaker_overlay import PARTICIPANT, label_read
from cothemes.stages.ingest.voices import label_is_spoken

_FILE = "file"
_SPEAKERS = {"interviewer": Role.INTERVIEWER, "participant_speaker": Role.PARTICIPANT}
"""Column that names speakers of the document → their role."""
_NAMED = 6
"""Speakers or files listed in one line."""


class TableWarning(Record):
    """A row, or a value of it, that has no effect or another one than its author may think."""

    where: str
    """`path:row`, or the path alone for several rows."""
    message: str
    hint: str | None


def _warning(where: str, message: str, hint: str = "") -> TableWarning:
    return TableWarning(where=where, message=message, hint=hint or None)


@dataclass(frozen=True)
class MetadataTable:
    """The rows by file name."""

    path: str = ""
    rows: dict[str, dict[str, str]] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    """File name → row of the file, the header being row 1."""
    warnings: tuple[TableWarning, ...] = ()
    """Of the table by itself."""

    def where(self, name: str) -> str:
        """`path:row` of a file's row."""
        return f"{self.path}:{self.numbers[name]}"


def read_metadata(path: Path | None) -> MetadataTable:
    """Return the --meta table, CSV of any dialect or a workbook. Raises InputError with the row."""
    if path is None:
        return MetadataTable()
    grid = wiring.read_sheet(path, lenient=True)
    columns = [name for name in grid.header if name]
    key = next((each for each in columns if each.casefold() == _FILE), None)
    if key is None:
        raise InputError(
            f"has no column `{_FILE}`; its columns are {', '.join(columns) or 'none'}",
            where=f"{path}:1",
            hint=f"Name the column that holds the file names `{_FILE}`, and separate columns by commas, "
            "semicolons or tabs.",
        )
    twice = [name for name, count in Counter(columns).items() if count > 1]
    if twice:
        raise InputError(
            f"has two columns `{twice[0]}`", where=f"{path}:1", hint="Rename or remove one of them."
        )
    rows = [(number, dict(zip(grid.header, cells, strict=True))) for number, cells in grid.rows]
    spare = dict(grid.spare)
    _refuse_near_misses(path, rows)
    table: dict[str, dict[str, str]] = {}
    numbers: dict[str, int] = {}
    warnings: list[TableWarning] = []
    for number, row in rows:
        name = (row.get(key) or "").strip()
        if not name:
            raise InputError(
                "has no file name in this row", where=f"{path}:{number}", hint="Fill the column `file`."
            )
        if name in table:
            raise InputError(
                f"{name} has two rows", where=f"{path}:{number}", hint="Keep one row for each file."
            )
        if number in spare:
            warnings.append(
                _warning(
                    f"{path}:{number}",
                    f"this row has {counted(spare[number], 'value')} more than the table has columns",
                    "Put a value that holds the separator between double quotes.",
                )
            )
        table[name] = {
            column: value.strip() for column, value in row.items() if column and column != key and value
        }
        numbers[name] = number
    return MetadataTable(str(path), table, numbers, tuple(warnings))


def _refuse_near_misses(path: Path, rows: Iterable[tuple[int, Mapping[str, str]]]) -> None:
    """Raise InputError where a column about consent has another name: its words would count for nothing."""
    for number, row in rows:
        for name, value in row.items():
            if name and near_miss(name) and isinstance(value, str) and value.strip():
                raise InputError(
                    f"the column {name!r} is not read as consent",
                    where=f"{path}:{number}",
                    hint=f"Name it {COLUMN} (yes or no), or give it a name that does not look like it. "
                    "Nothing was stored.",
                )


def rows_without_file(
    table: MetadataTable, given: Collection[str], known: Iterable[DocumentHead]
) -> Iterator[TableWarning]:
    """Yield rows that were not used, and files that have none.

    `given`: names of the files that were read now; `known`: documents here.
    """
    heads: dict[str, list[DocumentHead]] = {}
    for head in known:
        heads.setdefault(head.source_name, []).append(head)
    waiting: list[str] = []
    absent: list[str] = []
    meant: set[str] = set()
    """Files that a row probably means: they are named beside that row."""
    for name, row in table.rows.items():
        if name in given:
            continue
        if name in heads:
            waiting += [name] if any(says_more(head, row, None) for head in heads[name]) else []
            continue
        if near := _near(name, {*given, *heads}):
            meant.add(near)
            yield _warning(
                table.where(name),
                f"no file {name} was read: this row was not used",
                f"Did you mean {near}? Write the file's whole name, with its ending.",
            )
        else:
            absent.append(name)
    if absent:
        yield _warning(
            table.path if len(absent) > 1 else table.where(absent[0]),
            f"{counted(len(absent), 'row')} for files that were not given and are not in the study: "
            f"{_some(absent)}",
            "If a file is there, correct its name in the column `file`.",
        )
    if waiting:
        yield _warning(
            table.path,
            f"{counted(len(waiting), 'row')} with new values for files that were not given: {_some(waiting)}",
            "Give these files to ingest with the same table.",
        )
    missing = sorted(set(given) - set(table.rows) - meant) if table.path else []
    if missing:
        yield _warning(
            table.path,
            f"{counted(len(missing), 'file')} without a row: {_some(missing)}",
            "Add a row for each file that the table should describe.",
        )


def values_without_effect(table: MetadataTable, name: str, document: Document) -> Iterator[TableWarning]:
    """Values of a file's row that its document makes nothing of."""
    if name not in table.rows:
        return
    row = table.rows[name]
    facts = combined(row)
    if wrong := no_kind_in({column.strip().casefold(): value for column, value in row.items()}):
        yield _warning(table.where(name), wrong.rstrip("."), "The row's other values were used.")
    if consent_of(document) is Consent.UNCLEAR and COLUMN in facts:
        yield _warning(
            table.where(name),
            f"{COLUMN} is “{facts[COLUMN]}”, neither yes nor no: it counts as no",
            "Write yes or no.",
        )
    if (said := facts.get(PARTICIPANT, "")) and said != document.metadata.get(PARTICIPANT):
        yield _warning(
            table.where(name),
            f"{PARTICIPANT} “{said}” has no effect: a person set it to {document.participant}",
            f"To take it from the table: cothemes speakers {document.slug} LABEL --participant as-read",
        )
    for column in _SPEAKERS:
        yield from _named_speakers(table.where(name), column, facts, document)


def _named_speakers(
    where: str, column: str, facts: Mapping[str, str], document: Document
) -> Iterator[TableWarning]:
    names = [name.strip() for name in facts.get(column, "").replace(",", ";").split(";") if name.strip()]
    if not names:
        return
    if document.kind not in (Kind.INTERVIEW, Kind.SURVEY):
        yield _warning(
            where,
            f"{column} has no effect: {document.slug} is of kind {document.kind.value}, without speakers",
            "Give its kind in the column `kind`, if it is an interview.",
        )
        return
    spoken = list(dict.fromkeys(label_read(block) for block in document.blocks if label_read(block)))
    for name in names:
        plain = name.casefold()
        settled = (
            b for b in document.blocks if label_read(b).casefold() == plain and b.role_read is not None
        )
        if (block := next(settled, None)) and block.role is not _SPEAKERS[column]:
            yield _warning(
                where,
                f"{column} “{name}” has no effect: a person set its role to {block.role.value}",
                f'To take the role from the table: cothemes speakers {document.slug} "{name}" as-read',
            )
        if not label_is_spoken(name, spoken, document.text):
            heard = _some(spoken)
            yield _warning(
                where,
                f"{column} “{name}” is no speaker of {document.slug}",
                f"Its speakers are {heard}." if spoken else "No rule recognises speakers' labels in it.",
            )


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:_NAMED]) + (", …" if len(names) > _NAMED else "")


def _near(name: str, names: Collection[str]) -> str:
    """The file that was probably meant; empty where none is like it."""
    plain = {each.casefold(): each for each in sorted(names)}
    stems = {Path(each).stem.casefold(): each for each in sorted(names)}
    for wanted in (name.casefold(), Path(name).name.casefold()):
        if wanted in plain:
            return plain[wanted]
    for wanted in (Path(name).stem.casefold(), Path(name).name.casefold()):
        if wanted in stems:
            return stems[wanted]
    found = difflib.get_close_matches(name.casefold(), list(plain), n=1, cutoff=0.8)
    return plain[found[0]] if found else ""
