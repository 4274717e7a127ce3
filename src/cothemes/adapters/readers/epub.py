"""Electronic books (.epub): the chapters of the spine, one after another."""

from __future__ import annotations

import posixpath
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from cothemes.adapters.readers.format import Format, Opening
from cothemes.adapters.readers.html_file import left_out
from cothemes.adapters.readers.html_text import TooMuch, page_of
from cothemes.adapters.readers.raw import at_most, decode, digest, read_bytes
from cothemes.adapters.readers.xml_names import local
from cothemes.adapters.readers.xml_package import Package
from cothemes.records.source import AS_FOUND, Line, ReadOptions, Source
from cothemes.records.text import counted

_HINT = "Export it again as .epub, or its text as .docx or .html."
_CONTAINER = "META-INF/container.xml"
_LARGEST = 60 * 1024 * 1024
"""Bytes of all chapters together."""


@dataclass(frozen=True)
class EpubReader:
    """epub without copy protection."""

    options: ReadOptions = AS_FOUND

    def read(self, path: Path) -> list[Source]:
        """One source, places counted in paragraphs. Raises FileUnreadable."""
        data = read_bytes(path)
        package = Package(data, path, what="an electronic book", hint=_HINT)
        container = package.xml(_CONTAINER)
        if container is None:
            raise package.refusal("is a zip archive without an electronic book in it")
        root = next((e.get("full-path", "") for e in container.iter() if local(e) == "rootfile"), "")
        book = package.xml(root)
        if book is None:
            raise package.refusal(f"its table of parts {root!r} is missing")
        locked = _locked(package)
        lines: list[Line] = []
        left: Counter[str] = Counter()
        size = missing = 0
        for part in _spine(book, posixpath.dirname(root)):
            if part in locked:
                raise package.refusal(
                    "is copy-protected",
                    "Ask the publisher for a copy without protection; cothemes opens none.",
                )
            if not package.has(part):
                missing += 1
                continue
            content = package.bytes(part)
            size += len(content)
            if size > _LARGEST:
                raise package.refusal(f"its chapters take more than {_LARGEST // 1048576} MB")
            try:
                page = page_of(
                    decode(content, path).text.removeprefix("\ufeff") if content.strip() else "",
                    (lines[-1].place if lines else 0) + 1,
                )
            except TooMuch as error:
                raise package.refusal(f"its part {part} {error}") from error
            lines.extend(at_most(page.lines, path, "lines"))
            left.update(page.left)
        if not any(line.text.strip() for line in lines):
            raise package.refusal("holds no words")
        notes = [f"Missing in the file: {counted(missing, 'chapter')}."] if missing else []
        return [
            Source(
                name=path.name,
                reader="epub",
                hash=digest(data),
                unit="paragraph",
                lines=tuple(at_most(lines, path, "lines")),
                title=next(
                    (" ".join((e.text or "").split()) for e in book.iter() if local(e) == "title"), ""
                ),
                notes=(*notes, *left_out(left)),
            )
        ]


def _spine(book: Any, folder: str) -> list[str]:
    """Names of the parts in reading order; covers and tables of contents that the book sets apart are not."""
    items = {
        item.get("id"): item
        for item in book.iter()
        if local(item) == "item" and "html" in (item.get("media-type") or "")
    }
    found = []
    for reference in book.iter():
        if local(reference) != "itemref" or reference.get("linear") == "no":
            continue
        item = items.get(reference.get("idref"))
        if item is not None and "nav" not in (item.get("properties") or "").split():
            place = unquote((item.get("href") or "").partition("#")[0])
            found.append(posixpath.normpath(posixpath.join(folder, place)))
    return list(dict.fromkeys(found))


def _locked(package: Package) -> set[str]:
    """Parts that are encrypted; fonts often are, and need not be read."""
    root = package.xml("META-INF/encryption.xml")
    return (
        {unquote(e.get("URI", "")) for e in root.iter() if local(e) == "CipherReference"}
        if root is not None
        else set()
    )


def _recognises(opening: Opening) -> bool:
    return _CONTAINER in opening.parts


FORMAT = Format("epub", "electronic books", (".epub",), EpubReader, _recognises)
