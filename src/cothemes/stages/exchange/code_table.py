"""A table of codes as codes of a project, and the codebook as a table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from cothemes.records.codebook import Code, Codebook
from cothemes.records.foreign_table import ForeignTable
from cothemes.records.project import Project, ProjectCode
from cothemes.stages.exchange.code_text import (
    UNNAMED,
    code_words,
    example_of,
    example_words,
    near_miss_of,
    near_miss_words,
)
from cothemes.stages.exchange.columns import cells

COLUMNS = (
    "id", "label", "theme", "parent", "brief", "definition", "include_when", "exclude_when", "examples",
    "near_misses", "theme_id",
)  # fmt: skip
_STEPS = re.compile(r"\s*(?:\\+|\s>{1,2}\s|»)\s*")
_DOTTED = re.compile(r"\d+(?:\.\d+)+\.?")
_ROOTS = frozenset(("nodes", "codes"))
_SAID = frozenset(("id", "definition", "brief", "include_when", "exclude_when", "examples", "near_misses"))
_BULLET = re.compile(r"^\s*(?:[-•*·–]|\(?\d{1,2}[.)])\s+")
_THEME = "theme:"


class CodesInTable(NamedTuple):
    """Codes of a table."""

    project: Project
    without_label: int
    """Rows that name no code."""
    repeated: int
    """Rows that name a code again and say nothing else of it."""


def codes_in_table(table: ForeignTable, columns: Mapping[str, str], name: str) -> CodesInTable:
    """Return the rows of a table as codes.

    A theme, sub-theme, parent or step of a path that no row is about is made of its name. A row that spans
    the table is a heading over the rows that follow. A blank theme or sub-theme is that of the row above; a
    row of a sub-theme alone is about the sub-theme. A row without a name that has examples adds them to the
    row above.
    """
    rows, unnamed = _rows(table, columns)
    reading = _Reading(rows, dotted=not {"parent", "path", "level"} & set(columns))
    for each in rows:
        reading.read(each)
    return CodesInTable(Project(name=name, codes=tuple(reading.nodes.values())), unnamed, reading.repeated)


class _Row(NamedTuple):
    key: str
    fields: Mapping[str, str]
    theme: str
    steps: tuple[str, ...]
    """Names of what is above it, below the theme."""
    label: str

    @property
    def place(self) -> tuple[str, ...]:
        return tuple(each.casefold() for each in (self.theme, *self.steps, self.label))


def _rows(table: ForeignTable, columns: Mapping[str, str]) -> tuple[list[_Row], int]:
    """Return the rows with what the rows above say for them, and the number of rows that name no code."""
    theme = ""
    subs = ["", ""]
    unnamed = 0
    rows: list[_Row] = []
    fields_of = cells(table, columns)
    paths = [_split(each.get("path") or each.get("label", "")) for each in fields_of]
    # NVivo writes `Nodes\\` or `Codes\\` before every path.
    rooted = all(len(each) > 1 and each[0].casefold() in _ROOTS for each in paths if each)
    for row, raw, path in zip(fields_of, table.rows, paths, strict=True):
        said = {cell.strip() for cell in raw if cell.strip()}
        if len(said) == 1 and len(table.columns) > 1 and "theme" not in columns and _is_heading(raw):
            theme, subs = said.pop(), ["", ""]
            continue
        # A table of our own says every theme, so that a blank one is none.
        if row.get("theme", "") != theme and (row.get("theme") or "theme_id" in row):
            theme, subs = row["theme"], ["", ""]
        for depth, field in enumerate(("subtheme", "subtheme2")):
            if row.get(field):
                subs[depth:] = [row[field], *[""] * (1 - depth)]
        steps = path[1:] if rooted else path
        label = (row.get("label", "") if row.get("path") else "") or (steps[-1] if steps else "")
        above = [each for each in subs if each]
        if not label and (row.get("subtheme2") or row.get("subtheme")):
            label = above.pop()
        label = label or row.get("id", "")
        if label:
            above = [each for each in above if each != label]
            rows.append(_Row(f"row:{len(rows)}", row, theme, (*above, *steps[:-1]), label))
        elif rows and row.get("examples"):
            last = rows[-1]
            more = "\n".join(filter(None, (last.fields.get("examples", ""), row["examples"])))
            rows[-1] = last._replace(fields={**last.fields, "examples": more})
        else:
            unnamed += 1
    return rows, unnamed


def _split(path: str) -> tuple[str, ...]:
    return tuple(step for step in _STEPS.split(path) if step)


class _Reading:
    """Codes so far. Every row is known from the start, so that rows before it can be below it."""

    def __init__(self, rows: Sequence[_Row], *, dotted: bool) -> None:
        self.nodes: dict[str, ProjectCode] = {}
        self.repeated = 0
        self._dotted = dotted
        """True if `1.2` is below `1`, because nothing else says what is below what."""
        self._named: dict[str, str] = {}
        self._places: dict[tuple[str, ...], str] = {}
        self._levels: dict[int, str] = {}
        self._read: dict[tuple[str, ...], _Row] = {}
        for row in rows:
            for word in (row.fields.get("id", ""), row.label):
                if word:
                    self._named.setdefault(word.casefold(), row.key)
            self._places.setdefault(row.place, row.key)

    def read(self, row: _Row) -> None:
        """Make the code of a row, and what is above it."""
        fields = row.fields
        above = self._above(row)
        code = _code(fields, row.label)
        first = self._read.get((above, *row.place))
        if first is not None and _says_the_same(first.fields, fields):
            self.repeated += 1
            return
        self._read.setdefault((above, *row.place), row)
        if fields.get("parent") and fields.get("theme_id"):
            code = code.model_copy(update={"theme": fields["theme_id"]})
        bare = Code(id=UNNAMED, label=row.label, definition=code.definition)
        self.nodes[row.key] = ProjectCode(
            guid=row.key,
            name=row.label,
            parent="" if above == row.key else above,
            description=code.definition if code == bare else code_words(code, theme=True),
        )

    def _above(self, row: _Row) -> str:
        """Return the key of what a row is below."""
        fields = row.fields
        above = self._theme(row)
        above = self._chain(row.theme, row.steps, above)
        if fields.get("parent"):
            known = self._named.get(fields["parent"].casefold())
            above = known or self._chain(row.theme, _split(fields["parent"]), above)
        level = fields.get("level", "")
        if level.isdigit():
            depth = int(level)
            outer = [each for each in self._levels if each < depth]
            above = self._levels[max(outer)] if outer else above
            self._levels = {each: self._levels[each] for each in outer} | {depth: row.key}
        number = fields.get("id", "")
        if self._dotted and not row.steps and _DOTTED.fullmatch(number):
            outer_number = number.rstrip(".").rpartition(".")[0]
            above = self._named.get(outer_number) or self._named.get(f"{outer_number}.") or above
        return above

    def _theme(self, row: _Row) -> str:
        if not row.theme:
            return ""
        key = f"{_THEME}{row.theme.casefold()}"
        above = self._node(key, row.theme, "", codable=False)
        if row.fields.get("theme_id"):
            named = code_words(Code(id=row.fields["theme_id"], label=row.theme, definition=""))
            self.nodes[key] = self.nodes[key].model_copy(update={"description": named})
        return above

    def _chain(self, theme: str, steps: Sequence[str], above: str) -> str:
        """Return the key of the last of the steps; those that no row is about are made."""
        for at, step in enumerate(steps, start=1):
            place = tuple(each.casefold() for each in (theme, *steps[:at]))
            above = self._places.get(place) or self._node("/".join(("at", *place)), step, above)
        return above

    def _node(self, key: str, label: str, parent: str, *, codable: bool = True) -> str:
        self.nodes.setdefault(key, ProjectCode(guid=key, name=label, parent=parent, codable=codable))
        return key


def _says_the_same(first: Mapping[str, str], again: Mapping[str, str]) -> bool:
    """Return whether a row says nothing of a code that the first row about it did not."""
    return all(not value or first.get(field) == value for field, value in again.items() if field in _SAID)


def _is_heading(raw: tuple[str, ...]) -> bool:
    """Return whether a row spans the table."""
    filled = [place for place, cell in enumerate(raw) if cell.strip()]
    return filled == list(range(len(raw)))


def _code(row: Mapping[str, str], label: str) -> Code:
    return Code(
        id=row.get("id", "") or UNNAMED,
        label=label,
        definition=row.get("definition", ""),
        brief=" ".join(row.get("brief", "").split()),
        include_when=tuple(_items(row.get("include_when", ""))),
        exclude_when=tuple(_items(row.get("exclude_when", ""))),
        examples=tuple(example_of(each) for each in _items(row.get("examples", ""))),
        near_misses=tuple(near_miss_of(each) for each in _items(row.get("near_misses", ""))),
    )


def _items(text: str) -> Iterator[str]:
    """Yield the lines of a cell as entries of a list, without their bullets."""
    for line in text.split("\n"):
        words = " ".join(_BULLET.sub("", line).split())
        if words:
            yield words


def code_rows(codebook: Codebook) -> Iterator[tuple[str, ...]]:
    """Yield the head, then a row for each code. Entries of a list stand on lines of their own."""
    yield COLUMNS
    themes = {theme.id: theme.label for theme in codebook.themes}
    for code in codebook.codes:
        yield (
            code.id,
            code.label,
            themes.get(code.theme or "", code.theme or ""),
            code.parent or "",
            code.brief,
            code.definition,
            "\n".join(code.include_when),
            "\n".join(code.exclude_when),
            "\n".join(example_words(each) for each in code.examples),
            "\n".join(near_miss_words(each) for each in code.near_misses),
            code.theme or "",
        )


def taguette_rows(codebook: Codebook) -> Iterator[tuple[str, ...]]:
    """Yield Taguette's own columns: path of the tag, and its description."""
    yield ("tag", "description")
    for code in codebook.codes:
        yield (code.label, code_words(code))
