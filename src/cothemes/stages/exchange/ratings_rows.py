"""Ratings as rows of ratings.csv, every one with its value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from cothemes.records.coded_reading import RatingList, listed
from cothemes.records.rating import Rating

COLUMNS = (
    "unit",
    "doc",
    "rater",
    "kind",
    "code",
    "value",
    "arm",
    "round",
    "run",
    "codebook",
    "cluster",
    "start",
    "end",
)
_NOT_APPLIED: dict[str, Any] = {"value": 0, "start": None, "end": None, "attributes": {}}
Cell = tuple[str, str, str, str]
"""Unit, rater, arm, round."""


def ratings_rows(
    ratings: Iterable[Rating] | RatingList, codes: Sequence[str], clusters: Mapping[str, str]
) -> Iterator[list[str]]:
    """The header, then a row for each rating.

    Ratings without a value say nothing of the codes they do not name, save that these were considered; they
    get a row with 0 for each of `codes` that they lack. `clusters`: document → its cluster.
    """
    given = listed(ratings)
    attributes = given.attributes
    yield [*COLUMNS, *(f"attr.{name}" for name in attributes)]
    for rating in with_values(given, codes):
        yield [
            rating.unit,
            rating.doc,
            rating.rater,
            rating.kind.value,
            rating.code,
            str(rating.value),
            rating.arm,
            rating.round,
            rating.run,
            rating.codebook,
            clusters.get(rating.doc) or rating.cluster or rating.doc,
            "" if rating.start is None else str(rating.start),
            "" if rating.end is None else str(rating.end),
            *(rating.attributes.get(name, "") for name in attributes),
        ]


def with_values(ratings: Iterable[Rating] | RatingList, codes: Sequence[str]) -> RatingList:
    """Return the ratings, each with a value and a code."""
    given = listed(ratings)
    # A reading has a value for each code; only imported rows may have none.
    if all(part.value is not None and part.code for part in given.parts if isinstance(part, Rating)):
        return given
    return listed(_valued(given, codes))


def _valued(ratings: RatingList, codes: Sequence[str]) -> Iterator[Rating]:
    everything = list(dict.fromkeys([*codes, *(r.code for r in ratings if r.code)]))
    part: dict[str, dict[str, None]] = {}
    closed: dict[Cell, list[Rating]] = {}
    named: dict[Cell, set[str]] = {}
    for rating in ratings:
        if rating.value is not None and rating.code:
            part.setdefault(rating.rater, {})[rating.code] = None
        else:
            closed.setdefault(_cell(rating), []).append(rating)
        if rating.code:
            named.setdefault(_cell(rating), set()).add(rating.code)
    for rating in ratings:
        if rating.code:
            yield rating if rating.value is not None else rating.model_copy(update={"value": 1})
        # The cell's other codes follow its first row without a value.
        if rating is closed.get(_cell(rating), [None])[0]:
            for code in part.get(rating.rater, everything):
                if code not in named.get(_cell(rating), ()):
                    yield rating.model_copy(update={**_NOT_APPLIED, "code": code})


def _cell(rating: Rating) -> Cell:
    return rating.unit, rating.rater, rating.arm, rating.round
