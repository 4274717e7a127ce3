"""What the columns of a table are for: by their names and contents, or as `--columns` says."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import NoReturn

from cothemes.adapters.readers.table_file import Sheet, TableRow, letter
from cothemes.errors import FileUnreadable

USES = ("answers", "respondent", "document", "speaker", "time", "id", "skip")
"""What a column may be used for; any other column is kept as metadata."""
_TEXT = re.compile(r"^(text|response|answer|comment|comments|verbatim|quote|feedback|free.?text)$", re.I)
_GROUP = re.compile(
    r"^(doc|document|respondent|participant|interviewee|respondent.?id|participant.?id)$", re.I
)
_ID = re.compile(r"^(id|row.?id|response.?id|passage|unit)$", re.I)
_TALK = re.compile(r"^(transcript|interview|session|conversation|focus.?group)$", re.I)
"""Names a conversation, whose rows belong together and are several people's."""
_PERSON = re.compile(r"^(respondent|participant|interviewee)", re.I)
_TIME = re.compile(r"^(time|time.?stamp|start|start.?time)$", re.I)
_SPEAKER = re.compile(r"^(speaker|voice)$", re.I)
_WORDS = 4
"""Words of a cell, on average, from which an unnamed column holds answers."""
_DISTINCT = 0.5
"""Share of its cells that must differ: what is chosen from a list is no answer in words."""
_FEW = 8
"""Cells below which nothing can be said of how they differ."""
_SPLIT = re.compile(r"\s*;\s*")


@dataclass(frozen=True)
class Columns:
    """What each column is for."""

    answers: tuple[str, ...]
    """Columns whose cells are coded; several are several questions."""
    group: str | None = None
    """Column whose value names the document, usually the respondent."""
    speaker: str | None = None
    time: str | None = None
    id: str | None = None
    skip: frozenset[str] = field(default_factory=frozenset)
    guessed: bool = False
    """True where the columns of answers were found by their cells."""
    by_person: bool = False
    """True where the group is a respondent, and so the participant of the document."""
    wordy: tuple[str, ...] = ()
    """Columns that hold words as answers do and are kept as metadata, since others are named as answers."""

    @property
    def metadata_apart(self) -> frozenset[str]:
        """Columns that are no metadata."""
        used = (*self.answers, self.speaker, self.time, self.id)
        return frozenset(name for name in used if name) | self.skip


def columns_by_name(sheet: Sheet, path: Path) -> Columns:
    """Return the uses that names and cells of the columns suggest. Raises FileUnreadable."""
    header, rows = sheet.header, sheet.rows
    answers, guessed = _answers(sheet, path)
    others = [name for name in header if name and name not in answers]
    group = next((name for name in others if _GROUP.match(name)), None)
    voice = next((name for name in others if _SPEAKER.match(name)), None)
    person = next((name for name in others if _PERSON.match(name)), None)
    if voice is None and person and _take_turns(rows, person, answers):
        talk = next((name for name in others if _TALK.match(name)), None)
        group, voice = talk or (group if group != person else None), person
    found = Columns(
        answers=tuple(answers),
        group=group,
        speaker=voice,
        time=next((name for name in others if voice and _TIME.match(name)), None),
        id=next((name for name in others if _ID.match(name)), None),
        guessed=guessed,
        by_person=bool(group and _PERSON.match(group)),
    )
    used = {*found.metadata_apart, group, person}
    return found if guessed else replace(found, wordy=tuple(n for n in _wordy(sheet) if n not in used))


def columns_as_said(sheet: Sheet, path: Path, said: str) -> Columns:
    """Return the uses that a person gave. Raises FileUnreadable for what the table does not have.

    `said` is `answers=C,D; respondent=A`, each column by its name or its letter, or the path of a table with
    the columns `column` and `use`.
    """
    pairs = (
        _pairs_in_file(Path(said)) if said.casefold().endswith((".csv", ".tsv")) else _pairs_in(said, path)
    )
    uses: dict[str, list[str]] = {}
    for use, name in pairs:
        if use not in USES:
            _refuse(path, f"--columns gives the use “{use}”", f"Uses: {', '.join(USES)}.")
        uses.setdefault(use, []).append(_column(sheet.header, name, path))
    for use in ("respondent", "document", "speaker", "time", "id"):
        if len(uses.get(use, [])) > 1:
            _refuse(path, f"--columns names several columns as {use}", "Name one.")
    if "respondent" in uses and "document" in uses:
        _refuse(path, "--columns names a respondent and a document", "Name one of them.")
    if not uses.get("answers"):
        _refuse(path, "--columns names no column of answers", "Add answers=NAME or answers=LETTER.")

    def one(use: str) -> str | None:
        return next(iter(uses.get(use, ())), None)

    return Columns(
        answers=tuple(dict.fromkeys(uses["answers"])),
        group=one("respondent") or one("document"),
        speaker=one("speaker"),
        time=one("time"),
        id=one("id"),
        skip=frozenset(uses.get("skip", ())),
        by_person="respondent" in uses,
    )


def suggestion(sheet: Sheet, columns: Columns) -> str:
    """Return the columns as `--columns` takes them, by letters, with what the letters stand for."""
    said: list[tuple[str, Sequence[str]]] = [("answers", columns.answers)]
    if columns.group:
        said.append(("respondent" if columns.by_person else "document", (columns.group,)))
    said += [
        (use, (name,))
        for use, name in (("speaker", columns.speaker), ("time", columns.time), ("id", columns.id))
        if name
    ]
    letters = {name: letter(at) for at, name in enumerate(sheet.header)}
    spec = "; ".join(f"{use}={','.join(letters[name] for name in names)}" for use, names in said)
    names = ", ".join(f"{letters[name]} is “{_short(name)}”" for _, names in said for name in names)
    return f'Columns: --columns "{spec}" ({names}). To read it otherwise, change the letters.'


def _short(name: str) -> str:
    return name if len(name) <= 40 else f"{name[:39]}…"


def _pairs_in(said: str, path: Path) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for part in filter(None, _SPLIT.split(said.strip())):
        use, sign, names = part.partition("=")
        if not sign:
            _refuse(path, f"--columns has “{part}”", 'Write it as "answers=C,D; respondent=A".')
        pairs.extend((use.strip().casefold(), name.strip()) for name in names.split(",") if name.strip())
    return pairs


def _pairs_in_file(table: Path) -> list[tuple[str, str]]:
    try:
        with table.open(encoding="utf-8-sig", newline="") as handle:
            rows = list(csv.DictReader(handle, delimiter="\t" if table.suffix.lower() == ".tsv" else ","))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise FileUnreadable(
            f"cannot be read: {error}", where=str(table), hint="Give a CSV with the columns column and use."
        ) from error
    pairs = [((row.get("use") or "").strip().casefold(), (row.get("column") or "").strip()) for row in rows]
    if not any(use for use, _ in pairs):
        _refuse(table, "has no column `use`", "Give a CSV with the columns column and use.")
    return [(use, name) for use, name in pairs if use and name]


def _column(header: list[str], name: str, path: Path) -> str:
    """The column of this name, else of this letter."""
    plain = " ".join(name.split()).casefold()
    if name in header:
        return name
    if found := next((one for one in header if one and one.casefold() == plain), None):
        return found
    by_letter = {letter(at): one for at, one in enumerate(header)}
    if found := by_letter.get(name.upper()):
        return found
    known = ", ".join(f"{letter(at)} {_short(one)}" for at, one in list(enumerate(header))[:12])
    message = f"has no column “{name}”, which --columns names"
    raise FileUnreadable(message, where=str(path), hint=f"Columns: {known}.")


def _refuse(path: Path, message: str, hint: str) -> NoReturn:
    raise FileUnreadable(message, where=str(path), hint=hint)


def _answers(sheet: Sheet, path: Path) -> tuple[list[str], bool]:
    """Columns of answers by their names, else by what is in them, and whether they were found so."""
    header = sheet.header
    named = [name for name in header if _TEXT.match(name)]
    if named:
        return named, False
    if header[0].casefold() == "file":
        raise FileUnreadable(
            "describes files and holds no answers", where=f"{path}:1", hint="Give it with --meta instead."
        )
    if not (long := _wordy(sheet)):
        raise FileUnreadable(
            "has no column of answers",
            where=f"{path}:1",
            hint="Name the column that holds the words people wrote “text”, or give --columns answers=NAME.",
        )
    return long, True


def _wordy(sheet: Sheet) -> list[str]:
    """Columns whose cells are long enough for answers, and differ as answers do where some do."""
    header, rows = sheet.header, sheet.rows
    words: dict[str, list[int]] = {}
    different: dict[str, set[int]] = {}
    for row in rows:
        for name, cell in row.cells.items():
            if cell.strip():
                words.setdefault(name, []).append(_length(cell))
                different.setdefault(name, set()).add(hash(cell))
    long = [
        name
        for name in header
        if name and name in words and sum(words[name]) / len(words[name]) >= _WORDS and not _GROUP.match(name)
    ]
    own = [
        name
        for name in long
        if len(words[name]) < _FEW or len(different[name]) >= _DISTINCT * len(words[name])
    ]
    return own or long


def _length(cell: str) -> int:
    """Words, or characters in pairs where a language writes none apart."""
    apart = len(cell.split())
    return apart if apart > 1 or cell.isascii() else max(apart, len(cell) // 2)


def _take_turns(rows: Sequence[TableRow], person: str, texts: Sequence[str]) -> bool:
    """Return whether people's rows alternate and one of several asks in half of hers or more: a
    conversation.
    """
    said = [(row.cells.get(person, ""), " ".join(row.cells.get(text, "") for text in texts)) for row in rows]
    switches = sum(one[0] != other[0] for one, other in pairwise(said))
    counts = Counter(who for who, _ in said)
    asking = Counter(who for who, words in said if "?" in words or "？" in words)
    asks = any(counts[who] > 1 and asking[who] >= 0.5 * counts[who] for who in asking)
    return (
        len(counts) > 1 and len(said) > 3 and switches >= 0.5 * len(said) and switches >= len(counts) and asks
    )
