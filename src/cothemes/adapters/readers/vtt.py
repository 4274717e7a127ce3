"""WebVTT, as Zoom, Teams and Whisper write it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from cothemes.adapters.readers.cues import TIMING, Cue, cue_source
from cothemes.adapters.readers.format import Format, Opening
from cothemes.adapters.readers.lines import physical_lines
from cothemes.adapters.readers.raw import at_most, decode, read_bytes
from cothemes.adapters.readers.rolling import unrolled
from cothemes.errors import FileUnreadable
from cothemes.records.source import AS_FOUND, Line, LineStyle, ReadOptions, Source


@dataclass(frozen=True)
class VttReader:
    """Voices by `<v>` tag; NOTE blocks are kept beside the text, styles and regions are left out."""

    options: ReadOptions = AS_FOUND

    def read(self, path: Path) -> list[Source]:
        """One source. Raises FileUnreadable with the row."""
        data = read_bytes(path)
        text, notes = decode(data, path, self.options.encoding)
        blocks = _blocks(text.removeprefix("\ufeff"), path)
        headed = bool(blocks) and blocks[0].lines[0].startswith("WEBVTT")
        if not headed and not any(_timed(block) for block in blocks):
            raise FileUnreadable(
                "does not begin with WEBVTT, and no cue is in it",
                where=f"{path}:1",
                hint="Export it again as WebVTT, or give it the ending of what it is.",
            )
        found: list[tuple[str, str, list[str]]] = []
        asides: list[Line] = []
        left: list[str] = list(notes) + (
            [] if headed else ["It does not begin with WEBVTT: read all the same."]
        )
        outside: list[int] = []
        for row, block, apart in blocks[1 if headed else 0 :]:
            at = next((i for i, line in enumerate(block[:2]) if "-->" in line), None)
            if at is not None:
                timing = TIMING.match(block[at])
                if timing is None:
                    raise FileUnreadable(
                        f"“{block[at].strip()[:60]}” is no time range",
                        where=f"{path}:{row + at}",
                        hint="A cue begins with a line such as 00:01.000 --> 00:04.000.",
                    )
                found.append((timing["start"], timing["end"], []))
                for line in block[at + 1 :]:
                    # A cue without words can have the next one right below it.
                    if timing := TIMING.match(line):
                        found.append((timing["start"], timing["end"], []))
                    else:
                        found[-1][2].append(line)
            elif block[0].split(" ")[0].split("\t")[0] == "NOTE":
                words = " ".join(" ".join(block).removeprefix("NOTE").split())
                if words:
                    asides.append(Line(text=words, glue="\n\n", style=LineStyle.ASIDE, place=len(found) + 1))
            elif block[0].strip() in {"STYLE", "REGION"}:
                left.append(f"Left out: a {block[0].strip()} block at row {row}.")
            elif found:
                # A blank line inside a cue ends it by the standard; the text after it is still speech.
                found[-1][2].extend(block)
                if apart:
                    outside.append(row)
            else:
                left.append(f"Left out: row {row}, before the first cue: “{block[0].strip()[:60]}”.")
        if not found:
            raise FileUnreadable("holds no cue", where=str(path), hint="Export the transcript again.")
        if outside:
            left.append(
                f"Row {outside[0]} is outside any cue: read with the cue before it."
                if len(outside) == 1
                else f"{len(outside)} rows are outside any cue, the first at row {outside[0]}: each was "
                "taken with the cue before it."
            )
        plain = unrolled(
            [Cue(number, start, tuple(words), end) for number, (start, end, words) in enumerate(found, 1)]
        )
        return [cue_source(path, data, "vtt", plain.cues, (*left, *plain.notes), asides)]


class _Block(NamedTuple):
    """The lines between two blank lines."""

    row: int
    """Row of its first line, from 1."""
    lines: list[str]
    apart: bool
    """True if the line before it is empty; YouTube writes lines of blanks inside a cue."""


def _timed(block: _Block) -> bool:
    return any(TIMING.match(line) for line in block.lines[:2])


def _blocks(text: str, path: Path) -> list[_Block]:
    blocks: list[_Block] = []
    open_, apart = False, True
    lines = enumerate(physical_lines(text), 1)
    for row, line in at_most(
        ((row, line) for row, (_, line) in lines if line.strip() or open_), path, "lines"
    ):
        if not line.strip():
            open_, apart = False, not line
        elif open_:
            blocks[-1].lines.append(line)
        else:
            blocks.append(_Block(row, [line], apart))
            open_ = True
    return blocks


def _recognises(opening: Opening) -> bool:
    if opening.text.lstrip().startswith("WEBVTT"):
        return True
    return opening.path.suffix.lower() == ".vtt" and any(TIMING.match(line) for line in opening.lines[:20])


FORMAT = Format("vtt", "WebVTT captions", (".vtt",), VttReader, _recognises)
