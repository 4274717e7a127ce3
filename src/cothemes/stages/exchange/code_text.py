"""A code's definition, rules and examples as one plain text, for formats that have one field for them all.

The text reads well in another program and can be read back whole: the last line names the code's id, which
other programs do not keep. A text without such a line is a definition and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from cothemes.records.codebook import NONE_CODE, Code, Example, NearMiss

_BRIEF = "In brief: "
_THEME = "Theme: "
_ID = "Id: "
UNNAMED = "?"
"""Id of a code that has none yet: one is made of its label."""
_LISTS = {
    "Include when:": "include_when",
    "Exclude when:": "exclude_when",
    "Examples:": "examples",
    "Near misses:": "near_misses",
}
_KIND = re.compile(r"^\((?P<kind>[^()\n]{1,40})\) ")
_BELONGS = re.compile(r"^\[(?P<code>[^\[\]\n]{1,80})\] ")
_NOT_WORD = re.compile(r"[^\w.-]+")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
LONGEST_ID = 40


def code_words(code: Code, *, theme: bool = False) -> str:
    """Return the text of a code. `theme`: with its theme, where the place in the tree does not say it."""
    parts = [code.definition.strip()] if code.definition.strip() else []
    if code.brief:
        parts.append(f"{_BRIEF}{_one_line(code.brief)}")
    near = [near_miss_words(each) for each in code.near_misses]
    examples = [example_words(each) for each in code.examples]
    lists = (code.include_when, code.exclude_when, examples, near)
    for head, items in zip(_LISTS, lists, strict=True):
        if items:
            parts.append("\n".join([head, *(f"- {_one_line(item)}" for item in items)]))
    end = [f"{_THEME}{code.theme}"] if theme and code.theme else []
    return "\n\n".join([*parts, "\n".join([*end, f"{_ID}{code.id}"])])


def code_of_words(text: str, *, id: str, label: str, parent: str | None, theme: str | None) -> Code:
    """Return the code that a text describes. An id in the text goes before `id`, a theme before `theme`."""
    text = _CONTROL.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    label = _one_line(_CONTROL.sub("\ufffd", label))
    lines = text.rstrip().split("\n")
    if not lines[-1].startswith(_ID) or not lines[-1][len(_ID) :].strip():
        return Code(id=id, label=label, definition=text.strip(), parent=parent, theme=theme)
    named = lines.pop()[len(_ID) :].strip()
    found: dict[str, object] = {"id": id if named == UNNAMED else named}
    if lines and lines[-1].startswith(_THEME):
        found["theme"] = lines.pop()[len(_THEME) :].strip()
    head: list[str] = []
    items: list[str] | None = None
    for line in lines:
        if line in _LISTS:
            items = []
            found[_LISTS[line]] = items
        elif items is not None and line.startswith("- "):
            items.append(line[2:])
        elif line.startswith(_BRIEF) and "brief" not in found:
            found["brief"] = line[len(_BRIEF) :]
        elif items is None:
            head.append(line)
    made = Code(id=id, label=label, definition="\n".join(head).strip(), parent=parent, theme=theme)
    update = {name: tuple(value) if isinstance(value, list) else value for name, value in found.items()}
    update["examples"] = tuple(example_of(each) for each in update.get("examples", ()))  # type: ignore[attr-defined]
    update["near_misses"] = tuple(near_miss_of(each) for each in update.get("near_misses", ()))  # type: ignore[attr-defined]
    return made.model_copy(update=update)


def without_id(text: str) -> str:
    """Return a description without the line at its end that names the id."""
    head, _, last = text.rstrip().rpartition("\n")
    return head.rstrip() if last.startswith(_ID) else text.strip()


def names_its_id(text: str) -> bool:
    """Return whether a text was written by `code_words`."""
    return text.rstrip().rpartition("\n")[2].startswith(_ID)


def id_from(label: str, taken: Sequence[str] | set[str]) -> str:
    """Return an id made of a label: letters of any script, digits, hyphens; unique, and never `none`."""
    base = _NOT_WORD.sub("-", label.strip()).strip("-.")[:LONGEST_ID].strip("-.") or "code"
    made, number = base, 1
    low = {each.casefold() for each in taken}
    while made.casefold() in low or made.casefold() == NONE_CODE:
        number += 1
        made = f"{base}-{number}"
    return made


def _one_line(text: str) -> str:
    return " ".join(text.split())


def example_words(example: Example) -> str:
    """Return an example on one line, its kind before it."""
    return f"({example.kind}) {_one_line(example.text)}"


def near_miss_words(near: NearMiss) -> str:
    """Return a near miss on one line, the code that it belongs to and its kind before it."""
    return f"[{near.code}] ({near.kind}) {_one_line(near.text)}"


def example_of(text: str) -> Example:
    """Return the example that a line describes; without a kind, an illustrative one."""
    kind, rest = _taken(_KIND, "kind", text)
    return Example(text=rest, kind=kind) if kind else Example(text=rest)


def near_miss_of(text: str) -> NearMiss:
    """Return the near miss that a line describes; without a code, one that belongs to no code."""
    code, rest = _taken(_BELONGS, "code", text)
    kind, rest = _taken(_KIND, "kind", rest)
    made = NearMiss(text=rest, code=code or NONE_CODE)
    return made.model_copy(update={"kind": kind}) if kind else made


def _taken(pattern: re.Pattern[str], name: str, text: str) -> tuple[str, str]:
    found = pattern.match(text)
    return (found[name], text[found.end() :]) if found else ("", text)
