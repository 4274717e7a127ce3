"""Text settled once, so that an offset means the same everywhere and for ever."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

REPLACEMENT = "\ufffd"

LINE_END = re.compile(r"\r\n|[\r\f\v\x85\u2028\u2029]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""C0 and C1 controls but line end and tab, embeddings and overrides of writing direction, lone surrogates."""


class NormalizedText(NamedTuple):
    """A settled text and the way back to the raw one."""

    text: str
    points: tuple[tuple[int, int], ...]
    """(offset in the text, offset in the raw text): from each on, both count alike until the next."""
    replaced: int
    """Control characters that became U+FFFD."""


def settle(raw: str) -> NormalizedText:
    """NFC, line ends LF, no byte-order mark at the start; control characters replaced one for one by U+FFFD.

    A form feed, a vertical tab and the line separators of Unicode count as line ends. Any string is taken.
    """
    start = 1 if raw.startswith("\ufeff") else 0
    clean = not LINE_END.search(raw) and not _CONTROL.search(raw)
    if clean and unicodedata.is_normalized("NFC", raw):
        return NormalizedText(raw[start:], ((0, start),), 0)
    parts: list[str] = []
    points: list[tuple[int, int]] = [(0, start)]
    length, at, replaced = 0, start, 0
    for end in (*LINE_END.finditer(raw, start), None):
        stop = end.start() if end else len(raw)
        line, count = _CONTROL.subn(REPLACEMENT, raw[at:stop])
        replaced += count
        for piece in _pieces(line):
            composed = unicodedata.normalize("NFC", piece)
            _point(points, length, at)
            parts.append(composed)
            length += len(composed)
            at += len(piece)
        if end:
            _point(points, length, at)
            parts.append("\n")
            length += 1
            at = end.end()
    _point(points, length, at)
    return NormalizedText("".join(parts), tuple(points), replaced)


def _point(points: list[tuple[int, int]], length: int, at: int) -> None:
    offset, place = points[-1]
    if at - length == place - offset:
        return
    if offset == length:
        points[-1] = (length, at)
    else:
        points.append((length, at))


def _pieces(line: str) -> list[str]:
    """Stretches that normalise apart from each other just as they do together."""
    if unicodedata.is_normalized("NFC", line):
        return [line]
    pieces: list[str] = []
    begin = 0
    for at in range(1, len(line)):
        if unicodedata.combining(line[at]):
            continue
        left = unicodedata.normalize("NFC", line[begin:at])
        # Some starters join the one before them (Hangul vowels, some Indic vowel signs).
        if unicodedata.normalize("NFC", left[-1:] + line[at]) == left[-1:] + unicodedata.normalize(
            "NFC", line[at]
        ):
            pieces.append(line[begin:at])
            begin = at
    pieces.append(line[begin:])
    return pieces
