"""Tables of answers or of turns, in CSV or a workbook: a cell of words is a passage."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cothemes.adapters.readers.cues import Cue, clock, cue_source
from cothemes.adapters.readers.format import Format, Opening
from cothemes.adapters.readers.lines import lines_apart, physical_lines
from cothemes.adapters.readers.raw import at_most, decode, digest, read_bytes
from cothemes.adapters.readers.sheet_file import BOOKS, read_header
from cothemes.adapters.readers.table_columns import Columns, columns_as_said, columns_by_name, suggestion
from cothemes.adapters.readers.table_file import Sheet, TableRow, letter, read_table
from cothemes.errors import FileUnreadable
from cothemes.records.document import Kind
from cothemes.records.source import AS_FOUND, Line, LineStyle, ReadOptions, Source
from cothemes.records.text import counted

_CAPTIONS = re.compile(rb"(?:\xef\xbb\xbf)?start\tend\ttext\r?\n", re.IGNORECASE)
_LABEL = re.compile(r"^\s*[^\s:：][^:：\n]{0,39}[:：](?:\s|$)")
_DIALOGUE = 6
"""Labelled lines of a cell from which it holds a conversation."""
_LISTED = 6
"""Rows or respondents named in one note."""
_ONCE = 0.8
"""Share of respondents with one row from which those with more are duplicates."""
_SAME = 5
"""Words from which two rows with the same answers are told."""


@dataclass(frozen=True)
class TableReader:
    """csv, tsv and xlsx. Rows of one `doc`, `respondent` or `participant` are one document; else all are.

    Where people take turns and one of them asks, the table is a conversation: its rows stay together in their
    order, those of one `transcript`, `interview` or `session` are one document, and who is named in a row
    speaks it. Several columns of answers are several questions. A cell that holds a whole conversation is a
    document of its own. Whisper's table of start, end and text is captions.
    """

    options: ReadOptions = AS_FOUND

    def read(self, path: Path) -> list[Source]:
        """Sources of kind survey, places counted in rows of the file. Raises FileUnreadable with the row."""
        data = read_bytes(path)
        if _CAPTIONS.match(data) and not self.options.columns:
            return [_captions(path, data, self.options.encoding)]
        sheet = read_table(data, path, self.options.encoding)
        if self.options.columns:
            columns = columns_as_said(sheet, path, self.options.columns)
        else:
            columns = columns_by_name(sheet, path)
        if conversations := list(_conversations(path, data, sheet, columns)):
            return conversations
        groups: dict[str, list[TableRow]] = {}
        for row in sheet.rows:
            name = row.cells.get(columns.group, "").strip() if columns.group else ""
            groups.setdefault(name, []).append(row)
        answered = {
            name: rows for name, rows in groups.items() if any(_answers(row, columns) for row in rows)
        }
        if not answered:
            raise FileUnreadable(
                f"has nothing in its column “{columns.answers[0]}”",
                where=f"{path}:1",
                hint="Fill it, or name the column that holds the words people wrote “text”.",
            )
        remarks = _remarks(sheet, columns, groups, answered)
        sources: list[Source] = []
        for name, rows in answered.items():
            notes = (*sheet.notes, *(remarks if not sources else ()))
            sources.append(_source(path, data, sheet, columns, name, rows, notes))
        return sources


def _answers(row: TableRow, columns: Columns) -> list[tuple[str, str]]:
    """(column, words) of a row, for each answer that is given."""
    found = ((column, row.cells.get(column, "").strip()) for column in columns.answers)
    return [(column, words) for column, words in found if words]


def _remarks(
    sheet: Sheet,
    columns: Columns,
    groups: dict[str, list[TableRow]],
    answered: Collection[str],
) -> list[str]:
    """What a person should know of the whole table: uses of columns, blank answers, duplicates."""
    found = []
    silent = [name or "(without a name)" for name in groups if name not in answered]
    if silent:
        what = counted(len(silent), "respondent" if columns.by_person else "document")
        more = ", …" if len(silent) > _LISTED else ""
        found.append(f"Left out: {what} without an answer: {', '.join(silent[:_LISTED])}{more}.")
    if columns.wordy:
        names = ", ".join(
            f"{letter(sheet.header.index(name))} “{name[:40]}”" for name in columns.wordy[:_LISTED]
        )
        more = ", …" if len(columns.wordy) > _LISTED else ""
        found.append(
            f"Columns with words that are metadata, not answers: {names}{more}. To code them, add them to "
            "the answers in --columns."
        )
    if columns.guessed or columns.wordy or len(columns.answers) > 1:
        found.append(suggestion(sheet, columns))
    if len(columns.answers) > 1:
        blank = {
            column: sum(not row.cells.get(column, "").strip() for row in sheet.rows)
            for column in columns.answers
        }
        told = [f"“{name[:40]}” {count}" for name, count in blank.items() if count]
        if told:
            found.append(f"Blank answers, of {len(sheet.rows)} rows: {', '.join(told[:_LISTED])}.")
    if columns.by_person:
        several = {name: rows for name, rows in groups.items() if name and len(rows) > 1}
        if several and len(groups) - len(several) >= _ONCE * len(groups):
            named = [
                f"{name} (rows {', '.join(str(row.line) for row in rows[:4])})"
                for name, rows in list(several.items())[:_LISTED]
            ]
            found.append(f"Respondents with more than one row: {', '.join(named)}.")
    if not columns.speaker:
        first: dict[tuple[str, ...], int] = {}
        twice = []
        for row in sheet.rows:
            key = tuple(words for _, words in _answers(row, columns))
            if (
                sum(len(words.split()) for words in key) >= _SAME
                and first.setdefault(key, row.line) != row.line
            ):
                twice.append(f"{row.line} (as {first[key]})")
        if twice:
            more = ", …" if len(twice) > _LISTED else ""
            found.append(f"Rows with the same answers as another: {', '.join(twice[:_LISTED])}{more}.")
    return found


def _source(
    path: Path,
    data: bytes,
    sheet: Sheet,
    columns: Columns,
    name: str,
    rows: Sequence[TableRow],
    notes: Sequence[str],
) -> Source:
    lines: list[Line] = []
    for row in rows:
        speaker = row.cells.get(columns.speaker, "").strip() or None if columns.speaker else None
        for column, words in _answers(row, columns):
            lines.append(
                Line(
                    text=words,
                    glue="\n\n",
                    place=row.line,
                    style=LineStyle.PASSAGE,
                    speaker=speaker,
                    time=row.cells.get(columns.time, "").strip() if columns.time else "",
                    label=row.cells.get(columns.id, "").strip() if columns.id else "",
                    headings=(sheet.questions.get(column, column),) if len(columns.answers) > 1 else (),
                )
            )
    front, varying = _metadata(sheet, columns, rows)
    more = list(notes)
    if varying:
        more.append(f"Not kept, since they differ between rows of one document: {', '.join(varying)}.")
    empty = sum(not _answers(row, columns) for row in rows)
    if empty:
        more.append(f"Left out: {counted(empty, 'row')} without an answer.")
    if name and columns.by_person:
        front["participant"] = name
    return Source(
        name=path.name,
        reader="csv",
        hash=digest(data),
        unit="row",
        lines=tuple(lines),
        stem=f"{path.stem} {name}" if name else "",
        kind=Kind.SURVEY,
        front={key: value for key, value in front.items() if value},
        notes=tuple(more),
    )


def _metadata(sheet: Sheet, columns: Columns, rows: Sequence[TableRow]) -> tuple[dict[str, str], list[str]]:
    """Columns that say one thing of all these rows, and names of those that do not."""
    found: dict[str, set[str]] = {}
    filled: Counter[str] = Counter()
    for row in rows:
        # Cell by cell, since a thousand columns over many short rows would be looked up in vain.
        for column, cell in row.cells.items():
            found.setdefault(column, set()).add(cell.strip())
            filled[column] += 1
    front: dict[str, str] = {}
    varying: list[str] = []
    apart = columns.metadata_apart
    for column in sheet.header:
        if not column or column in apart:
            continue
        values = found.get(column, {""}) | ({""} if filled[column] < len(rows) else set())
        if len(values) == 1:
            front[column] = values.pop()
        else:
            varying.append(column)
    return front, varying


def _conversations(path: Path, data: bytes, sheet: Sheet, columns: Columns) -> Iterator[Source]:
    """A document for each cell with a whole conversation, where the table has such cells; else none."""
    cells = [(row, words) for row in sheet.rows for _, words in _answers(row, columns)]
    if columns.speaker or not any(_is_dialogue(words) for _, words in cells):
        return
    empty = sum(not _answers(row, columns) for row in sheet.rows)
    for number, (row, words) in enumerate(cells, 1):
        named = columns.group or columns.id
        name = (row.cells.get(named, "").strip() if named else "") or str(number)
        front, _ = _metadata(sheet, columns, [row])
        if columns.by_person and name:
            front["participant"] = name
        lines = [
            Line(text=line, glue="\n" if at else "\n\n", place=row.line)
            for at, (_, line) in enumerate(lines_apart(words))
        ]
        notes = ["Its cells hold whole conversations: each is a document."] if number == 1 else []
        if number == 1 and empty:
            notes.append(f"Left out: {counted(empty, 'row')} without an answer.")
        yield Source(
            name=path.name,
            reader="csv",
            hash=digest(data),
            unit="row",
            lines=tuple(lines),
            stem=f"{path.stem} {name}" if len(cells) > 1 or named else "",
            kind=None if _is_dialogue(words) else Kind.SURVEY,
            front={key: value for key, value in front.items() if value},
            notes=(*sheet.notes, *notes),
        )


def _is_dialogue(words: str) -> bool:
    """Return whether at least half of a cell's lines, and six or more, begin with a label."""
    if words.count("\n") < _DIALOGUE - 1:
        return False
    lines = [line for _, line in lines_apart(words) if line.strip()]
    labelled = sum(bool(_LABEL.match(line)) for line in lines)
    return labelled >= _DIALOGUE and labelled >= 0.5 * len(lines)


def _captions(path: Path, data: bytes, encoding: str) -> Source:
    """Whisper's table: a caption a row, its times in milliseconds. It quotes nothing, so quotes are words."""
    text, notes = decode(data, path, encoding)
    cues: list[Cue] = []
    rows = ((row, line) for row, (_, line) in enumerate(physical_lines(text), 1) if line.strip())
    for row, line in at_most(rows, path, "rows"):
        cells = line.split("\t", 2)
        if row > 1 and len(cells) == 3:
            cues.append(Cue(len(cues) + 1, _time(cells[0]), (cells[2],)))
        elif cues:
            cues[-1] = cues[-1]._replace(payload=(*cues[-1].payload, line))
    if not cues:
        raise FileUnreadable("has a header and no rows", where=f"{path}:1", hint="Export it again.")
    return cue_source(path, data, "whisper", cues, notes)


def _time(milliseconds: str) -> str:
    digits = milliseconds.strip()
    return clock(int(digits) / 1000) if digits.isdigit() and len(digits) < 12 else digits


def about_files(path: Path) -> bool:
    """Return whether a table tells of files, as that of --meta does, and holds no texts itself."""
    if path.suffix.lower() not in (".csv", ".tsv"):
        return False
    return [name.casefold() for name in read_header(path)[:1]] == ["file"]


def _recognises(opening: Opening) -> bool:
    return any(name.startswith("xl/") for name in opening.parts)


FORMAT = Format("table", "tables of answers", (".csv", ".tsv", *BOOKS), TableReader, _recognises)
