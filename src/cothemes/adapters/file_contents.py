"""What a file holds as bytes and as text: the parts of archives, UTF-16, markup and escapes undone.

It serves the search for words that were to be erased, so it reads whatever it can and names what it cannot.
"""

from __future__ import annotations

import codecs
import gzip
import html
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from cothemes.adapters.readers.zip_file import ZIP_FAULTS

DEEPEST = 3
"""Archives within archives that are opened."""
LARGEST = 512 * 1024 * 1024
"""Most bytes of one unpacked part of an archive."""
LARGEST_TEXT = 64 * 1024 * 1024
"""Bytes that are read as text; a larger part is searched as bytes alone."""
_SAMPLE = 4096
_BOMS = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_BLOCK_END = re.compile(r"(?i)</(?:w:|a:|text:)?(?:p|si|tr|td|li|h[1-6]|div|table-cell)>|<(?:w:)?br\b[^>]*>")
_TAG = re.compile(r"<[^<>]*>")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|([nrt\"\\/]))")


class Content(NamedTuple):
    """One part of a file."""

    part: str
    """Name within the archive; empty for the file itself."""
    data: bytes
    text: str
    """The words as people read them; empty for what is no text, or too large to be read as such."""


class ContentUnreadable(Exception):
    """A file or a part of it that cannot be looked through."""


def contents(path: Path) -> Iterator[Content]:
    """Yield the file and every part of it, archives within archives among them.

    Raises ContentUnreadable for a file or a part that cannot be opened, such as one with a password.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ContentUnreadable(str(path)) from error
    yield from _parts("", data, 0)


def _parts(name: str, data: bytes, depth: int) -> Iterator[Content]:
    if depth <= DEEPEST and data[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        yield from _members(name, data, depth)
    elif depth <= DEEPEST and data[:2] == b"\x1f\x8b":
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(data)) as packed:
                unpacked = packed.read(LARGEST + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise ContentUnreadable(name) from error
        if len(unpacked) > LARGEST:
            raise ContentUnreadable(name)
        yield from _parts(f"{name}/unpacked".lstrip("/"), unpacked, depth + 1)
    else:
        yield Content(name, data, _text(data))


def _members(name: str, data: bytes, depth: int) -> Iterator[Content]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for info in archive.infolist():
                inner = f"{name}/{info.filename}".lstrip("/")
                if info.file_size > LARGEST:
                    raise ContentUnreadable(inner)
                yield from _parts(inner, archive.read(info), depth + 1)
    except ZIP_FAULTS as error:
        raise ContentUnreadable(name) from error


def _text(data: bytes) -> str:
    if not data or len(data) > LARGEST_TEXT:
        return ""
    encoding = next((name for mark, name in _BOMS if data.startswith(mark)), "")
    sample = data[:_SAMPLE]
    zeros = sample.count(0)
    if not encoding and zeros > len(sample) // 4:
        # Every second byte of UTF-16 in Latin letters is 0: on odd places if the low byte comes first.
        encoding = "utf-16-le" if sample[1::2].count(0) > sample[::2].count(0) else "utf-16-be"
    elif not encoding and zeros:
        return ""
    if encoding:
        text = data.decode(encoding, "replace")
    else:
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            text = data.decode("cp1252", "replace")
    if text.lstrip("\ufeff \t\r\n").startswith("<"):
        text = html.unescape(_TAG.sub("", _BLOCK_END.sub(" ", text)))
    return _ESCAPE.sub(_unescaped, text) if "\\" in text else text


def _unescaped(match: re.Match[str]) -> str:
    code, short = match.groups()
    if code:
        return chr(int(code, 16))
    return " " if short in "nrt" else short
