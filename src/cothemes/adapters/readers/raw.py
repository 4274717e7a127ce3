"""The bytes of a file and their text: what is refused before any format is looked at."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, TypeVar

from cothemes.errors import FileUnreadable

LARGEST = 64 * 1024 * 1024
"""Bytes. A transcript of a day is under one million."""
MOST = 200_000
"""Lines, captions or rows of one file. A transcript of a day has under twenty thousand; each takes one to two
kilobytes of memory while the file is read."""

_T = TypeVar("_T")

_SIGNATURES: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF-", "a PDF", "Give it the ending .pdf."),
    (b"PK\x03\x04", "a zip archive (a Word document is one)", "Give it the ending .docx, or unpack it."),
    (b"\xd0\xcf\x11\xe0", "an old Office file", "Save it as .docx."),
    (b"{\\rtf", "rich text", "Save it as .docx or .txt."),
    (b"\x89PNG", "a picture", ""),
    (b"\xff\xd8\xff", "a picture", ""),
    (b"GIF8", "a picture", ""),
    (b"\x7fELF", "a program", ""),
    (b"MZ\x90", "a program", ""),
    (b"\x1f\x8b", "a gzip archive", "Unpack it."),
    (b"ID3", "a sound file", "cothemes reads transcripts, not recordings."),
    (b"OggS", "a sound file", "cothemes reads transcripts, not recordings."),
    (b"RIFF", "a sound or video file", "cothemes reads transcripts, not recordings."),
    (b"SQLite format 3", "a database", ""),
)

_MARKS: tuple[tuple[bytes, str], ...] = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_NOT_IN_CP1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_LETTERS_CP1252 = re.compile(r"[À-ÖØ-öø-ÿŒœŠšŽžŸ‘’“”–—…•€£§°·«»´\u00a0ªº¼½¾²³¹©®™]")
_SAVE = "Save it as UTF-8 text and read it again."


class Decoded(NamedTuple):
    """A text and what had to be guessed to get it."""

    text: str
    """The file's text with its byte-order mark, if there was one; line ends as they were."""
    notes: tuple[str, ...]


def read_bytes(path: Path) -> bytes:
    """The whole file. Raises FileUnreadable where it is missing, empty, locked or larger than LARGEST."""
    try:
        if not path.is_file():
            raise FileUnreadable("there is no such file", where=str(path), hint="Look at the spelling.")
        size = path.stat().st_size
        if size > LARGEST:
            raise FileUnreadable(
                f"is {size / 1048576:.0f} MB large; {LARGEST // 1048576} MB is the most",
                where=str(path),
                hint="Split it into one file per interview or document.",
            )
        data = path.read_bytes()
    except OSError as error:
        raise FileUnreadable(
            f"cannot be opened: {error.strerror or error}",
            where=str(path),
            hint="Close it elsewhere, or look at its permissions.",
        ) from error
    if not data.strip():
        raise FileUnreadable("is empty", where=str(path), hint="Remove it, or put the text into it.")
    return data


def at_most(items: Iterable[_T], path: Path, what: str) -> Iterator[_T]:
    """Yield the items. Raises FileUnreadable where there are more than MOST, before they fill the memory."""
    for number, item in enumerate(items):
        if number >= MOST:
            raise FileUnreadable(
                f"holds more than {MOST:,} {what}",
                where=str(path),
                hint="Split it into one file per interview or document.",
            )
        yield item


def not_overfull(text: str, path: Path) -> None:
    """Raise FileUnreadable for JSON of more than ten times MOST lists and objects, before it is unpacked."""
    if text.count("[") + text.count("{") > 10 * MOST:
        raise FileUnreadable(
            f"holds more than {10 * MOST:,} lists and objects",
            where=str(path),
            hint="Split it into one file per interview or document.",
        )


def digest(data: bytes) -> str:
    """sha256 (hex) of the bytes."""
    return hashlib.sha256(data).hexdigest()


def decode(data: bytes, path: Path) -> Decoded:
    """Bytes to text: UTF-8, UTF-16 or UTF-32 by mark, else UTF-8, else Windows-1252 with a note.

    Raises FileUnreadable for binary content and for an encoding that cannot be told.
    """
    for signature, kind, hint in _SIGNATURES:
        if data.startswith(signature):
            raise FileUnreadable(f"holds {kind}, not text", where=str(path), hint=hint or _SAVE)
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                text = data.decode(encoding)
            except UnicodeDecodeError as error:
                raise FileUnreadable(
                    f"is marked as {encoding.upper()} and is not, from byte {error.start} on",
                    where=str(path),
                    hint=_SAVE,
                ) from error
            return Decoded(text, () if encoding == "utf-8" else (f"Read as {encoding.upper()}.",))
    try:
        text, notes = data.decode("utf-8"), ()
    except UnicodeDecodeError as error:
        return _without_mark(data, path, error.start)
    if b"\x00" in data and (wide := _wide(data)):
        return wide
    return Decoded(_not_binary(text, path), notes)


def _wide(data: bytes) -> Decoded | None:
    even, odd = data[0::2].count(0), data[1::2].count(0)
    half = max(len(data) // 2, 1)
    for share, encoding in ((odd / half, "utf-16-le"), (even / half, "utf-16-be")):
        if share > 0.4 and len(data) % 2 == 0:
            try:
                text = data.decode(encoding)
            except UnicodeDecodeError:
                continue
            if "\x00" not in text:
                return Decoded(text, (f"Read as {encoding.upper()}; it carries no byte-order mark.",))
    return None


def _without_mark(data: bytes, path: Path, start: int) -> Decoded:
    if wide := _wide(data):
        return wide
    unsure = FileUnreadable(
        f"is not UTF-8 (from byte {start} on), and its encoding cannot be determined",
        where=str(path),
        hint=_SAVE,
    )
    if _NOT_IN_CP1252.search(data):
        _not_binary(data.decode("latin-1"), path)
        raise unsure
    text = _not_binary(data.decode("cp1252"), path)
    high = [c for c in text if ord(c) > 126]
    plain = sum(c.isascii() and c.isalpha() for c in text)
    if len(high) > 0.4 * max(plain, 1) or len(_LETTERS_CP1252.findall(text)) < 0.9 * len(high):
        raise unsure
    note = f"Not UTF-8: read as Windows-1252 (which holds Latin-1). Look at “{_around(text)}”."
    return Decoded(text, (note,))


def _around(text: str) -> str:
    at = next(i for i, c in enumerate(text) if ord(c) > 126)
    return " ".join(text[max(0, at - 15) : at + 15].split())


def _not_binary(text: str, path: Path) -> str:
    share = len(_CONTROL.findall(text)) / len(text)
    if share > 0.1 or (share > 0.005 and "\x00" in text):
        raise FileUnreadable("holds binary data, not text", where=str(path), hint=_SAVE)
    return text
