"""Cross-tabulations: counts by hand, and what must hold for any study."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cothemes.stages.review.crossing import Count, code_matrix, group_matrix, pairs

DOCUMENT = {"a.1": "a", "a.2": "a", "b.1": "b", "b.2": "b"}
APPLIED = {"X": {"a.1", "a.2", "b.1"}, "Y": {"a.2", "b.1"}, "Z": set[str]()}
RATED = set(DOCUMENT)
CODES = ("X", "Y", "Z")


def count(passages: int, documents: int) -> Count:
    return Count(passages=passages, documents=documents)


def test_codes_against_codes_by_hand() -> None:
    made = code_matrix(APPLIED, RATED, DOCUMENT, CODES, CODES)
    # X and Y: a.2 and b.1.
    assert made.cells["X"] == {"X": count(3, 2), "Y": count(2, 2), "Z": count(0, 0)}
    assert made.totals["Y"] == count(2, 2)
    assert made.decided == count(4, 2)
    assert pairs(made) == [("X", "Y", count(2, 2))]


def test_only_some_codes_against_some() -> None:
    made = code_matrix(APPLIED, RATED, DOCUMENT, ("Y",), ("X", "Z"))
    assert made.cells == {"Y": {"X": count(2, 2), "Z": count(0, 0)}}
    assert pairs(made) == [("Y", "X", count(2, 2))]


def test_codes_against_groups_by_hand() -> None:
    group = {"a.1": "town", "a.2": "town", "b.1": "isle", "b.2": "isle"}
    made = group_matrix("place", APPLIED, RATED, DOCUMENT, group, CODES)
    assert made.columns == ("isle", "town")
    assert made.cells["X"] == {"isle": count(1, 1), "town": count(2, 1)}
    assert made.rated == {"isle": count(2, 1), "town": count(2, 1)}
    assert made.totals["X"] == count(3, 2)


def test_what_nobody_decided_on_is_in_no_cell() -> None:
    made = group_matrix("place", APPLIED, {"a.1"}, DOCUMENT, dict.fromkeys(DOCUMENT, "here"), CODES)
    assert made.cells["X"] == {"here": count(1, 1)}
    assert made.decided == count(1, 1)
    nothing = group_matrix("place", APPLIED, set(), DOCUMENT, {}, CODES)
    assert (nothing.columns, nothing.cells["X"]) == ((), {})


STUDIES = st.dictionaries(
    st.sampled_from(CODES), st.sets(st.sampled_from(sorted(DOCUMENT))), min_size=0, max_size=3
)


@given(STUDIES)
def test_pairs_are_symmetric_and_never_more_than_either_code(applied: dict[str, set[str]]) -> None:
    made = code_matrix(applied, RATED, DOCUMENT, CODES, CODES)
    for row in CODES:
        assert made.cells[row][row] == made.totals[row]
        for column in CODES:
            cell = made.cells[row][column]
            assert cell == made.cells[column][row]
            assert cell.passages <= min(made.totals[row].passages, made.totals[column].passages)
            assert cell.documents <= cell.passages


@given(STUDIES, st.dictionaries(st.sampled_from(sorted(DOCUMENT)), st.sampled_from(("p", "q")), min_size=4))
def test_groups_add_up_to_the_whole(applied: dict[str, set[str]], group: dict[str, str]) -> None:
    made = group_matrix("g", applied, RATED, DOCUMENT, group, CODES)
    for row in CODES:
        assert sum(cell.passages for cell in made.cells[row].values()) == made.totals[row].passages
    assert sum(each.passages for each in made.rated.values()) == made.decided.passages
