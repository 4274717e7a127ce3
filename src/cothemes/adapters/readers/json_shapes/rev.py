"""Rev and Rev AI: monologues of elements, words and marks between them."""

from __future__ import annotations

from typing import Any

from cothemes.adapters.readers.cues import Cue, clock, seconds_of
from cothemes.adapters.readers.json_shapes.shape import (
    Heard,
    Misshapen,
    Shape,
    entries,
    is_list_with,
    numbered,
    voices,
)
from cothemes.records.text import counted


def _read(content: Any) -> Heard:
    names = {
        str(speaker.get("id")): speaker.get("name")
        for speaker in entries(content, "speakers")
        if isinstance(speaker, dict) and isinstance(speaker.get("name"), str)
    }
    monologues = entries(content, "monologues")
    said: list[object] = []
    lost = 0
    cues: list[Cue] = []
    for number, monologue in enumerate(monologues, 1):
        if not isinstance(monologue, dict):
            raise Misshapen(f"monologue {number} is no object")
        parts = [part for part in entries(monologue, "elements") if isinstance(part, dict)]
        lost += sum(part.get("type") == "unknown" for part in parts)
        text = "".join(str(part.get("value", "")) for part in parts if part.get("type") != "unknown")
        start = next((part.get("ts") for part in parts if part.get("ts") is not None), None)
        # Rev's people write times as in captions, Rev AI as seconds.
        time = seconds_of(start) if isinstance(start, str) else start
        speaker = monologue.get("speaker")
        said.append(names.get(str(speaker)) or numbered(speaker))
        if text.strip():
            cues.append(Cue(len(cues) + 1, clock(time), (text,), speaker=str(len(said) - 1)))
    known = voices(said)
    notes = (f"Left out: {counted(lost, 'word')} that Rev could not make out.",) if lost else ()
    return Heard([cue._replace(speaker=known[int(cue.speaker or 0)]) for cue in cues], notes)


SHAPE = Shape("Rev", lambda content: is_list_with(content, "monologues", "elements"), _read)
