"""A document's words known again wherever they were copied to: a prompt, a note, a file of logs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from mmap import mmap

WINDOW = 32
"""Bytes of a stretch that is compared. A copy of twice as many is always found."""
RUN = 6
"""Words in a row by which a text is known again however it is laid out."""
_LETTERS = 18
"""Of a window's bytes or a run's letters, so that lines of dashes and times are nobody's words."""
_PLAIN = re.compile(r"[^\x00-\x1f\"\\\ud800-\udfff]+")
"""What is spelt alike in text and in JSON, but for letters outside ASCII."""
_WORD = re.compile(r"\w+")
_NO_LETTER = re.compile(rb"[\x00-@\[-`{-\x7f]+")


class Traces:
    """All stretches of some texts that no other text holds."""

    def __init__(self, texts: Iterable[str], others: Iterable[str] = ()) -> None:
        """`others` are texts of the same study: what they hold too says nothing of where it came from."""
        texts, others = list(texts), list(others)
        self._windows = {
            piece[at : at + WINDOW]
            for text in dict.fromkeys(texts)
            for piece in _spellings(text)
            for at in range(len(piece) - WINDOW + 1)
            if len(_NO_LETTER.sub(b"", piece[at : at + WINDOW])) >= _LETTERS
        }
        for text in others if self._windows else ():
            for piece in _spellings(text):
                for at in range(len(piece) - WINDOW + 1):
                    self._windows.discard(piece[at : at + WINDOW])
        self._runs = {run for text in dict.fromkeys(texts) for run in _runs(text)}
        for text in others if self._runs else ():
            self._runs.difference_update(_runs(text))

    def __bool__(self) -> bool:
        return bool(self._windows)

    def quoted_in(self, content: bytes | mmap) -> bool:
        """Return whether UTF-8 or JSON holds a copy; one shorter than two windows may be passed over."""
        known = self._windows
        return bool(known) and any(
            content[at : at + WINDOW] in known for at in range(0, len(content) - WINDOW + 1, WINDOW)
        )

    def told_in(self, text: str) -> bool:
        """Return whether a text has a run of words that only these texts have, however it is laid out."""
        return bool(self._runs) and any(run in self._runs for run in _runs(text))


def _runs(text: str) -> Iterator[str]:
    words = _WORD.findall(text.casefold())
    for at in range(len(words) - RUN + 1):
        run = " ".join(words[at : at + RUN])
        if len(run) >= _LETTERS + RUN:
            yield run


def _spellings(text: str) -> Iterator[bytes]:
    for match in _PLAIN.finditer(text):
        piece = match.group()
        yield piece.encode()
        if not piece.isascii():
            yield json.dumps(piece)[1:-1].encode()
