"""Which column of a foreign table holds what: a map that is suggested by the names, or given by a person."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from cothemes.errors import UsageError
from cothemes.records.foreign_table import ForeignTable

_WORD = re.compile(r"[^a-z0-9]+")
IGNORED = "-"

CODE_FIELDS: dict[str, tuple[str, ...]] = {
    "id": ("id", "code id", "abbreviation", "nr", "no", "number", "short name", "acronym"),
    "label": (
        "label", "code", "code name", "codename", "name", "node", "node name", "tag", "title", "code label",
        "codes", "sub code", "subcode", "kode", "código", "codigo", "indicator",
    ),
    "definition": (
        "definition", "description", "meaning", "full definition", "code definition", "explanation",
        "code description", "code memo", "memo", "comment", "what it covers", "coding rule", "details",
        "description definition", "definition description",
    ),
    "theme": (
        "theme", "category", "main category", "group", "code group", "code groups", "domain", "dimension",
        "family", "main theme", "overarching theme", "construct", "concept", "top level code",
    ),
    "theme_id": ("theme id",),
    "subtheme": (
        "subtheme", "sub theme", "subcategory", "sub category", "second level code", "topic", "category",
        "sub factor", "subfactor",
    ),
    "subtheme2": (
        "sub subtheme", "subsubtheme", "sub subcategory", "low level category", "lower level category",
        "sub category", "subcategory", "subtopic", "third level code",
    ),
    "parent": (
        "parent", "parent code", "parent node", "parent name", "superordinate code", "higher code",
        "parent id",
    ),
    "path": ("path", "code path", "hierarchical name", "full path", "code system", "full name"),
    "level": ("level", "depth", "hierarchy level"),
    "brief": ("brief", "brief definition", "short definition", "short description", "summary"),
    "include_when": (
        "include when", "inclusion", "inclusion criteria", "include", "when to use", "use when",
        "when to use it", "includes", "apply when",
    ),
    "exclude_when": (
        "exclude when", "exclusion", "exclusion criteria", "exclude", "when not to use", "do not use",
        "excludes", "when not to use it", "do not apply when", "delimitation",
    ),
    "examples": (
        "examples", "example", "anchor example", "anchor examples", "typical example", "typical examples",
        "quote", "quotes", "example quote", "illustrative quote", "exemplar", "example s", "sample quote",
        "illustrative quotes", "example quotes",
    ),
    "near_misses": ("near misses", "near miss", "close but no"),
    "colour": ("color", "colour"),
}  # fmt: skip
"""Field of a code → names of columns that hold it, best first."""

SEGMENT_FIELDS: dict[str, tuple[str, ...]] = {
    "document": (
        "document name", "document", "media title", "source", "file", "source name", "resource", "doc name",
        "transcript", "case",
    ),
    "code": (
        "code", "codes", "codes applied", "tag", "tags", "code name", "codes applied combined", "node",
        "quotation codes",
    ),
    "text": (
        "segment", "coded segment", "excerpt", "excerpt copy", "quotation content", "content", "text",
        "quotation text", "quotation", "highlight", "snippet", "selection",
    ),
    "coder": (
        "created by", "author", "coder", "excerpt creator", "user", "creator", "coded by", "created by user",
    ),
    "comment": ("comment", "comments", "memo", "note", "quotation comment"),
    "at": ("created", "excerpt date", "date", "creation date", "created on", "date created"),
    "begin": ("begin", "excerpt range", "start", "reference", "position", "start position"),
    "group": ("document group",),
}  # fmt: skip
"""Field of a coded segment → names of columns: MAXQDA, Dedoose, ATLAS.ti and Taguette have them."""


def folded(name: str) -> str:
    """Return a column's name as names are compared."""
    return _WORD.sub(" ", name.casefold()).strip()


_LOOSE: dict[str, tuple[str, ...]] = {
    "definition": ("definition", "description", "meaning"),
    "examples": ("example", "examples", "quote", "quotes"),
    "include_when": ("inclusion", "when to use"),
    "exclude_when": ("exclusion", "when not to use"),
}
"""Field → words that are enough anywhere in a column's name, where no whole name fits."""
_AGAIN = re.compile(r" \(\d+\)$")
_WEIGHTS = {
    "label": 4.0,
    "path": 4.0,
    "definition": 3.0,
    "document": 3.0,
    "code": 3.0,
    "text": 3.0,
    "id": 0.5,
}
"""How much a field says that a table is the one looked for; the others say 1."""


def suggested(table: ForeignTable, fields: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return field → column, as far as names tell. A column serves one field.

    Of columns that have the same name, a field other than the label takes the first one behind the label.
    """
    alike: dict[str, list[str]] = {}
    for column in table.columns:
        if column:
            alike.setdefault(folded(_AGAIN.sub("", column)), []).append(column)
    found: dict[str, str] = {}
    best: list[tuple[int, int, str, str]] = []
    for place, (field, words) in enumerate(fields.items()):
        best += [(rank, place, field, word) for rank, word in enumerate(map(folded, words)) if word in alike]
    for _, _, field, word in sorted(best):
        free = [column for column in alike[word] if column not in found.values()]
        if field not in found and free:
            found[field] = free[0]
    middle = [column for name in ("category", "topic") for column in alike.get(name, ())]
    middle = [column for column in middle if column not in found.values()]
    if middle and {"theme", "subtheme"} <= set(found) and "subtheme2" not in found:
        # A category between theme and sub-category.
        found |= {"subtheme": middle[0], "subtheme2": found["subtheme"]}
    label = table.columns.index(found["label"]) if "label" in found else -1
    for field, column in found.items():
        others = alike[folded(_AGAIN.sub("", column))]
        behind = [each for each in others if table.columns.index(each) > label]
        if field != "label" and behind and column not in behind and behind[0] not in found.values():
            found[field] = behind[0]
    for field, words in _LOOSE.items():
        if field in found or field not in fields:
            continue
        for column in table.columns:
            name = f" {folded(column)} "
            if column and column not in found.values() and any(f" {word} " in name for word in words):
                found[field] = column
                break
    return {field: found[field] for field in fields if field in found}


def column_map(
    table: ForeignTable, fields: Mapping[str, Sequence[str]], given: Mapping[str, str], source: str
) -> dict[str, str]:
    """Return the suggested map with what a person said laid over it; `-` takes a field away.

    Raises UsageError for a field or a column that is not there.
    """
    found = suggested(table, fields)
    by_name = {folded(column): column for column in table.columns}
    for field, column in given.items():
        if field not in fields:
            raise UsageError(f"{field!r} is no field", hint=f"Fields: {', '.join(fields)}.")
        if column == IGNORED:
            found.pop(field, None)
            continue
        if folded(column) not in by_name:
            raise UsageError(
                f"{source} has no column {column!r}",
                hint=f"Its columns: {column_names(table)}.",
            )
        real = by_name[folded(column)]
        found = {name: value for name, value in found.items() if value != real or name in given}
        found[field] = real
    return found


def best_table(tables: Sequence[ForeignTable], fields: Mapping[str, Sequence[str]]) -> ForeignTable:
    """Return the table whose columns say most, joined with those of the same head.

    Headings of a document count as a table only where no real one has a column that says anything.
    """

    def worth(table: ForeignTable) -> tuple[bool, float, int]:
        said = sum(_WEIGHTS.get(field, 1.0) for field in suggested(table, fields))
        return not table.headings and said >= 1, said, len(table.rows)

    chosen = max(tables, key=worth)
    alike = [each for each in tables if each.columns == chosen.columns and each.headings == chosen.headings]
    rows = tuple(row for each in alike for row in each.rows)
    return chosen.model_copy(update={"rows": rows})


def column_names(table: ForeignTable) -> str:
    """Return the names of the columns in one line."""
    return ", ".join(filter(None, table.columns))


def cells(table: ForeignTable, columns: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the rows as field → text."""
    at = {field: table.columns.index(column) for field, column in columns.items()}
    return [{field: row[place].strip() for field, place in at.items()} for row in table.rows]
