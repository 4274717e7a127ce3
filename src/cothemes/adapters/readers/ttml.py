"""TTML captions (also DFXP, SMPTE-TT, EBU-TT and IMSC): paragraphs with times, voices by agent."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cothemes.adapters.readers.cues import Cue, clock, cue_source
from cothemes.adapters.readers.format import Format, Opening
from cothemes.adapters.readers.raw import at_most, read_bytes
from cothemes.adapters.readers.rolling import unrolled
from cothemes.adapters.readers.xml_names import local, named
from cothemes.adapters.readers.xml_package import XmlFile
from cothemes.records.source import AS_FOUND, ReadOptions, Source

_OFFSET = re.compile(r"^(\d+(?:\.\d+)?)(h|m|s|ms|f|t)$")
_CLOCK = re.compile(r"^\d+:\d{2}:\d{2}(?:[.:]\d+)?$")
_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_HINT = "Export the captions again as TTML, or as SubRip (.srt) or WebVTT."


@dataclass(frozen=True)
class TtmlReader:
    """One caption per `p` with words, in the file's order."""

    options: ReadOptions = AS_FOUND

    def read(self, path: Path) -> list[Source]:
        """One source. Raises FileUnreadable."""
        data = read_bytes(path)
        file = XmlFile(path, _HINT)
        root = file.root(data)
        if local(root) != "tt":
            raise file.refusal(f"is XML, and its root is <{local(root)}>, not <tt>")
        rates = _rates(root)
        agents = _agents(root)
        found: list[Cue] = []
        for paragraph, begin, voice in at_most(_paragraphs(root, "", None), path, "captions"):
            payload = tuple(line for line in _words(paragraph).split("\n") if line.strip())
            if payload:
                number = len(found) + 1
                name = agents.get(voice or "", voice)
                found.append(Cue(number, _time(begin, rates), payload, speaker=name))
        if not found:
            raise file.refusal("holds no caption")
        # Where others are named, a caption without a name is nobody's.
        if any(cue.speaker for cue in found):
            found = [cue._replace(speaker=cue.speaker or "") for cue in found]
        plain = unrolled(found)
        return [cue_source(path, data, "ttml", plain.cues, plain.notes)]


def _paragraphs(element: Any, begin: str, voice: str | None) -> Any:
    """(paragraph, its begin, its agent): both are inherited from what is around it."""
    begin = element.get("begin") or begin
    voice = named(element, "agent") or voice
    if local(element) == "p":
        # Times may be on the spans of a paragraph alone.
        first = next((span.get("begin") for span in element if span.get("begin")), None)
        yield element, element.get("begin") or first or begin, voice or _inner_voice(element)
        return
    for child in element:
        if local(child) not in ("head", "metadata"):
            yield from _paragraphs(child, begin, voice)


def _inner_voice(paragraph: Any) -> str | None:
    voices = {named(span, "agent") for span in paragraph.iter()} - {""}
    return voices.pop() if len(voices) == 1 else None


def _words(element: Any) -> str:
    """Words of an element; a `br` is a line end, white space of the XML itself is none."""
    parts = [_plain(element.text)]
    for child in element:
        name = local(child)
        if name == "br":
            parts.append("\n")
        elif name not in ("metadata", "set"):
            parts.append(_words(child))
        parts.append(_plain(child.tail))
    return "".join(parts)


def _plain(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "")


def _agents(root: Any) -> dict[str, str]:
    """Id of an agent → its name."""
    found: dict[str, str] = {}
    for agent in root.iter():
        if local(agent) == "agent" and (identity := named(agent, "id")):
            names = [child.text or "" for child in agent if local(child) == "name"]
            found[identity] = " ".join(names[0].split()) if names and names[0].strip() else identity
    return found


def _rates(root: Any) -> dict[str, float]:
    """Seconds of a frame and of a tick."""
    frames = _number(named(root, "frameRate"), 30.0)
    ticks = _number(named(root, "tickRate"), frames)
    return {**_SECONDS, "f": 1 / frames, "t": 1 / ticks}


def _number(text: str, default: float) -> float:
    return float(text) if text.isdigit() and 0 < int(text) < 1e9 else default


def _time(begin: str, rates: dict[str, float]) -> str:
    """A time as it is written where it is a clock's, else as `00:03:12`."""
    if _CLOCK.match(begin):
        return begin
    offset = _OFFSET.match(begin)
    return clock(float(offset[1]) * rates[offset[2]]) if offset else ""


def _recognises(opening: Opening) -> bool:
    return opening.root == "tt"


FORMAT = Format("ttml", "TTML captions", (".ttml", ".dfxp"), TtmlReader, _recognises)
