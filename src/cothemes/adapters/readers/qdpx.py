"""Projects of other programs: REFI-QDA (.qdpx), with the manners of those that write it.

What the records of a project have no place for is counted as a loss, with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from xml.etree.ElementTree import Element

from cothemes.adapters.readers.archive import Archive
from cothemes.adapters.readers.raw import decode
from cothemes.adapters.readers.refi_xml import (
    Guids,
    child,
    children,
    codes_in,
    made,
    named,
    references,
    sets_in,
    tree_of,
    words,
)
from cothemes.errors import ExchangeError, FileUnreadable
from cothemes.records.loss_ledger import LossLedger
from cothemes.records.project import (
    Medium,
    Project,
    ProjectCase,
    ProjectCoding,
    ProjectNote,
    ProjectSource,
    ProjectUser,
    ProjectVariable,
    Selection,
    VariableValue,
    plain,
)

_LARGEST = 512 * 1024 * 1024
"""Bytes of all parts together, unpacked. Media are never unpacked, but count."""
_LARGEST_TEXT = 64 * 1024 * 1024
_HINT = "Export the project again as REFI-QDA (.qdpx) in the program that wrote it."
_SCHEME = re.compile(r"^(?:internal|relative|absolute)://", re.IGNORECASE)
_MEDIA = {
    "TextSource": Medium.TEXT,
    "PDFSource": Medium.PDF,
    "PictureSource": Medium.PICTURE,
    "AudioSource": Medium.AUDIO,
    "VideoSource": Medium.VIDEO,
}
_SHAPES = ("PictureSelection", "PDFSelection", "AudioSelection", "VideoSelection")
_TEXTS = ("Representation", "TextDescription", "Transcript")
_ON_MEDIA = "places in a picture, a page or a recording are no stretches of text"
_NO_TEXT = "the file holds no text of it"
_VALUES = ("TextValue", "BooleanValue", "IntegerValue", "FloatValue", "DateValue", "DateTimeValue")


def read_qdpx(path: Path) -> Project:
    """Return the project, its places as the program counted them. Raises ExchangeError."""
    with Archive(path, error=ExchangeError, hint=_HINT, largest=_LARGEST) as archive:
        name = _inner(archive, path)
        root = tree_of(archive.read(name), f"{path}:{name}")
        if root.tag != "Project":
            raise ExchangeError(
                f"holds a {root.tag}, not a project",
                where=f"{path}:{name}",
                hint="A codebook alone is a .qdc file: cothemes codebook import FILE",
            )
        return _Reading(archive, root, str(path), name).project()


def _inner(archive: Archive, path: Path) -> str:
    """Return the name of the project's XML: the single .qde at the root, whatever it is called."""
    found = [name for name in archive.names if "/" not in name.strip("/") and name.lower().endswith(".qde")]
    if not found:
        raise ExchangeError("holds no project.qde", where=str(path), hint=_HINT)
    if len(found) > 1:
        raise ExchangeError(
            f"holds {len(found)} projects ({', '.join(sorted(found))})",
            where=str(path),
            hint="A .qdpx file holds one. Export the one that is meant again.",
        )
    return found[0]


class _Reading:
    """One file, read element by element, with what was lost on the way."""

    def __init__(self, archive: Archive, root: Element, where: str, inner: str) -> None:
        self._archive = archive
        self._root = root
        self._where = where
        self._inner = inner
        self._guids = Guids(root)
        for medium in (
            each for block in children(root, "Sources") for each in block if each.tag != "TextSource"
        ):
            # Sets and cases name the picture or recording; what is read is its text.
            texts = [each.get("guid") for each in medium if each.tag in _TEXTS]
            if medium.get("guid") and texts and texts[0]:
                self._guids.stand_for(medium.get("guid", ""), texts[0])
        self._parts = {name.lower(): name for name in archive.names}
        self._ledger = LossLedger()

    def project(self) -> Project:
        root = self._root
        users = tuple(
            ProjectUser(
                guid=self._guids.of(each.get("guid")),
                name=each.get("name", "").strip(),
                id=each.get("id", ""),
            )
            for block in children(root, "Users")
            for each in children(block, "User")
        )
        sources = tuple(self._sources())
        links = [each for block in children(root, "Links") for each in children(block, "Link")]
        graphs = [each for block in children(root, "Graphs") for each in children(block, "Graph")]
        self._ledger.add(
            "links between codes, selections or sources",
            "cothemes has no links",
            *named(links),
            count=len(links),
        )
        self._ledger.add("maps and diagrams", "cothemes draws no maps", *named(graphs), count=len(graphs))
        return Project(
            name=root.get("name", ""),
            origin=root.get("origin", ""),
            description=words(root, "Description"),
            made=made(root, self._guids),
            users=users,
            codes=codes_in(child(root, "CodeBook"), self._guids),
            variables=self._variables(),
            cases=self._cases(),
            sources=sources,
            notes=self._notes(),
            sets=sets_in(root, self._guids),
            note_refs=references(root, "NoteRef", self._guids),
            losses=self._ledger.losses,
        )

    def _variables(self) -> tuple[ProjectVariable, ...]:
        return tuple(
            ProjectVariable(
                guid=self._guids.of(each.get("guid")),
                name=each.get("name", ""),
                type=each.get("typeOfVariable", "Text"),
                description=words(each, "Description"),
            )
            for block in children(self._root, "Variables")
            for each in children(block, "Variable")
        )

    def _cases(self) -> tuple[ProjectCase, ...]:
        return tuple(
            ProjectCase(
                guid=self._guids.of(each.get("guid")),
                name=each.get("name", ""),
                description=words(each, "Description"),
                codes=references(each, "CodeRef", self._guids),
                values=self._values(each),
                sources=references(each, "SourceRef", self._guids),
                selections=references(each, "SelectionRef", self._guids),
            )
            for block in children(self._root, "Cases")
            for each in children(block, "Case")
        )

    def _values(self, element: Element) -> tuple[VariableValue, ...]:
        found = []
        for each in children(element, "VariableValue"):
            variable = child(each, "VariableRef")
            if variable is None:
                continue
            named_value = next((one for one in each if one.tag in _VALUES), None)
            if named_value is not None and (value := "".join(named_value.itertext())):
                found.append(
                    VariableValue(
                        variable=self._guids.of(variable.get("targetGUID")),
                        value=value,
                        type=named_value.tag.removesuffix("Value"),
                    )
                )
        return tuple(found)

    def _notes(self) -> tuple[ProjectNote, ...]:
        found = []
        for block in children(self._root, "Notes"):
            for each in children(block, "Note"):
                selections = list(children(each, "PlainTextSelection"))
                self._ledger.add(
                    "selections within notes",
                    "cothemes codes documents, not notes",
                    *named(selections),
                    count=len(selections),
                )
                codings = list(children(each, "Coding"))
                self._ledger.add("codes on notes", "cothemes codes documents, not notes", count=len(codings))
                text = self._text(each)
                if text is None:
                    self._ledger.add("texts of notes", _NO_TEXT, *named([each]))
                found.append(
                    ProjectNote(
                        guid=self._guids.of(each.get("guid")),
                        name=each.get("name", ""),
                        description=words(each, "Description"),
                        text=text[0] if text else "",
                        made=made(each, self._guids),
                    )
                )
        return tuple(found)

    def _sources(self) -> Iterable[ProjectSource]:
        for block in children(self._root, "Sources"):
            for each in block:
                medium = _MEDIA.get(each.tag)
                if medium is Medium.TEXT:
                    yield self._source(each, medium)
                elif medium is not None:
                    yield from self._of_media(each, medium)
                else:
                    self._ledger.add(
                        "sources of an unknown kind", f"{each.tag} is no part of REFI-QDA", *named([each])
                    )

    def _source(
        self,
        element: Element,
        medium: Medium,
        *,
        around: Element | None = None,
        selections: Callable[[Element], Iterable[Selection]] | None = None,
    ) -> ProjectSource:
        """`around`: the PDF or recording that the text belongs to."""
        text = self._text(element)
        owner = element if around is None else around
        both = [element] if around is None else [element, around]
        found = tuple((selections or self._selections)(element))
        return ProjectSource(
            guid=self._guids.of(element.get("guid")),
            name=owner.get("name", "") or element.get("name", "") or _stem(element.get("plainTextPath", "")),
            description=words(owner, "Description"),
            medium=medium,
            text=text[0] if text else None,
            crlf=text[1] if text else False,
            bom=text[2] if text else False,
            made=made(owner, self._guids),
            selections=found,
            codings=tuple(one for each in both for one in self._codings(each)),
            notes=tuple(
                dict.fromkeys(one for each in both for one in references(each, "NoteRef", self._guids))
            ),
            values=tuple(one for each in both for one in self._values(each)),
        )

    def _of_media(self, element: Element, medium: Medium) -> Iterable[ProjectSource]:
        shapes = [each for each in element if each.tag in _SHAPES]
        label = f"selections of a {medium.value}"
        self._ledger.add(label, _ON_MEDIA, *named([element]), count=len(shapes))
        coded = sum(1 for each in shapes for _ in children(each, "Coding"))
        self._ledger.add(f"codings of places in a {medium.value}", _ON_MEDIA, *named([element]), count=coded)
        texts = [each for each in element if each.tag in _TEXTS]
        if not texts:
            self._ledger.add(f"sources without a text ({medium.value})", _NO_TEXT, *named([element]))
            whole = list(self._codings(element))
            self._ledger.add(f"codings of a whole {medium.value}", _NO_TEXT, count=len(whole))
        for each in texts:
            points = list(children(each, "SyncPoint"))
            self._ledger.add(
                "times that tie a transcript to its recording",
                "cothemes keeps no recordings",
                count=len(points),
            )
            if each.tag == "Transcript":
                yield self._source(each, medium, around=element, selections=self._transcript_selections)
            else:
                yield self._source(each, medium, around=element)

    def _selections(self, element: Element) -> Iterable[Selection]:
        for each in children(element, "PlainTextSelection"):
            start, end = _number(each.get("startPosition")), _number(each.get("endPosition"))
            if start is None or end is None:
                self._ledger.add("selections without a place", "start or end is no number", *named([each]))
                continue
            yield self._selection(each, start, end)

    def _transcript_selections(self, element: Element) -> Iterable[Selection]:
        places = {
            plain(each.get("guid", "")): _number(each.get("position"))
            for each in children(element, "SyncPoint")
        }
        for each in children(element, "TranscriptSelection"):
            start = places.get(plain(each.get("fromSyncPoint", "")))
            end = places.get(plain(each.get("toSyncPoint", "")))
            if start is None or end is None:
                self._ledger.add(
                    "selections without a place", "its points in the transcript are not there", *named([each])
                )
                continue
            yield self._selection(each, start, end)

    def _selection(self, element: Element, start: int, end: int) -> Selection:
        return Selection(
            guid=self._guids.of(element.get("guid")),
            name=element.get("name", ""),
            description=words(element, "Description"),
            start=start,
            end=end,
            made=made(element, self._guids),
            codings=tuple(self._codings(element)),
            notes=references(element, "NoteRef", self._guids),
        )

    def _codings(self, element: Element) -> Iterable[ProjectCoding]:
        for each in children(element, "Coding"):
            codes = references(each, "CodeRef", self._guids)
            if not codes:
                self._ledger.add("codings without a code", "they name none", *named([element]))
            for number, code in enumerate(codes):
                guid = self._guids.of(each.get("guid"))
                yield ProjectCoding(
                    guid=guid if number == 0 else f"{guid}#{number}",
                    code=code,
                    by=self._guids.of(each.get("creatingUser") or element.get("creatingUser")),
                    at=each.get("creationDateTime", ""),
                    notes=references(each, "NoteRef", self._guids),
                )

    def _text(self, element: Element) -> tuple[str, bool, bool] | None:
        """Return text, whether lines may have ended in two characters, and whether a mark stood before it."""
        inline = child(element, "PlainTextContent")
        if inline is not None:
            # XML has turned every end of a line into LF, whatever the program counted.
            text = "".join(inline.itertext())
            return text.replace("\r\n", "\n"), "\n" in text, False
        path = element.get("plainTextPath", "")
        if not path:
            return None
        name = self._part(path)
        if name is None:
            return None
        data = self._archive.read(name)
        if len(data) > _LARGEST_TEXT:
            raise ExchangeError("holds a text that is too large", where=f"{self._where}:{name}", hint=_HINT)
        if not data:
            return "", False, False
        try:
            text = decode(data, Path(name)).text
        except FileUnreadable as error:
            raise ExchangeError(error.message, where=f"{self._where}:{name}", hint=_HINT) from error
        mark = text.startswith("\ufeff")
        text = text.removeprefix("\ufeff")
        return text.replace("\r\n", "\n"), "\r\n" in text, mark

    def _part(self, path: str) -> str | None:
        """Return the part that a path names: in `Sources/` or `sources/`, with or without `internal://`."""
        name = _SCHEME.sub("", path).replace("\\", "/").rpartition("/")[2].lower()
        for folder in ("sources/", ""):
            if (found := self._parts.get(f"{folder}{name}")) is not None:
                return found
        return next((part for key, part in self._parts.items() if key.rpartition("/")[2] == name), None)


def _number(word: str | None) -> int | None:
    try:
        return int(word) if word is not None else None
    except ValueError:
        return None


def _stem(path: str) -> str:
    return _SCHEME.sub("", path).replace("\\", "/").rpartition("/")[2]
