"""A project as REFI-QDA (.qdpx): one XML file and the texts beside it, in a zip with stable bytes."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement

from cothemes.adapters.refi_schema import PROJECT, hold_against_schema
from cothemes.adapters.writers.refi_xml import (
    fit,
    put,
    put_codes,
    put_made,
    references_in,
    root_of,
    text_in,
    xml_bytes,
)
from cothemes.adapters.writers.whole_file import whole_binary
from cothemes.records.project import Project, ProjectCoding, ProjectSource, VariableValue, plain

NAMESPACE = "urn:QDA-XML:project:1.0"
_SCHEMA = "http://schema.qdasoftware.org/versions/Project/v1.0/Project.xsd"
_DATE = (1980, 1, 1, 0, 0, 0)
_FOLDER = "Sources"


def write_qdpx(path: Path, project: Project) -> int:
    """Write the project; return the size in bytes. Sources without a text are left out.

    Raises ExchangeError where it would not be valid, InputError where it cannot be written.
    """
    data = xml_bytes(_project(project))
    hold_against_schema(data, PROJECT, str(path))
    with whole_binary(path) as handle:
        with zipfile.ZipFile(handle, "w", zipfile.ZIP_DEFLATED) as archive:
            _put(archive, "project.qde", data)
            for source in project.sources:
                if source.text is not None:
                    _put(archive, f"{_FOLDER}/{_file(source)}", source.text.encode("utf-8", "replace"))
        return handle.tell()


def _put(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    archive.writestr(zipfile.ZipInfo(name, _DATE), data, zipfile.ZIP_DEFLATED)


def _file(source: ProjectSource) -> str:
    return f"{plain(source.guid)}.txt"


def _project(project: Project) -> Element:
    root = root_of("Project", NAMESPACE, _SCHEMA)
    root.set("name", fit(project.name))
    put(
        root,
        origin=project.origin,
        creatingUserGUID=project.made.by,
        creationDateTime=project.made.at,
        modifyingUserGUID=project.made.changed_by,
        modifiedDateTime=project.made.changed_at,
    )
    if project.users:
        users = SubElement(root, "Users")
        for user in project.users:
            put(SubElement(users, "User"), guid=user.guid, name=user.name, id=user.id)
    if project.codes:
        put_codes(SubElement(root, "CodeBook"), project.codes, notes=True)
    if project.variables:
        variables = SubElement(root, "Variables")
        for variable in project.variables:
            element = SubElement(variables, "Variable")
            put(element, guid=variable.guid)
            element.set("name", fit(variable.name))
            put(element, typeOfVariable=variable.type)
            text_in(element, "Description", variable.description)
    _cases(root, project)
    texts = [source for source in project.sources if source.text is not None]
    if texts:
        sources = SubElement(root, "Sources")
        for source in texts:
            _source(sources, source)
    if project.notes:
        notes = SubElement(root, "Notes")
        for note in project.notes:
            element = SubElement(notes, "Note")
            put(element, guid=note.guid, name=note.name)
            put_made(element, note.made)
            text_in(element, "Description", note.description)
            text_in(element, "PlainTextContent", note.text)
    _sets(root, project)
    text_in(root, "Description", project.description)
    references_in(root, "NoteRef", project.note_refs)
    return root


def _cases(root: Element, project: Project) -> None:
    if not project.cases:
        return
    cases = SubElement(root, "Cases")
    for case in project.cases:
        element = SubElement(cases, "Case")
        put(element, guid=case.guid, name=case.name)
        text_in(element, "Description", case.description)
        references_in(element, "CodeRef", case.codes)
        _values(element, case.values)
        references_in(element, "SourceRef", case.sources)
        references_in(element, "SelectionRef", case.selections)


def _sets(root: Element, project: Project) -> None:
    if not project.sets:
        return
    sets = SubElement(root, "Sets")
    for each in project.sets:
        element = SubElement(sets, "Set")
        put(element, guid=each.guid)
        element.set("name", fit(each.name))
        text_in(element, "Description", each.description)
        references_in(element, "MemberCode", each.codes)
        references_in(element, "MemberSource", each.sources)
        references_in(element, "MemberNote", each.notes)


def _source(parent: Element, source: ProjectSource) -> None:
    element = SubElement(parent, "TextSource")
    put(element, guid=source.guid, name=source.name, plainTextPath=f"internal://{_file(source)}")
    put_made(element, source.made)
    text_in(element, "Description", source.description)
    for each in source.selections:
        selection = SubElement(element, "PlainTextSelection")
        put(
            selection,
            guid=each.guid,
            name=each.name,
            startPosition=str(each.start),
            endPosition=str(each.end),
        )
        put_made(selection, each.made)
        text_in(selection, "Description", each.description)
        _codings(selection, each.codings)
        references_in(selection, "NoteRef", each.notes)
    _codings(element, source.codings)
    references_in(element, "NoteRef", source.notes)
    _values(element, source.values)


def _codings(parent: Element, codings: Iterable[ProjectCoding]) -> None:
    for coding in codings:
        element = SubElement(parent, "Coding")
        put(element, guid=coding.guid, creatingUser=coding.by, creationDateTime=coding.at)
        references_in(element, "CodeRef", (coding.code,))
        references_in(element, "NoteRef", coding.notes)


def _values(parent: Element, values: Iterable[VariableValue]) -> None:
    for value in values:
        element = SubElement(parent, "VariableValue")
        references_in(element, "VariableRef", (value.variable,))
        text_in(element, f"{value.type}Value", value.value)
