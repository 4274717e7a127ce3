"""The zip around a Word document: what is refused before any XML is parsed."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path
from typing import Any

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from cothemes.errors import FileUnreadable

LARGEST = 200 * 1024 * 1024
"""Bytes of all parts together, unpacked."""
LARGEST_PART = 60 * 1024 * 1024
"""Bytes of one XML part. A book of a million words takes about 20 MB."""
STEEPEST = 200
"""Unpacked to packed. Word's own XML packs about 10 to 1."""

MOST_ELEMENTS = 2_000_000
"""Most elements of one XML part. A book of a million words takes about half as many; each takes some 200
bytes.
"""
DEEPEST = 200
"""Levels of XML, some 60 tables within each other. A walk of the tree takes a call a level."""

_HINT = "Open it in Word or LibreOffice and save it anew as .docx."


class Package:
    """The parts of a docx, each parsed on demand. Raises FileUnreadable for anything amiss."""

    def __init__(self, data: bytes, path: Path) -> None:
        self._path = path
        if data.startswith(b"\xd0\xcf\x11\xe0"):
            raise self._bad("is an old Word file, or is locked with a password", "Save it as a plain .docx.")
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            infos = self._zip.infolist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError) as error:
            raise self._bad(f"is not a Word document: {error}") from error
        whole = sum(info.file_size for info in infos)
        if whole > LARGEST:
            raise self._bad(f"would unpack to {whole / 1048576:.0f} MB; {LARGEST // 1048576} MB is the most")
        for info in infos:
            if info.file_size > 1048576 and info.file_size > STEEPEST * max(info.compress_size, 1):
                raise self._bad(f"its part {info.filename} unpacks more than {STEEPEST}-fold")
        self._sizes = {info.filename: info.file_size for info in infos}
        if "word/document.xml" not in self._sizes:
            raise self._bad("is a zip archive without a Word document in it")

    def names(self) -> list[str]:
        """Names of all parts."""
        return list(self._sizes)

    def xml(self, name: str) -> Any | None:
        """The root of an XML part; None where there is no such part."""
        if name not in self._sizes:
            return None
        if self._sizes[name] > LARGEST_PART:
            raise self._bad(f"its part {name} holds more than {LARGEST_PART // 1048576} MB of XML")
        try:
            with self._zip.open(name) as part:
                # The size in the directory can lie, so no more than it says is ever unpacked.
                content = part.read(LARGEST_PART + 1)
            if len(content) > LARGEST_PART:
                raise self._bad(f"its part {name} is larger than it says")
            if content.count(b"<") > 2 * MOST_ELEMENTS:
                raise self._bad(
                    f"its part {name} holds more than {MOST_ELEMENTS:,} elements",
                    "Split it into one file per interview or document.",
                )
            root = fromstring(content, forbid_dtd=True)
            self._not_too_deep(root, name)
            return root
        except DefusedXmlException as error:
            raise self._bad(f"its part {name} declares entities or a document type") from error
        except ParseError as error:
            raise self._bad(f"its part {name} is broken XML: {error}") from error
        except (
            zipfile.BadZipFile,
            zlib.error,
            RuntimeError,
            NotImplementedError,
            EOFError,
            OSError,
        ) as error:
            raise self._bad(f"its part {name} cannot be unpacked: {error}") from error

    def _not_too_deep(self, root: Any, name: str) -> None:
        level, depth = [root], 0
        while level:
            depth += 1
            if depth > DEEPEST:
                raise self._bad(
                    f"its part {name} is nested more than {DEEPEST} levels deep, as by tables within tables",
                    "Take the inner tables out of the outer ones, or copy the text into a .txt file.",
                )
            level = [child for element in level for child in element]

    def _bad(self, message: str, hint: str = _HINT) -> FileUnreadable:
        return FileUnreadable(message, where=str(self._path), hint=hint)
