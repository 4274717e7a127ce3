"""SubRip captions."""

from __future__ import annotations

from pathlib import Path

from cothemes.adapters.readers.cues import TIMING, Cue, cue_lines
from cothemes.adapters.readers.lines import physical_lines
from cothemes.adapters.readers.raw import at_most, decode, digest, read_bytes
from cothemes.adapters.readers.rolling import unrolled
from cothemes.errors import FileUnreadable
from cothemes.records.document import Kind
from cothemes.records.source import Source


class SrtReader:
    """Cues by their time ranges; the running numbers are dropped, blank lines inside a cue are borne."""

    def read(self, path: Path) -> list[Source]:
        """One source. Raises FileUnreadable."""
        data = read_bytes(path)
        text, notes = decode(data, path)
        cues: list[Cue] = []
        left: list[str] = list(notes)
        pending: list[str] = []
        lines = physical_lines(text.removeprefix("\ufeff"))
        spoken = at_most(
            ((row, line) for row, (_, line) in enumerate(lines, 1) if line.strip()), path, "lines"
        )
        for row, line in spoken:
            if timing := TIMING.match(line):
                # The line before a time range is the cue's number, not speech of the cue before.
                if pending and pending[-1].strip().isdigit():
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
        return [
            Source(
                name=path.name,
                reader="srt",
                hash=digest(data),
                unit="cue",
                lines=cue_lines(plain.cues),
                kind=Kind.INTERVIEW,
                notes=(*left, *plain.notes),
            )
        ]


def _close(cues: list[Cue], pending: list[str], left: list[str], row: int) -> None:
    if not pending:
        return
    if cues:
        cues[-1] = cues[-1]._replace(payload=tuple(pending))
    else:
        left.append(f"Left out: what precedes the first cue (row {row}): “{pending[0].strip()[:60]}”.")
