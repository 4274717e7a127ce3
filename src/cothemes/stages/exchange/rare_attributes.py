"""Attributes of participants that few of them share, by which a reader of an archive could know a person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from itertools import combinations

from cothemes.records.record import Record

LEAST_PEOPLE = 3
"""Fewer people than this are few."""
_SHOWN = 3


class RareAttributes(Record):
    """An attribute, or two together, of which some values are those of few people."""

    attributes: tuple[str, ...]
    values: int
    """Values, or pairs of values, that fewer than three people have."""
    people: int
    """People who have one of them."""
    examples: tuple[str, ...]


def rare_attributes(people: Mapping[str, Mapping[str, str]]) -> tuple[RareAttributes, ...]:
    """Return attributes with values of fewer than three people, then pairs of them.

    `people`: participant → attribute → value; empty values are no values. A pair counts only where each of
    its values alone is that of three people or more, so that nothing is listed twice.
    """
    names = sorted({name for each in people.values() for name, value in each.items() if value})
    common: dict[str, set[str]] = {}
    found = []
    for name in names:
        groups: dict[str, set[str]] = defaultdict(set)
        for person, values in people.items():
            if values.get(name):
                groups[values[name]].add(person)
        common[name] = {value for value, held in groups.items() if len(held) >= LEAST_PEOPLE}
        found += _rare((name,), {(value,): held for value, held in groups.items()})
    for one, other in combinations(names, 2):
        pairs: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for person, values in people.items():
            pair = (values.get(one, ""), values.get(other, ""))
            if pair[0] in common[one] and pair[1] in common[other]:
                pairs[pair].add(person)
        found += _rare((one, other), pairs)
    return tuple(found)


def _rare(names: tuple[str, ...], groups: Mapping[tuple[str, ...], set[str]]) -> list[RareAttributes]:
    few = {values: held for values, held in groups.items() if len(held) < LEAST_PEOPLE}
    if not few:
        return []
    everyone = set().union(*few.values())
    examples = tuple(" + ".join(values) for values in sorted(few)[:_SHOWN])
    return [RareAttributes(attributes=names, values=len(few), people=len(everyone), examples=examples)]
