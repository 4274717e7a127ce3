"""Plain text: a line is a line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from cothemes.adapters.readers.raw import decode, digest, read_bytes
from cothemes.adapters.readers.whisper import timed_lines
from cothemes.records.document import Kind
from cothemes.records.source import Line, Source

_LINE_END = re.compile(r"\r\n|[\n\r\f\v\x85\u2028\u2029]")


def physical_lines(text: str, start: int = 0) -> Iterator[tuple[int, str]]:
    """(offset in the text plus `start`, line without its end), for every kind of line end in use."""
    at = 0
    for end in _LINE_END.finditer(text):
        yield start + at, text[at : end.start()]
        at = end.end()
    yield start + at, text[at:]


class PlainReader:
    """txt and its like. Turns, headings and header lines are found later, by rule."""

    def read(self, path: Path) -> list[Source]:
        """One source. Raises FileUnreadable."""
        data = read_bytes(path)
        text, notes = decode(data, path)
        if captions := timed_lines(text):
            return [
                Source(
                    name=path.name,
                    reader="whisper",
                    hash=digest(data),
                    unit="cue",
                    lines=captions,
                    kind=Kind.INTERVIEW,
                    notes=notes,
                )
            ]
        lines = tuple(Line(text=line, place=at) for at, line in physical_lines(text))
        return [
            Source(
                name=path.name, reader="text", hash=digest(data), unit="character", lines=lines, notes=notes
            )
        ]
