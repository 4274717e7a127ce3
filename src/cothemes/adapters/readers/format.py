"""A format that files come in: its name, its endings, its reader, and how its content is recognised.

Others add formats by an entry point of the group `cothemes.readers` that names a Format.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cothemes.adapters.readers.lines import physical_lines
from cothemes.adapters.readers.zip_file import ZIP_FAULTS, open_zip
from cothemes.ports import Reader
from cothemes.records.source import ReadOptions

HEAD = 64 * 1024
"""Bytes of a file that formats look at."""
_JSON = re.compile(r"\s*(?:\{\s*[\"}]|\[\s*\{)")
_XML_ROOT = re.compile(r"<(?![?!])(?:[\w.-]+:)?([\w.-]+)")
_WIDE = (b"\xff\xfe", b"\xfe\xff")


class Opening:
    """The first bytes of a file, and what can be said of them without reading it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with path.open("rb") as file:
                self.data = file.read(HEAD)
        except OSError:
            # The reader meets the same fault and says what it is.
            self.data = b""

    @cached_property
    def text(self) -> str:
        """The bytes as text, without a byte-order mark; signs that cannot be read are replaced."""
        if self.data.startswith(_WIDE):
            return self.data.decode("utf-16", "replace").removeprefix("\ufeff")
        return self.data.decode("utf-8-sig", "replace")

    @cached_property
    def lines(self) -> list[str]:
        """Lines that are not blank."""
        return [line for _, line in physical_lines(self.text) if line.strip()]

    @cached_property
    def parts(self) -> frozenset[str]:
        """Names of the parts of a zip; empty for any other file."""
        if not self.data.startswith(b"PK\x03\x04"):
            return frozenset()
        try:
            with open_zip(self.path) as archive:
                return frozenset(archive.namelist())
        except ZIP_FAULTS:
            return frozenset()

    @cached_property
    def is_json(self) -> bool:
        """Whether the text begins as an object or a list of objects does."""
        return bool(_JSON.match(self.text))

    @cached_property
    def root(self) -> str:
        """Local name of the first element of XML or HTML, in lower case; empty for other text."""
        text = self.text.lstrip()
        if not text.startswith("<"):
            return ""
        found = _XML_ROOT.search(text)
        return found[1].lower() if found else ""


def _never(_: Opening) -> bool:
    return False


@dataclass(frozen=True)
class Format:
    """One format. The reader is made with the options of a person and reads one file."""

    name: str
    """Name in lower case, e.g. `ttml`."""
    title: str
    """Name for people, e.g. `TTML captions`."""
    endings: tuple[str, ...]
    """Endings of its files in lower case, the usual one first. A folder is searched for them."""
    reader: Callable[[ReadOptions], Reader]
    recognises: Callable[[Opening], bool] = _never
    """Whether a file is surely of this format, whatever its ending; must not raise."""
