"""A shape in which a service or program writes transcripts as JSON, and what several shapes share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from cothemes.adapters.readers.cues import Cue, clock

_LONGEST = 40
"""Words of a caption that is made of single words; it ends earlier at the end of a sentence."""
_ENDS = (".", "?", "!", "…", "。", "？", "！", "۔", "।")
_CLOSING = "\"'”’»)]"


class Heard(NamedTuple):
    """Captions of a transcript, in order, and remarks for the person who reads it in."""

    cues: list[Cue]
    notes: tuple[str, ...] = ()


class Misshapen(ValueError):
    """A part of the transcript is not what the shape has there; the message names the part."""


@dataclass(frozen=True)
class Shape:
    """One shape of JSON. `fits` must not raise; `read` raises Misshapen."""

    name: str
    """Name for people, e.g. `Deepgram`."""
    fits: Callable[[Any], bool]
    read: Callable[[Any], Heard]


class Word(NamedTuple):
    """One recognised word or mark."""

    text: str
    start: object
    """Seconds, or text that holds them; None where it is not known."""
    speaker: str | None
    joined: bool = False
    """True for a mark that stands right after the word before it."""


def cues_of_words(words: Iterable[Word]) -> list[Cue]:
    """Captions of single words: one ends where the voice changes, and at the end of a sentence."""
    cues: list[Cue] = []
    parts: list[str] = []
    count = 0
    first: Word | None = None

    def close() -> None:
        nonlocal first, count
        if first is not None and (text := "".join(parts).strip()):
            cues.append(Cue(len(cues) + 1, clock(first.start), (text,), speaker=first.speaker))
        parts.clear()
        first, count = None, 0

    for word in words:
        ended = bool(parts) and parts[-1].rstrip(_CLOSING).endswith(_ENDS)
        if (
            first is not None
            and not word.joined
            and (word.speaker != first.speaker or ended or count >= _LONGEST)
        ):
            close()
        if first is None:
            first = word
        parts.append(word.text if word.joined or not parts else f" {word.text}")
        count += not word.joined
    close()
    return cues


def cues_of(segments: Sequence[tuple[str, object, str | None]]) -> list[Cue]:
    """Captions of (text, seconds, voice)."""
    return [
        Cue(number, clock(start), (text,), speaker=voice)
        for number, (text, start, voice) in enumerate(segments, 1)
    ]


def is_list_with(content: Any, key: str, *inside: str) -> bool:
    """Return whether content[key] is a list whose first entry has these keys."""
    found = content.get(key) if isinstance(content, dict) else None
    return (
        isinstance(found, list)
        and bool(found)
        and isinstance(found[0], dict)
        and all(name in found[0] for name in inside)
    )


def voices(names: Iterable[object]) -> list[str | None]:
    """Return speakers as text: None for all where none is named, empty where only this one is not."""
    given: list[str | None] = [
        str(name).strip() if isinstance(name, str | int) and not isinstance(name, bool) else ""
        for name in names
    ]
    return given if any(given) else [None] * len(given)


def numbered(name: object) -> object:
    """Return `Speaker 1` for a number, and any other name as it is."""
    if isinstance(name, int) and not isinstance(name, bool):
        return f"Speaker {name}"
    return f"Speaker {name}" if isinstance(name, str) and name.strip().isdigit() else name


def text_in(entry: Any, key: str, what: str) -> str:
    """Return the text of an entry. Raises Misshapen that names it."""
    found = entry.get(key) if isinstance(entry, dict) else None
    if not isinstance(found, str):
        raise Misshapen(f"{what} holds no text")
    return found


def entries(content: Any, key: str) -> list[Any]:
    """Return the list under a key; empty where there is none."""
    found = content.get(key) if isinstance(content, dict) else None
    return found if isinstance(found, list) else []


def at(content: Any, *keys: str | int) -> Any:
    """Return what is at the end of a path of keys and positions; None where it ends before."""
    for key in keys:
        if isinstance(key, str) and isinstance(content, dict):
            content = content.get(key)
        elif isinstance(key, int) and isinstance(content, list) and -len(content) <= key < len(content):
            content = content[key]
        else:
            return None
    return content


def thousandth(milliseconds: object) -> object:
    """Return milliseconds as seconds; None for what is no number."""
    if isinstance(milliseconds, str) and milliseconds.strip().lstrip("-").isdigit():
        milliseconds = int(milliseconds)
    if isinstance(milliseconds, bool) or not isinstance(milliseconds, int | float):
        return None
    return milliseconds / 1000
