"""A whole codebook.yaml, and many codes at once into one that people wrote.

Lines that are there stay as they are: blocks are put in, and the result is taken only if it reads as the old
codebook with the new themes and codes.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from cothemes.adapters.readers.codebook_yaml import read_codebook
from cothemes.adapters.readers.yaml_tree import yaml_tree
from cothemes.adapters.writers.whole_file import whole_file
from cothemes.errors import CodebookError, StateConflict
from cothemes.records.codebook import Attribute, Code, Codebook, Theme

_WIDTH = 100


class _Dumper(yaml.SafeDumper):
    """Lists indented below their key, and longer texts as folded blocks."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        super().increase_indent(flow, False)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    lines = text.split("\n")
    fit = len(lines) > 1 and all(line.isprintable() and line == line.strip() for line in lines)
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if fit else None)


_Dumper.add_representer(str, _text)


def write_codebook(path: Path, codebook: Codebook) -> int:
    """Write a whole codebook as YAML; return the number of codes. Raises InputError, and CodebookError where
    it would not read as the same codebook."""
    text = codebook_text(codebook)
    _refuse_other(text, path, codebook)
    with whole_file(path) as handle:
        handle.write(text)
    return len(codebook.codes)


def codebook_text(codebook: Codebook) -> str:
    """Return the codebook as YAML, its parts in the order of the shipped one."""
    head = {"id": codebook.id, "version": codebook.version, "title": codebook.title, **codebook.meta}
    parts: list[tuple[str, Any]] = [("codebook", {key: value for key, value in head.items() if value})]
    parts.append(("research_questions", dict(codebook.research_questions)))
    parts.append(("general_rules", list(codebook.general_rules)))
    parts.append(("attributes", {each.name: _attribute(each) for each in codebook.attributes}))
    parts.append(("lexical_probes", dict(codebook.lexical_probes)))
    parts.append(("themes", {theme.id: _theme(theme) for theme in codebook.themes}))
    parts.append(("codes", [_code(code) for code in codebook.codes]))
    return "\n".join(_dump({name: value}) for name, value in parts if value or name == "codes")


def add_codes_to(path: Path, themes: Sequence[Theme], codes: Sequence[Code]) -> Codebook:
    """Put themes and codes behind those that are there; return the codebook as it reads then.

    Raises StateConflict where an id is there or the file is laid out in a way that nothing can be added to.
    """
    path = path.resolve()
    before, _ = read_codebook(path)
    clash = [each.id for each in codes if each.id in before.by_id]
    clash += [each.id for each in themes if each.id in before.theme_by_id]
    if clash:
        raise StateConflict(
            f"{clash[0]} is in the codebook already", where=str(path), hint="Give it another id."
        )
    data = path.read_bytes().decode("utf-8")
    newline = "\r\n" if "\r\n" in data else "\n"
    lines = data.splitlines(keepends=True)
    if lines and not lines[-1].endswith(("\n", "\r")):
        lines[-1] += newline
    tree = yaml_tree(path)
    blocks = {key.value: value for key, value in tree.value if isinstance(key, yaml.ScalarNode)}
    keys = {key.value: key for key, _ in tree.value if isinstance(key, yaml.ScalarNode)}
    # From the end of the file on, so that earlier places stay true.
    additions: list[tuple[int, int, str]] = []
    for name, entries in (
        ("codes", [_dump([_code(code)]) for code in codes]),
        ("themes", [_dump({theme.id: _theme(theme)}) for theme in themes]),
    ):
        if not entries:
            continue
        node, key = blocks.get(name), keys.get(name)
        if node is None or key is None:
            at = keys["codes"].start_mark.line if name == "themes" and "codes" in keys else len(lines)
            additions.append((at, at, f"{name}:{newline}{_indented(entries, 2, newline)}{newline}"))
        elif not node.value:
            at = key.start_mark.line
            additions.append(
                (
                    at,
                    node.end_mark.line + (1 if node.end_mark.column else 0) or at + 1,
                    f"{name}:{newline}{_indented(entries, 2, newline)}",
                )
            )
        elif getattr(node, "flow_style", False):
            raise _by_hand(path)
        else:
            if name == "themes" and isinstance(node, yaml.SequenceNode):
                entries = [_dump([{"id": theme.id, **_theme(theme)}]) for theme in themes]
            at = _behind(lines, node.end_mark.line, node.start_mark.column)
            gap = newline if name == "codes" and _set_apart(lines, node) else ""
            additions.append((at, at, gap + _indented(entries, node.start_mark.column, newline, gap)))
    for start, end, text in sorted(additions, reverse=True):
        lines[start : max(start, end)] = [text]
    text = "".join(lines)
    wanted = before.model_copy(update={"codes": (*before.codes, *codes), "themes": (*before.themes, *themes)})
    try:
        _refuse_other(text, path, wanted)
    except CodebookError as error:
        raise _by_hand(path) from error
    with whole_file(path) as handle:
        shutil.copymode(path, handle.name)
        handle.write(text)
    return wanted


def _indented(entries: Sequence[str], indent: int, newline: str, gap: str = "") -> str:
    made = []
    for entry in entries:
        lines = (f"{' ' * indent}{line}" if line else line for line in entry.rstrip("\n").split("\n"))
        made.append(newline.join(lines) + newline)
    return gap.join(made)


def _behind(lines: Sequence[str], following: int, column: int) -> int:
    """Return the line behind a block: blank lines and comments further out belong to what follows."""
    at = min(following, len(lines))
    while at > 0:
        line = lines[at - 1]
        words = line.strip()
        if words and not (words.startswith("#") and len(line) - len(line.lstrip()) <= column):
            break
        at -= 1
    return at


def _set_apart(lines: Sequence[str], node: yaml.Node) -> bool:
    starts = [item.start_mark.line for item in node.value[1:]]
    return any(0 < start <= len(lines) and not lines[start - 1].strip() for start in starts)


def _refuse_other(text: str, path: Path, wanted: Codebook) -> None:
    """Raise CodebookError where the text does not read as the codebook."""
    with tempfile.TemporaryDirectory() as folder:
        trial = Path(folder) / "codebook.yaml"
        trial.write_bytes(text.encode("utf-8"))
        made, _ = read_codebook(trial)
    if made.model_dump() != wanted.model_dump():
        raise CodebookError(
            "would not read as the same codebook",
            where=str(path),
            hint="Nothing was written. This is a fault of cothemes; please report it.",
        )


def _by_hand(path: Path) -> StateConflict:
    return StateConflict(
        "is laid out in a way that nothing can be added to without changing your lines",
        where=str(path),
        hint="Write `codes:` and `themes:` as blocks, an entry to a line, and import again.",
    )


def _dump(value: Any) -> str:
    made: str = yaml.dump(
        value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=_WIDTH, default_flow_style=False
    )
    return made


def _theme(theme: Theme) -> dict[str, Any]:
    return {"label": theme.label, **({"rq": list(theme.rq)} if theme.rq else {})}


def _attribute(each: Attribute) -> dict[str, Any]:
    made: dict[str, Any] = {"values": list(each.values), "applies_to": list(each.applies_to)}
    if each.many:
        made["many"] = True
    if each.definition:
        made["definition"] = each.definition
    return made


def _code(code: Code) -> dict[str, Any]:
    made: dict[str, Any] = {"id": code.id, "label": code.label}
    for name in ("theme", "parent", "brief", "definition"):
        if value := getattr(code, name):
            made[name] = value
    for name in ("include_when", "exclude_when"):
        if items := getattr(code, name):
            made[name] = list(items)
    if code.examples:
        made["examples"] = [{"kind": each.kind, "text": each.text} for each in code.examples]
    if code.near_misses:
        made["near_misses"] = [
            {"kind": each.kind, "text": each.text, "code": each.code} for each in code.near_misses
        ]
    return made
