"""Ratings kept by reading are the same ratings, and fill the same table, as records one by one."""

from __future__ import annotations

import random
from dataclasses import fields

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cothemes.records.coded_reading import NOT_RATED, CodedReading, Mark, RatingList, listed
from cothemes.records.rating import RaterKind, Rating
from cothemes.records.rating_assembly import table_of
from cothemes.records.rating_table import Labels, RatingTable

CODES = ("A1", "A10", "A2", "B1")


def reading(unit: str, rater: str, values: bytes, marks: dict[int, Mark] | None = None) -> CodedReading:
    return CodedReading(
        unit=unit,
        doc=unit.partition(".")[0],
        rater=rater,
        kind=RaterKind.HUMAN,
        codes=CODES,
        values=values,
        marks=marks or {},
        arm="blind",
        round="main",
        cluster="P1",
    )


def some(seed: int) -> RatingList:
    """Readings and imported rows in a random order of passages and people."""
    chance = random.Random(seed)
    places = [(f"d{doc}.{at}", who) for doc in range(2) for at in range(3) for who in ("ann", "bob")]
    chance.shuffle(places)
    parts: list[CodedReading | Rating] = []
    for unit, who in places:
        values = bytes(chance.choice((0, 1, NOT_RATED)) for _ in CODES)
        marks = {
            at: Mark({"status": chance.choice(("", "hoped", "seen"))}, 3, 9)
            for at, value in enumerate(values)
            if value == 1 and chance.random() < 0.5
        }
        parts.append(reading(unit, who, values, marks))
        if chance.random() < 0.3:
            row = Rating(unit=unit, doc=unit[:2], rater="cem", kind=RaterKind.SYNTHETIC, code="Z", value=1)
            parts += [row] if all(part.unit != unit or part.rater != "cem" for part in parts) else []
    return RatingList(tuple(parts))


def columns(table: RatingTable) -> dict[str, object]:
    """Every column as plain values."""
    found: dict[str, object] = {}
    for field in fields(table):
        value = getattr(table, field.name)
        if isinstance(value, Labels):
            value = (value.names, value.index.tolist())
        elif isinstance(value, np.ndarray):
            value = value.tolist()
        elif isinstance(value, dict):
            value = {name: (each.names, each.index.tolist()) for name, each in value.items()}
        found[field.name] = value
    return found


@given(st.integers(0, 10_000), st.sampled_from([(), CODES]))
def test_readings_fill_the_table_as_their_records_do(seed: int, order: tuple[str, ...]) -> None:
    ratings = some(seed)
    by_reading = table_of(ratings, source="s", code_order=order, cluster_of={"d0.1": "P2"})
    one_by_one = table_of(list(ratings), source="s", code_order=order, cluster_of={"d0.1": "P2"})
    assert columns(by_reading) == columns(one_by_one)


@given(st.integers(0, 10_000))
def test_a_list_of_readings_is_the_list_of_their_ratings(seed: int) -> None:
    ratings = some(seed)
    each = list(ratings)
    assert len(ratings) == len(each)
    assert list(ratings.applied()) == [rating for rating in each if rating.value == 1]
    assert list(ratings.of_codes({"A2"})) == [rating for rating in each if rating.code == "A2"]
    assert list(ratings.of_units({"d0.1"})) == [rating for rating in each if rating.unit == "d0.1"]
    assert list(listed(ratings, each)) == each + each
    assert ratings.attributes == sorted({name for rating in each for name in rating.attributes})


def test_a_made_rating_is_one_that_was_checked() -> None:
    made = next(iter(reading("d.1", "ann", bytes([1, 0, 0, NOT_RATED]), {0: Mark({"status": "seen"}, 3, 9)})))
    assert made == Rating.model_validate(made.model_dump())
    assert Rating.model_validate_json(made.model_dump_json()) == made
    assert made.model_fields_set == set(Rating.model_fields)
    assert (made.code, made.value, made.start, made.end) == ("A1", 1, 3, 9)


def test_nothing_makes_a_table_without_rows() -> None:
    table = table_of(RatingList(), source="s", code_order=CODES)
    assert (table.rows, table.units, table.raters, table.codes) == (0, (), (), CODES)


def test_marked_words_can_be_given_and_taken_away() -> None:
    read = reading("d.1", "ann", bytes([1, 1, 0, 0]), {0: Mark({"status": "seen"}, 3, 9)})
    first, second = read.marked({"A1": (), "A10": [(0, 4)]}).applied()
    assert (first.start, first.attributes) == (None, {"status": "seen"})
    assert (second.start, second.end) == (0, 4)
