"""Comma- or tab-separated tables of answers: a row's text is a passage."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from cothemes.adapters.readers.cues import Cue, cue_lines
from cothemes.adapters.readers.raw import at_most, decode, digest, read_bytes
from cothemes.adapters.readers.sheet_file import read_header
from cothemes.adapters.readers.whisper import clock
from cothemes.errors import FileUnreadable
from cothemes.records.document import Kind
from cothemes.records.source import Line, LineStyle, Source

_MOST_COLUMNS = 1_000
_TEXT = re.compile(r"^(text|response|answer|comment|comments|verbatim|quote|feedback|free.?text)$", re.I)
_GROUP = re.compile(
    r"^(doc|document|respondent|participant|interviewee|respondent.?id|participant.?id)$", re.I
)
_ID = re.compile(r"^(id|row.?id|response.?id|passage|unit)$", re.I)
_TALK = re.compile(r"^(transcript|interview|session|conversation|focus.?group)$", re.I)
"""Names a conversation, whose rows belong together and are several people's."""
_PERSON = re.compile(r"^(respondent|participant|interviewee)", re.I)
_TIME = re.compile(r"^(time|timestamp|start|start.?time)$", re.I)
_SPEAKER = re.compile(r"^(speaker|voice)$", re.I)


class _Row(NamedTuple):
    line: int
    cells: dict[str, str]


class TableReader:
    """csv and tsv. Rows of one `doc`, `respondent` or `participant` are one document; else all are.

    Where people take turns and one of them asks, the table is a conversation: its rows stay together in their
    order, those of one `transcript`, `interview` or `session` are one document, and who is named in a row
    speaks it. Whisper's table of start, end and text is captions.
    """

    def read(self, path: Path) -> list[Source]:
        """Sources of kind survey, places counted in rows of the file. Raises FileUnreadable with the row."""
        data = read_bytes(path)
        text, notes = decode(data, path)
        header, rows = _parse(text.removeprefix("\ufeff"), path)
        if [name.casefold() for name in header] == ["start", "end", "text"]:
            return [_captions(path, data, rows, notes)]
        texts = _text_columns(header, rows, path)
        others = [name for name in header if name not in texts]
        group = next((name for name in others if _GROUP.match(name)), None)
        voice = next((name for name in others if _SPEAKER.match(name)), None)
        person = next((name for name in others if _PERSON.match(name)), None)
        if voice is None and person and _take_turns(rows, person, texts):
            talk = next((name for name in others if _TALK.match(name)), None)
            group, voice = talk or (group if group != person else None), person
        groups: dict[str, list[_Row]] = {}
        for row in rows:
            groups.setdefault(row.cells.get(group, "") if group else "", []).append(row)
        answered = {
            name: members
            for name, members in groups.items()
            if any(row.cells.get(column, "").strip() for row in members for column in texts)
        }
        if not answered:
            raise FileUnreadable(
                f"has nothing in its column “{texts[0]}”",
                where=f"{path}:1",
                hint="Fill it, or name the column that holds the words people wrote “text”.",
            )
        return [
            _source(path, data, header, members, texts, name, (group, voice), notes)
            for name, members in answered.items()
        ]


def _parse(text: str, path: Path) -> tuple[list[str], list[_Row]]:
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t|", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        header = [name.strip() for name in next(reader)]
        if len(header) > _MOST_COLUMNS:
            raise FileUnreadable(
                f"has {len(header):,} columns; {_MOST_COLUMNS:,} is the most",
                where=f"{path}:1",
                hint="Keep the columns of answers and those that describe who answered.",
            )
        named = [name for name in header if name]
        if len(set(named)) < len(named):
            twice = next(name for name in named if named.count(name) > 1)
            raise FileUnreadable(
                f"has two columns named “{twice}”", where=f"{path}:1", hint="Rename one of them."
            )
        rows: list[_Row] = []
        start = reader.line_num + 1
        for cells in at_most(reader, path, "rows"):
            if len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
                raise FileUnreadable(
                    f"has {len(cells)} cells where the header has {len(header)}",
                    where=f"{path}:{start}",
                    hint="Put texts that hold the separator in quotation marks.",
                )
            if any(cell.strip() for cell in cells):
                rows.append(_Row(start, dict(zip(header, cells, strict=False))))
            start = reader.line_num + 1
    except csv.Error as error:
        raise FileUnreadable(
            f"is not a table: {error}", where=f"{path}:{reader.line_num}", hint="Save it anew as CSV."
        ) from error
    if not rows:
        raise FileUnreadable("has a header and no rows", where=f"{path}:1", hint="Put the answers into it.")
    return header, rows


def _text_columns(header: list[str], rows: list[_Row], path: Path) -> list[str]:
    named = [name for name in header if _TEXT.match(name)]
    if named:
        return named
    if header[0].casefold() == "file":
        raise FileUnreadable(
            "describes files and holds no answers", where=f"{path}:1", hint="Give it with --meta instead."
        )
    words: dict[str, list[int]] = {}
    for row in rows:
        for name, cell in row.cells.items():
            if cell.strip():
                words.setdefault(name, []).append(len(cell.split()))
    long = [
        name
        for name in header
        if name and name in words and sum(words[name]) / len(words[name]) >= 4 and not _GROUP.match(name)
    ]
    if not long:
        raise FileUnreadable(
            "has no column of answers",
            where=f"{path}:1",
            hint="Name the column that holds the words people wrote “text”.",
        )
    return long


def _source(
    path: Path,
    data: bytes,
    header: list[str],
    rows: list[_Row],
    texts: list[str],
    name: str,
    columns: tuple[str | None, str | None],
    notes: tuple[str, ...],
) -> Source:
    group, voice_column = columns
    id_column = next((column for column in header if _ID.match(column)), None)
    time_column = next((column for column in header if voice_column and _TIME.match(column)), None)
    lines: list[Line] = []
    for row in rows:
        for column in texts:
            words = row.cells.get(column, "").strip()
            if words:
                lines.append(
                    Line(
                        text=words,
                        glue="\n\n",
                        place=row.line,
                        style=LineStyle.PASSAGE,
                        speaker=row.cells.get(voice_column, "").strip() or None if voice_column else None,
                        time=row.cells.get(time_column, "").strip() if time_column else "",
                        label=row.cells.get(id_column, "").strip() if id_column else "",
                        headings=(column,) if len(texts) > 1 else (),
                    )
                )
    found: dict[str, set[str]] = {}
    filled: Counter[str] = Counter()
    for row in rows:
        # Cell by cell, since a thousand columns over many short rows would be looked up in vain.
        for column, cell in row.cells.items():
            found.setdefault(column, set()).add(cell.strip())
            filled[column] += 1
    front: dict[str, str] = {}
    varying: list[str] = []
    for column in header:
        if not column or column in texts or column in {id_column, voice_column, time_column}:
            continue
        values = found.get(column, {""}) | ({""} if filled[column] < len(rows) else set())
        if len(values) == 1:
            front[column] = values.pop()
        else:
            varying.append(column)
    more = list(notes)
    if varying:
        more.append(f"Not kept, since they differ between rows of one document: {', '.join(varying)}.")
    empty = sum(not any(row.cells.get(column, "").strip() for column in texts) for row in rows)
    if empty:
        more.append(f"Left out: {empty} rows without an answer.")
    if group and name and group.lower().startswith(("respondent", "participant", "interviewee")):
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


def _take_turns(rows: list[_Row], person: str, texts: list[str]) -> bool:
    """Return whether people's rows alternate and one of several asks in half of hers or more: a
    conversation.
    """
    said = [(row.cells.get(person, ""), " ".join(row.cells.get(text, "") for text in texts)) for row in rows]
    switches = sum(one[0] != other[0] for one, other in pairwise(said))
    counts = Counter(who for who, _ in said)
    asking = Counter(who for who, words in said if "?" in words)
    asks = any(counts[who] > 1 and asking[who] >= 0.5 * counts[who] for who in asking)
    return (
        len(counts) > 1 and len(said) > 3 and switches >= 0.5 * len(said) and switches >= len(counts) and asks
    )


def _captions(path: Path, data: bytes, rows: list[_Row], notes: tuple[str, ...]) -> Source:
    """Whisper's table: a caption a row, its times in milliseconds."""
    cues = [
        Cue(number, _time(row.cells.get("start", "")), (row.cells.get("text", ""),))
        for number, row in enumerate(rows, 1)
    ]
    return Source(
        name=path.name,
        reader="whisper",
        hash=digest(data),
        unit="cue",
        lines=cue_lines(cues),
        kind=Kind.INTERVIEW,
        notes=notes,
    )


def _time(milliseconds: str) -> str:
    return clock(int(milliseconds) / 1000) if milliseconds.strip().isdigit() else milliseconds.strip()


def about_files(path: Path) -> bool:
    """Return whether a table tells of files, as that of --meta does, and holds no texts itself."""
    if path.suffix.lower() not in (".csv", ".tsv"):
        return False
    return [name.casefold() for name in read_header(path)[:1]] == ["file"]
