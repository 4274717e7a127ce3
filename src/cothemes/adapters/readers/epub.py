"""Electronic books (.epub): the chapters of the spine, one after another."""

from __future__ import annotations

import posixpath
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
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
        said: dict[str, None] = {}
        size = missing = 0
        spine = _spine(book, posixpath.dirname(root))
        if spine.apart:
            left["parts that the book sets apart from its chapters"] += spine.apart
        for part in spine.parts:
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
            text, notes = decode(content, path) if content.strip() else ("", ())
            said.update(dict.fromkeys(notes))
            try:
                page = page_of(text.removeprefix("\ufeff"), (lines[-1].place if lines else 0) + 1)
            except TooMuch as error:
                raise package.refusal(f"its part {part} {error}") from error
            lines.extend(at_most(page.lines, path, "lines"))
            left.update(page.left)
        if not any(line.text.strip() for line in lines):
            raise package.refusal("holds no words")
        if missing:
            said[f"Missing in the file: {counted(missing, 'chapter')}."] = None
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
                notes=(*said, *left_out(left)),
            )
        ]


class _Spine(NamedTuple):
    """What the book lists to be read."""

    parts: list[str]
    """Names of the chapters in reading order."""
    apart: int
    """Number of parts that it sets apart, such as notes, or that are pictures."""


def _spine(book: Any, folder: str) -> _Spine:
    items = {
        item.get("id"): item
        for item in book.iter()
        if local(item) == "item" and "html" in (item.get("media-type") or "")
    }
    found = []
    apart = 0
    for reference in book.iter():
        if local(reference) != "itemref":
            continue
        item = items.get(reference.get("idref"))
        if item is None or reference.get("linear") == "no":
            apart += 1
        elif "nav" not in (item.get("properties") or "").split():
            place = unquote((item.get("href") or "").partition("#")[0])
            found.append(posixpath.normpath(posixpath.join(folder, place)))
    return _Spine(list(dict.fromkeys(found)), apart)


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
