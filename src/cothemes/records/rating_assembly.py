"""Puts a table of ratings together, and refuses one that contradicts itself, naming the row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from cothemes.errors import RatingsError
from cothemes.records.coded_reading import NOT_RATED, CodedReading, RatingList, listed
from cothemes.records.rating import RaterKind, Rating
from cothemes.records.rating_table import NO_CODE, NOT_GIVEN, Indices, Labels, RatingTable, cell_keys


class Names(dict[str, int]):
    """Numbers names in the order in which they come."""

    def __missing__(self, name: str) -> int:
        number = self[name] = len(self)
        return number


def table_of(
    ratings: Iterable[Rating] | RatingList,
    *,
    source: str,
    code_order: Sequence[str] = (),
    cluster_of: Mapping[str, str] | None = None,
) -> RatingTable:
    """Records to columns. `cluster_of` names the cluster of a unit and goes before what its ratings say.

    Raises RatingsError where the rows contradict each other.
    """
    given = listed(ratings)
    attributes = given.attributes
    assembly = Assembly(source, code_order)
    rows = 0
    for codes, each in groupby(given.parts, lambda part: () if isinstance(part, Rating) else part.codes):
        together = list(each)
        single = [part for part in together if isinstance(part, Rating)]
        readings = [part for part in together if not isinstance(part, Rating) and len(part)]
        if single:
            rows += _add_records(assembly, single, rows, attributes, cluster_of or {})
        if readings:
            rows += _add_readings(assembly, codes, readings, rows, attributes, cluster_of or {})
    if not rows:
        _add_records(assembly, (), 0, (), {})
    return assembly.table(has_arm=any(part.arm for part in given.parts))


def _add_records(
    assembly: Assembly,
    rows: Sequence[Rating],
    before: int,
    attributes: Sequence[str],
    clusters: Mapping[str, str],
) -> int:
    columns: dict[str, Sequence[str]] = {
        "unit": [r.unit for r in rows],
        "doc": [r.doc for r in rows],
        "rater": [r.rater for r in rows],
        "kind": [r.kind.value for r in rows],
        "code": [r.code for r in rows],
        "arm": [r.arm for r in rows],
        "round": [r.round for r in rows],
        "run": [r.run for r in rows],
        "codebook": [r.codebook for r in rows],
        "cluster": [clusters.get(r.unit, r.cluster) for r in rows],
    }
    for name in attributes:
        columns[f"attr.{name}"] = [r.attributes.get(name, "") for r in rows]
    assembly.add(
        columns,
        value=np.array([NOT_GIVEN if r.value is None else r.value for r in rows], dtype=np.int32),
        start=np.array([NOT_GIVEN if r.start is None else r.start for r in rows], dtype=np.int32),
        end=np.array([NOT_GIVEN if r.end is None else r.end for r in rows], dtype=np.int32),
        row=np.arange(before + 1, before + len(rows) + 1, dtype=np.int32),
    )
    return len(rows)


def _add_readings(
    assembly: Assembly,
    codes: Sequence[str],
    readings: Sequence[CodedReading],
    before: int,
    attributes: Sequence[str],
    clusters: Mapping[str, str],
) -> int:
    """Add a row for each reading and code, without a record in between."""
    values = np.frombuffer(b"".join(each.values for each in readings), np.uint8).reshape(-1, len(codes))
    reading, code = np.nonzero(values != NOT_RATED)
    count = len(reading)
    place = np.full(values.shape, -1, dtype=np.int32)
    place[reading, code] = np.arange(count, dtype=np.int32)

    def each_row(name: str, words: Iterable[str]) -> Indices:
        return assembly.numbered(name, list(words))[reading]

    known = np.full(len(codes), -1, dtype=np.int32)
    for at in np.unique(code).tolist():
        known[at] = assembly.numbered("code", [codes[at]])[0]
    columns: dict[str, Indices] = {
        "unit": each_row("unit", (each.unit for each in readings)),
        "doc": each_row("doc", (each.doc for each in readings)),
        "rater": each_row("rater", (each.rater for each in readings)),
        "kind": each_row("kind", (each.kind.value for each in readings)),
        "code": known[code],
        "arm": each_row("arm", (each.arm for each in readings)),
        "round": each_row("round", (each.round for each in readings)),
        "run": each_row("run", (each.run for each in readings)),
        "codebook": each_row("codebook", (each.codebook for each in readings)),
        "cluster": each_row("cluster", (clusters.get(each.unit, each.cluster) for each in readings)),
    }
    start, end = (np.full(count, NOT_GIVEN, dtype=np.int32) for _ in range(2))
    said: dict[str, dict[int, str]] = {name: {} for name in attributes}
    for at, each in enumerate(readings):
        for number, mark in each.marks.items():
            row = int(place[at, number])
            if mark.start is not None and mark.end is not None:
                start[row], end[row] = mark.start, mark.end
            for name, word in mark.attributes.items():
                said[name][row] = word
    for name, words in said.items():
        columns[f"attr.{name}"] = _sparse(assembly, f"attr.{name}", words, count)
    assembly.add_numbered(
        columns,
        value=values[reading, code].astype(np.int32),
        start=start,
        end=end,
        row=np.arange(before + 1, before + count + 1, dtype=np.int32),
    )
    return count


def _sparse(assembly: Assembly, name: str, words: Mapping[int, str], count: int) -> Indices:
    """Number a column that is empty in most rows; its words are numbered in the order of the rows."""
    empty = next((row for row in range(count) if row not in words), count)
    rows = sorted({*words, empty} - {count})
    numbers = assembly.numbered(name, [words.get(row, "") for row in rows])
    found = np.zeros(count, dtype=np.int32)
    if empty < count:
        found[:] = numbers[rows.index(empty)]
    found[rows] = numbers
    return found


class Assembly:
    """Puts a table together, some columns of words at a time."""

    def __init__(self, source: str, code_order: Sequence[str] = ()) -> None:
        self._source = source
        self._names: dict[str, Names] = {}
        self._parts: dict[str, list[Indices]] = {}
        self._numbers: dict[str, list[Indices]] = {}
        self._code_order = tuple(code_order)
        for code in ("", *self._code_order):
            self._named("code")[code]

    def add(
        self,
        columns: Mapping[str, Sequence[str]],
        *,
        value: Indices,
        start: Indices,
        end: Indices,
        row: Indices,
    ) -> None:
        """Rows of equal number in every column. `columns` holds the same names in every call."""
        numbered = {name: self.numbered(name, words) for name, words in columns.items()}
        self.add_numbered(numbered, value=value, start=start, end=end, row=row)

    def numbered(self, name: str, words: Sequence[str]) -> Indices:
        """Return the number of each word of a column."""
        return np.fromiter(map(self._named(name).__getitem__, words), np.int32, len(words))

    def add_numbered(
        self,
        columns: Mapping[str, Indices],
        *,
        value: Indices,
        start: Indices,
        end: Indices,
        row: Indices,
    ) -> None:
        """Rows of equal number in every column, whose words are numbered already."""
        for name, numbers in columns.items():
            self._parts.setdefault(name, []).append(numbers)
        for name, part in (("value", value), ("start", start), ("end", end), ("row", row)):
            self._numbers.setdefault(name, []).append(part)

    def table(self, *, has_arm: bool) -> RatingTable:
        """The whole. Raises RatingsError naming the row where the table contradicts itself."""
        row = self._number("row")
        unit, rater = self._column("unit").index, self._column("rater").index
        places = _Places(self._source, row)
        units, raters = self._column("unit").names, self._column("rater").names
        doc = places.one_each(unit, self._column("doc"), units, "is under the documents")
        cluster = self._clusters(places, unit, units, doc)
        kind = places.one_each(rater, self._column("kind"), raters, "is of the kinds")
        codes = self._codes()
        found = RatingTable(
            source=self._source,
            units=units,
            docs=self._column("doc").names,
            clusters=cluster.names,
            raters=raters,
            kinds=tuple(RaterKind(self._column("kind").names[i]) for i in kind.tolist()),
            codes=codes.names,
            unit_doc=doc,
            unit_cluster=cluster.index,
            unit=unit,
            rater=rater,
            code=codes.index,
            value=self._number("value"),
            arm=self._column("arm"),
            round=self._column("round"),
            run=self._column("run"),
            codebook=self._column("codebook"),
            start=self._number("start"),
            end=self._number("end"),
            row=row,
            attributes={n[5:]: self._column(n) for n in self._parts if n.startswith("attr.")},
            has_arm=has_arm,
        )
        places.no_duplicate(found)
        places.no_code_beside_none(found)
        return found

    def _codes(self) -> Labels:
        """Codes in the order that was given, else as people count: A2 before A10."""
        column = self._column("code")
        places = list(range(1, len(column.names)))
        if not self._code_order:
            places.sort(key=lambda place: natural_key(column.names[place]))
        lookup = np.full(len(column.names), NO_CODE, dtype=np.int32)
        lookup[places] = np.arange(len(places), dtype=np.int32)
        return Labels(tuple(column.names[place] for place in places), lookup[column.index])

    def _clusters(self, places: _Places, unit: Indices, units: tuple[str, ...], doc: Indices) -> Labels:
        """The cluster of every unit: as named in any of its rows, else its document."""
        column = self._column("cluster")
        named = np.array([bool(name) for name in column.names], dtype=bool)[column.index]
        docs = self._column("doc").names
        place = Names()
        index = np.empty(len(units), dtype=np.int32)
        given = np.full(len(units), -1, dtype=np.int32)
        if named.any():
            found = Labels(column.names, column.index[named])
            given = places.one_each(
                unit[named], found, units, "is in the clusters", rows=np.flatnonzero(named)
            )
        for number in range(len(units)):
            word = column.names[given[number]] if given[number] >= 0 else docs[doc[number]]
            index[number] = place[word]
        return Labels(tuple(place), index)

    def _named(self, name: str) -> Names:
        return self._names.setdefault(name, Names())

    def _column(self, name: str) -> Labels:
        parts = self._parts.get(name)
        if parts is None:
            return Labels(("",), np.zeros(len(self._number("row")), dtype=np.int32))
        if len(parts) > 1:
            parts[:] = [np.concatenate(parts)]
        return Labels(tuple(self._named(name)), parts[0])

    def _number(self, name: str) -> Indices:
        parts = self._numbers.get(name, [])
        if len(parts) > 1:
            parts[:] = [np.concatenate(parts)]
        return parts[0] if parts else np.zeros(0, dtype=np.int32)


class _Places:
    """Finds the row to name where a table contradicts itself."""

    def __init__(self, source: str, row: Indices) -> None:
        self._source = source
        self._row = row

    def one_each(
        self,
        owner: Indices,
        column: Labels,
        names: tuple[str, ...],
        what: str,
        rows: NDArray[np.intp] | None = None,
    ) -> Indices:
        """Per owner its one label, -1 where it has no row."""
        chosen = np.full(len(names), -1, dtype=np.int32)
        # The first row of an owner must win: assigned last, from the end.
        chosen[owner[::-1]] = column.index[::-1]
        other = np.flatnonzero(chosen[owner] != column.index)
        if len(other):
            place = int(other[0])
            words = (column.names[chosen[owner[place]]], column.names[column.index[place]])
            raise RatingsError(
                f"{names[owner[place]]} {what} {words[0] or '(empty)'} and {words[1] or '(empty)'}",
                where=f"{self._source}:{int(self._row[place if rows is None else rows[place]])}",
                hint="Give it the same one in every row, or give the two things names of their own.",
            )
        return chosen

    def no_duplicate(self, table: RatingTable) -> None:
        """A unit, rater and code stand once in an arm and a round."""
        key = cell_keys(table)
        for part, size in (
            (table.arm.index, len(table.arm.names)),
            (table.round.index, len(table.round.names)),
            (table.code + 1, len(table.codes) + 1),
        ):
            key = key * size + part
        second = repeated(key)
        if second is not None:
            first = int(np.flatnonzero(key == key[second])[0])
            code = table.codes[table.code[second]] if table.code[second] >= 0 else "no code"
            raise RatingsError(
                f"{table.raters[table.rater[second]]} rated {table.units[table.unit[second]]} with {code} "
                f"already in row {int(table.row[first])}",
                where=table.where(second),
                hint="Keep one row for each unit, rater and code.",
            )

    def no_code_beside_none(self, table: RatingTable) -> None:
        """A unit that a rater left without a code has no row with one."""
        key = cell_keys(table) * len(table.arm.names) + table.arm.index
        key = key * len(table.round.names) + table.round.index
        empty = table.code == NO_CODE
        clash = np.flatnonzero(np.isin(key, key[empty]) & ~empty & (table.value != 0))
        if len(clash):
            place = int(clash[0])
            other = int(np.flatnonzero(empty & (key == key[place]))[0])
            raise RatingsError(
                f"{table.raters[table.rater[place]]} gives {table.units[table.unit[place]]} the code "
                f"{table.codes[table.code[place]]}, and no code in row {int(table.row[other])}",
                where=table.where(place),
                hint="Remove the row without a code: it says that the unit was rated and no code applies.",
            )


def repeated(key: NDArray[np.int64]) -> int | None:
    """The first place whose key stood before; None where all differ."""
    order = np.argsort(key, kind="stable")
    same = key[order[1:]] == key[order[:-1]]
    return int(order[1:][same].min()) if same.any() else None


def natural_key(name: str) -> tuple[tuple[int, int, str], ...]:
    """Sorts numbers inside words by their size."""
    parts = re.findall(r"[0-9]+|[^0-9]+", name)
    return tuple((0, int(part), "") if part.isascii() and part.isdigit() else (1, 0, part) for part in parts)
