"""Work is divided by what people can do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.route.study_of_words import NOW, interviews, passages_of

from cothemes.stages.route.design import Design
from cothemes.stages.route.division import shares
from cothemes.stages.route.draw import draw


def test_parts_are_as_capacities_where_nobody_has_anything() -> None:
    assert shares([0, 0], 900, [40, 20]) == pytest.approx([2 / 3, 1 / 3])
    assert shares([0, 0], 0, [40, 20]) == pytest.approx([2 / 3, 1 / 3])


def test_who_has_more_for_their_capacity_than_the_level_takes_none() -> None:
    """Loads 100 and 10 at capacities 1 and 2: 20 new words bring the second to 30, still under 200."""
    assert shares([100, 10], 20, [1, 2]) == [0, 1]
    # Level L: 1·L − 100 + 2·L − 10 = 190 gives L = 100, so nothing and 190.
    assert shares([100, 10], 190, [1, 2]) == pytest.approx([0, 1])
    # 1·L − 100 + 2·L − 10 = 490 gives L = 200: 100 and 390.
    assert shares([100, 10], 490, [1, 2]) == pytest.approx([100 / 490, 390 / 490])


@given(
    loads=st.lists(st.floats(0, 1e5), min_size=1, max_size=6),
    new=st.floats(0.1, 1e5),
    scale=st.lists(st.floats(1, 100), min_size=6, max_size=6),
)
def test_parts_add_up_and_no_one_over_the_level_takes_more(
    loads: list[float], new: float, scale: list[float]
) -> None:
    can = scale[: len(loads)]
    parts = shares(loads, new, can)
    assert sum(parts) == pytest.approx(1, abs=1e-6)
    assert all(part >= 0 for part in parts)
    ends = [(load + part * new) / c for load, part, c in zip(loads, parts, can, strict=True)]
    taking = [end for end, part in zip(ends, parts, strict=True) if part > 1e-9]
    assert max(taking) - min(taking) <= 1e-6 * max(1, *taking)
    assert all(end >= min(taking) - 1e-6 * max(1, *taking) for end in ends)


def test_a_draw_follows_capacity_with_what_all_code_counted() -> None:
    """100 passages of 80 words, overlap .2: each codes 20 for all. Level by capacity 3 : 1 over 2·20 + 80 =
    120: 90 and 30, so ann takes 70 of the other 80 and bob 10."""
    passages = passages_of("a", [80] * 100)
    design = Design(overlap=0.2, blind=0)
    found = draw(
        passages, interviews("a"), ("ann", "bob"), design, [], NOW, capacities={"ann": 60, "bob": 20}
    )
    counts = {name: sum(a.reviewer == name for a in found.assignments) for name in ("ann", "bob")}
    assert counts["ann"] + counts["bob"] == 120
    assert counts["ann"] == pytest.approx(90, abs=5)  # a cut may move to the end of a document that is near


def test_who_named_no_capacity_counts_as_the_mean_of_those_who_did() -> None:
    passages = passages_of("a", [80] * 120)
    design = Design(overlap=0, blind=0)
    people = ("ann", "bob", "cat")
    found = draw(passages, interviews("a"), people, design, [], NOW, capacities={"ann": 90, "bob": 30})
    counts = [sum(a.reviewer == name for a in found.assignments) for name in people]
    assert counts == pytest.approx([60, 20, 40], abs=6)  # 90 : 30 : 60
