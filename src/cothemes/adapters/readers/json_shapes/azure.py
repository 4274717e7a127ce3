"""Azure: batch transcription (`recognizedPhrases`), fast transcription (`phrases`) and Video Indexer."""

from __future__ import annotations

from typing import Any

from cothemes.adapters.readers.cues import seconds_of
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
from cothemes.records.text import counted

_TICKS = 10_000_000
"""Ticks of a second."""


def _indexed(content: Any) -> Any:
    return at(content, "videos", 0, "insights") or at(content, "insights")


def _fits(content: Any) -> bool:
    return (
        is_list_with(content, "recognizedPhrases", "nBest")
        or is_list_with(content, "recognizedPhrases", "recognitionStatus")
        or is_list_with(content, "phrases", "offsetMilliseconds", "text")
        or is_list_with(_indexed(content), "transcript", "text", "instances")
    )


def _read(content: Any) -> Heard:
    if entries(content, "recognizedPhrases"):
        return _batch(entries(content, "recognizedPhrases"))
    if entries(content, "phrases"):
        return _fast(entries(content, "phrases"))
    return _video(_indexed(content))


def _batch(phrases: list[Any]) -> Heard:
    """Phrases of all channels, in the order of their times; what was not recognised is counted."""
    good = [phrase for phrase in phrases if isinstance(at(phrase, "nBest", 0, "display"), str)]
    good.sort(key=lambda phrase: _ticks(phrase.get("offsetInTicks")))
    channels = {phrase.get("channel") for phrase in good}
    names = voices(_voice(phrase, several=len(channels) > 1) for phrase in good)
    segments = [
        (at(phrase, "nBest", 0, "display"), _ticks(phrase.get("offsetInTicks")) / _TICKS, name)
        for phrase, name in zip(good, names, strict=True)
    ]
    lost = len(phrases) - len(good)
    notes = (f"Left out: {counted(lost, 'phrase')} that were not recognised.",) if lost else ()
    return Heard(cues_of(segments), notes)


def _fast(phrases: list[Any]) -> Heard:
    texts = [text_in(phrase, "text", f"phrase {number}") for number, phrase in enumerate(phrases, 1)]
    channels = {phrase.get("channel") for phrase in phrases}
    names = voices(_voice(phrase, several=len(channels) > 1) for phrase in phrases)
    starts = [thousandth(phrase.get("offsetMilliseconds")) for phrase in phrases]
    found = list(zip(texts, starts, names, strict=True))
    if len(channels) > 1:
        found.sort(key=lambda part: part[1] if isinstance(part[1], int | float) else 0.0)
    return Heard(cues_of(found))


def _video(insights: Any) -> Heard:
    named = {str(at(each, "id")): at(each, "name") for each in entries(insights, "speakers")}
    lines = entries(insights, "transcript")
    texts = [
        text_in(line, "text", f"line {number} of the transcript") for number, line in enumerate(lines, 1)
    ]
    said = [named.get(str(line.get("speakerId"))) or numbered(line.get("speakerId")) for line in lines]
    starts = [seconds_of(str(at(line, "instances", 0, "start") or "")) for line in lines]
    return Heard(cues_of(list(zip(texts, starts, voices(said), strict=True))))


def _voice(phrase: Any, *, several: bool) -> object:
    speaker = phrase.get("speaker")
    if speaker is None and several:
        return f"Channel {phrase.get('channel')}"
    return numbered(speaker)


def _ticks(value: object) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0


SHAPE = Shape("Azure", _fits, _read)
