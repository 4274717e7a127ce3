"""SubRip captions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from cothemes.adapters.readers.cues import TIMING, Cue, cue_source
from cothemes.adapters.readers.format import Format, Opening
from cothemes.adapters.readers.lines import physical_lines
from cothemes.adapters.readers.raw import at_most, decode, read_bytes
from cothemes.adapters.readers.rolling import unrolled
from cothemes.errors import FileUnreadable
from cothemes.records.source import AS_FOUND, ReadOptions, Source

_BEFORE_FIRST = 4
"""Lines before the first time range of a file that is taken for captions by its content."""
_LEAST = 0.2
"""Share of such a file's first lines that are time ranges. Captions of three lines have a fifth."""
_BLANK = re.compile(r"[^\w<]*")


@dataclass(frozen=True)
class SrtReader:
    """Cues by their time ranges; running numbers are dropped, blank lines inside a cue are allowed."""

    options: ReadOptions = AS_FOUND

    def read(self, path: Path) -> list[Source]:
        """One source. Raises FileUnreadable."""
        data = read_bytes(path)
        text, notes = decode(data, path, self.options.encoding)
        cues: list[Cue] = []
        left: list[str] = list(notes)
        pending: list[str] = []
        numbered = False
        lines = physical_lines(text.removeprefix("\ufeff"))
        spoken = at_most(
            ((row, line) for row, (_, line) in enumerate(lines, 1) if line.strip()), path, "lines"
        )
        for row, line in spoken:
            if timing := TIMING.match(line):
                # The line before a time range is the cue's number, not speech of the cue before.
                # Captions without numbers may end in a number that somebody said.
                ends_in_number = bool(pending) and pending[-1].strip().isdigit()
                numbered = numbered or (ends_in_number and not cues)
                if ends_in_number and numbered:
                    pending.pop()
                _close(cues, pending, left, row)
                pending = []
                cues.append(Cue(len(cues) + 1, timing["start"], (), timing["end"]))
            else:
                pending.append(line)
        _close(cues, pending, left, 0)
        if not cues:
            raise FileUnreadable(
                "holds no time range such as 00:00:01,000 --> 00:00:04,000",
                where=str(path),
                hint="Export it again as SubRip, or give it the ending of what it is.",
            )
        plain = unrolled(cues)
        return [cue_source(path, data, "srt", plain.cues, (*left, *plain.notes))]


def _close(cues: list[Cue], pending: list[str], left: list[str], row: int) -> None:
    if not pending:
        return
    if cues:
        cues[-1] = cues[-1]._replace(payload=tuple(pending))
    elif any(_BLANK.fullmatch(line) is None for line in pending):
        left.append(f"Left out: what precedes the first cue (row {row}): “{pending[0].strip()[:60]}”.")


def _recognises(opening: Opening) -> bool:
    """Time ranges from the first lines on, whatever the ending; files saved as .txt or .md are often such."""
    lines = opening.lines
    first = next((at for at, line in enumerate(lines) if TIMING.fullmatch(line.strip())), None)
    if first is None or first >= _BEFORE_FIRST:
        return False
    timed = sum(TIMING.fullmatch(line.strip()) is not None for line in lines)
    return timed >= 2 and timed >= _LEAST * len(lines)


FORMAT = Format("srt", "SubRip captions", (".srt",), SrtReader, _recognises)
