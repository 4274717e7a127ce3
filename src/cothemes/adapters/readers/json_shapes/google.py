"""Google Speech-to-Text, versions 1 and 2: `results` with alternatives, voices by tag of a word."""

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
    voices,
)

_ALIKE = 0.8
"""Share of words that a result must repeat."""


def _results(content: Any) -> list[Any]:
    """Its results, also inside a long-running operation or a batch of one file."""
    for place in (content, at(content, "response"), *_files(content), *_files(at(content, "response"))):
        if is_list_with(place, "results", "alternatives"):
            return entries(place, "results")
    return []


def _files(content: Any) -> list[Any]:
    results = at(content, "results")
    if not isinstance(results, dict) or len(results) != 1:
        return []
    (one,) = results.values()
    return [one, at(one, "transcript"), at(one, "inlineResult", "transcript")]


def _read(content: Any) -> Heard:
    results = [result for result in _results(content) if at(result, "alternatives", 0) is not None]
    words = [entries(at(result, "alternatives", 0), "words") for result in results]
    tagged = [number for number, group in enumerate(words) if any(_tag(word) for word in group)]
    # With diarisation, the last result of version 1 repeats all words with their voices.
    last = tagged[-1] if tagged else None
    if last is not None:
        repeated = _begins_with(words[last], [word for group in words[:last] for word in group])
        chosen = [word for group in words[last if repeated else 0 :] for word in group]
        names = voices(numbered(_tag(word)) for word in chosen)
        pairs = zip(chosen, names, strict=True)
        return Heard(
            cues_of_words(Word(str(at(word, "word") or ""), _start(word), name) for word, name in pairs)
        )
    channels = {_either(result, "channelTag", "channel_tag") for result in results}
    several = len(channels) > 1
    found: list[tuple[str, object, object]] = []
    before: object = 0.0
    for result, group in zip(results, words, strict=True):
        text = at(result, "alternatives", 0, "transcript")
        start = _start(group[0]) if group else before
        channel = _either(result, "channelTag", "channel_tag")
        if isinstance(text, str) and text.strip():
            found.append((text, start, f"Channel {channel}" if several else None))
        before = _seconds(_either(result, "resultEndTime", "resultEndOffset", "result_end_time")) or before
    if several:
        found.sort(key=lambda part: part[1] if isinstance(part[1], int | float) else 0.0)
    names = voices(name for _, _, name in found)
    return Heard(cues_of([(text, start, name) for (text, start, _), name in zip(found, names, strict=True)]))


def _begins_with(words: list[Any], earlier: list[Any]) -> bool:
    """Return whether the words of a result are, but for a few, those of the results before it once more."""
    pairs = zip(earlier, words, strict=False)
    same = sum(bool(at(one, "word") == at(other, "word")) for one, other in pairs)
    return same >= _ALIKE * len(earlier)


def _either(entry: Any, *keys: str) -> object:
    return next((found for key in keys if (found := at(entry, key)) is not None), None)


def _tag(word: Any) -> object:
    return _either(word, "speakerLabel", "speaker_label", "speakerTag", "speaker_tag") or None


def _start(word: Any) -> object:
    return _seconds(_either(word, "startTime", "startOffset", "start_time", "start_offset") or "0s")


def _seconds(time: object) -> object:
    """Seconds of `1.400s`, or of an object with seconds and nanos."""
    if isinstance(time, dict):
        whole, nanos = time.get("seconds", 0), time.get("nanos", 0)
        try:
            return float(whole) + float(nanos) / 1e9
        except (TypeError, ValueError):
            return None
    if isinstance(time, str):
        try:
            return float(time.removesuffix("s"))
        except ValueError:
            return None
    return time


SHAPE = Shape("Google Speech-to-Text", lambda content: bool(_results(content)), _read)
