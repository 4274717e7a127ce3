"""Deepgram: utterances where they were asked for, else paragraphs, else words."""

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
    numbered,
    text_in,
    voices,
)


def _fits(content: Any) -> bool:
    results = at(content, "results")
    return is_list_with(results, "utterances", "transcript") or is_list_with(
        results, "channels", "alternatives"
    )


def _read(content: Any) -> Heard:
    results = content["results"]
    utterances = entries(results, "utterances")
    if utterances:
        texts = [
            text_in(part, "transcript", f"utterance {number}") for number, part in enumerate(utterances, 1)
        ]
        several = len({part.get("channel") for part in utterances}) > 1
        names = voices(_voice(part, several=several) for part in utterances)
        starts = [part.get("start") for part in utterances]
        return Heard(cues_of(list(zip(texts, starts, names, strict=True))))
    channels = entries(results, "channels")
    found: list[tuple[str, object, object]] = []
    for number, channel in enumerate(channels):
        best = at(channel, "alternatives", 0)
        voice = f"Channel {number}" if len(channels) > 1 else None
        paragraphs = entries(at(best, "paragraphs"), "paragraphs")
        for paragraph in paragraphs:
            name = numbered(paragraph.get("speaker")) if isinstance(paragraph, dict) else None
            for sentence in entries(paragraph, "sentences"):
                found.append((text_in(sentence, "text", "a sentence"), at(sentence, "start"), name or voice))
        if not paragraphs:
            found.extend(_of_words(best, voice))
    if len(channels) > 1:
        found.sort(key=lambda part: part[1] if isinstance(part[1], int | float) else 0.0)
    names = voices(name for _, _, name in found)
    return Heard(cues_of([(text, start, name) for (text, start, _), name in zip(found, names, strict=True)]))


def _voice(part: Any, *, several: bool) -> object:
    speaker = part.get("speaker")
    if speaker is None and several:
        return f"Channel {part.get('channel')}"
    return numbered(speaker)


def _of_words(best: Any, voice: str | None) -> list[tuple[str, object, object]]:
    words = [word for word in entries(best, "words") if isinstance(word, dict)]
    if not words:
        text = at(best, "transcript")
        return [(text, None, voice)] if isinstance(text, str) and text.strip() else []
    names = voices(numbered(word.get("speaker")) for word in words)
    cues = cues_of_words(
        Word(str(word.get("punctuated_word") or word.get("word") or ""), word.get("start"), name)
        for word, name in zip(words, names, strict=True)
    )
    # The clock of a caption is text: seconds sort channels into one order.
    return [(cue.payload[0], _seconds(cue.time), cue.speaker or voice) for cue in cues]


def _seconds(time: str) -> object:
    parts = [int(part) for part in time.split(":")] if time else []
    return sum(part * 60**at for at, part in enumerate(reversed(parts))) if parts else None


SHAPE = Shape("Deepgram", _fits, _read)
