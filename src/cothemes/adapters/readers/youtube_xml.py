"""YouTube's captions in XML: srv3 (`p` with milliseconds), srv1 and srv2 (`text`)."""

from __future__ import annotations

import html
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cothemes.adapters.readers.cues import Cue, clock, cue_source
from cothemes.adapters.readers.format import Format, Opening
from cothemes.adapters.readers.raw import at_most, read_bytes
from cothemes.adapters.readers.rolling import unrolled
from cothemes.adapters.readers.xml_package import XmlFile
from cothemes.records.source import AS_FOUND, ReadOptions, Source

_ROOTS = ("timedtext", "transcript")
_HINT = "Download the captions again as srv3, json3 or WebVTT."


@dataclass(frozen=True)
class YouTubeXmlReader:
    """One caption per paragraph with words."""

    options: ReadOptions = AS_FOUND

    def read(self, path: Path) -> list[Source]:
        """One source. Raises FileUnreadable."""
        data = read_bytes(path)
        file = XmlFile(path, _HINT)
        root = file.root(data)
        if root.tag not in _ROOTS:
            raise file.refusal(f"is XML, and its root is <{root.tag}>, not <timedtext>")
        found: list[Cue] = []
        for element in at_most((each for each in root.iter() if each.tag in ("p", "text")), path, "captions"):
            # srv1 escapes entities twice.
            words = html.unescape("".join(element.itertext()))
            if words.strip():
                found.append(Cue(len(found) + 1, _time(element), tuple(words.split("\n"))))
        if not found:
            raise file.refusal("holds no caption")
        plain = unrolled(found)
        return [cue_source(path, data, "youtube", plain.cues, plain.notes)]


def _time(element: Any) -> str:
    if (milliseconds := element.get("t")) is not None:
        return clock(int(milliseconds) / 1000) if milliseconds.isdigit() else ""
    return clock(element.get("start"))


def _recognises(opening: Opening) -> bool:
    return opening.root == "timedtext" or (opening.root == "transcript" and "<text start=" in opening.text)


FORMAT = Format(
    "youtube", "YouTube captions in XML", (".srv3", ".srv2", ".srv1"), YouTubeXmlReader, _recognises
)
