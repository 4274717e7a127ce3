"""The bytes of a file and their text: what is refused before any format is looked at."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, TypeVar

from cothemes.errors import FileUnreadable
from cothemes.records.source import AS_NAMED

LARGEST = 64 * 1024 * 1024
"""Bytes. A transcript of a day is under one million."""
MOST = 200_000
"""Lines, captions or rows of one file. A transcript of a day has under twenty thousand; each takes one to two
kilobytes of memory while the file is read."""
LONGEST = 21_000_000
"""Characters of text of one file, some three million words. Each takes about thirty bytes of memory while the
file is cut and stored."""

_T = TypeVar("_T")

_SIGNATURES: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF-", "a PDF", "Give it the ending .pdf."),
    (b"PK\x03\x04", "a zip archive (a Word document is one)", "Give it the ending .docx, or unpack it."),
    (b"\xd0\xcf\x11\xe0", "an old Office file", "Save it as .docx, or a sheet as .xlsx."),
    (b"{\\rtf", "rich text", "Give it the ending .rtf."),
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
_HIGH = re.compile(rb"[\x80-\xff]")
_NOT_IN_CP1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_LETTERS_CP1252 = re.compile(r"[À-ÖØ-öø-ÿŒœŠšŽžŸ‘’“”–—…•€£§°·«»´\u00a0ªº¼½¾²³¹©®™]")
_SIGN_IN_WORD = re.compile(r"(?<=[^\W\d_])[¡-©«-±´-¹»-¿](?=[^\W\d_])")
_SAVE = "Save it as UTF-8 text and read it again."
_NAME_IT = "Name its encoding with --encoding (such as gbk, cp1251 or shift_jis), or save it as UTF-8 text."
_SAMPLE = 48_000
"""Bytes from which an encoding is guessed."""
_CLOSE = 0.95
"""Share of the best guess's coherence at which another guess with another text is as good."""
_SURE = 0.1
"""Coherence of a guess below which it rests on too few words."""
_COMMON = (
    "gbk", "gb18030", "big5", "shift_jis", "cp932", "euc_jp", "euc_kr", "cp1250", "cp1251", "koi8_r", "cp866",
    "mac_roman", "iso8859_2", "iso8859_15",
)  # fmt: skip
"""Names to prefer where several encodings give the sample alike."""


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
    """Yield the items. Raises FileUnreadable where there are more than MOST, before they fill the memory.

    One more is let pass: the empty line behind the last line end.
    """
    for number, item in enumerate(items):
        if number > MOST:
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


def decode(data: bytes, path: Path, encoding: str = "") -> Decoded:
    """Bytes to text: by byte-order mark, else as `encoding` says, else UTF-8, else by a guess with a note.

    Raises FileUnreadable for binary content, for bytes that are not of the named encoding, and for an
    encoding that cannot be determined.
    """
    for signature, kind, hint in _SIGNATURES:
        if data.startswith(signature):
            raise FileUnreadable(f"holds {kind}, not text", where=str(path), hint=hint or _SAVE)
    for mark, marked in _MARKS:
        if data.startswith(mark):
            try:
                text = data.decode(marked)
            except UnicodeDecodeError as error:
                raise FileUnreadable(
                    f"is marked as {marked.upper()} and is not, from byte {error.start} on",
                    where=str(path),
                    hint=_SAVE,
                ) from error
            return Decoded(text, () if marked == "utf-8" else (f"Read as {marked.upper()}.",))
    if encoding:
        return _as_named(data, path, encoding)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _without_mark(data, path, error.start)
    if b"\x00" in data and (wide := _wide(data)):
        return wide
    return Decoded(_not_binary(text, path), ())


def _as_named(data: bytes, path: Path, encoding: str) -> Decoded:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise FileUnreadable(
            f"is not {encoding}, from byte {error.start} on",
            where=str(path),
            hint="Name another encoding, or leave --encoding out to have it guessed.",
        ) from error
    return Decoded(_not_binary(text, path), (f"Read as {encoding}, {AS_NAMED}.",))


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
    _not_binary(data.decode("latin-1"), path)
    western = _western(data)
    guesses = _guesses(data)
    if western is not None:
        note = f"Not UTF-8: read as Windows-1252 (which holds Latin-1). Look at “{_around(western)}”."
        own = _sample(data).decode("cp1252", "replace")
        best = max((guess.coherence for guess in guesses), default=0.0)
        lettered = any(ord(c) > 126 and c.isalpha() for c in own)
        others = [g.encoding for g in guesses if g.text != own and g.coherence >= _CLOSE * best and lettered]
        return Decoded(western, (note + _uncertain(others),))
    for guess in guesses:
        try:
            text = data.decode(guess.encoding)
        except UnicodeDecodeError:
            continue
        rivals = [other.encoding for other in guesses if guess.is_rivalled_by(other)]
        if guess.coherence < _SURE:
            rivals = rivals or ["another one"]
        note = f"Not UTF-8: read as {_common_name(guess, data)}. Look at “{_around(text)}”."
        return Decoded(text, (note + _uncertain(rivals),))
    raise FileUnreadable(
        f"is not UTF-8 (from byte {start} on), and its encoding cannot be determined",
        where=str(path),
        hint=_NAME_IT,
    )


def _uncertain(others: list[str]) -> str:
    if not others:
        return ""
    names = " or ".join(others[:2])
    return f" Uncertain: it may be {names}. If the words are wrong, name the encoding with --encoding."


def _western(data: bytes) -> str | None:
    """Return the text as Windows-1252 where its letters are those of a Western text."""
    if _NOT_IN_CP1252.search(data):
        return None
    text = data.decode("cp1252")
    high = [c for c in text if ord(c) > 126]
    plain = sum(c.isascii() and c.isalpha() for c in text)
    if len(high) > 0.4 * max(plain, 1) or len(_LETTERS_CP1252.findall(text)) < 0.9 * len(high):
        return None
    # Signs inside words are letters of another code page, such as “ż¹d”.
    return None if len(_SIGN_IN_WORD.findall(text)) > 0.05 * len(high) else text


class _Guess(NamedTuple):
    """An encoding that the sample may be in."""

    encoding: str
    text: str
    """Text of the sample."""
    chaos: float
    coherence: float

    def is_rivalled_by(self, other: _Guess) -> bool:
        """Return whether another encoding gives another text that is as likely."""
        if other.text == self.text or other.chaos > self.chaos + 0.02:
            return False
        return other.coherence >= _CLOSE * self.coherence


def _common_name(guess: _Guess, data: bytes) -> str:
    for name in _COMMON:
        try:
            if _sample(data).decode(name) == guess.text:
                return name
        except UnicodeDecodeError:
            continue
    return guess.encoding


def _guesses(data: bytes) -> list[_Guess]:
    """Encodings that charset-normalizer finds likely, best first."""
    from charset_normalizer import from_bytes

    return [
        _Guess(match.encoding, str(match), match.chaos, match.coherence)
        for match in from_bytes(_sample(data), threshold=0.15)
    ]


def _sample(data: bytes) -> bytes:
    """Whole lines around the first byte that is not ASCII."""
    if len(data) <= _SAMPLE:
        return data
    high = _HIGH.search(data)
    at = data.rfind(b"\n", 0, high.start() if high else 0) + 1
    end = data.rfind(b"\n", at, at + _SAMPLE) + 1
    return data[at : end if end > at + _SAMPLE // 4 else at + _SAMPLE]


def _around(text: str) -> str:
    at = next((i for i, c in enumerate(text) if ord(c) > 126), 0)
    return " ".join(text[max(0, at - 15) : at + 15].split())


def _not_binary(text: str, path: Path) -> str:
    share = len(_CONTROL.findall(text)) / len(text)
    if share > 0.1 or (share > 0.005 and "\x00" in text):
        raise FileUnreadable("holds binary data, not text", where=str(path), hint=_SAVE)
    return text
