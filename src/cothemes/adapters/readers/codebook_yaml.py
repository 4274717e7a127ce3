"""codebook.yaml to a codebook, with every fault placed by line, so that all can be mended at once."""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import Any

import yaml

from cothemes.adapters.readers.codebook_names import Names
from cothemes.adapters.readers.yaml_page import Field, Page, did_you_mean, line_of
from cothemes.adapters.readers.yaml_tree import yaml_tree
from cothemes.errors import CodebookError
from cothemes.records.codebook import NONE_CODE, Attribute, Code, Codebook, Example, NearMiss, Theme
from cothemes.records.problem import Problem, Severity

_TOP = (
    "codebook",
    "research_questions",
    "general_rules",
    "attributes",
    "lexical_probes",
    "themes",
    "codes",
)
_CODE = (
    "id",
    "label",
    "definition",
    "theme",
    "parent",
    "brief",
    "include_when",
    "exclude_when",
    "examples",
    "near_misses",
)
_BELOW = (
    "Write each code below this one as an entry of `codes:` of its own, with `parent:` and this code's id."
)
_OF_THEME = "Write each code as an entry of `codes:`, with `theme:` and this theme's id."
_INSTEAD = {
    "name": "Write `label:`.",
    "title": "Write `label:`.",
    "code": "Write `id:`.",
    "description": "Write `definition:`.",
    "children": _BELOW,
    "codes": _BELOW,
    "subcodes": _BELOW,
    "attributes": "Write the attribute once, under `attributes:` at the left margin, with `applies_to:` and "
    "this code's id.",
    "near_miss": "Write `near_misses:`.",
    "example": "Write `examples:`.",
}
"""Keys of a code that people expect, and what to write instead."""
_KINDS = ("illustrative", "quotation")


def read_codebook(path: Path) -> tuple[Codebook, tuple[Problem, ...]]:
    """The codebook and what was warned of, by line.

    Raises CodebookError whose `problems` list every error and warning, by line.
    """
    tree = yaml_tree(path)
    page = Page(str(path))
    if isinstance(tree, yaml.MappingNode):
        codebook = _codebook(page, page.fields(tree, "the file", _TOP), line_of(tree))
    else:
        what = "a list" if isinstance(tree, yaml.SequenceNode) else "a single text"
        page.error(
            f"the file is {what}, not the blocks `codebook:` and `codes:`",
            line_of(tree),
            "Start with `codebook:` and, indented under it, `id: my-codebook`. Then write `codes:` and under "
            "it a `- id: …` block for each code.",
        )
        codebook = Codebook(id="", codes=())
    problems = tuple(sorted(page.problems, key=lambda problem: problem.line or 0))
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    if errors:
        first, more = errors[0], len(errors) - 1
        raise CodebookError(
            first.message + (f" (and {more} more error{'s' if more > 1 else ''})" if more else ""),
            where=f"{path}:{first.line}",
            hint=first.hint,
            problems=problems,
        )
    return codebook, problems


def _codebook(page: Page, top: dict[str, Field], line: int) -> Codebook:
    names = Names(page)
    if "codebook" not in top:
        page.error(
            "there is no block `codebook:`", line, "Start with `codebook:`, and `id:` indented under it."
        )
    head = {}
    if "codebook" in top:
        head = _head(page, top["codebook"])
    questions = _named_texts(page, top, "research_questions")
    codes = tuple(_code(page, names, item) for item in _code_blocks(page, top))
    if "codes" not in top:
        page.error(
            "there is no block `codes:`",
            line,
            "Write `codes:` and under it a list of `- id: …` blocks, or `codes: []` to begin without a code.",
        )
    themes = _themes(page, names, top, tuple(questions))
    attributes = _attributes(page, names, top)
    names.check()
    return Codebook(
        id=page.text(_node(head, "id"), "codebook.id"),
        version=page.text(_node(head, "version"), "codebook.version"),
        title=page.text(_node(head, "title"), "codebook.title"),
        codes=codes,
        themes=themes,
        attributes=attributes,
        research_questions=questions,
        general_rules=page.texts(_node(top, "general_rules"), "general_rules"),
        lexical_probes=_probes(page, top),
        meta=_meta(page, head),
    )


def _head(page: Page, field: Field) -> dict[str, Field]:
    if isinstance(field.node, yaml.ScalarNode) and field.node.value:
        page.error(
            f"codebook is the text `{field.node.value}`, not a block",
            field.line,
            f"Write `codebook:` and, indented under it, `id: my-codebook` and `title: {field.node.value}`.",
        )
        return {}
    head = page.fields(field.node, "codebook")
    _required(page, head, "id", "codebook", field.line)
    return head


def _code_blocks(page: Page, top: dict[str, Field]) -> list[yaml.Node]:
    """The entries of `codes`; of what is no block, an error says what to write."""
    node = _node(top, "codes")
    if isinstance(node, yaml.MappingNode):
        first = getattr(node.value[0][0], "value", "A1") if node.value else "A1"
        page.error(
            "codes is a block of `key: value`, not a list",
            line_of(node),
            f"Write each code as an entry that begins with `- id:`, such as `- id: {first}`, and its other "
            "keys indented under it.",
        )
        return []
    found: list[yaml.Node] = []
    for item in page.items(node, "codes"):
        if isinstance(item, yaml.MappingNode):
            found.append(item)
            continue
        text = f"the text `{item.value}`" if isinstance(item, yaml.ScalarNode) and item.value else "no block"
        label = item.value if isinstance(item, yaml.ScalarNode) and item.value else "…"
        page.error(
            f"an entry of codes is {text}, not a code",
            line_of(item),
            f"Write `- id: A1` and, indented under it, `label: {label}` and `definition: …`.",
        )
    return found


def _code(page: Page, names: Names, node: yaml.Node) -> Code:
    line = line_of(node)
    fields = page.fields(node, "a code", _CODE, _INSTEAD)
    code_id = _required(page, fields, "id", "a code", line)
    what = f"code {code_id}" if code_id else "a code"
    if code_id:
        names.code(code_id, line)
    theme, parent = (
        page.text(_node(fields, name), f"{what}: {name}") or None for name in ("theme", "parent")
    )
    if theme:
        names.wants_theme(theme, what, fields["theme"].line)
    if parent:
        names.wants_parent(parent, code_id, fields["parent"].line)
    return Code(
        id=code_id,
        label=_required(page, fields, "label", what, line),
        definition=page.text(_node(fields, "definition"), f"{what}: definition"),
        theme=theme,
        parent=parent,
        brief=page.text(_node(fields, "brief"), f"{what}: brief"),
        include_when=page.texts(_node(fields, "include_when"), f"{what}: include_when"),
        exclude_when=page.texts(_node(fields, "exclude_when"), f"{what}: exclude_when"),
        examples=tuple(
            Example(text=text, kind=kind)
            for text, kind, _ in _passages(page, names, fields, "examples", what, code_id)
        ),
        near_misses=tuple(
            NearMiss(text=text, kind=kind, code=code)
            for text, kind, code in _passages(page, names, fields, "near_misses", what, code_id)
        ),
        line=line,
    )


def _passages(
    page: Page, names: Names, fields: dict[str, Field], name: str, what: str, own: str
) -> list[tuple[str, str, str]]:
    """Text, kind and code of examples or near-misses; a plain string is an illustrative one of no code."""
    found = []
    known = ("text", "kind", "code") if name == "near_misses" else ("text", "kind")
    for item in page.items(_node(fields, name), f"{what}: {name}"):
        place = f"{what}: an entry of {name}"
        if isinstance(item, yaml.ScalarNode):
            parts = {"text": Field(item, line_of(item))}
        else:
            parts = page.fields(item, place, known)
        kind = page.text(_node(parts, "kind"), f"{place}: kind") or _KINDS[0]
        if kind not in _KINDS:
            page.warning(f"{place}: unknown kind `{kind}`", parts["kind"].line, did_you_mean(kind, _KINDS))
        code = page.text(_node(parts, "code"), f"{place}: code") or NONE_CODE
        if code != NONE_CODE:
            names.wants_near_miss(code, own, parts["code"].line)
        found.append((_required(page, parts, "text", place, line_of(item)), kind, code))
    return found


def _themes(page: Page, names: Names, top: dict[str, Field], questions: tuple[str, ...]) -> tuple[Theme, ...]:
    found = []
    for theme_id, field in _identified(page, top, "themes", "id").items():
        what = f"theme {theme_id}"
        names.theme(theme_id, field.line)
        if isinstance(field.node, yaml.ScalarNode) and field.node.value:
            # `T: Trust`: the text is the label.
            fields = {"label": field}
        else:
            instead = {"codes": _OF_THEME, "name": "Write `label:`.", "title": "Write `label:`."}
            fields = page.fields(field.node, what, ("id", "label", "rq"), instead)
        served = page.texts(_node(fields, "rq"), f"{what}: rq")
        for question in served:
            if question not in questions:
                page.warning(
                    f"{what}: no research question `{question}`",
                    fields["rq"].line,
                    did_you_mean(question, questions),
                )
        label = _required(page, fields, "label", what, field.line)
        found.append(Theme(id=theme_id, label=label, rq=served))
    return tuple(found)


def _attributes(page: Page, names: Names, top: dict[str, Field]) -> tuple[Attribute, ...]:
    found = []
    for name, field in _identified(page, top, "attributes", "name").items():
        what = f"attribute {name}"
        fields = page.fields(field.node, what, ("name", "values", "applies_to", "many", "definition"))
        values = page.texts(_node(fields, "values"), f"{what}: values")
        twice = sorted({value for value in values if values.count(value) > 1})
        if twice:
            page.error(f"{what}: the value `{twice[0]}` occurs twice", fields["values"].line)
        if not values:
            page.error(f"{what} has no values", field.line, "Write `values: [one, other]`.")
        found.append(
            Attribute(
                name=name,
                values=values,
                applies_to=_applies_to(page, names, fields, what, field.line),
                many=page.flag(_node(fields, "many"), f"{what}: many"),
                definition=page.text(_node(fields, "definition"), f"{what}: definition"),
            )
        )
    return tuple(found)


def _applies_to(page: Page, names: Names, fields: dict[str, Field], what: str, line: int) -> tuple[str, ...]:
    field = fields.get("applies_to")
    if field is not None and isinstance(field.node, yaml.ScalarNode) and field.node.value:
        page.error(
            f"{what}: applies_to is the text `{field.node.value}`, not a list of ids",
            field.line,
            names.as_list(field.node.value),
        )
        return ()
    served = page.texts(_node(fields, "applies_to"), f"{what}: applies_to")
    if not served:
        page.error(
            f"{what} applies to nothing",
            field.line if field else line,
            "Write the codes or themes it belongs to as a list of ids, such as `applies_to: [A, B2]`.",
        )
    for name in served:
        names.wants_either(name, what, field.line if field else line)
    return served


def _probes(page: Page, top: dict[str, Field]) -> dict[str, str]:
    found = _named_texts(page, top, "lexical_probes")
    for name, pattern in found.items():
        line = _block(page, top, "lexical_probes")[name].line
        try:
            doubts = _doubts(pattern)
        except (re.error, RecursionError, OverflowError) as error:
            page.error(
                f"lexical probe {name} is not a regular expression: {error}",
                line,
                "Put it in single quotes, and a backslash before a bracket that is meant as such.",
            )
            continue
        for doubt in doubts:
            page.warning(
                f"lexical probe {name}: {doubt} of `{pattern}`, which a later Python may read otherwise",
                line,
                "Inside [ ], put a backslash before a [ and before signs that occur twice: -- && ~~ ||.",
            )
    return found


def _doubts(pattern: str) -> list[str]:
    """Return what Python would say of a pattern that it can compile. Raises what `re.compile` raises."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        # A pattern that was compiled before would be taken from a cache, without a word.
        re.purge()
        re.compile(pattern, re.IGNORECASE)
    return list(dict.fromkeys(str(one.message).lower() for one in caught))


def _named_texts(page: Page, top: dict[str, Field], name: str) -> dict[str, str]:
    return {
        key: _required(page, {key: field}, key, name, field.line)
        for key, field in _block(page, top, name).items()
    }


def _meta(page: Page, head: dict[str, Field]) -> dict[str, Any]:
    named = ("id", "version", "title")
    return {name: page.plain(f.node, f"codebook.{name}") for name, f in head.items() if name not in named}


def _identified(page: Page, top: dict[str, Field], name: str, key: str) -> dict[str, Field]:
    """A map of blocks by id, or a list of blocks that each hold their id under `key`."""
    if name not in top or not isinstance(top[name].node, yaml.SequenceNode):
        return _block(page, top, name)
    kind = name.removesuffix("s")
    found: dict[str, Field] = {}
    for item in page.items(top[name].node, name):
        line = line_of(item)
        if isinstance(item, yaml.ScalarNode) and name == "themes" and item.value:
            # `- Trust`: the text is id and label.
            if str(item.value).strip() in found:
                page.error(f"the theme `{item.value}` occurs twice", line, "Keep one of them.")
            found[str(item.value).strip()] = Field(item, line)
            continue
        if isinstance(item, yaml.ScalarNode):
            page.error(
                f"an entry of {name} is the text `{item.value}`, not a block",
                line,
                f"Write `- {key}: {item.value or 'A'}`, and its other keys indented under it.",
            )
            continue
        if not isinstance(item, yaml.MappingNode):
            page.fields(item, f"an entry of {name}")
            continue
        own = [value for word, value in item.value if getattr(word, "value", "") == key]
        found_id = page.text(own[0], f"a {kind}: {key}") if own else ""
        if not found_id:
            page.error(f"an entry of {name} has no {key}", line, f"Add `{key}: …` to it.")
        elif found_id in found:
            page.error(
                f"the {kind} `{found_id}` occurs twice, in lines {found[found_id].line} and {line}",
                line,
                "Keep one of them.",
            )
        else:
            found[found_id] = Field(item, line)
    return found


def _block(page: Page, top: dict[str, Field], name: str) -> dict[str, Field]:
    return page.fields(top[name].node, name) if name in top else {}


def _node(fields: dict[str, Field], name: str) -> yaml.Node | None:
    return fields[name].node if name in fields else None


def _required(page: Page, fields: dict[str, Field], name: str, what: str, line: int) -> str:
    before = len(page.problems)
    text = page.text(_node(fields, name), f"{what}: {name}")
    if not text and len(page.problems) == before:
        at = fields[name].line if name in fields else line
        page.error(f"{what} has no {name}", at, f"Add `{name}: …` to it.")
    return text
