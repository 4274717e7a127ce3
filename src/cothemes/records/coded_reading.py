"""Ratings kept by reading: one rater's word on one passage, with a value for every code.

Three people who read 20,000 passages with thirty codes make 1.8 million ratings. A reading keeps its values
in a byte for each code, and makes a `Rating` of one when it is asked for.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cothemes.records.rating import RaterKind, Rating

NOT_RATED = 255
"""Byte of a code that the reading says nothing of."""
_FIELDS = set(Rating.model_fields)
_set = object.__setattr__


@dataclass(frozen=True, slots=True)
class Mark:
    """What a rating says beside its value."""

    attributes: Mapping[str, str] = field(default_factory=dict)
    start: int | None = None
    """Characters of the passage's text."""
    end: int | None = None
    stretches: tuple[tuple[int, int], ...] = ()
    """The marked stretches, where they are several; `start` to `end` holds them all."""

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """Return every marked stretch."""
        if self.start is None or self.end is None:
            return ()
        return self.stretches or ((self.start, self.end),)

    def with_spans(self, spans: Sequence[tuple[int, int]]) -> Mark:
        """Return the same mark on these stretches; on none where none is given."""
        if not spans:
            return replace(self, start=None, end=None, stretches=())
        start, end = min(first for first, _ in spans), max(last for _, last in spans)
        return replace(self, start=start, end=end, stretches=tuple(spans) if len(spans) > 1 else ())


@dataclass(frozen=True, slots=True)
class CodedReading:
    """One passage as one rater coded it, in one arm and round."""

    unit: str
    doc: str
    rater: str
    kind: RaterKind
    codes: tuple[str, ...]
    """The codes that `values` are of; the same tuple for all readings of a study."""
    values: bytes
    """A byte for each code: 1 applied, 0 not applied, or NOT_RATED."""
    marks: Mapping[int, Mark] = field(default_factory=dict)
    """Place of a code → its mark; codes without one are left out."""
    arm: str = ""
    round: str = ""
    run: str = ""
    codebook: str = ""
    cluster: str = ""

    def __len__(self) -> int:
        """Return how many codes were rated."""
        return len(self.values) - self.values.count(NOT_RATED)

    def __iter__(self) -> Iterator[Rating]:
        """Yield a rating for each code that was rated, in the order of the codes."""
        for place, value in enumerate(self.values):
            if value != NOT_RATED:
                yield self._rating(place, value)

    def applied(self) -> Iterator[Rating]:
        """Yield the ratings of the codes that apply."""
        place = self.values.find(1)
        while place >= 0:
            yield self._rating(place, 1)
            place = self.values.find(1, place + 1)

    def restricted(self, codes: Container[str]) -> CodedReading:
        """Return the reading as if it had been asked about these codes alone."""
        kept = [
            value if code in codes else NOT_RATED for code, value in zip(self.codes, self.values, strict=True)
        ]
        marks = {place: mark for place, mark in self.marks.items() if self.codes[place] in codes}
        return replace(self, values=bytes(kept), marks=marks)

    def rolled_up(self, below: Mapping[str, Sequence[str]]) -> CodedReading:
        """Return the reading with each code of `below` rated together with those below it.

        `below`: code → itself and every code below it. The code applies where one of them does, and does not
        where all were rated and none does; else it is not rated. It has the marked words of the first that
        applies.
        """
        places = {code: place for place, code in enumerate(self.codes)}
        values, marks = bytearray(self.values), dict(self.marks)
        for code, branch in below.items():
            if code not in places:
                continue
            rated = [(places[each], self.values[places[each]]) for each in branch if each in places]
            given = [place for place, value in rated if value == 1]
            if given:
                values[places[code]] = 1
                mark = self.marks.get(given[0])
                if places[code] not in given and mark is not None:
                    marks[places[code]] = replace(mark, attributes={})
            elif len(rated) < len(branch) or any(value == NOT_RATED for _, value in rated):
                values[places[code]] = NOT_RATED
        return replace(self, values=bytes(values), marks=marks)

    def marked(self, spans: Mapping[str, Sequence[tuple[int, int]]]) -> CodedReading:
        """Return the reading with other marked stretches of these codes."""
        marks = dict(self.marks)
        for code, stretches in spans.items():
            place = self.codes.index(code)
            marks[place] = marks.get(place, Mark()).with_spans(stretches)
        return replace(self, marks=marks)

    def _rating(self, place: int, value: int) -> Rating:
        mark = self.marks.get(place)
        values: dict[str, Any] = {
            "unit": self.unit,
            "doc": self.doc,
            "rater": self.rater,
            "kind": self.kind,
            "code": self.codes[place],
            "value": value,
            "arm": self.arm,
            "round": self.round,
            "run": self.run,
            "codebook": self.codebook,
            "cluster": self.cluster,
            "start": mark.start if mark else None,
            "end": mark.end if mark else None,
            "attributes": dict(mark.attributes) if mark else {},
            "text_version": "",
            "stretches": mark.stretches if mark else (),
        }
        # Every value is of its field's type: checking 1.8 million ratings takes several seconds.
        made = Rating.__new__(Rating)
        _set(made, "__dict__", values)
        _set(made, "__pydantic_fields_set__", _FIELDS)
        _set(made, "__pydantic_extra__", None)
        _set(made, "__pydantic_private__", None)
        return made


@dataclass(frozen=True, slots=True)
class RatingList:
    """Ratings in their order: those of a reading together, and single ones as they were imported."""

    parts: tuple[CodedReading | Rating, ...] = ()

    def __iter__(self) -> Iterator[Rating]:
        """Yield every rating. It is made anew each time, so that a list of them is not held."""
        for part in self.parts:
            if isinstance(part, Rating):
                yield part
            else:
                yield from part

    def __len__(self) -> int:
        """Return how many ratings there are."""
        return sum(1 if isinstance(part, Rating) else len(part) for part in self.parts)

    @property
    def attributes(self) -> list[str]:
        """Names of the attributes that any rating has, sorted."""
        found: set[str] = set()
        for part in self.parts:
            if isinstance(part, Rating):
                found.update(part.attributes)
            else:
                found.update(name for mark in part.marks.values() for name in mark.attributes)
        return sorted(found)

    def applied(self) -> Iterator[Rating]:
        """Yield the ratings with the value 1."""
        for part in self.parts:
            if not isinstance(part, Rating):
                yield from part.applied()
            elif part.value == 1:
                yield part

    def of_units(self, units: Container[str]) -> RatingList:
        """Return the ratings of these units."""
        return RatingList(tuple(part for part in self.parts if part.unit in units))

    def of_raters(self, raters: Container[str]) -> RatingList:
        """Return the ratings of these raters."""
        return RatingList(tuple(part for part in self.parts if part.rater in raters))

    def by_unit(self) -> dict[str, RatingList]:
        """Unit → its ratings, units in the order in which they come."""
        found: dict[str, list[CodedReading | Rating]] = {}
        for part in self.parts:
            found.setdefault(part.unit, []).append(part)
        return {unit: RatingList(tuple(parts)) for unit, parts in found.items()}

    def of_codes(self, codes: Container[str]) -> RatingList:
        """Return the ratings of these codes."""
        found: list[CodedReading | Rating] = []
        for part in self.parts:
            if not isinstance(part, Rating):
                found.append(part.restricted(codes))
            elif part.code in codes:
                found.append(part)
        return RatingList(tuple(found))

    def rolled_up(self, below: Mapping[str, Sequence[str]]) -> RatingList:
        """Return the ratings with each code of `below` rated together with those below it.

        `below`: code → itself and every code below it.
        """
        if not below:
            return self
        single: dict[tuple[str, str, str, str, str], dict[str, Rating]] = {}
        found: list[CodedReading | Rating] = []
        for part in self.parts:
            if isinstance(part, Rating):
                single.setdefault((part.unit, part.rater, part.arm, part.round, part.run), {})[part.code] = (
                    part
                )
            else:
                found.append(part.rolled_up(below))
        for rated in single.values():
            found += _rolled_up(rated, below)
        return RatingList(tuple(found))


def _rolled_up(rated: Mapping[str, Rating], below: Mapping[str, Sequence[str]]) -> Iterator[Rating]:
    """Single ratings of one reading. A rating without a value says that the code applies."""
    made = dict(rated)
    for code, branch in below.items():
        here = [rated[each] for each in branch if each in rated]
        given = [each for each in here if each.value != 0]
        if given:
            made[code] = given[0].model_copy(
                update={"code": code, "attributes": rated[code].attributes if code in rated else {}}
            )
        elif len(here) == len(branch):
            made[code] = here[0].model_copy(update={"code": code, "attributes": {}})
        else:
            made.pop(code, None)
    yield from made.values()


def listed(*several: Iterable[Rating] | RatingList) -> RatingList:
    """Return several lists of ratings as one."""
    parts: list[CodedReading | Rating] = []
    for each in several:
        parts += each.parts if isinstance(each, RatingList) else each
    return RatingList(tuple(parts))
