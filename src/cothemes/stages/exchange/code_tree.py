"""Codes of a codebook as the tree of a project, and back. A theme is a heading at the root of the tree."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple

from cothemes.records.codebook import Code, Codebook, Theme
from cothemes.records.project import Project, ProjectCode
from cothemes.stages.exchange.code_text import code_of_words, code_words, id_from, names_its_id

THEME = "theme:"
"""Before a theme's id, where names of themes and codes stand together."""
_COLOURS = (
    "#1B6CA8", "#B5532A", "#3C7D3F", "#7A4EA3", "#A8861B", "#B03A62", "#2A8C8C", "#5C5C5C",
    "#7B9E2F", "#C2743A", "#4756B3", "#8C3A2A",
)  # fmt: skip


class Known(NamedTuple):
    """What an imported project said of a code or theme that the study has from it."""

    guid: str
    colour: str = ""
    codable: bool = True
    description: str = ""
    notes: tuple[str, ...] = ()


def tree_of(
    codebook: Codebook,
    guid_for: Callable[[str], str],
    known: Mapping[str, Known] | None = None,
    identities: Mapping[str, str] | None = None,
) -> tuple[ProjectCode, ...]:
    """Return themes and codes as a tree. `known`: code id, or `theme:ID` → what was imported of it.
    `identities`: code id → permanent id, from which its GUID is made."""
    carried = known or {}
    colours = _colours(codebook)
    made: list[ProjectCode] = []
    guids: dict[str, str] = {}
    for theme in codebook.themes:
        name = f"{THEME}{theme.id}"
        from_file = carried.get(name)
        guids[name] = from_file.guid if from_file else guid_for(name)
        made.append(
            ProjectCode(
                guid=guids[name],
                name=theme.label,
                codable=False,
                colour=from_file.colour if from_file else colours[name],
                description=_theme_words(theme, from_file),
                notes=from_file.notes if from_file else (),
            )
        )
    for code in codebook.codes:
        known_code = carried.get(code.id)
        identity = (identities or {}).get(code.id, code.id)
        guids[code.id] = known_code.guid if known_code else guid_for(f"code:{identity}")
    for code in _parents_first(codebook):
        from_file = carried.get(code.id)
        root = _root(codebook, code)
        parent = guids.get(code.parent or "") or guids.get(f"{THEME}{code.theme}", "")
        made.append(
            ProjectCode(
                guid=guids[code.id],
                name=code.label,
                codable=from_file.codable if from_file else True,
                colour=from_file.colour
                if from_file
                else colours.get(f"{THEME}{root.theme}") or colours[root.id],
                description=_description(code, from_file, own_theme=code.theme != root.theme),
                parent=parent,
                notes=from_file.notes if from_file else (),
            )
        )
    return _depth_first(made)


def _depth_first(codes: Sequence[ProjectCode]) -> tuple[ProjectCode, ...]:
    """Return every code before the codes below it, and these before the next one."""
    below: dict[str, list[ProjectCode]] = {}
    for code in codes:
        below.setdefault(code.parent, []).append(code)
    found: list[ProjectCode] = []
    waiting = below.get("", [])[::-1]
    while waiting:
        code = waiting.pop()
        found.append(code)
        waiting.extend(reversed(below.get(code.guid, ())))
    return tuple(found)


def _theme_words(theme: Theme, known: Known | None) -> str:
    if known is not None and not names_its_id(known.description):
        return known.description
    return code_words(Code(id=theme.id, label=theme.label, definition=""))


def _description(code: Code, known: Known | None, *, own_theme: bool) -> str:
    if known is not None:
        read = code_of_words(
            known.description, id=code.id, label=code.label, parent=code.parent, theme=code.theme
        )
        if read.model_dump(exclude={"line", "id"}) == code.model_dump(exclude={"line", "id"}):
            return known.description
        if not names_its_id(known.description) and code == code.model_copy(
            update={"brief": "", "include_when": (), "exclude_when": (), "examples": (), "near_misses": ()}
        ):
            return code.definition
    return code_words(code, theme=own_theme)


def _root(codebook: Codebook, code: Code) -> Code:
    seen = {code.id}
    while code.parent and code.parent in codebook.by_id and code.parent not in seen:
        code = codebook.by_id[code.parent]
        seen.add(code.id)
    return code


def _parents_first(codebook: Codebook) -> list[Code]:
    depth = {}
    for code in codebook.codes:
        steps, at, seen = 0, code, {code.id}
        while at.parent and at.parent in codebook.by_id and at.parent not in seen:
            at = codebook.by_id[at.parent]
            seen.add(at.id)
            steps += 1
        depth[code.id] = steps
    return sorted(codebook.codes, key=lambda code: depth[code.id])


def _colours(codebook: Codebook) -> dict[str, str]:
    """Return a colour for each theme and for each code at the root, the same for the same codebook."""
    names = [f"{THEME}{theme.id}" for theme in codebook.themes]
    names += [code.id for code in codebook.codes if not code.parent and not code.theme]
    found = {name: _COLOURS[number % len(_COLOURS)] for number, name in enumerate(names)}
    return {**dict.fromkeys((code.id for code in codebook.codes), _COLOURS[-1]), **found}


class CodesRead(NamedTuple):
    """Codes of a project, fitted to a codebook."""

    ids: dict[str, str]
    """GUID → code id, or `theme:ID`."""
    themes: tuple[Theme, ...]
    """Themes that the codebook does not have yet."""
    codes: tuple[Code, ...]
    """Codes that it does not have yet, parents before what is below them."""
    drafts: tuple[str, ...]
    """Those of them without a definition."""


def codes_of(
    project: Project,
    codebook: Codebook | None = None,
    known: Mapping[str, str] | None = None,
    used: Collection[str] = (),
) -> CodesRead:
    """Fit the codes of a project to a codebook.

    A code is the study's where `known` (GUID → code id or `theme:ID`) says so, where it names the id of one,
    or where label and place in the tree are the same. A heading at the root under which no text is coded
    becomes a theme. A new code gets none of the ids in `used`.
    """
    present = codebook or Codebook(id="", codes=())
    below: set[str] = {code.parent for code in project.codes if code.parent}
    by_guid = {code.guid: code for code in project.codes}
    ids: dict[str, str] = {}
    taken = {*present.by_id, *(theme.id for theme in present.themes), *used}
    themes: list[Theme] = []
    codes: list[Code] = []
    theme_of: dict[str, str | None] = {}
    places = {(code.label.casefold(), code.parent or "", code.theme or ""): code.id for code in present.codes}
    labels = {theme.label.casefold(): theme.id for theme in present.themes}
    for node in _in_order(project.codes):
        above = by_guid.get(node.parent)
        parent = ids.get(above.guid) if above else None
        theme = theme_of.get(above.guid) if above else None
        parent_id = None if parent is None or parent.startswith(THEME) else parent
        is_theme = (
            above is None and not node.codable and (node.guid in below or names_its_id(node.description))
        )
        named = code_of_words(node.description, id="", label=node.name, parent=parent_id, theme=theme)
        found = (known or {}).get(node.guid)
        if is_theme:
            if found is None:
                wanted = named.id or labels.get(node.name.strip().casefold(), "")
                found = f"{THEME}{wanted}" if wanted in present.theme_by_id else None
            if found is None:
                made = named.id if named.id and named.id not in taken else id_from(node.name, taken)
                taken.add(made)
                themes.append(Theme(id=made, label=node.name.strip() or made))
                found = f"{THEME}{made}"
            ids[node.guid] = found
            theme_of[node.guid] = found.removeprefix(THEME)
            continue
        if found is None and named.id in present.by_id:
            found = named.id
        if found is None:
            found = places.get((node.name.strip().casefold(), parent_id or "", theme or ""))
        if found is None:
            made = named.id if named.id and named.id not in taken else id_from(node.name, taken)
            taken.add(made)
            codes.append(named.model_copy(update={"id": made, "label": node.name.strip() or made}))
            found = made
        ids[node.guid] = found
        # A code below another one has that one's theme.
        own = present.by_id.get(found)
        theme_of[node.guid] = own.theme if own else named.theme
    return CodesRead(
        ids, tuple(themes), tuple(codes), tuple(code.id for code in codes if not code.definition)
    )


def _in_order(codes: Collection[ProjectCode]) -> Sequence[ProjectCode]:
    """Return codes with every parent before its children, else in their order."""
    by_guid = {code.guid: code for code in codes}
    done: dict[str, ProjectCode] = {}
    for code in codes:
        chain = []
        at: ProjectCode | None = code
        while at is not None and at.guid not in done and at not in chain:
            chain.append(at)
            at = by_guid.get(at.parent)
        for each in reversed(chain):
            done[each.guid] = each
    return list(done.values())
