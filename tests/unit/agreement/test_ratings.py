"""What counts as a rating, a missing one, and a table that cannot be read."""

from __future__ import annotations

import numpy as np
import pytest

from cothemes.agreement.ratings import read_ratings
from cothemes.errors import RatingsError


def test_none_and_nan_are_missing() -> None:
    data = read_ratings([[1, None], [float("nan"), 2], [np.float32("nan"), 1]])
    assert data.labels == (1, 2)
    assert data.codes.tolist() == [[0, -1], [-1, 1], [-1, 0]]


def test_an_array_of_numbers_reads_like_a_list() -> None:
    table = np.array([[1, np.nan, 2], [2, 2, np.nan]])
    as_list = read_ratings([[1, None, 2], [2, 2, None]])
    assert read_ratings(table).codes.tolist() == as_list.codes.tolist()
    assert read_ratings(table).labels == as_list.labels


def test_a_masked_array_hides_what_is_masked() -> None:
    table = np.ma.masked_equal(np.array([[1, 9], [2, 1]]), 9)
    assert read_ratings(table).codes.tolist() == [[0, -1], [1, 0]]


def test_a_data_frame_is_read_by_its_values() -> None:
    class Frame:
        def to_numpy(self) -> np.ndarray[tuple[int, ...], np.dtype[np.object_]]:
            return np.array([["a", None], ["b", "a"]], dtype=object)

    assert read_ratings(Frame()).codes.tolist() == [[0, -1], [1, 0]]


def test_lists_tuples_and_sets_of_codes_are_sets() -> None:
    data = read_ratings([[["A", "B"], ("B", "A")], [{"A"}, frozenset()], [[], None]])
    assert data.codes[0, 0] == data.codes[0, 1]
    assert set(data.labels) == {frozenset("AB"), frozenset("A"), frozenset()}
    assert data.codes[2, 0] == data.codes[1, 1]


def test_the_empty_string_and_zero_are_ratings() -> None:
    assert (read_ratings([["", "x"], ["y", "x"]]).codes >= 0).all()
    assert (read_ratings([[0, 1], [0, False]]).codes >= 0).all()


def test_given_categories_keep_their_order_and_those_not_used() -> None:
    data = read_ratings([["low", "high"]], categories=["low", "middle", "high"])
    assert data.labels == ("low", "middle", "high")
    assert data.codes.tolist() == [[0, 2]]
    assert data.ordered


def test_counts_per_unit_and_label() -> None:
    data = read_ratings([["a", "a", None], ["b", "a", "b"]])
    assert data.counts().tolist() == [[2, 0], [1, 2]]
    assert data.per_unit.tolist() == [2, 3]


@pytest.mark.parametrize(
    ("table", "options", "word"),
    [
        ([[1, 2], [1]], {}, "row 1 has 1 ratings where row 0 has 2"),
        ([1, 2], {}, "row 0 is 1"),
        (["ab", "ba"], {}, "row 0 is 'ab'"),
        (np.array([1.0, 2.0]), {}, "1 dimension"),
        (np.zeros((2, 2, 2)), {}, "3 dimension"),
        ([["a", "c"]], {"categories": ["a", "b"]}, "'c' is not among the categories"),
        ([["a", "b"]], {"categories": ["a", "b", "a"]}, "a label twice"),
    ],
)
def test_what_cannot_be_read_says_where_and_what_to_do(
    table: object, options: dict[str, list[str]], word: str
) -> None:
    with pytest.raises(RatingsError, match=word) as raised:
        read_ratings(table, **options)
    assert raised.value.hint


def test_nothing_is_a_table_of_nothing() -> None:
    for nothing in ([], np.empty((0, 2)), np.empty(0)):
        assert read_ratings(nothing).units == 0


@pytest.mark.parametrize("cell", [{"A": 1}, [["A"]], [{"A": 1}], bytearray(b"A")], ids=str)
def test_a_cell_that_is_no_label_is_named(cell: object) -> None:
    with pytest.raises(RatingsError, match="neither a label nor a set of labels") as raised:
        read_ratings([["A", cell], ["A", "A"]])
    assert "None where not rated" in raised.value.hint
