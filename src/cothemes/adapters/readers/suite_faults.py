"""What is wrong with a suite, in words: the key as it is written, its line, and what it may hold instead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml
from pydantic import ValidationError

from cothemes.adapters.readers.yaml_page import did_you_mean, line_of
from cothemes.errors import SuiteError

_WORDS = {
    "int_type": "is no whole number",
    "int_parsing": "is no whole number",
    "int_from_float": "is no whole number",
    "float_type": "is no number",
    "float_parsing": "is no number",
    "string_type": "is no text",
    "tuple_type": "is no list",
    "less_than": "has to be below {lt:g}",
    "less_than_equal": "has to be {le:g} at most",
    "greater_than": "has to be above {gt:g}",
    "greater_than_equal": "has to be {ge:g} at least",
    "too_short": "has to hold {min_length} at least",
    "literal_error": "has to be {expected}",
    "missing": "is missing",
}


class Lines:
    """Line of each key of a suite: `("split", "seeds")` and `("coders", 0, "train")` to a line."""

    def __init__(self, path: str, tree: yaml.Node) -> None:
        self._path = path
        self._known = dict(_places(tree, ()))

    def where(self, key: Sequence[Any]) -> str:
        """path:line of the key, or of the nearest one that holds it."""
        held = tuple(key)
        while held not in self._known:
            held = held[:-1]
        return f"{self._path}:{self._known[held]}"


def refuse_unknown(given: Mapping[str, Any], known: Sequence[str], at: Sequence[Any], lines: Lines) -> None:
    """Raise SuiteError for the first key that a block does not know: it would score something else than was
    meant.
    """
    for key in given:
        if key not in known:
            raise SuiteError(
                f"unknown key `{named((*at, key))}`",
                where=lines.where((*at, key)),
                hint=did_you_mean(key, known),
            )


def in_words(error: ValidationError, at: Sequence[Any], lines: Lines, hint: str) -> SuiteError:
    """The first thing that a record refused; `at` is the block that it was made from."""
    said = error.errors()[0]
    # What stands behind a field of several types is the type that was tried, and no key.
    key = (*at, *(part for part in said["loc"] if not str(part).startswith(("literal[", "tuple["))))
    words = _WORDS.get(said["type"], said["msg"][:1].lower() + said["msg"][1:])
    reason = words.format(**said.get("ctx", {}))
    value = said["input"]
    simple = isinstance(value, str | int | float) and said["type"] != "missing"
    if simple and reason.startswith("has to be"):
        reason = f"is {value}, and {reason}"
    elif simple:
        reason = f"{reason}: {value}"
    return SuiteError(f"`{named(key)}` {reason}", where=lines.where(key), hint=hint)


def named(key: Sequence[Any]) -> str:
    """`split.seeds`, `coders[1].train`; entries count from 1."""
    text = ""
    for part in key:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def _places(node: yaml.Node, at: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], int]]:
    yield at, line_of(node)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inner = (*at, str(key.value).strip())
            yield from _places(value, inner)
            yield inner, line_of(key)
    elif isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            yield from _places(item, (*at, number))
