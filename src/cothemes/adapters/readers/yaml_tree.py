"""A YAML file as a tree with line numbers, refused before it can do harm.

An alias bomb grows for ever once it is followed, and deep nesting exhausts the stack; so the file's events,
which come one by one, are judged first, and only a harmless file is made into a tree.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NoReturn

import yaml

from cothemes.errors import CodebookError
from cothemes.records.problem import Problem, Severity

LARGEST = 5_000_000
"""Bytes."""
DEEPEST = 50
"""Levels of lists and mappings."""

_LOADER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PLAIN = {f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "map", "seq")}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_HINTS = (
    ("found character", "Put text that starts with such a character in quotes."),
    (
        "mapping values",
        "A colon and a space inside a text: put the text in quotes, or use `>-` and a new line.",
    ),
    ("quoted scalar", "A quotation mark is opened and not closed."),
    ("flow sequence", "A `[` is opened and not closed, or a comma is missing."),
    ("flow mapping", "A `{` is opened and not closed, or a comma is missing."),
    ("block collection", "Entries of one list start with `-` in one column."),
    ("block mapping", "Keys of one block start in one column."),
    ("simple key", "A key needs a colon and a space after it; long text goes in quotes."),
)


def yaml_tree(path: Path) -> yaml.Node:
    """The tree of the file's one document.

    Raises CodebookError, naming the line where there is one, for a file that cannot be read, is empty, over
    5 MB, no UTF-8 or no YAML, and for aliases, anchors, tags and nesting beyond 50 levels.
    """
    text = _text(path)
    try:
        _judge(path, text)
        tree: yaml.Node | None = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        refuse(path, f"is not YAML: {error.problem or error.context}", line, _hint(error, text, line))
    except yaml.YAMLError as error:
        refuse(path, f"is not YAML: {error}", None, "Save it as plain text in UTF-8.")
    if tree is None:
        refuse(path, "is empty", None, "Start from `cothemes init`, which writes a codebook to fill in.")
    return tree


def refuse(path: Path, message: str, line: int | None, hint: str) -> NoReturn:
    """Raise CodebookError with the one problem."""
    where = str(path) if line is None else f"{path}:{line}"
    problem = Problem(severity=Severity.ERROR, message=message, path=str(path), line=line, hint=hint)
    raise CodebookError(message, where=where, hint=hint, problems=(problem,))


def _text(path: Path) -> str:
    try:
        size = path.stat().st_size
        if size > LARGEST:
            refuse(path, f"is {size / 1e6:.0f} MB; a codebook has 5 MB at most", None, "Name another file.")
        data = path.read_bytes()
    except OSError as error:
        refuse(path, f"cannot be read ({error.strerror})", None, "Check the path and its permissions.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        refuse(
            path,
            f"is not UTF-8 text: byte 0x{data[error.start]:02x} at offset {error.start}",
            line,
            "Save the file as UTF-8.",
        )
    if found := _CONTROL.search(text):
        line = text.count("\n", 0, found.start()) + 1
        refuse(path, f"holds the control character U+{ord(found[0]):04X}", line, "Delete it.")
    return text


def _judge(path: Path, text: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        line = event.start_mark.line + 1 if event.start_mark else None
        name = getattr(event, "anchor", None)
        if name is not None:
            mark = "*" if isinstance(event, yaml.AliasEvent) else "&"
            refuse(
                path,
                f"uses the alias or anchor `{mark}{name}`",
                line,
                f"Write the content out, or put quotes around text that starts with {mark}.",
            )
        tag = getattr(event, "tag", None)
        if tag is not None and tag not in _PLAIN and tag != "!":
            refuse(
                path, f"uses the tag `{tag}`", line, "Remove it; a text that starts with ! goes in quotes."
            )
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                refuse(path, f"nests deeper than {DEEPEST} levels", line, "A codebook needs five.")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _hint(error: yaml.MarkedYAMLError, text: str, line: int | None) -> str:
    lines = text.splitlines()
    if line is not None and line <= len(lines) and re.match(r" *\t", lines[line - 1]):
        return "The line is indented with a tab; YAML takes spaces only."
    said = f"{error.problem} {error.context}"
    return next((hint for word, hint in _HINTS if word in said), "Compare the line with those around it.")
