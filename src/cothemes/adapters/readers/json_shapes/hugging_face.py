"""Hugging Face's pipeline: `chunks` with a pair of times; insanely-fast-whisper adds `speakers`."""

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
    voices,
)

_WORDS = 1.2
"""Words in a chunk, on average, up to which chunks are single words."""


def _fits(content: Any) -> bool:
    return any(is_list_with(content, key, "text", "timestamp") for key in ("speakers", "chunks"))


def _read(content: Any) -> Heard:
    chunks = entries(content, "speakers") or entries(content, "chunks")
    texts = [text_in(chunk, "text", f"chunk {number}") for number, chunk in enumerate(chunks, 1)]
    names = voices(chunk.get("speaker") for chunk in chunks)
    starts = [at(chunk, "timestamp", 0) for chunk in chunks]
    if sum(len(text.split()) for text in texts) <= _WORDS * len(texts):
        words = zip(texts, starts, names, strict=True)
        return Heard(cues_of_words(Word(text.strip(), start, name) for text, start, name in words))
    return Heard(cues_of(list(zip(texts, starts, names, strict=True))))


SHAPE = Shape("Hugging Face", _fits, _read)
