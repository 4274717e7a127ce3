"""What Whisper and WhisperX write: JSON segments, or text with a time range before each line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from cothemes.adapters.readers.cues import Cue, cue_lines
from cothemes.adapters.readers.lines import physical_lines
from cothemes.adapters.readers.raw import at_most, decode, digest, not_overfull, read_bytes
from cothemes.errors import FileUnreadable
from cothemes.records.document import Kind
from cothemes.records.source import Line, Source

_TIMED = re.compile(r"^\[(?P<start>[\d:.,]+)\s*-->\s*[\d:.,]+\]\s*(?P<text>.*)$")
_HINT = 'Whisper writes {"segments": [{"start": 0.0, "end": 2.5, "text": "…"}]}; passages belong in .jsonl.'


def timed_lines(text: str, path: Path) -> tuple[Line, ...]:
    """Captions, where at least nine of ten lines begin with `[00:43.810 --> 00:47.850]`; else nothing."""
    if not any(_TIMED.match(row) for row in islice(_spoken(text), 50)):
        return ()
    rows = list(at_most(_spoken(text), path, "lines"))
    found = [_TIMED.match(row) for row in rows]
    timed = sum(match is not None for match in found)
    if timed < 2 or timed < 0.9 * len(rows):
        return ()
    cues: list[tuple[str, list[str]]] = []
    for row, match in zip(rows, found, strict=True):
        if match:
            cues.append((match["start"], [match["text"]]))
        elif cues:
            cues[-1][1].append(row)
        else:
            cues.append(("", [row]))
    return cue_lines([Cue(number, start, tuple(words)) for number, (start, words) in enumerate(cues, 1)])


def _spoken(text: str) -> Iterator[str]:
    """Rows that are not blank."""
    return (row for _, row in physical_lines(text) if row.strip())


class WhisperReader:
    """json with segments; WhisperX's `speaker` is taken over."""

    def read(self, path: Path) -> list[Source]:
        """One source. Raises FileUnreadable with the segment that is wrong."""
        data = read_bytes(path)
        text, notes = decode(data, path)
        not_overfull(text, path)
        try:
            content: Any = json.loads(text)
        except json.JSONDecodeError as error:
            raise FileUnreadable(
                f"is not JSON: {error.msg}", where=f"{path}:{error.lineno}", hint=_HINT
            ) from error
        except RecursionError as error:
            raise FileUnreadable("is nested too deeply", where=str(path), hint=_HINT) from error
        segments = content.get("segments") if isinstance(content, dict) else content
        if not isinstance(segments, list) or not segments:
            raise FileUnreadable("holds no segments of a transcript", where=str(path), hint=_HINT)
        lines: list[Line] = []
        voiced = any(isinstance(s, dict) and s.get("speaker") for s in segments)
        for number, segment in enumerate(at_most(segments, path, "segments"), 1):
            if not isinstance(segment, dict) or not isinstance(segment.get("text"), str):
                raise FileUnreadable(f"segment {number} holds no text", where=str(path), hint=_HINT)
            speaker = segment.get("speaker")
            cue = Cue(number, clock(segment.get("start")), (segment["text"],))
            # Where others are told apart, a segment without a speaker is one that could not be.
            named = speaker if isinstance(speaker, str) and speaker else ("" if voiced else None)
            lines.extend(line.model_copy(update={"speaker": named}) for line in cue_lines([cue]))
        return [
            Source(
                name=path.name,
                reader="whisper",
                hash=digest(data),
                unit="cue",
                lines=tuple(lines),
                kind=Kind.INTERVIEW,
                notes=notes,
            )
        ]


def clock(seconds: object) -> str:
    """Return seconds as `00:03:12`; empty for what is no time."""
    if not isinstance(seconds, int | float) or isinstance(seconds, bool) or not 0 <= seconds < 1e6:
        return ""
    whole = int(seconds)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"
