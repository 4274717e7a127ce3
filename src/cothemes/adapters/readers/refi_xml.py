"""Elements of REFI-QDA, read leniently: real programs differ in namespaces, case and order.

Only local names count. GUIDs of references are spelled as the thing that they name.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from cothemes.errors import ExchangeError
from cothemes.records.project import Made, ProjectCode, ProjectSet, plain

DEEPEST = 100
"""Elements inside each other. Codebooks of real projects have less than ten levels."""
MOST = 5_000_000
"""Elements of one file. A project of 10,000 codings has about 60,000."""
_TRUE = frozenset(("true", "1"))


def tree_of(data: bytes, where: str) -> Element:
    """Return the root element, its names without namespaces. Raises ExchangeError."""
    depth = count = 0
    root: Element | None = None
    try:
        for event, element in iterparse(io.BytesIO(data), events=("start", "end"), forbid_dtd=True):
            if event == "start":
                depth, count = depth + 1, count + 1
                if depth > DEEPEST or count > MOST:
                    raise ExchangeError(
                        f"nests elements more than {DEEPEST} deep" if depth > DEEPEST else "is too large",
                        where=where,
                        hint="No program writes such a file; ask where it comes from.",
                    )
                element.tag = element.tag.rpartition("}")[2]
                root = element if root is None else root
            else:
                depth -= 1
    except ParseError as error:
        raise ExchangeError(
            f"is not well-formed XML ({error})",
            where=where,
            hint="Export the project again in the program that wrote it.",
        ) from error
    except (DefusedXmlException, ValueError, LookupError) as error:
        raise ExchangeError(
            f"holds XML that is not read: {type(error).__name__}",
            where=where,
            hint="REFI-QDA needs no document type and no entities; export it again.",
        ) from error
    if root is None:
        raise ExchangeError("holds no XML element", where=where, hint="Export the project again.")
    return root


class Guids:
    """GUIDs of a file, each in the spelling of the thing that bears it."""

    def __init__(self, root: Element) -> None:
        self._spelled: dict[str, str] = {}
        for element in root.iter():
            guid = element.get("guid")
            if guid:
                self._spelled.setdefault(plain(guid), guid.strip())

    def stand_for(self, guid: str, other: str) -> None:
        """Let references to one thing name another, which stands in its place."""
        self._spelled[plain(guid)] = other.strip()

    def of(self, name: str | None) -> str:
        """Return the GUID as it is spelled where it is defined; as written where it is not."""
        return self._spelled.get(plain(name), name.strip()) if name else ""


def children(element: Element | None, name: str) -> Iterator[Element]:
    """Yield the children of a local name."""
    if element is not None:
        for child in element:
            if child.tag == name:
                yield child


def child(element: Element | None, name: str) -> Element | None:
    """Return the first child of a local name."""
    return next(children(element, name), None)


def words(element: Element | None, name: str) -> str:
    """Return the text of a child; empty where there is none."""
    found = child(element, name)
    return "" if found is None else "".join(found.itertext())


def references(element: Element, name: str, guids: Guids) -> tuple[str, ...]:
    """Return the GUIDs that children of a local name point to, each once."""
    return tuple(
        dict.fromkeys(
            guids.of(each.get("targetGUID") or each.get("guid")) for each in children(element, name)
        )
    )


def made(element: Element, guids: Guids) -> Made:
    """Return who made the thing and when."""
    return Made(
        by=guids.of(element.get("creatingUser") or element.get("creatingUserGUID")),
        at=element.get("creationDateTime", ""),
        changed_by=guids.of(element.get("modifyingUser") or element.get("modifyingUserGUID")),
        changed_at=element.get("modifiedDateTime", ""),
    )


def codes_in(codebook: Element | None, guids: Guids) -> tuple[ProjectCode, ...]:
    """Return the codes of a codebook, each after the one above it."""
    found: list[ProjectCode] = []
    waiting: list[tuple[Element, str]] = []
    for codes in children(codebook, "Codes"):
        waiting.extend((each, "") for each in children(codes, "Code"))
    waiting.reverse()
    while waiting:
        element, parent = waiting.pop()
        guid = guids.of(element.get("guid"))
        found.append(
            ProjectCode(
                guid=guid,
                name=element.get("name", ""),
                codable=element.get("isCodable", "true").strip().lower() in _TRUE,
                colour=element.get("color", "").strip(),
                description=words(element, "Description"),
                parent=parent,
                notes=references(element, "NoteRef", guids),
            )
        )
        below = [(each, guid) for each in children(element, "Code")]
        waiting.extend(reversed(below))
    return tuple(found)


def sets_in(root: Element, guids: Guids) -> tuple[ProjectSet, ...]:
    """Return the sets of a project or a codebook."""
    return tuple(
        ProjectSet(
            guid=guids.of(each.get("guid")),
            name=each.get("name", ""),
            description=words(each, "Description"),
            codes=references(each, "MemberCode", guids),
            sources=references(each, "MemberSource", guids),
            notes=references(each, "MemberNote", guids),
        )
        for sets in children(root, "Sets")
        for each in children(sets, "Set")
    )


def named(elements: Iterable[Element], most: int = 3) -> tuple[str, ...]:
    """Return the names of some elements, for a message."""
    names = [element.get("name") or element.get("guid") or "" for element in elements]
    return tuple(dict.fromkeys(name for name in names if name))[:most]


def file_bytes(path: Path, largest: int) -> bytes:
    """Return the bytes of a file that is no larger than `largest`. Raises ExchangeError."""
    try:
        size = path.stat().st_size
        if size > largest:
            raise ExchangeError(
                f"is {size / 1048576:.0f} MB large; {largest // 1048576} MB is the most",
                where=str(path),
                hint="Export the project in parts.",
            )
        return path.read_bytes()
    except OSError as error:
        raise ExchangeError(
            f"cannot be opened: {error.strerror or error}",
            where=str(path),
            hint="Check the path and its rights.",
        ) from error
