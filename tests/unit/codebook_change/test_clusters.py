"""Clusters: every member once, the same whatever order they come in, and apart where nothing joins them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cothemes.stages.codebook_change.candidate_clusters import Uncoded, clustered, vectors_of


def member(name: str, passage: str = "", person: bool = False) -> Uncoded:
    return Uncoded(
        id=name, passage=passage or f"d.{name}", document="d", cluster="P1", by="r1", person=person,
        label=f"Label {name}.", criterion="When so.", quotes=("so it is",),
    )  # fmt: skip


def on_circle(*degrees: float) -> np.ndarray:
    angles = np.deg2rad(np.array(degrees, dtype=np.float64))
    return np.column_stack([np.cos(angles), np.sin(angles)])


def test_a_worked_example() -> None:
    """Cosine distances: 0°–20° .06, 90°–100° .015; the two pairs lie 1 − cos 70° … 1 − cos 100° apart, on
    average 1 − (cos 90 + cos 100 + cos 70 + cos 80) ÷ 4 = 1 − (0 − .174 + .342 + .174) ÷ 4 = .91 > .6."""
    found = clustered([member(n) for n in "abcd"], on_circle(0, 90, 20, 100))
    assert [[m.id for m in cluster.members] for cluster in found] in (
        [["a", "c"], ["b", "d"]],
        [["b", "d"], ["a", "c"]],
    )


def test_the_heap_in_most_passages_stands_first_and_its_most_typical_member_leads() -> None:
    found = clustered([member(n) for n in "abcd"], on_circle(90, 0, 30, 15))
    assert [[m.id for m in cluster.members] for cluster in found] == [["d", "b", "c"], ["a"]]
    assert (found[0].passages, found[0].interviews) == (("d.d", "d.b", "d.c"), 1)


def test_none_and_one() -> None:
    assert clustered([], np.zeros((0, 2))) == []
    (cluster,) = clustered([member("a")], on_circle(3))
    assert cluster.id.startswith("k")
    assert member("a").said == "Label a. When so."
    assert member("a").shown == "so it is"


def test_words_of_both_kinds_count_the_label_twice_as_much() -> None:
    said, shown = np.array([[1, 0]], np.float32), np.array([[0, 1]], np.float32)
    # (1, ½) ÷ √1.25 = (.894, .447)
    assert vectors_of(said, shown)[0] == pytest.approx([2 / 5**0.5, 1 / 5**0.5])


@given(st.lists(st.integers(0, 359), min_size=1, max_size=14, unique=True), st.randoms(use_true_random=False))
def test_order_of_arrival_changes_nothing_and_everyone_has_one_place(
    degrees: list[int], chance: object
) -> None:
    members = [member(f"{n:02d}") for n in range(len(degrees))]
    rows = on_circle(*degrees)
    found = clustered(members, rows)
    order = list(range(len(members)))
    chance.shuffle(order)  # type: ignore[attr-defined]
    again = clustered([members[at] for at in order], rows[order])
    assert [(cluster.id, cluster.members) for cluster in found] == [
        (cluster.id, cluster.members) for cluster in again
    ]
    assert sorted(m.id for cluster in found for m in cluster.members) == [m.id for m in members]
    assert len({cluster.id for cluster in found}) == len(found)
