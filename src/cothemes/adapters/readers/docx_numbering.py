"""Numbers of a Word list: Word stores how to count, not the numbers that it shows."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from cothemes.adapters.readers.list_numbers import letters, roman
from cothemes.adapters.readers.xml_names import local, named, whole

_PLACE = re.compile(r"%([1-9])")
_LONGEST = 40
"""Characters of a number with what is around it; a longer one is no number."""


class _Level(NamedTuple):
    start: int
    form: str
    text: str


class Numbering:
    """Counts the paragraphs of all lists of one document, in order."""

    def __init__(self, root: Any | None) -> None:
        self._levels: dict[str, dict[int, _Level]] = {}
        self._lists: dict[str, str] = {}
        self._starts: dict[tuple[str, int], int] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._seen: set[str] = set()
        for element in root if root is not None else ():
            if local(element) == "abstractNum":
                self._levels[named(element, "abstractNumId")] = _levels(element)
            elif local(element) == "num":
                self._add_list(element)

    def number(self, list_id: str, level: int) -> str | None:
        """Return the number of the next paragraph of a list at a level (0 is the outermost).

        Empty for a bullet or where no number shows; None where there is no such list.
        """
        abstract = self._lists.get(list_id)
        levels = self._levels.get(abstract or "", {})
        if abstract is None or level not in levels:
            return None
        counts = self._counts.setdefault(abstract, {})
        first = list_id not in self._seen
        self._seen.add(list_id)
        if first:
            # A list of its own that counts on in the same style begins anew only where it says so.
            for (owner, at), start in self._starts.items():
                if owner == list_id:
                    counts[at] = start - 1
        counts[level] = counts.get(level, levels[level].start - 1) + 1
        for deeper in [at for at in counts if at > level]:
            del counts[deeper]
        if levels[level].form in ("bullet", "none"):
            return ""
        return _shown(levels, counts, level)

    def _add_list(self, element: Any) -> None:
        identity = named(element, "numId")
        for child in element:
            if local(child) == "abstractNumId":
                self._lists[identity] = named(child, "val")
            elif local(child) == "lvlOverride":
                level = whole(named(child, "ilvl"), 0)
                for start in child:
                    if local(start) == "startOverride":
                        self._starts[identity, level] = whole(named(start, "val"), 1)


def _levels(abstract: Any) -> dict[int, _Level]:
    found: dict[int, _Level] = {}
    for level in abstract:
        if local(level) != "lvl":
            continue
        said = {local(child): named(child, "val") for child in level}
        found[whole(named(level, "ilvl"), 0)] = _Level(
            whole(said.get("start", ""), 1), said.get("numFmt", "decimal"), said.get("lvlText", "")
        )
    return found


def _shown(levels: dict[int, _Level], counts: dict[int, int], level: int) -> str:
    def one(match: re.Match[str]) -> str:
        at = int(match[1]) - 1
        if at not in levels:
            return ""
        count = counts.get(at, levels[at].start)
        return _FORMS.get(levels[at].form, str)(count)

    text = _PLACE.sub(one, levels[level].text).strip()
    return text if len(text) <= _LONGEST else ""


_FORMS: dict[str, Callable[[int], str]] = {
    "lowerLetter": letters,
    "upperLetter": lambda count: letters(count).upper(),
    "lowerRoman": roman,
    "upperRoman": lambda count: roman(count).upper(),
    "decimalZero": lambda count: f"{count:02d}",
}
