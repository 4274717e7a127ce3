"""Whisper, WhisperX, OpenAI's verbose_json and diarized_json: segments with start, end and text."""

from __future__ import annotations

from typing import Any

from cothemes.adapters.readers.json_shapes.shape import Heard, Shape, cues_of, text_in, voices


def _segments(content: Any) -> list[Any]:
    found = content.get("segments") if isinstance(content, dict) else content
    return found if isinstance(found, list) else []


def _fits(content: Any) -> bool:
    segments = _segments(content)
    return bool(segments) and isinstance(segments[0], dict) and "text" in segments[0]


def _read(content: Any) -> Heard:
    segments = _segments(content)
    texts = [text_in(segment, "text", f"segment {number}") for number, segment in enumerate(segments, 1)]
    # Where others are told apart, a segment without a speaker is one that could not be.
    names = voices(segment.get("speaker") for segment in segments)
    starts = [segment.get("start") for segment in segments]
    return Heard(cues_of(list(zip(texts, starts, names, strict=True))))


SHAPE = Shape("Whisper", _fits, _read)
