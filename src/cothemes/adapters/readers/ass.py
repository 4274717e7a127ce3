"""Advanced SubStation captions (.ass, .ssa): the events of a script, its drawings and styles left out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from cothemes.adapters.readers.cues import Cue, cue_source, seconds_of
from cothemes.adapters.readers.format import Format, Opening
from cothemes.adapters.readers.lines import physical_lines
from cothemes.adapters.readers.raw import at_most, decode, read_bytes
from cothemes.adapters.readers.rolling import unrolled
from cothemes.errors import FileUnreadable
from cothemes.records.source import AS_FOUND, ReadOptions, Source
from cothemes.records.text import counted

_FIELDS = ("layer", "start", "end", "style", "name", "marginl", "marginr", "marginv", "effect", "text")
"""Fields of an event where the file gives no Format line: those of ASS."""
_OVERRIDE = re.compile(r"\{[^{}]*\}")
_DRAWING = re.compile(r"\{[^{}]*\\p[1-9][^{}]*\}")
_HEAD = re.compile(r"^\s*(?:;[^\n]*\n\s*)*\[(?:script info|events|v4\+? styles)\]", re.IGNORECASE)


@dataclass(frozen=True)
class AssReader:
    """Dialogue lines in the order of their times; the field `Name` (or `Actor`) is the voice."""

    options: ReadOptions = AS_FOUND

    def read(self, path: Path) -> list[Source]:
        """One source. Raises FileUnreadable with the row."""
        data = read_bytes(path)
        text, notes = decode(data, path, self.options.encoding)
        fields: tuple[str, ...] = _FIELDS
        events = False
        found: list[Cue] = []
        drawn = commented = 0
        rows = ((row, line) for row, (_, line) in enumerate(physical_lines(text), 1) if line.strip())
        for row, line in at_most(rows, path, "lines"):
            section, _, rest = line.strip().partition(":")
            if line.lstrip("\ufeff ").startswith("["):
                events = line.strip("\ufeff \t").lower() == "[events]"
            elif events and section.lower() == "format":
                fields = tuple(name.strip().lower() for name in rest.split(","))
                if "text" not in fields or "start" not in fields:
                    raise FileUnreadable(
                        "the format of its events names no start or no text",
                        where=f"{path}:{row}",
                        hint="Export the captions again, or as SubRip (.srt).",
                    )
            elif events and section.lower() == "comment":
                commented += 1
            elif events and section.lower() == "dialogue":
                cells = rest.split(",", len(fields) - 1)
                if len(cells) < len(fields):
                    raise FileUnreadable(
                        f"the event has {len(cells)} fields; {len(fields)} are named",
                        where=f"{path}:{row}",
                        hint="Export the captions again, or as SubRip (.srt).",
                    )
                event = dict(zip(fields, cells, strict=True))
                if _DRAWING.search(event["text"]):
                    drawn += 1
                    continue
                words = _OVERRIDE.sub("", event["text"]).replace("\\h", " ")
                payload = tuple(part for part in re.split(r"\\[Nn]", words) if part.strip())
                name = (event.get("name") or event.get("actor") or "").strip()
                number = len(found) + 1
                found.append(
                    Cue(number, event["start"].strip(), payload, event.get("end", "").strip(), name or None)
                )
        if not found:
            raise FileUnreadable(
                "holds no line of dialogue",
                where=str(path),
                hint="Export the captions again, or as SubRip (.srt).",
            )
        found.sort(key=_start)
        # Where others are named, an event without a name is nobody's.
        nameless = "" if any(cue.speaker for cue in found) else None
        cues = [
            cue._replace(number=number, speaker=cue.speaker or nameless)
            for number, cue in enumerate(found, 1)
        ]
        left = [f"Left out: {counted(drawn, 'drawing')}."] if drawn else []
        left += [f"Left out: {counted(commented, 'comment')}."] if commented else []
        plain = unrolled(cues)
        return [cue_source(path, data, "ass", plain.cues, (*notes, *left, *plain.notes))]


def _start(cue: Cue) -> float:
    seconds = seconds_of(cue.time)
    return 0.0 if seconds is None else seconds


def _recognises(opening: Opening) -> bool:
    return bool(_HEAD.match(opening.text))


FORMAT = Format("ass", "SubStation captions", (".ass", ".ssa"), AssReader, _recognises)
