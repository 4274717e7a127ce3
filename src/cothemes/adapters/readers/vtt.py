"""WebVTT, as Zoom, Teams and Whisper write it."""

from __future__ import annotations

from pathlib import Path

from cothemes.adapters.readers.cues import TIMING, Cue, cue_lines
from cothemes.adapters.readers.plain import physical_lines
from cothemes.adapters.readers.raw import decode, digest, read_bytes
from cothemes.errors import FileUnreadable
from cothemes.records.document import Kind
from cothemes.records.source import Line, LineStyle, Source


class VttReader:
    """Voices by `<v>` tag; NOTE blocks are kept beside the text, styles and regions are left out."""

    def read(self, path: Path) -> list[Source]:
        """One source. Raises FileUnreadable with the row."""
        data = read_bytes(path)
        text, notes = decode(data, path)
        blocks = _blocks(text.removeprefix("\ufeff"))
        if not blocks or not blocks[0][1][0].startswith("WEBVTT"):
            raise FileUnreadable(
                "does not begin with WEBVTT",
                where=f"{path}:1",
                hint="Export it again as WebVTT, or give it the ending of what it is.",
            )
        cues: list[Cue] = []
        asides: list[Line] = []
        left: list[str] = list(notes)
        for row, block in blocks[1:]:
            at = next((i for i, line in enumerate(block[:2]) if "-->" in line), None)
            if at is not None:
                timing = TIMING.match(block[at])
                if timing is None:
                    raise FileUnreadable(
                        f"“{block[at].strip()[:60]}” is no time range",
                        where=f"{path}:{row + at}",
                        hint="A cue begins with a line such as 00:01.000 --> 00:04.000.",
                    )
                cues.append(Cue(len(cues) + 1, timing["start"], tuple(block[at + 1 :])))
            elif block[0].split(" ")[0].split("\t")[0] == "NOTE":
                words = " ".join(" ".join(block).removeprefix("NOTE").split())
                if words:
                    asides.append(Line(text=words, glue="\n\n", style=LineStyle.ASIDE, place=len(cues) + 1))
            elif block[0].strip() in {"STYLE", "REGION"}:
                left.append(f"Left out: a {block[0].strip()} block at row {row}.")
            elif cues:
                # A blank line inside a cue ends it by the standard; the text after it is still speech.
                cues[-1] = cues[-1]._replace(payload=(*cues[-1].payload, *block))
                left.append(f"Row {row} stands outside any cue: taken with the cue before it.")
            else:
                left.append(f"Left out: row {row}, before the first cue: “{block[0].strip()[:60]}”.")
        if not cues:
            raise FileUnreadable("holds no cue", where=str(path), hint="Export the transcript again.")
        return [
            Source(
                name=path.name,
                reader="vtt",
                hash=digest(data),
                unit="cue",
                lines=(*asides, *cue_lines(cues)),
                kind=Kind.INTERVIEW,
                notes=tuple(left),
            )
        ]


def _blocks(text: str) -> list[tuple[int, list[str]]]:
    """(row from 1, lines) of what stands between blank lines."""
    blocks: list[tuple[int, list[str]]] = []
    open_ = False
    for row, (_, line) in enumerate(physical_lines(text), 1):
        if not line.strip():
            open_ = False
        elif open_:
            blocks[-1][1].append(line)
        else:
            blocks.append((row, [line]))
            open_ = True
    return blocks
