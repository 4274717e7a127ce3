"""A zip of XML parts (docx, odt, epub): what is refused before any XML is parsed."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from cothemes.adapters.readers.zip_file import ZIP_FAULTS, DirectoryTooLarge, open_zip
from cothemes.errors import FileUnreadable

LARGEST = 200 * 1024 * 1024
"""Bytes of all parts together, unpacked."""
LARGEST_PART = 40 * 1024 * 1024
"""Bytes of one XML part. A book of a million words takes about 20 MB."""
STEEPEST = 200
"""Unpacked to packed. Word's own XML packs about 10 to 1."""
MOST_PARTS = 10_000
MOST_ELEMENTS = 1_000_000
"""Most elements of one XML part. A book of a million words takes about as many; each takes some 200 bytes."""
DEEPEST = 200
"""Levels of XML, some 60 tables within each other. A walk of the tree takes a call a level."""
_RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_SPLIT = "Split it into one file per interview or document."


class Package:
    """The parts of a zip, each parsed on demand. Raises FileUnreadable for anything amiss.

    `what` names the format in messages (“a Word document”), `hint` says how to get a sound file.
    """

    def __init__(self, data: bytes, path: Path, *, what: str, hint: str) -> None:
        self._path, self._hint = path, hint
        if data.startswith(b"\xd0\xcf\x11\xe0"):
            raise self.refusal(
                "is an old Office file, or is locked with a password",
                "Take the password away, or save it in the present format (.docx, .xlsx).",
            )
        try:
            self._zip = open_zip(data)
        except DirectoryTooLarge as error:
            raise self.refusal(f"holds more than {MOST_PARTS:,} parts") from error
        except ZIP_FAULTS as error:
            raise self.refusal(f"is not {what}: {error}") from error
        infos = self._zip.infolist()
        if len(infos) > MOST_PARTS:
            raise self.refusal(f"holds more than {MOST_PARTS:,} parts")
        whole = sum(info.file_size for info in infos)
        if whole > LARGEST:
            raise self.refusal(
                f"would unpack to {whole / 1048576:.0f} MB; {LARGEST // 1048576} MB is the most"
            )
        for info in infos:
            if info.file_size > 1048576 and info.file_size > STEEPEST * max(info.compress_size, 1):
                raise self.refusal(f"its part {info.filename} unpacks more than {STEEPEST}-fold")
        self._sizes = {info.filename: info.file_size for info in infos}
        self._relations: dict[str, list[tuple[str, str]]] = {}

    def names(self) -> list[str]:
        """Names of all parts."""
        return list(self._sizes)

    def has(self, name: str) -> bool:
        """Return whether there is a part of this name."""
        return name in self._sizes

    def bytes(self, name: str) -> bytes:
        """The content of a part. Raises FileUnreadable where it is missing, too large or broken."""
        if name not in self._sizes:
            raise self.refusal(f"has no part {name}")
        if self._sizes[name] > LARGEST_PART:
            raise self.refusal(f"its part {name} holds more than {LARGEST_PART // 1048576} MB of XML", _SPLIT)
        try:
            with self._zip.open(name) as part:
                # The size in the directory can lie, so no more than it says is ever unpacked.
                content = part.read(LARGEST_PART + 1)
        except ZIP_FAULTS as error:
            raise self.refusal(f"its part {name} cannot be unpacked: {error}") from error
        if len(content) > LARGEST_PART:
            raise self.refusal(f"its part {name} is larger than it says")
        return content

    def xml(self, name: str) -> Any | None:
        """The root of an XML part; None where there is no such part."""
        return xml_root(self.bytes(name), self, f"its part {name}") if self.has(name) else None

    def related(self, name: str, kind: str) -> list[str]:
        """Names of the parts that a part (or the package: an empty name) is related to by this kind.

        `kind` is the last word of the relation's type, such as `officeDocument` or `footnotes`. Only parts
        that are there are named.
        """
        if name not in self._relations:
            self._relations[name] = list(self._related(name))
        found = (place for what, place in self._relations[name] if what == kind)
        return [place for place in dict.fromkeys(found) if self.has(place)]

    def _related(self, name: str) -> Iterator[tuple[str, str]]:
        folder, base = posixpath.split(name)
        root = self.xml(posixpath.join(folder, "_rels", f"{base}.rels"))
        for relation in root.iter(_RELATIONS) if root is not None else ():
            target = relation.get("Target", "")
            place = target[1:] if target.startswith("/") else posixpath.join(folder, target)
            yield relation.get("Type", "").rpartition("/")[2], posixpath.normpath(place)

    def refusal(self, message: str, hint: str = "") -> FileUnreadable:
        """The error for a package that is amiss."""
        return FileUnreadable(message, where=str(self._path), hint=hint or self._hint)


class XmlFile:
    """A file that is XML itself; refuses as a Package does."""

    def __init__(self, path: Path, hint: str) -> None:
        self._path, self._hint = path, hint

    def root(self, data: bytes) -> Any:
        """The root element. Raises FileUnreadable."""
        if len(data) > LARGEST_PART:
            raise self.refusal(f"holds more than {LARGEST_PART // 1048576} MB of XML", _SPLIT)
        return xml_root(data, self, "it")

    def refusal(self, message: str, hint: str = "") -> FileUnreadable:
        """The error for a file that is amiss."""
        return FileUnreadable(message, where=str(self._path), hint=hint or self._hint)


def xml_root(content: bytes, owner: Package | XmlFile, what: str) -> Any:
    """The root of XML that declares no entities and is neither too large nor too deep; else a refusal."""
    if content.count(b"<") > 2 * MOST_ELEMENTS:
        raise owner.refusal(f"{what} holds more than {MOST_ELEMENTS:,} elements", _SPLIT)
    try:
        root = fromstring(content, forbid_dtd=True)
    except DefusedXmlException as error:
        raise owner.refusal(f"{what} declares entities or a document type") from error
    except (ParseError, ValueError, LookupError) as error:
        raise owner.refusal(f"{what} is broken XML: {error}") from error
    level, depth = [root], 0
    while level:
        depth += 1
        if depth > DEEPEST:
            raise owner.refusal(
                f"{what} is nested more than {DEEPEST} levels deep, as by tables within tables",
                "Take the inner tables out of the outer ones, or copy the text into a .txt file.",
            )
        level = [child for element in level for child in element]
    return root
