"""Web pages (.html, .htm, .xhtml)."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from cothemes.adapters.readers.format import Format, Opening
from cothemes.adapters.readers.html_text import TooMuch, page_of
from cothemes.adapters.readers.raw import at_most, decode, digest, read_bytes
from cothemes.errors import FileUnreadable
from cothemes.records.source import AS_FOUND, AS_NAMED, ReadOptions, Source

_CHARSET = re.compile(
    rb"""<meta[^>]{0,200}charset\s*=\s*["']?\s*([\w.:-]{1,40})|<\?xml[^>]{0,200}encoding=["']([\w.-]{1,40})""",
    re.I,
)
_ROOTS = ("html", "head", "body")


@dataclass(frozen=True)
class HtmlReader:
    """Paragraphs, headings, lists and tables; navigation, scripts and hidden parts are left out."""

    options: ReadOptions = AS_FOUND

    def read(self, path: Path) -> list[Source]:
        """One source, places counted in paragraphs. Raises FileUnreadable."""
        data = read_bytes(path)
        text, notes = decode(data, path, self.options.encoding or _declared(data))
        if not self.options.encoding:
            # What the page says of itself needs no note.
            notes = tuple(note for note in notes if AS_NAMED not in note)
        try:
            page = page_of(text.removeprefix("\ufeff"))
        except TooMuch as error:
            raise FileUnreadable(
                str(error), where=str(path), hint="Copy its text into a .txt or .docx file."
            ) from error
        lines = tuple(at_most(page.lines, path, "lines"))
        if not any(line.text.strip() for line in lines):
            raise FileUnreadable(
                "is a web page without words", where=str(path), hint="Save the page as the browser shows it."
            )
        return [
            Source(
                name=path.name,
                reader="html",
                hash=digest(data),
                unit="paragraph",
                lines=lines,
                title=page.title,
                notes=(*notes, *left_out(page.left)),
            )
        ]


def left_out(left: Counter[str]) -> tuple[str, ...]:
    """Remarks on what pages were left without."""
    return tuple(f"Left out: {what} ({count})." for what, count in sorted(left.items()))


def _declared(data: bytes) -> str:
    """The encoding that the page names, where it is one and the bytes are of it; else empty."""
    found = _CHARSET.search(data[:4_096])
    if found is None:
        return ""
    name = (found[1] or found[2]).decode("ascii", "replace")
    # Browsers read Latin-1 as Windows-1252.
    name = "cp1252" if name.casefold() in ("iso-8859-1", "latin1", "us-ascii", "ascii") else name
    try:
        codecs.lookup(name)
        data.decode(name)
    except (LookupError, ValueError):
        return ""
    return name


def _recognises(opening: Opening) -> bool:
    head = opening.text[:400].lstrip().casefold()
    return head.startswith("<!doctype html") or opening.root in _ROOTS


FORMAT = Format("html", "web pages", (".html", ".htm", ".xhtml"), HtmlReader, _recognises)
