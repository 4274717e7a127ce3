"""What the schema of REFI-QDA does not notice: GUIDs that repeat, references to nothing, places outside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from cothemes.records.project import Made, Project, ProjectCoding, VariableValue, plain


def project_faults(project: Project) -> list[str]:
    """Return the faults of a project in words; none where it is sound. Places count as code points."""
    faults = [f"{count} things have the GUID {guid}" for guid, count in _guids(project).items() if count > 1]
    known = set(_guids(project))
    kinds = {
        "user": {plain(each.guid) for each in project.users},
        "code": {plain(each.guid) for each in project.codes},
        "note": {plain(each.guid) for each in project.notes},
        "variable": {plain(each.guid) for each in project.variables},
        "source": {plain(each.guid) for each in project.sources},
    }
    for kind, guid, where in _references(project):
        if plain(guid) not in kinds.get(kind, known):
            faults.append(f"{where} names the {kind} {guid}, which is not there")
    for source in project.sources:
        if source.text is None:
            continue
        length = len(source.text)
        for each in source.selections:
            if not 0 <= each.start <= each.end <= length:
                faults.append(
                    f"a selection of {source.name or source.guid} goes from {each.start} to {each.end}, in a "
                    f"text of {length} characters"
                )
    above = {each.guid: each.parent for each in project.codes}
    for code in above:
        seen, at = {code}, above[code]
        while at:
            if at in seen:
                faults.append(f"the code {code} stands above itself")
                break
            seen.add(at)
            at = above.get(at, "")
    return faults


def _guids(project: Project) -> Counter[str]:
    found: list[str] = []
    for group in (
        project.users,
        project.codes,
        project.variables,
        project.cases,
        project.sources,
        project.notes,
        project.sets,
    ):
        found += [plain(each.guid) for each in group]
    for source in project.sources:
        found += [plain(each.guid) for each in source.codings]
        for selection in source.selections:
            found.append(plain(selection.guid))
            found += [plain(each.guid) for each in selection.codings]
    return Counter(found)


def _references(project: Project) -> Iterator[tuple[str, str, str]]:
    """Yield kind, GUID and where it stands, of every reference."""
    yield from _of_made(project.made, "the project")
    yield from _each("note", project.note_refs, "the project")
    for code in project.codes:
        where = f"the code {code.name}"
        yield from _each("code", [code.parent] if code.parent else [], where)
        yield from _each("note", code.notes, where)
    for case in project.cases:
        where = f"the case {case.name}"
        yield from _each("code", case.codes, where)
        yield from _of_values(case.values, where)
        yield from _each("source", case.sources, where)
        yield from _each("selection", case.selections, where)
    for source in project.sources:
        where = f"the source {source.name}"
        yield from _of_made(source.made, where)
        yield from _of_codings(source.codings, where)
        yield from _each("note", source.notes, where)
        yield from _of_values(source.values, where)
        for selection in source.selections:
            yield from _of_made(selection.made, where)
            yield from _of_codings(selection.codings, where)
            yield from _each("note", selection.notes, where)
    for note in project.notes:
        yield from _of_made(note.made, f"the note {note.name}")
    for each in project.sets:
        where = f"the set {each.name}"
        yield from _each("code", each.codes, where)
        yield from _each("source", each.sources, where)
        yield from _each("note", each.notes, where)


def _each(kind: str, guids: Iterable[str], where: str) -> Iterator[tuple[str, str, str]]:
    for guid in guids:
        yield kind, guid, where


def _of_made(made: Made, where: str) -> Iterator[tuple[str, str, str]]:
    yield from _each("user", filter(None, (made.by, made.changed_by)), where)


def _of_codings(codings: Iterable[ProjectCoding], where: str) -> Iterator[tuple[str, str, str]]:
    for coding in codings:
        yield "code", coding.code, where
        yield from _each("user", [coding.by] if coding.by else [], where)
        yield from _each("note", coding.notes, where)


def _of_values(values: Iterable[VariableValue], where: str) -> Iterator[tuple[str, str, str]]:
    yield from _each("variable", (each.variable for each in values), where)
