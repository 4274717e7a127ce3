"""One more code in codebook.yaml, which belongs to people: every line of theirs stays as it is.

The file is never written from a tree, for that would lose comments and layout. A block of lines is put in,
and the result is taken only if it reads as the old codebook with the one code more.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import textwrap
from pathlib import Path

import yaml

from cothemes.adapters.readers.codebook_yaml import read_codebook
from cothemes.adapters.readers.yaml_tree import yaml_tree
from cothemes.adapters.writers.whole_file import whole_file
from cothemes.errors import CodebookError, InputError, StateConflict
from cothemes.records.codebook import Code, Codebook, NearMiss

_WIDTH = 100


def add_code(path: Path, code: Code) -> Codebook:
    """Write the code behind the last one of its theme, else behind the last one; return the codebook as it
    reads then. The file appears whole or not at all.

    Raises StateConflict where the id is there or the file cannot be added to without changing its layout,
    InputError where it cannot be written, CodebookError where it cannot be read.
    """
    path = path.resolve()
    before, _ = read_codebook(path)
    if code.id in before.by_id:
        raise StateConflict(
            f"{code.id} is in the codebook already: {before.by_id[code.id].label}",
            where=f"{path}:{before.by_id[code.id].line}",
            hint="An id is for ever: choose one that was never used.",
        )
    data = path.read_bytes().decode("utf-8")
    after = [at for at, known in enumerate(before.codes) if code.theme and known.theme == code.theme]
    place = after[-1] if after else len(before.codes) - 1
    text = _with_block(path, data, place, code)
    made = as_read(text, path)
    wanted = [*before.codes[: place + 1], code, *before.codes[place + 1 :]]
    expected = before.model_copy(update={"codes": tuple(wanted)})
    if made is None or made.model_dump() != expected.model_dump():
        raise _by_hand(path, code)
    if path.read_bytes().decode("utf-8") != data:
        raise StateConflict(
            "was changed by someone else in this very moment", where=str(path), hint="Type the command again."
        )
    with whole_file(path) as handle:
        shutil.copymode(path, handle.name)
        handle.write(text)
    return made


def block(code: Code, *, indent: int = 2, newline: str = "\n") -> str:
    """The code as lines of YAML, from `- id:` on; `indent` is the column of the dash."""
    lines = [f"- id: {scalar(code.id)}", f"  label: {scalar(code.label)}"]
    if code.theme:
        lines.append(f"  theme: {scalar(code.theme)}")
    if code.parent:
        lines.append(f"  parent: {scalar(code.parent)}")
    if code.brief:
        lines.append(f"  brief: {scalar(code.brief)}")
    if not code.draft:
        if "\n" in code.definition:
            lines += ["  definition: |-", *_literal(code.definition, 4)]
        else:
            lines += ["  definition: >-", *_folded(code.definition, 4)]
    for name in ("include_when", "exclude_when"):
        rules = getattr(code, name)
        if rules:
            lines.append(f"  {name}:")
            lines += [f"    - {scalar(rule)}" for rule in rules]
    for name in ("examples", "near_misses"):
        entries = getattr(code, name)
        if entries:
            lines.append(f"  {name}:")
        for entry in entries:
            lines += [f"    - kind: {entry.kind}", f"      text: {scalar(entry.text)}"]
            if isinstance(entry, NearMiss):
                lines.append(f"      code: {scalar(entry.code)}")
    return "".join(f"{' ' * indent}{line}{newline}" for line in lines)


def _with_block(path: Path, data: str, place: int, code: Code) -> str:
    """The text with the code behind the item at `place`."""
    tree = yaml_tree(path)
    codes = next(
        value for key, value in tree.value if isinstance(key, yaml.ScalarNode) and key.value == "codes"
    )
    lines = data.splitlines(keepends=True)
    newline = "\r\n" if "\r\n" in data else "\n"
    if not codes.value:
        made = first_code(lines, codes, code, newline)
        if made is None:
            raise _by_hand(path, code)
        return made
    if codes.flow_style or codes.value[place].flow_style:
        raise _by_hand(path, code)
    item = codes.value[place]
    dash, keys = codes.start_mark.column, item.start_mark.column
    at = end_of(lines, item.end_mark.line, keys)
    if lines and not lines[-1].endswith(("\n", "\r")):
        lines[-1] += newline
    gap = newline if set_apart(lines, codes) else ""
    added = block(code, indent=dash, newline=newline)
    return "".join([*lines[:at], gap, added, *lines[at:]])


def first_code(
    lines: list[str], codes: yaml.Node, code: Code, newline: str, own: str | None = None
) -> str | None:
    """The text with the code in place of `[]`, or of nothing, behind `codes:`; None where it does not fit."""
    at = next((n for n, line in enumerate(lines) if line.startswith("codes:")), None)
    if at is None or codes.value:
        return None
    line = lines[at]
    words = line[len("codes:") :].split("#")[0].strip()
    if words not in ("", "[]", "[ ]", "~", "null"):
        return None
    remark = line[line.index("#") :].rstrip() if "#" in line else ""
    head = "codes:" + (f"  {remark}" if remark else "")
    return "".join([*lines[:at], head + newline, own or block(code, newline=newline), *lines[at + 1 :]])


def end_of(lines: list[str], following: int, keys: int) -> int:
    """The line behind an item's own: blank lines and comments further out belong to what follows."""
    at = min(following, len(lines))
    while at > 0:
        line = lines[at - 1]
        words = line.strip()
        if words and not (words.startswith("#") and len(line) - len(line.lstrip()) < keys):
            break
        at -= 1
    return at


def set_apart(lines: list[str], codes: yaml.SequenceNode) -> bool:
    """Return whether people left a blank line between codes."""
    starts = [item.start_mark.line for item in codes.value[1:]]
    return any(0 < start <= len(lines) and not lines[start - 1].strip() for start in starts)


def as_read(text: str, path: Path) -> Codebook | None:
    """Return the codebook that a text would read as; None where it would be refused."""
    with tempfile.TemporaryDirectory() as folder:
        trial = Path(folder) / path.name
        trial.write_bytes(text.encode("utf-8"))
        try:
            return read_codebook(trial)[0]
        except CodebookError:
            return None


def _by_hand(path: Path, code: Code) -> InputError:
    return StateConflict(
        "is laid out in a way that nothing can be added to without changing your lines",
        where=str(path),
        hint=f"Add the code yourself, in your own layout:\n{block(code)}",
    )


def scalar(text: str) -> str:
    """Return a text as YAML: plain where it is read back as the same text on one line, else in quotes."""
    plain = " ".join(text.split()) == text and text.isprintable()
    if plain and "\n" not in text:
        try:
            read_back = yaml.safe_load(f"- k: {text}\n")
        except yaml.YAMLError:
            read_back = None
        if read_back == [{"k": text}]:
            return text
    return json.dumps(text, ensure_ascii=False)


def _literal(text: str, indent: int) -> list[str]:
    """Lines of a literal block scalar, which YAML keeps as they are."""
    return [f"{' ' * indent}{line}" if line.strip() else "" for line in text.splitlines()]


def _folded(text: str, indent: int) -> list[str]:
    """Lines of a folded block scalar, which YAML joins by single blanks."""
    filled = textwrap.wrap(
        " ".join(text.split()), _WIDTH - indent, break_long_words=False, break_on_hyphens=False
    )
    return [f"{' ' * indent}{line}" for line in filled]
