"""A changed codebook written into codebook.yaml, which belongs to people: comments, order and layout stay.

The file is never written from a tree. The places that differ are found in the text by their marks and changed
one by one; the result is taken only if it reads as the wanted codebook.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import yaml

from cothemes.adapters.readers.codebook_yaml import read_codebook
from cothemes.adapters.writers.codebook_yaml import as_read, block, end_of, first_code, scalar, set_apart
from cothemes.adapters.writers.whole_file import whole_file
from cothemes.errors import StateConflict
from cothemes.records.codebook import Code, Codebook

_LOADER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class LayoutError(ValueError):
    """The file is laid out in a way that the change does not fit."""


def change_codebook(
    path: Path,
    wanted: Codebook,
    *,
    renamed: Mapping[str, str] | None = None,
    blocks: Mapping[str, str] | None = None,
) -> tuple[Codebook, dict[str, str]]:
    """Make codebook.yaml read as the wanted codebook; return it as read, and the lines of codes taken out.

    `renamed`: old id → new id. `blocks`: code → the lines that it had before it was taken out. The file
    appears whole or not at all. Raises StateConflict where its layout takes no such change, and where it was
    changed in this very moment.
    """
    path = path.resolve()
    before, _ = read_codebook(path)
    raw = path.read_bytes()
    data = raw.decode("utf-8")
    text = _Text(data)
    try:
        for old, new in (renamed or {}).items():
            text.rename(old, new)
        taken = _bring(text, before.renamed(renamed or {}), wanted, blocks or {})
    except (LayoutError, yaml.YAMLError, IndexError) as error:
        raise _by_hand(path) from error
    made = as_read(text.data, path)
    if made is None or made.model_dump() != wanted.model_dump():
        raise _by_hand(path)
    if path.read_bytes() != raw:
        raise StateConflict(
            "was changed by someone else in this very moment", where=str(path), hint="Type the command again."
        )
    with whole_file(path) as handle:
        shutil.copymode(path, handle.name)
        handle.write(text.data)
    return made, taken


def _by_hand(path: Path) -> StateConflict:
    return StateConflict(
        "is laid out in a way that this cannot be written into without changing your lines",
        where=str(path),
        hint="Make the change yourself, then say what it was: cothemes codebook adopt --renamed OLD=NEW, "
        "--retired ID or --new ID",
    )


def _bring(text: _Text, now: Codebook, wanted: Codebook, blocks: Mapping[str, str]) -> dict[str, str]:
    """Apply what differs. Return the lines of codes taken out."""
    taken = {code.id: text.take(code.id) for code in now.codes if code.id not in wanted.by_id}
    for at, code in enumerate(wanted.codes):
        if code.id not in now.by_id:
            text.put(code, wanted.codes[at - 1].id if at else None, blocks.get(code.id))
    read = text.read_fields()
    for code in wanted.codes:
        was = now.by_id.get(code.id)
        if was is None and code.id not in blocks:
            continue
        if was is not None and code.id in blocks:
            text.replace_block(code, blocks[code.id])
            read = text.read_fields()
        elif was is not None and was.definition != code.definition:
            taken[code.id] = text.lines_of(code.id)
        for field in ("label", "definition", "theme", "parent"):
            value = getattr(code, field) or ""
            if (read[code.id].get(field) or "") != value:
                text.set_field(code.id, field, value)
        if was is not None and [miss.text for miss in was.near_misses] != [m.text for m in code.near_misses]:
            text.replace_block(code)
        else:
            text.set_targets(code)
    for attribute in wanted.attributes:
        text.set_applies_to(attribute.name, attribute.applies_to)
    return taken


class _Text:
    """The file's text, changed place by place."""

    def __init__(self, data: str) -> None:
        self.data = data
        self._newline = "\r\n" if "\r\n" in data else "\n"

    # Reading

    def _tree(self) -> yaml.MappingNode:
        found = yaml.compose(self.data.removeprefix("\ufeff"), Loader=_LOADER)
        if not isinstance(found, yaml.MappingNode):
            raise LayoutError
        return found

    def _codes(self) -> yaml.Node:
        found = _value(self._tree(), "codes")
        if found is None:
            raise LayoutError
        return found

    def _items(self) -> list[yaml.MappingNode]:
        codes = self._codes()
        return [item for item in codes.value if isinstance(item, yaml.MappingNode)] if codes.value else []

    def _item(self, code: str) -> yaml.MappingNode:
        for item in self._items():
            found = _value(item, "id")
            if isinstance(found, yaml.ScalarNode) and str(found.value).strip() == code:
                return item
        raise LayoutError(code)

    def read_fields(self) -> dict[str, dict[str, str]]:
        """Code → its fields of plain text, folded as a reader does."""
        return {
            str(_scalar_of(item, "id")): {
                key.value: str(value.value).strip()
                for key, value in item.value
                if isinstance(value, yaml.ScalarNode) and value.tag != "tag:yaml.org,2002:null"
            }
            for item in self._items()
        }

    # Changing

    def _lines(self) -> list[str]:
        return self.data.splitlines(keepends=True)

    def _replace(self, node: yaml.Node, words: str) -> None:
        """Put other words in the place of a value on one line."""
        start, end = node.start_mark, node.end_mark
        if start.line != end.line:
            raise LayoutError
        lines = self._lines()
        shift = 1 if start.line == 0 and self.data.startswith("\ufeff") else 0
        line = lines[start.line]
        lines[start.line] = line[: start.column + shift] + words + line[end.column + shift :]
        self.data = "".join(lines)

    def rename(self, old: str, new: str) -> None:
        """Give a code another id, wherever one stands."""
        self._replace(_needed(self._item(old), "id"), scalar(new))
        themes = _ids_of(_value(self._tree(), "themes"))
        for _ in range(10_000):
            node = self._mention(old, themes)
            if node is None:
                return
            self._replace(node, scalar(new))
        raise LayoutError

    def _mention(self, code: str, themes: set[str]) -> yaml.ScalarNode | None:
        """A place that still names the code."""
        for item in self._items():
            parent = _value(item, "parent")
            if isinstance(parent, yaml.ScalarNode) and parent.value.strip() == code:
                return parent
            for miss in _list_of(_value(item, "near_misses")):
                target = _value(miss, "code") if isinstance(miss, yaml.MappingNode) else None
                if isinstance(target, yaml.ScalarNode) and target.value.strip() == code:
                    return target
        for _, attribute in _blocks_of(_value(self._tree(), "attributes"), "name"):
            for name in _list_of(_value(attribute, "applies_to")):
                if isinstance(name, yaml.ScalarNode) and name.value.strip() == code and code not in themes:
                    return name
        return None

    def take(self, code: str) -> str:
        """Take a code's lines out, and return them."""
        codes, item = self._codes(), self._item(code)
        if not isinstance(codes, yaml.SequenceNode) or codes.flow_style:
            raise LayoutError
        lines = self._lines()
        first = item.start_mark.line
        while not lines[first].lstrip().startswith("-"):
            first -= 1
        last = end_of(lines, item.end_mark.line + (1 if item.flow_style else 0), item.start_mark.column)
        # A blank line that sets the code apart goes with it.
        if first and not lines[first - 1].strip():
            first -= 1
        own = "".join(lines[first:last])
        del lines[first:last]
        self.data = "".join(lines)
        return own

    def put(self, code: Code, behind: str | None, own: str | None) -> None:
        """Put a code behind another, or first; with its own earlier lines where there are any."""
        codes = self._codes()
        lines = self._lines()
        if not codes.value:
            made = first_code(lines, codes, code, self._newline, own)
            if made is None:
                raise LayoutError
            self.data = made
            return
        if not isinstance(codes, yaml.SequenceNode) or codes.flow_style:
            raise LayoutError
        words = own or block(code, indent=codes.start_mark.column, newline=self._newline)
        if behind is None:
            first = codes.value[0].start_mark.line
            while not lines[first].lstrip().startswith("-"):
                first -= 1
            apart = words.lstrip("\r\n")
            gap = self._newline if apart != words or set_apart(lines, codes) else ""
            self.data = "".join([*lines[:first], apart, gap, *lines[first:]])
            return
        item = self._item(behind)
        at = end_of(lines, item.end_mark.line + (1 if item.flow_style else 0), item.start_mark.column)
        if lines and not lines[-1].endswith(("\n", "\r")):
            lines[-1] += self._newline
        gap = self._newline if set_apart(lines, codes) and words.lstrip("\r\n") == words else ""
        self.data = "".join([*lines[:at], gap, words, *lines[at:]])

    def lines_of(self, code: str) -> str:
        """A code's lines, as `take` returns them."""
        before = self.data
        own = self.take(code)
        self.data = before
        return own

    def replace_block(self, code: Code, own: str | None = None) -> None:
        """Write a code anew, where more than single values changed; with its own earlier lines, if any."""
        order = [str(_scalar_of(item, "id")) for item in self._items()]
        at = order.index(code.id)
        self.take(code.id)
        self.put(code, order[at - 1] if at else None, own)

    def set_field(self, code: str, field: str, words: str) -> None:
        """Set a field of a code; without words, take it out."""
        item = self._item(code)
        found = next(((k, v) for k, v in item.value if k.value == field), None)
        if item.flow_style:
            self._set_in_flow(item, found, field, words)
            return
        lines = self._lines()
        keys = item.start_mark.column
        if found is None:
            if not words:
                return
            ahead = next(v for k, v in item.value if k.value == ("label" if field != "label" else "id"))
            at = end_of(lines, max(ahead.end_mark.line, ahead.start_mark.line + 1), keys)
            lines[at:at] = self._field_lines(field, words, keys)
            self.data = "".join(lines)
            return
        key, value = found
        first = key.start_mark.line
        one_line = value.start_mark.line == value.end_mark.line == first
        if words and one_line and field != "definition":
            self._replace(value, scalar(words))
            return
        last = end_of(lines, max(value.end_mark.line + (value.end_mark.column > 0), first + 1), keys)
        if key.start_mark.column != keys or lines[first][:keys].strip(" ") not in ("", "-"):
            raise LayoutError
        fresh = self._field_lines(field, words, keys) if words else []
        if lines[first][:keys].strip():
            # The first key stands behind the dash.
            if not fresh:
                raise LayoutError
            fresh[0] = lines[first][:keys] + fresh[0][keys:]
        lines[first:last] = fresh
        self.data = "".join(lines)

    def _field_lines(self, field: str, words: str, keys: int) -> list[str]:
        made = block(
            Code(id="x", label="x", definition="").model_copy(update={field: words}),
            indent=keys - 2,
            newline=self._newline,
        )
        lines = made.splitlines(keepends=True)
        at = next(n for n, line in enumerate(lines) if line.strip().startswith(f"{field}:"))
        end = next(
            (
                n
                for n in range(at + 1, len(lines))
                if lines[n].strip() and len(lines[n]) - len(lines[n].lstrip()) <= keys
            ),
            len(lines),
        )
        return lines[at:end]

    def _set_in_flow(
        self,
        item: yaml.MappingNode,
        found: tuple[yaml.Node, yaml.Node] | None,
        field: str,
        words: str,
    ) -> None:
        if found is not None and words:
            self._replace(found[1], _flow(words))
            return
        lines = self._lines()
        if found is not None:
            at = [key for key, _ in item.value].index(found[0])
            start, end = item.value[at - 1][1].end_mark, found[1].end_mark
            if not at or start.line != end.line:
                raise LayoutError
            line = lines[end.line]
            lines[end.line] = line[: start.column] + line[end.column :]
            self.data = "".join(lines)
        elif words:
            end = item.end_mark
            line = lines[end.line]
            lines[end.line] = f"{line[: end.column - 1]}, {field}: {_flow(words)}{line[end.column - 1 :]}"
            self.data = "".join(lines)

    def set_targets(self, code: Code) -> None:
        """Set the codes that near-misses name."""
        for at, wanted in enumerate(code.near_misses):
            miss = _list_of(_value(self._item(code.id), "near_misses"))[at]
            target = _value(miss, "code") if isinstance(miss, yaml.MappingNode) else None
            now = target.value.strip() if isinstance(target, yaml.ScalarNode) else "none"
            if now == wanted.code:
                continue
            if target is None:
                raise LayoutError
            self._replace(target, scalar(wanted.code))

    def set_applies_to(self, attribute: str, wanted: tuple[str, ...]) -> None:
        """Set what an attribute applies to."""
        for name, node in _blocks_of(_value(self._tree(), "attributes"), "name"):
            if name != attribute:
                continue
            served = _value(node, "applies_to")
            if not isinstance(served, yaml.SequenceNode):
                raise LayoutError
            if tuple(str(each.value).strip() for each in served.value) == wanted:
                return
            if served.flow_style:
                self._replace(served, f"[{', '.join(map(scalar, wanted))}]")
                return
            lines = self._lines()
            first, column = served.start_mark.line, served.start_mark.column
            last = end_of(lines, served.end_mark.line, column + 2)
            lines[first:last] = [f"{' ' * column}- {scalar(each)}{self._newline}" for each in wanted]
            self.data = "".join(lines)


def _flow(words: str) -> str:
    """A text within braces."""
    plain = scalar(words)
    return plain if plain.startswith('"') or not set(plain) & set(",[]{}") else f'"{plain}"'


def _value(node: yaml.Node | None, key: str) -> yaml.Node | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((v for k, v in node.value if isinstance(k, yaml.ScalarNode) and k.value == key), None)


def _needed(node: yaml.Node, key: str) -> yaml.Node:
    found = _value(node, key)
    if found is None:
        raise LayoutError
    return found


def _scalar_of(node: yaml.Node, key: str) -> str:
    found = _value(node, key)
    return str(found.value).strip() if isinstance(found, yaml.ScalarNode) else ""


def _list_of(node: yaml.Node | None) -> list[yaml.Node]:
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _blocks_of(node: yaml.Node | None, key: str) -> list[tuple[str, yaml.Node]]:
    """Name and block of a map, or of a list of blocks that hold their name."""
    if isinstance(node, yaml.MappingNode):
        return [(str(name.value).strip(), value) for name, value in node.value]
    return [(_scalar_of(item, key), item) for item in _list_of(node)]


def _ids_of(node: yaml.Node | None) -> set[str]:
    return {name for name, _ in _blocks_of(node, "id")}
