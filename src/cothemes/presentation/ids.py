"""Ids where there is little room: cut to a form that names one thing, and that commands accept."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

SHORT = 24
"""Columns of a document's id among words."""
WIDTHS = (40, 32, SHORT, 16)
"""Columns of a document's id that a table tries in turn."""
_TAIL = 3
"""Least letters after the … of an id whose beginning others have too."""
CUT = "…"


@dataclass(frozen=True)
class ShortIds:
    """Short forms of the ids of a study's documents and passages.

    A short form is the beginning of a document's id; where others begin so, its beginning and end. The number
    of a passage is never cut.
    """

    documents: Collection[str] = ()
    """Ids of all documents of the study; without them nothing is shortened."""
    _known: dict[tuple[str, int], str] = field(default_factory=dict, compare=False, repr=False)

    def document(self, name: str, wide: int = SHORT) -> str:
        """Return the id, or a form of at most `wide` columns that names no other document."""
        if len(name) <= wide or name not in self.documents:
            return name
        if (name, wide) not in self._known:
            self._known[name, wide] = self._shortened(name, wide)
        return self._known[name, wide]

    def _shortened(self, name: str, wide: int) -> str:
        begun = name[: wide - 1]
        if sum(each.startswith(begun) for each in self.documents) == 1:
            return begun + CUT
        for tail in range(_TAIL, wide - 1 - _TAIL):
            begun, end = name[: wide - 1 - tail], name[-tail:]
            if sum(each.startswith(begun) and each.endswith(end) for each in self.documents) == 1:
                return f"{begun}{CUT}{end}"
        return name

    def passage(self, name: str, wide: int = SHORT) -> str:
        """Return the id with its document's id in a form of at most `wide` columns."""
        document, dot, number = name.rpartition(".")
        return f"{self.document(document, wide)}{dot}{number}"


WHOLE = ShortIds()
"""Shortens nothing."""


def as_read(text: str, former: Mapping[str, str]) -> str:
    """Return a text with ids that only records know put as people read them (`CodeNames.former`)."""
    if not former or "~" not in text:
        return text
    names = "|".join(re.escape(name) for name in sorted(former, key=len, reverse=True))
    return re.sub(rf"(?<![\w~])(?:{names})(?!\w)", lambda found: former[found[0]], text)
