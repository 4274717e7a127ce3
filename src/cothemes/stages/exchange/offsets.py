"""Places in a text as other programs count them, and which of the ways of counting a project uses.

Programs count code points or UTF-16 units, the end of a line as one character or two, and some count the
byte-order mark. A file does not say how. So each way is scored by the share of places that fall on the edge
of a word, or by the selection's name where this holds the words themselves. Ends are exclusive in all
programs seen so far.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import product
from typing import NamedTuple

from cothemes.errors import UsageError
from cothemes.records.project import Project, ProjectSource, Selection
from cothemes.records.record import Record

_SHORTENED = re.compile(r"(?:\s*(?:…|\.\.\.))+\s*$")
_LEAST_NAME = 8
"""Letters from which a selection's name is taken for its words."""
_OWN = re.compile(r"^cothemes ")
UTF16_TARGET = "counts UTF-16"
"""Words in the origin of a project that cothemes wrote for a program that counts UTF-16 units."""


class Counting(NamedTuple):
    """A way of counting characters."""

    utf16: bool = False
    """Characters outside the basic plane count as two."""
    crlf: bool = False
    """The end of a line counts as two."""
    bom: bool = False
    """The byte-order mark counts as one."""

    @property
    def name(self) -> str:
        """The name that people give it on the command line: `codepoints`, `utf16+crlf+bom`."""
        parts = ["utf16" if self.utf16 else "codepoints"]
        parts += ["crlf"] if self.crlf else []
        parts += ["bom"] if self.bom else []
        return "+".join(parts)


CODE_POINTS = Counting()
ALL = tuple(Counting(*each) for each in product((False, True), repeat=3))


class CountingScore(Record):
    """How well one way of counting fits the selections of a project."""

    counting: str
    fitting: int
    """Selections whose edges fall on edges of words, or whose words are their name."""
    selections: int

    @property
    def share(self) -> float:
        """Return the fitting share; 1 where there is nothing to place."""
        return self.fitting / self.selections if self.selections else 1.0


class Located(NamedTuple):
    """A project whose places are code points of its texts."""

    project: Project
    counting: Counting
    scores: tuple[CountingScore, ...]
    """Best first; ways that place every selection alike are one entry, the plainest."""
    outside: tuple[str, ...]
    """Selections, by GUID, that end beyond their text or before they begin; they are left out."""
    empty: int
    """Selections of no length; kept where they are."""


def counting_named(name: str) -> Counting:
    """Return a way of counting by its name. Raises UsageError."""
    for each in ALL:
        if each.name == name.strip().lower():
            return each
    names = ", ".join(each.name for each in ALL)
    raise UsageError(f"{name!r} is no way of counting characters", hint=f"One of: {names}.")


def located(project: Project, given: Counting | None = None) -> Located:
    """Return the project with its places in code points. Raises UsageError where two ways fit equally well.

    `given`: the way of counting, where a person knows it.
    """
    sources = [each for each in project.sources if each.text is not None]
    ways = [given] if given else _possible(project, sources)
    tables = {way: [_Table(source, way) for source in sources] for way in ways}
    placed = {way: _places(sources, found) for way, found in tables.items()}
    distinct: dict[tuple[object, ...], Counting] = {}
    for way in ways:
        distinct.setdefault(tuple(placed[way]), way)
    scores = {way: _score(sources, placed[way]) for way in distinct.values()}
    ranked = sorted(scores, key=lambda way: (-scores[way][0], -scores[way][1], ways.index(way)))
    best = ranked[0]
    if len(ranked) > 1 and scores[ranked[1]][:2] == scores[best][:2]:
        tied = " or ".join(way.name for way in ranked if scores[way][:2] == scores[best][:2])
        raise UsageError(
            f"its places can be counted in more than one way, and each fits as well: {tied}",
            hint=f"Say which one the program uses: --offsets {best.name}",
        )
    every = iter(placed[best])
    outside: list[str] = []
    empty = 0
    made = []
    for source in project.sources:
        if source.text is None:
            made.append(source)
            continue
        kept: list[Selection] = []
        for selection in source.selections:
            span = next(every)
            if span is None:
                outside.append(selection.guid)
                continue
            empty += span[0] == span[1]
            kept.append(selection.model_copy(update={"start": span[0], "end": span[1]}))
        made.append(source.model_copy(update={"selections": tuple(kept)}))
    report = tuple(
        CountingScore(counting=way.name, fitting=scores[way][1], selections=scores[way][2]) for way in ranked
    )
    found = project.model_copy(update={"sources": tuple(made)})
    return Located(found, best, report, tuple(outside), empty)


def counted_as(text: str, spans: Iterable[tuple[int, int]], counting: Counting) -> list[tuple[int, int]]:
    """Return spans of code points as a program of this way of counting has them."""
    table = _Table(ProjectSource(guid="", text=text), counting)
    return [(table.outward(start), table.outward(end)) for start, end in spans]


def _possible(project: Project, sources: Sequence[ProjectSource]) -> list[Counting]:
    if _OWN.match(project.origin):
        return [Counting(utf16=UTF16_TARGET in project.origin)]
    astral = any(max(source.text or "", default="") > "\uffff" for source in sources)
    crlf = any(source.crlf for source in sources)
    bom = any(source.bom for source in sources)
    return [
        way for way in ALL if (astral or not way.utf16) and (crlf or not way.crlf) and (bom or not way.bom)
    ]


class _Table:
    """The places of one text in another way of counting."""

    def __init__(self, source: ProjectSource, way: Counting) -> None:
        text = source.text or ""
        self._length = len(text)
        self._shift = 1 if way.bom and source.bom else 0
        wide = [
            at
            for at, char in enumerate(text)
            if (way.utf16 and char > "\uffff") or (way.crlf and source.crlf and char == "\n")
        ]
        # Place at which each wide character ends, as the program counts.
        self._wide = wide
        self._ends = [at + number + 1 for number, at in enumerate(wide, start=1)]

    def inward(self, place: int) -> int | None:
        """Return the code point of a place; None outside the text."""
        place -= self._shift
        if place < 0:
            # A program that counts the mark may begin a selection with it.
            return 0 if place == -self._shift else None
        passed = bisect_right(self._ends, place)
        point = place - passed
        return point if point <= self._length else None

    def outward(self, point: int) -> int:
        """Return the place of a code point."""
        return point + bisect_left(self._wide, point) + self._shift


def _places(sources: Sequence[ProjectSource], tables: Sequence[_Table]) -> list[tuple[int, int] | None]:
    found: list[tuple[int, int] | None] = []
    for source, table in zip(sources, tables, strict=True):
        for each in source.selections:
            start, end = table.inward(each.start), table.inward(each.end)
            found.append(None if start is None or end is None or end < start else (start, end))
    return found


def _score(
    sources: Sequence[ProjectSource], places: Sequence[tuple[int, int] | None]
) -> tuple[int, int, int]:
    """Return edges that fit, selections that fit, and selections that say something of it."""
    edges = fitting = number = 0
    each = iter(places)
    for source in sources:
        text = source.text or ""
        for selection in source.selections:
            span = next(each)
            number += 1
            if span is None:
                continue
            if _is_its_name(text, span, selection.name):
                edges += 5
                fitting += 1
                continue
            start, end = _opens(text, span[0]), _closes(text, span[1])
            edges += start + end
            fitting += start > 0 and end > 0
    return edges, fitting, number


def _opens(text: str, at: int) -> int:
    """Return 2 for a place before words that follow a space, 1 for one not within a word, else 0."""
    if at < len(text) and not text[at].isspace() and (at == 0 or text[at - 1].isspace()):
        return 2
    return int(_is_edge(text, at))


def _closes(text: str, at: int) -> int:
    """Return 2 for a place after words that a space follows, 1 for one not within a word, else 0."""
    if at > 0 and not text[at - 1].isspace() and (at == len(text) or text[at].isspace()):
        return 2
    return int(_is_edge(text, at))


def _is_edge(text: str, at: int) -> bool:
    """Return whether a place is not inside a word."""
    if at in (0, len(text)):
        return True
    return not (_in_word(text[at - 1]) and _in_word(text[at]))


def _in_word(char: str) -> bool:
    return char.isalnum() or char in "'’_" or "\u0300" <= char <= "\u036f"


def _is_its_name(text: str, span: tuple[int, int], name: str) -> bool:
    words = "".join(_SHORTENED.sub("", name).split())
    if len(words) < _LEAST_NAME:
        return False
    quoted = "".join(text[span[0] : span[1]].split())
    shortened = bool(_SHORTENED.search(name))
    return quoted.startswith(words) if shortened else quoted == words
