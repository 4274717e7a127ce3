"""AssemblyAI: utterances with a voice each, else sentences, else words; times in milliseconds."""

from __future__ import annotations

from typing import Any

from cothemes.adapters.readers.json_shapes.shape import (
    Heard,
    Shape,
    Word,
    cues_of,
    cues_of_words,
    entries,
    is_list_with,
    text_in,
    thousandth,
    voices,
)

_MARKS = ("audio_url", "acoustic_model", "language_model", "speech_model", "audio_duration", "utterances")
"""Fields that no other transcript with a list of words has."""


def _fits(content: Any) -> bool:
    if is_list_with(content, "utterances", "text", "start"):
        return True
    if any(is_list_with(content, key, "text", "start", "words") for key in ("sentences", "paragraphs")):
        return True
    return is_list_with(content, "words", "text", "start") and any(mark in content for mark in _MARKS)


def _read(content: Any) -> Heard:
    for key in ("utterances", "sentences", "paragraphs"):
        parts = entries(content, key)
        if parts:
            texts = [
                text_in(part, "text", f"entry {number} of `{key}`") for number, part in enumerate(parts, 1)
            ]
            starts = [thousandth(part.get("start")) for part in parts]
            return Heard(cues_of(list(zip(texts, starts, _names(parts), strict=True))))
    words = entries(content, "words")
    texts = [text_in(word, "text", f"word {number}") for number, word in enumerate(words, 1)]
    starts = [thousandth(word.get("start")) for word in words]
    return Heard(
        cues_of_words(
            Word(text, start, name) for text, start, name in zip(texts, starts, _names(words), strict=True)
        )
    )


def _names(parts: list[Any]) -> list[str | None]:
    """Letters as `Speaker A`; a name that was identified as it is."""
    said = [part.get("speaker") for part in parts]
    return voices(f"Speaker {name}" if isinstance(name, str) and len(name) == 1 else name for name in said)


SHAPE = Shape("AssemblyAI", _fits, _read)
