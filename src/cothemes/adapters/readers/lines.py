"""The lines of a text, for every kind of line end in use."""

from __future__ import annotations

import re
from collections.abc import Iterator

_LINE_END = re.compile(r"\r\n|[\n\r\f\v\x85\u2028\u2029]")
_BLANK = re.compile(r"[ \t\n\r\f\v\x85\u2028\u2029]+")
_ENDS = "\n\r\f\v\x85\u2028\u2029"


def physical_lines(text: str, start: int = 0) -> Iterator[tuple[int, str]]:
    """(offset in the text plus `start`, line without its end), for every kind of line end in use."""
    at = 0
    for end in _LINE_END.finditer(text):
        yield start + at, text[at : end.start()]
        at = end.end()
    yield start + at, text[at:]


def lines_apart(text: str) -> Iterator[tuple[int, str]]:
    """Yield what physical_lines yields, but blank lines in a row as one line that holds them all.

    Every rule asks of a blank line only that it is blank, and each line costs a record: half a megabyte of
    blank lines took half a gigabyte.
    """
    at = 0
    while True:
        if (blank := _BLANK.match(text, at)) is not None:
            last = max(text.rfind(end, at, blank.end()) for end in _ENDS)
            if blank.end() == len(text):
                yield at, text[at:]
                return
            if last >= at:
                yield at, text[at : last - (text[last - 1 : last + 1] == "\r\n" and last > at)]
                at = last + 1
        end = _LINE_END.search(text, at)
        yield at, text[at : end.start() if end else len(text)]
        if end is None:
            return
        at = end.end()
