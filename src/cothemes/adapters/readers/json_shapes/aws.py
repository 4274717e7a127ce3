"""Amazon Transcribe: words as `items`, voices by speaker or by channel; newer files have `audio_segments`."""

from __future__ import annotations

from typing import Any

from cothemes.adapters.readers.json_shapes.shape import (
    Heard,
    Shape,
    Word,
    at,
    cues_of,
    cues_of_words,
    entries,
    is_list_with,
    text_in,
    thousandth,
    voices,
)


def _fits(content: Any) -> bool:
    results = at(content, "results")
    return (
        is_list_with(results, "transcripts", "transcript")
        or is_list_with(results, "audio_segments", "transcript")
        or is_list_with(content, "Transcript", "Content")
    )


def _read(content: Any) -> Heard:
    if is_list_with(content, "Transcript", "Content"):
        return _call(entries(content, "Transcript"))
    results = content["results"]
    segments = entries(results, "audio_segments")
    if segments and all(isinstance(part, dict) and part.get("speaker_label") for part in segments):
        texts = [text_in(part, "transcript", f"segment {number}") for number, part in enumerate(segments, 1)]
        starts = [part.get("start_time") for part in segments]
        return Heard(cues_of(list(zip(texts, starts, voices(_labels(segments)), strict=True))))
    words = _words(results)
    if words:
        return Heard(cues_of_words(words))
    whole = " ".join(
        text_in(part, "transcript", "the transcript") for part in entries(results, "transcripts")
    )
    told = len(entries(at(results, "speaker_labels"), "segments"))
    note = "It holds no single words" + (f", so its {told} turns cannot be told apart" if told else "")
    return Heard(cues_of([(whole, None, None)]), (f"{note}: read as one stretch.",))


def _labels(parts: list[Any]) -> list[Any]:
    return [part.get("speaker_label") for part in parts]


def _words(results: Any) -> list[Word]:
    """Items with their voices; a mark has no voice or time and belongs to the word before it."""
    spoken = _voice_by_time(results)
    channels = entries(at(results, "channel_labels"), "channels")
    groups = [(entries(channel, "items"), str(channel.get("channel_label", ""))) for channel in channels]
    found: list[tuple[float, Word]] = []
    for items, channel in groups or [(entries(results, "items"), "")]:
        time = 0.0
        for item in items:
            content = at(item, "alternatives", 0, "content")
            if not isinstance(content, str):
                continue
            start = item.get("start_time")
            mark = item.get("type") == "punctuation"
            time = _seconds(start, time)
            voice = item.get("speaker_label") or spoken.get(str(start)) or channel
            if mark and found:
                voice = found[-1][1].speaker
            found.append((time, Word(content, start, voice if isinstance(voice, str) else "", joined=mark)))
    if len(groups) > 1:
        found.sort(key=lambda pair: pair[0])
    if not any(word.speaker for _, word in found):
        return [word._replace(speaker=None) for _, word in found]
    return [word for _, word in found]


def _voice_by_time(results: Any) -> dict[str, str]:
    """Start of a word → its voice, as older files give it apart from the words."""
    found: dict[str, str] = {}
    for segment in entries(at(results, "speaker_labels"), "segments"):
        for item in entries(segment, "items"):
            voice = at(item, "speaker_label") or at(segment, "speaker_label")
            if isinstance(voice, str):
                found[str(at(item, "start_time"))] = voice
    return found


def _seconds(start: object, before: float) -> float:
    try:
        return float(start) if isinstance(start, str | int | float) else before
    except ValueError:
        return before


def _call(turns: list[Any]) -> Heard:
    """Call Analytics: turns with a role."""
    texts = [text_in(turn, "Content", f"turn {number}") for number, turn in enumerate(turns, 1)]
    starts = [thousandth(turn.get("BeginOffsetMillis")) for turn in turns]
    names = voices(turn.get("ParticipantRole") for turn in turns)
    return Heard(cues_of(list(zip(texts, starts, names, strict=True))))


SHAPE = Shape("AWS Transcribe", _fits, _read)
