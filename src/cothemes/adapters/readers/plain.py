"""Plain text: a line is a line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cothemes.adapters.readers.format import Format
from cothemes.adapters.readers.lines import lines_apart
from cothemes.adapters.readers.raw import at_most, decode, digest, read_bytes
from cothemes.adapters.readers.whisper import timed_lines
from cothemes.records.document import Kind
from cothemes.records.source import AS_FOUND, Line, ReadOptions, Source


@dataclass(frozen=True)
class PlainReader:
    """txt and its like. Turns, headings and header lines are found later, by rule."""

    options: ReadOptions = AS_FOUND

    def read(self, path: Path) -> list[Source]:
        """One source. Raises FileUnreadable."""
        data = read_bytes(path)
        text, notes = decode(data, path, self.options.encoding)
        if captions := timed_lines(text, path):
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
        lines = tuple(Line(text=line, place=at) for at, line in at_most(lines_apart(text), path, "lines"))
        return [
            Source(
                name=path.name, reader="text", hash=digest(data), unit="character", lines=lines, notes=notes
            )
        ]


FORMAT = Format("text", "plain text", (".txt", ".text"), PlainReader)
