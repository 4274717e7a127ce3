"""ELAN annotations (.eaf): tiers that are aligned with the recording, one voice each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from cothemes.adapters.readers.cues import Cue, clock, cue_source
from cothemes.adapters.readers.format import Format, Opening
from cothemes.adapters.readers.raw import at_most, read_bytes
from cothemes.adapters.readers.xml_package import XmlFile
from cothemes.records.source import AS_FOUND, ReadOptions, Source
from cothemes.records.text import counted

_HINT = "Open it in ELAN and save it again, or export the transcript as SubRip."
_SHOWN = 6
"""Names of tiers in a note."""


class _Tier(NamedTuple):
    name: str
    participant: str
    element: Any


@dataclass(frozen=True)
class ElanReader:
    """Annotations of the tiers without a parent, in the order of their times.

    A tier's voice is its participant, else its own name. Tiers that hang on another one (translations,
    glosses, codes) hold the same speech once more, or talk about it: they are left out and named.
    """

    options: ReadOptions = AS_FOUND

    def read(self, path: Path) -> list[Source]:
        """One source. Raises FileUnreadable."""
        data = read_bytes(path)
        file = XmlFile(path, _HINT)
        root = file.root(data)
        if root.tag != "ANNOTATION_DOCUMENT":
            raise file.refusal(f"is XML, and its root is <{root.tag}>, not <ANNOTATION_DOCUMENT>")
        times = _times(root)
        tiers = [
            _Tier(tier.get("TIER_ID", ""), tier.get("PARTICIPANT", "").strip(), tier)
            for tier in root.iter("TIER")
            if not tier.get("PARENT_REF")
        ]
        below = [tier.get("TIER_ID", "") for tier in root.iter("TIER") if tier.get("PARENT_REF")]
        named = Counter(tier.participant for tier in tiers if tier.participant)
        spoken = list(at_most(_annotations(tiers, times), path, "annotations"))
        spoken.sort(key=lambda found: found[0])
        cues = [
            Cue(number, clock(milliseconds / 1000), (text,), speaker=tier.participant or tier.name)
            for number, (milliseconds, tier, text) in enumerate(spoken, 1)
        ]
        if not cues:
            raise file.refusal("holds no annotation on a tier of its own")
        notes = (
            [f"Left out: {counted(len(below), 'tier')} that hang on others: {_listed(below)}."]
            if below
            else []
        )
        twice = [name for name, count in named.items() if count > 1]
        if twice:
            notes.append(f"Several tiers are of one participant, and all are read: {_listed(twice)}.")
        return [cue_source(path, data, "elan", cues, notes)]


def _annotations(tiers: list[_Tier], times: dict[str, int]) -> Iterator[tuple[int, _Tier, str]]:
    for tier in tiers:
        last = 0
        for annotation in tier.element.iter("ALIGNABLE_ANNOTATION"):
            last = times.get(annotation.get("TIME_SLOT_REF1", ""), last)
            text = " ".join((annotation.findtext("ANNOTATION_VALUE") or "").split())
            if text:
                yield last, tier, text


def _times(root: Any) -> dict[str, int]:
    """Time slot → milliseconds; a slot without a time has that of the one before it."""
    found: dict[str, int] = {}
    last = 0
    for slot in root.iter("TIME_SLOT"):
        value = slot.get("TIME_VALUE", "")
        last = int(value) if value.isdigit() and len(value) < 12 else last
        found[slot.get("TIME_SLOT_ID", "")] = last
    return found


def _listed(names: list[str]) -> str:
    return ", ".join(names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")


def _recognises(opening: Opening) -> bool:
    return opening.root == "annotation_document"


FORMAT = Format("elan", "ELAN annotations", (".eaf",), ElanReader, _recognises)
