"""Captions: what WebVTT, SubRip and Whisper have in common."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from cothemes.adapters.readers.cue_names import with_names
from cothemes.adapters.readers.raw import digest
from cothemes.records.document import Kind
from cothemes.records.source import Line, LineStyle, Source

TIMING = re.compile(
    r"^\s*(?P<start>(?:\d+:)?\d{1,2}:\d{1,2}[.,]\d{1,3}|(?:\d+:)?\d{1,2}:\d{2})\s*-->\s*"
    r"(?P<end>(?:\d+:)?\d{1,2}:\d{1,2}[.,]\d{1,3}|(?:\d+:)?\d{1,2}:\d{2})"
)
"""`00:03.140 --> 00:13.078`, with hours or without, comma or point."""

_VOICE = re.compile(r"<v(?:\.[^\s>]*)?(?:\s+(?P<name>[^<>]*))?>|</v>")
_MARKUP = re.compile(
    r"</?(?:c|i|b|u|s|v|em|strong|font|ruby|rt|lang)(?:[.\s][^<>]*)?/?>|<\d[\d:.]*>|\{\\[^{}]*\}",
    re.IGNORECASE,
)


class Cue(NamedTuple):
    """A caption as it stands in the file."""

    number: int
    """Number of the cue, from 1."""
    time: str
    """Its start, as written."""
    payload: tuple[str, ...]
    end: str = ""
    """Its end, as written; empty where the file gives none."""
    speaker: str | None = None
    """Its voice where the format names it; empty where it says that the voice is not known."""


def clock(seconds: object) -> str:
    """Return seconds as `00:03:12`; empty for what is no time."""
    if isinstance(seconds, str):
        try:
            seconds = float(seconds)
        except ValueError:
            return ""
    if not isinstance(seconds, int | float) or isinstance(seconds, bool) or not 0 <= seconds < 1e6:
        return ""
    whole = int(seconds)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def cue_source(
    path: Path,
    data: bytes,
    reader: str,
    cues: Sequence[Cue],
    notes: Sequence[str],
    asides: Sequence[Line] = (),
) -> Source:
    """The source that a file of captions holds; `asides` are kept in the text before them."""
    return Source(
        name=path.name,
        reader=reader,
        hash=digest(data),
        unit="cue",
        lines=(*asides, *cue_lines(cues)),
        kind=Kind.INTERVIEW,
        notes=tuple(notes),
    )


def seconds_of(time: str) -> float | None:
    """Return the seconds of a time as captions write it; None where it is none."""
    try:
        parts = [float(part) for part in time.replace(",", ".").split(":")]
    except ValueError:
        return None
    return sum(part * 60.0**at for at, part in enumerate(reversed(parts)))


def without_markup(text: str) -> str:
    """Return the words of a line: tags gone, entities read."""
    return html.unescape(_MARKUP.sub("", _VOICE.sub("", text)))


def cue_lines(cues: Sequence[Cue]) -> tuple[Line, ...]:
    """One line per cue, or per voice of a cue; markup gone, entities read."""
    lines = [
        Line(
            text=text,
            glue=" ",
            place=cue.number,
            style=LineStyle.CUE,
            speaker=cue.speaker if voice is None else voice,
            time=cue.time,
        )
        for cue in cues
        for voice, text in _voices(cue.payload)
    ]
    return tuple(with_names(lines))


def _voices(payload: tuple[str, ...]) -> list[tuple[str | None, str]]:
    """(voice, text): a voice lasts until the next one begins, over line breaks too."""
    found: list[tuple[str | None, str]] = []
    voice: str | None = None
    for row in payload:
        at = 0
        for mark in _VOICE.finditer(row):
            found.append((voice, row[at : mark.start()]))
            name = mark.group("name")
            voice = html.unescape(_MARKUP.sub("", name)).strip() if name else None
            at = mark.end()
        found.append((voice, row[at:] + "\n"))
    merged: list[tuple[str | None, list[str]]] = []
    for name_, text in found:
        if merged and merged[-1][0] == name_:
            merged[-1][1].append(text)
        else:
            merged.append((name_, [text]))
    plain = ((name_, html.unescape(_MARKUP.sub("", "".join(texts)))) for name_, texts in merged)
    return [(name_, " ".join(text.split())) for name_, text in plain if text.strip()]
