"""YouTube's json3: events of words; an event that appends holds nothing but a line end."""

from __future__ import annotations

from typing import Any

from cothemes.adapters.readers.json_shapes.shape import (
    Heard,
    Shape,
    at,
    cues_of,
    entries,
    is_list_with,
    thousandth,
)


def _read(content: Any) -> Heard:
    found: list[tuple[str, object, str | None]] = []
    for event in entries(content, "events"):
        words = "".join(str(at(part, "utf8") or "") for part in entries(event, "segs"))
        if words.strip():
            found.append((words, thousandth(event.get("tStartMs")), None))
    return Heard(cues_of(found))


SHAPE = Shape("YouTube json3", lambda content: is_list_with(content, "events", "tStartMs"), _read)
