"""ratings.csv to a table of ratings: a million rows in seconds, and every fault with its row."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import compress, islice
from pathlib import Path

import numpy as np

from cothemes.errors import RatingsError
from cothemes.records.missing_mark import COUNTS, NO_NAME, MissingCells, is_missing_mark, notes_of
from cothemes.records.rating import RaterKind
from cothemes.records.rating_assembly import Assembly
from cothemes.records.rating_table import NOT_GIVEN, Indices, RatingTable
from cothemes.records.review import ReadingArm
from cothemes.records.text import counted

REQUIRED = ("unit", "doc", "rater", "kind", "code")
OPTIONAL = ("value", "arm", "round", "run", "codebook", "cluster", "start", "end")
ATTRIBUTE = "attr."
DELIMITERS = (",", ";", "\t")
ROWS_AT_ONCE = 20_000

_VALUES = {"1": 1, "0": 0, "1.0": 1, "0.0": 0}
_ARMS = ("", *(arm.value for arm in ReadingArm))
_GUARDED = ("=", "+", "-", "@", "\t", "\r")
_SHOWN = 60
_WRONG = 9
"""Stands for a value that cannot be read, until its row is named."""


def read_ratings(path: Path, *, real_codes: Collection[str] = ()) -> RatingTable:
    """Read ratings.csv. Raises RatingsError with `path:row` and what to do.

    A row whose code or value says NA, nan, None, NULL, #N/A or the like is no rating: it is left out and
    counted in the table's `missing`; so is one with 0 in a column `counts`. `real_codes` are ids that look so
    and are codes.
    """
    with _text(path) as (lines, delimiter):
        rows = csv.reader(lines, delimiter=delimiter, strict=True)
        header = [name.strip() for name in next(rows)]
        _check_header(path, header)
        table = _Columns(path, header, real_codes)
        first = 2
        while chunk := list(islice(rows, ROWS_AT_ONCE)):
            table.add(chunk, first)
            first += len(chunk)
    return table.finished()


@contextmanager
def _text(path: Path) -> Iterator[tuple[io.TextIOBase, str]]:
    """The open file and its delimiter; faults of the file itself become words."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            delimiter = _delimiter(path, handle.readline(1 << 20))
            handle.seek(0)
            yield handle, delimiter
    except UnicodeDecodeError as error:
        raise RatingsError(
            f"is not UTF-8 text (byte {error.object[error.start]:#04x})",
            where=f"{path}:{_row_of_bad_byte(path)}",
            hint="Save it as CSV UTF-8; in Excel: Save As, CSV UTF-8 (comma delimited).",
        ) from error
    except csv.Error as error:
        raise RatingsError(
            f"is not a table: {error}", where=str(path), hint="Look for a quotation mark that is not closed."
        ) from error
    except OSError as error:
        raise RatingsError(
            f"cannot be opened: {error.strerror}", where=str(path), hint="Check the path and its rights."
        ) from error


def _row_of_bad_byte(path: Path) -> int:
    with path.open("rb") as handle:
        for number, line in enumerate(handle, start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                return number
    return 1


def _delimiter(path: Path, line: str) -> str:
    if not line.strip():
        raise RatingsError("is empty", where=str(path), hint=f"Its first row must read {','.join(REQUIRED)}.")
    for delimiter in DELIMITERS:
        names = {name.strip().strip('"') for name in line.split(delimiter)}
        if len(names.intersection(REQUIRED)) > 1:
            return delimiter
    if not any(delimiter in line for delimiter in DELIMITERS):
        raise RatingsError(
            f"has one column only, {_short(line.strip())}",
            where=f"{path}:1",
            hint=f"Separate the columns by commas, semicolons or tabs: {','.join(REQUIRED)}.",
        )
    return ","


def _check_header(path: Path, header: Sequence[str]) -> None:
    missing = [name for name in REQUIRED if name not in header]
    if missing:
        named = ", ".join(_short(name) for name in header[:12])
        raise RatingsError(
            f"has no column {', '.join(missing)}; its first row has {named}",
            where=f"{path}:1",
            hint=f"The first row must name the columns {','.join(REQUIRED)}.",
        )
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise RatingsError(
            f"has the column {twice[0] or '(unnamed)'} twice", where=f"{path}:1", hint="Keep one of them."
        )


class _Columns:
    """Takes rows in and checks them a column at a time."""

    def __init__(self, path: Path, header: Sequence[str], real_codes: Collection[str] = ()) -> None:
        self._real_codes = frozenset(real_codes)
        self._missing: dict[tuple[str, str], list[int]] = {}
        self._path = path
        self._header = header
        self._assembly = Assembly(str(path))
        self._rows = 0
        words = (*REQUIRED, "arm", "round", "run", "codebook", "cluster")
        self._words = [n for n in header if n in words or n.startswith(ATTRIBUTE)]

    def add(self, rows: list[list[str]], first: int) -> None:
        """Rows of the file, the first of them at row `first`."""
        width = len(self._header)
        numbers: Sequence[int] = range(first, first + len(rows))
        if set(map(len, rows)) != {width} or not all(row[0] for row in rows):
            kept = [(n, row) for n, row in zip(numbers, rows, strict=True) if any(map(str.strip, row))]
            wrong = next(((n, row) for n, row in kept if len(row) != width), None)
            if wrong:
                raise RatingsError(
                    f"has {len(wrong[1])} cells where the first row has {width}",
                    where=self._at(wrong[0]),
                    hint="Give every row the same cells; put quotation marks round a cell with a comma.",
                )
            if not kept:
                return
            numbers, rows = [n for n, _ in kept], [row for _, row in kept]
        cells = {n: list(map(_plain, c)) for n, c in zip(self._header, zip(*rows, strict=True), strict=True)}
        numbers = self._without_missing(cells, numbers)
        if not numbers:
            return
        self._check(cells, numbers)
        blank = [NOT_GIVEN] * len(numbers)
        start = self._numbers(cells["start"], numbers, "start") if "start" in cells else blank
        end = self._numbers(cells["end"], numbers, "end") if "end" in cells else blank
        self._check_spans(start, end, numbers)
        self._assembly.add(
            {name: cells[name] for name in self._words},
            value=_array(self._values(cells, numbers) if "value" in cells else blank),
            start=_array(start),
            end=_array(end),
            row=_array(numbers),
        )
        self._rows += len(numbers)

    def _without_missing(self, cells: dict[str, list[str]], numbers: Sequence[int]) -> Sequence[int]:
        """Take rows out of `cells` that do not count or whose code or value is missing, and empty missing
        clusters."""
        for column in (COUNTS, "code", "value"):
            numbers = self._rated(cells, numbers, column)
        marks = {word for word in set(cells.get("cluster", ())) if is_missing_mark(word)}
        if marks:
            for number, word in zip(numbers, cells["cluster"], strict=True):
                if word in marks:
                    self._missing.setdefault(("cluster", word), []).append(number)
            cells["cluster"] = ["" if word in marks else word for word in cells["cluster"]]
        return numbers

    def _rated(self, cells: dict[str, list[str]], numbers: Sequence[int], column: str) -> Sequence[int]:
        real = self._real_codes if column == "code" else frozenset[str]()
        words = cells.get(column, [])
        missing = is_missing_mark if column != COUNTS else _does_not_count
        marks = {word for word in set(words) if word not in real and missing(word)}
        if not marks:
            return numbers
        for number, word in zip(numbers, words, strict=True):
            if word in marks:
                self._missing.setdefault((column, word), []).append(number)
        stays = [word not in marks for word in words]
        for name, column_words in cells.items():
            cells[name] = list(compress(column_words, stays))
        return list(compress(numbers, stays))

    def finished(self) -> RatingTable:
        """The table. Raises RatingsError where no row came."""
        missing = tuple(MissingCells(*key, tuple(rows)) for key, rows in self._missing.items())
        if not self._rows:
            left_out = sum(len(each.rows) for each in missing if each.column != "cluster")
            raise RatingsError(
                "has a first row and no ratings"
                + (f": {left_out} rows say {missing[0].mark} or the like" if left_out else ""),
                where=str(self._path),
                hint=notes_of(missing, str(self._path))[-1]
                if left_out
                else "Add a row for each unit, rater and code.",
            )
        return replace(self._assembly.table(has_arm="arm" in self._header), missing=missing)

    def _check(self, cells: dict[str, list[str]], numbers: Sequence[int]) -> None:
        for name in ("unit", "doc", "rater"):
            self._demand(cells[name], numbers, bool, f"has no {name}", f"Fill the column {name}.")
            self._demand(
                cells[name],
                numbers,
                _is_name,
                f"has the {name} {{}}",
                f"Fill the column {name}, or leave the row out.",
            )
        kinds = {kind.value for kind in RaterKind}
        self._demand(
            cells["kind"],
            numbers,
            kinds.__contains__,
            "has the kind {}",
            f"A rater's kind is one of {', '.join(sorted(kinds))}.",
        )
        if "arm" in cells:
            hint = "An arm is blind, reveal, revealed or assisted, or empty where it is not known."
            self._demand(cells["arm"], numbers, _ARMS.__contains__, "has the arm {}", hint)

    def _values(self, cells: dict[str, list[str]], numbers: Sequence[int]) -> list[int]:
        hint = "A value is 1 (applied) or 0 (considered and not applied)."
        read = _VALUES.get
        values = [
            NOT_GIVEN if not code and not word else read(word, _WRONG)
            for word, code in zip(cells["value"], cells["code"], strict=True)
        ]
        self._demand(cells["value"], numbers, values, "has the value {}", hint)
        return values

    def _numbers(self, words: list[str], numbers: Sequence[int], name: str) -> list[int]:
        hint = f"{name} counts characters of the unit's text, from 0."
        self._demand(words, numbers, _is_offset, f"has the {name} {{}}", hint)
        return [int(word) if word else NOT_GIVEN for word in words]

    def _check_spans(self, start: list[int], end: list[int], numbers: Sequence[int]) -> None:
        for number, a, b in zip(numbers, start, end, strict=True):
            if a > b or (a == NOT_GIVEN) != (b == NOT_GIVEN):
                shown = [str(x) if x != NOT_GIVEN else "(empty)" for x in (a, b)]
                raise RatingsError(
                    f"has the start {shown[0]} and the end {shown[1]}",
                    where=self._at(number),
                    hint="Give both, start before end, or leave both empty.",
                )

    def _demand(
        self,
        words: list[str],
        numbers: Sequence[int],
        fine: Callable[[str], object] | list[int],
        what: str,
        hint: str,
    ) -> None:
        if isinstance(fine, list):
            wrong = [place for place, value in enumerate(fine) if value == _WRONG]
        else:
            refused = {word for word in set(words) if not fine(word)}
            wrong = [place for place, word in enumerate(words) if word in refused] if refused else []
        if wrong:
            place = wrong[0]
            more = f", and {counted(len(wrong) - 1, 'more row')} near it" if len(wrong) > 1 else ""
            shown = _short(words[place]) if words[place] else "(empty)"
            raise RatingsError(what.format(shown) + more, where=self._at(numbers[place]), hint=hint)

    def _at(self, row: int) -> str:
        return f"{self._path}:{row}"


def _plain(cell: str) -> str:
    """Return the text without blanks around it and without the mark that guards a cell against a
    spreadsheet.
    """
    if cell[:1] == "'" and cell[1:2] in _GUARDED:
        return cell[1:].strip()
    return cell.strip()


def _is_name(word: str) -> bool:
    return word.casefold() not in NO_NAME


def _does_not_count(word: str) -> bool:
    return _VALUES.get(word) == 0


def _is_offset(word: str) -> bool:
    return not word or (word.isascii() and word.isdigit() and len(word) < 10)


def _array(numbers: Sequence[int]) -> Indices:
    return np.array(numbers, dtype=np.int32)


def _short(word: str) -> str:
    return word if len(word) <= _SHOWN else word[:_SHOWN] + "…"
