"""A table of codes as codes of a project, and the codebook as a table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
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
_STEPS = re.compile(r"\s*(?:\\+|\s>\s|»)\s*")
_BULLET = re.compile(r"^\s*(?:[-•*·–]|\(?\d{1,2}[.)])\s+")
_THEME = "theme:"


class CodesInTable(NamedTuple):
    """Codes of a table."""

    project: Project
    without_label: int
    """Rows that name no code."""


def codes_in_table(table: ForeignTable, columns: Mapping[str, str], name: str) -> CodesInTable:
    """Return the rows of a table as codes.

    A theme, sub-theme, parent or step of a path that no row is about is made of its name. A row that spans
    single cell is a heading over the rows that follow. A blank theme is that of the row above.
    """
    reading = _Reading()
    heading = ""
    unnamed = 0
    rows: list[_Row] = []
    for row, raw in zip(cells(table, columns), table.rows, strict=True):
        said = {cell.strip() for cell in raw if cell.strip()}
        if len(said) == 1 and len(table.columns) > 1 and "theme" not in columns and _is_heading(raw):
            heading = said.pop()
            continue
        steps = [step for step in _STEPS.split(row.get("path") or row.get("label", "")) if step]
        label = (row.get("label", "") if row.get("path") else "") or (steps[-1] if steps else "")
        label = label or row.get("id", "")
        if not label:
            unnamed += 1
            continue
        rows.append(_Row(f"row:{len(rows)}", row, tuple(steps[:-1]), label, heading))
    for each in rows:
        reading.announce(each)
    for each in rows:
        reading.read(each)
    return CodesInTable(Project(name=name, codes=tuple(reading.nodes.values())), unnamed)


class _Row(NamedTuple):
    key: str
    fields: Mapping[str, str]
    steps: tuple[str, ...]
    """Names of what is above it by its path."""
    label: str
    heading: str


class _Reading:
    """Codes so far, and what the rows before said."""

    def __init__(self) -> None:
        self.nodes: dict[str, ProjectCode] = {}
        self._named: dict[str, str] = {}
        self._paths: dict[tuple[str, ...], str] = {}
        self._levels: dict[int, str] = {}
        self._theme = self._subtheme = ""

    def announce(self, row: _Row) -> None:
        """Note the names of a row, so that rows before it can be below it."""
        for word in (row.fields.get("id", ""), row.label):
            if word:
                self._named.setdefault(word.casefold(), row.key)
        self._paths.setdefault(tuple(each.casefold() for each in (*row.steps, row.label)), row.key)

    def read(self, row: _Row) -> None:
        """Make the code of a row, and what is above it."""
        fields = row.fields
        theme = fields.get("theme", row.heading)
        # A table of our own says every theme, so that a blank one is none.
        if theme != self._theme and (theme or "theme_id" in fields):
            self._theme, self._subtheme = theme, ""
        self._subtheme = fields.get("subtheme", "") or self._subtheme
        above = ""
        if self._theme:
            key = f"{_THEME}{self._theme.casefold()}"
            above = self._node(key, self._theme, "", codable=False)
            if fields.get("theme_id"):
                named = code_words(Code(id=fields["theme_id"], label=self._theme, definition=""))
                self.nodes[key] = self.nodes[key].model_copy(update={"description": named})
        if self._subtheme and self._subtheme != row.label:
            above = self._named_node(self._subtheme, above)
        for at, step in enumerate(row.steps, start=1):
            path = tuple(each.casefold() for each in row.steps[:at])
            known = self._paths.get(path)
            above = known if known else self._node("/".join(("", *path)), step, above)
        if fields.get("parent"):
            above = self._named_node(fields["parent"], above)
        level = fields.get("level", "")
        if level.isdigit():
            depth = int(level)
            outer = [each for each in self._levels if each < depth]
            above = self._levels[max(outer)] if outer else above
            self._levels = {each: self._levels[each] for each in outer} | {depth: row.key}
        code = _code(fields, row.label)
        if fields.get("parent") and fields.get("theme_id"):
            code = code.model_copy(update={"theme": fields["theme_id"]})
        bare = Code(id=UNNAMED, label=row.label, definition=code.definition)
        self.nodes[row.key] = ProjectCode(
            guid=row.key,
            name=row.label,
            parent="" if above == row.key else above,
            description=code.definition if code == bare else code_words(code, theme=True),
        )

    def _named_node(self, name: str, above: str) -> str:
        return self._named.get(name.casefold()) or self._node(f"name:{name.casefold()}", name, above)

    def _node(self, key: str, label: str, parent: str, *, codable: bool = True) -> str:
        self.nodes.setdefault(key, ProjectCode(guid=key, name=label, parent=parent, codable=codable))
        return key


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
