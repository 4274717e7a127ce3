"""A YAML tree read field by field, with everything that is wrong noted on the way and nothing guessed.

Text is taken as it is written: an id `no`, a version `1.10` and a date stay what the author typed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any, NamedTuple

import yaml

from cothemes.records.problem import Problem, Severity

_NULL = "tag:yaml.org,2002:null"
_BOOL = "tag:yaml.org,2002:bool"
_INT = "tag:yaml.org,2002:int"
_TRUE = ("true", "yes", "on")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


class Field(NamedTuple):
    """A key's value, and the key's line."""

    node: yaml.Node
    line: int


def line_of(node: yaml.Node) -> int:
    """Return the line of a position, from 1."""
    return int(node.start_mark.line) + 1


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """A hint that names the nearest known word, or all of them where they are few."""
    near = get_close_matches(word, known, n=1, cutoff=0.6)
    if near:
        return f"Did you mean `{near[0]}`?"
    return f"Known here: {', '.join(known)}." if 0 < len(known) <= 40 else ""


class Page:
    """The file being read and what was found wrong with it."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.problems: list[Problem] = []

    def error(self, message: str, line: int, hint: str = "") -> None:
        """Notes what the codebook cannot be used with."""
        self._note(Severity.ERROR, message, line, hint)

    def warning(self, message: str, line: int, hint: str = "") -> None:
        """Notes what the codebook can be used with."""
        self._note(Severity.WARNING, message, line, hint)

    def _note(self, severity: Severity, message: str, line: int, hint: str) -> None:
        self.problems.append(
            Problem(severity=severity, message=message, path=self.path, line=line, hint=hint)
        )

    def fields(
        self,
        node: yaml.Node,
        what: str,
        known: Sequence[str] = (),
        instead: Mapping[str, str] | None = None,
    ) -> dict[str, Field]:
        """A mapping's fields. With `known`, other keys are warned of and left out; `instead`: what to write
        for keys that people expect.
        """
        if _is_null(node):
            return {}
        if not isinstance(node, yaml.MappingNode):
            self.error(f"{what} is {_kind(node)}, not `key: value` lines", line_of(node))
            return {}
        found: dict[str, Field] = {}
        for key, value in node.value:
            name = self.text(key, f"a key of {what}")
            if known and name not in known:
                hint = (instead or {}).get(name.lower()) or did_you_mean(name, known)
                if node.flow_style and _is_null(value):
                    hint = "A comma inside { } ends the text before it: put that text in quotes."
                self.warning(f"{what}: unknown key `{name}`", line_of(key), hint)
            elif name in found:
                self.error(
                    f"{what}: the key `{name}` occurs twice, in lines {found[name].line} and {line_of(key)}",
                    line_of(key),
                    "Keep one of them.",
                )
            else:
                found[name] = Field(value, line_of(key))
        return found

    def items(self, node: yaml.Node | None, what: str) -> list[yaml.Node]:
        """A list's entries; none where there is no list."""
        if node is None or _is_null(node):
            return []
        if not isinstance(node, yaml.SequenceNode):
            self.error(
                f"{what} is {_kind(node)}, not a list",
                line_of(node),
                "Start every entry on a line of its own with `- `, or write [a, b].",
            )
            return []
        return list(node.value)

    def text(self, node: yaml.Node | None, what: str) -> str:
        """A text without white space around it; empty where there is none."""
        if node is None or _is_null(node):
            return ""
        if not isinstance(node, yaml.ScalarNode):
            hint = "A text with a colon and a space in it goes in quotes, or after `>-` on a new line."
            self.error(f"{what} is {_kind(node)}, not a text", line_of(node), hint)
            return ""
        if found := _UNPRINTABLE.search(node.value):
            self.error(
                f"{what} holds the control character U+{ord(found[0]):04X}", line_of(node), "Delete it."
            )
        return str(node.value).strip()

    def texts(self, node: yaml.Node | None, what: str) -> tuple[str, ...]:
        """A list of texts, none of them empty."""
        found = []
        for item in self.items(node, what):
            before = len(self.problems)
            text = self.text(item, f"an entry of {what}")
            if text:
                found.append(text)
            elif len(self.problems) == before:
                self.error(f"an entry of {what} is empty", line_of(item), "Fill it in, or remove it.")
        return tuple(found)

    def flag(self, node: yaml.Node | None, what: str) -> bool:
        """True or false; false where nothing stands."""
        if node is None or _is_null(node):
            return False
        if node.tag != _BOOL:
            self.error(f"{what} is neither true nor false", line_of(node))
            return False
        return str(node.value).lower() in _TRUE

    def plain(self, node: yaml.Node, what: str) -> Any:
        """Any value as JSON has it; numbers other than simple whole ones, and dates, as text."""
        if isinstance(node, yaml.MappingNode):
            return {name: self.plain(field.node, what) for name, field in self.fields(node, what).items()}
        if isinstance(node, yaml.SequenceNode):
            return [self.plain(item, what) for item in node.value]
        if _is_null(node):
            return None
        if node.tag == _BOOL:
            return self.flag(node, what)
        if node.tag == _INT and re.fullmatch(r"-?(0|[1-9][0-9]{0,17})", node.value):
            return int(node.value)
        return self.text(node, what)


def _is_null(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag == _NULL


def _kind(node: yaml.Node) -> str:
    if isinstance(node, yaml.MappingNode):
        return "a block of `key: value`"
    return "a list" if isinstance(node, yaml.SequenceNode) else "a single text"
