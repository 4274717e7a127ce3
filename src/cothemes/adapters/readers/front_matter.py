"""The YAML block that opens a Markdown file, read so that no file can hang or deceive the reader."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from cothemes.errors import FileUnreadable

LONGEST = 400
"""Rows. A rule of dashes at the top of a text that is not closed by then is no front matter."""
_DEEPEST = 12
_LARGEST = 100_000
"""Characters. The YAML parser takes a second for about as many."""


def front_rows(rows: list[str]) -> int:
    """Return how many rows the front matter takes, both fences included; 0 where there is none."""
    if not rows or rows[0].removeprefix("\ufeff").rstrip() != "---":
        return 0
    for at, row in enumerate(rows[1:LONGEST], 1):
        if row.rstrip() in {"---", "..."}:
            # Two thematic breaks around prose look the same; YAML front matter has a key in its first row.
            first = next((line for line in rows[1:at] if line.strip() and not line.startswith("#")), "")
            return at + 1 if ":" in first or at == 1 else 0
    return 0


def parse_front(rows: list[str], path: Path) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Every value as it is written (`true` stays a word, a date stays a date's text).

    Aliases and deep nesting are refused with FileUnreadable, since a few rows of them can fill the memory.
    Broken YAML is read as plain `key: value` rows, with a note.
    """
    text = "\n".join(rows)
    if len(text) > _LARGEST:
        raise FileUnreadable(
            f"the front matter holds more than {_LARGEST:,} characters",
            where=f"{path}:1",
            hint="Move the text below the second line of dashes.",
        )
    try:
        _guard(text, path)
        content = yaml.load(text, Loader=yaml.BaseLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        row = mark.line + 2 if mark else 2
        note = f"The front matter is not YAML (row {row}): read row by row instead."
        return _by_row(rows), (note,)
    if content in (None, ""):
        return {}, ()
    if not isinstance(content, dict):
        return {}, ("The front matter is no list of keys: left unread.",)
    return {str(key): value for key, value in content.items()}, ()


def _guard(text: str, path: Path) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=yaml.BaseLoader):
        if isinstance(event, yaml.AliasEvent):
            raise FileUnreadable(
                "the front matter uses a YAML alias",
                where=_where(path, event),
                hint="Write the value out where it is used.",
            )
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > _DEEPEST:
                raise FileUnreadable(
                    "the front matter is nested too deeply",
                    where=_where(path, event),
                    hint="Front matter is a flat list of keys.",
                )
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _where(path: Path, event: yaml.Event) -> str:
    return f"{path}:{event.start_mark.line + 2}" if event.start_mark else str(path)


def _by_row(rows: list[str]) -> dict[str, Any]:
    pairs = (row.partition(":") for row in rows if ":" in row and not row.startswith((" ", "#", "-")))
    return {key.strip(): value.strip().strip("\"'“”") for key, _, value in pairs if key.strip()}
