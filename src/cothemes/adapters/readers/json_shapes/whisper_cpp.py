"""whisper.cpp (`--output-json`, also with `--diarize`): `transcription` with offsets in milliseconds."""

from __future__ import annotations

from typing import Any

from cothemes.adapters.readers.json_shapes.shape import (
    Heard,
    Shape,
    at,
    cues_of,
    entries,
    is_list_with,
    numbered,
    text_in,
    thousandth,
    voices,
)


def _read(content: Any) -> Heard:
    parts = entries(content, "transcription")
    texts = [
        text_in(part, "text", f"part {number} of `transcription`") for number, part in enumerate(parts, 1)
    ]
    # `?` is what it writes where it cannot tell the two channels apart.
    said = [numbered(part.get("speaker")) if part.get("speaker") != "?" else "" for part in parts]
    starts = [thousandth(at(part, "offsets", "from")) for part in parts]
    return Heard(cues_of(list(zip(texts, starts, voices(said), strict=True))))


SHAPE = Shape("whisper.cpp", lambda content: is_list_with(content, "transcription", "text"), _read)
