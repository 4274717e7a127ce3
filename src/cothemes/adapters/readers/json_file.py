"""Transcripts in JSON: the shape says which service or program wrote the file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cothemes.adapters.readers.cues import cue_source
from cothemes.adapters.readers.format import Format, Opening
from cothemes.adapters.readers.json_shapes import SHAPES
from cothemes.adapters.readers.json_shapes.shape import Heard, Misshapen
from cothemes.adapters.readers.raw import at_most, decode, not_overfull, read_bytes
from cothemes.errors import FileUnreadable
from cothemes.records.source import AS_FOUND, ReadOptions, Source

_KNOWN = (
    f"Known: {', '.join(shape.name for shape in SHAPES)} (with WhisperX and verbose_json). From another "
    "service, export text, SubRip or WebVTT; passages belong in .jsonl."
)
_ENDINGS = (".json", ".json3")


@dataclass(frozen=True)
class JsonReader:
    """json of a transcript; voices and times are taken over where they are given."""

    options: ReadOptions = AS_FOUND

    def read(self, path: Path) -> list[Source]:
        """One source. Raises FileUnreadable with the part that is wrong, or the shapes that are known."""
        data = read_bytes(path)
        text, notes = decode(data, path, self.options.encoding)
        not_overfull(text, path)
        try:
            content: Any = json.loads(text.removeprefix("\ufeff"))
        except json.JSONDecodeError as error:
            raise FileUnreadable(
                f"is not JSON: {error.msg}", where=f"{path}:{error.lineno}", hint=_KNOWN
            ) from error
        except (RecursionError, ValueError) as error:
            # A number of more than 4,300 digits is a ValueError of its own.
            said = "is nested too deeply" if isinstance(error, RecursionError) else f"is not JSON: {error}"
            raise FileUnreadable(said, where=str(path), hint=_KNOWN) from error
        shape = next((shape for shape in SHAPES if shape.fits(content)), None)
        if shape is None:
            raise FileUnreadable(
                "holds no segments of a transcript that is known", where=str(path), hint=_KNOWN
            )
        try:
            heard: Heard = shape.read(content)
        except Misshapen as error:
            raise FileUnreadable(
                f"is read as {shape.name}: {error}", where=str(path), hint="Export the transcript again."
            ) from error
        cues = list(at_most(heard.cues, path, "segments"))
        if not any(line.strip() for cue in cues for line in cue.payload):
            raise FileUnreadable(
                f"is a transcript of {shape.name} without words", where=str(path), hint="Export it again."
            )
        reader = shape.name.casefold().replace(" ", "-").replace(".", "-")
        return [cue_source(path, data, reader, cues, (*notes, *heard.notes))]


def _recognises(opening: Opening) -> bool:
    return opening.is_json


FORMAT = Format("json", "JSON of a transcript", _ENDINGS, JsonReader, _recognises)
