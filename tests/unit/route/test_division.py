"""Ownership is contiguous and even."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.route.study_of_words import interviews, passages_of

from cothemes.records.document import Kind
from cothemes.stages.route.division import divide, shares


def test_whole_documents_where_they_come_out_even() -> None:
    documents = {slug: passages_of(slug, [100] * 10) for slug in "abcd"}
    owners = divide(documents, interviews(*"abcd"), ["ann", "bob"], [0.5, 0.5])
    assert {owner for pid, owner in owners.items() if pid[0] in "ab"} == {"ann"}
    assert {owner for pid, owner in owners.items() if pid[0] in "cd"} == {"bob"}


def test_a_cut_near_the_end_of_a_document_moves_there() -> None:
    """1,050 of 2,000 words: the half is 50 words away, within a tenth of a share of 1,000."""
    documents = {"a": passages_of("a", [105] * 10), "b": passages_of("b", [95] * 10)}
    owners = divide(documents, interviews("a", "b"), ["ann", "bob"], [0.5, 0.5])
    assert {owners[p.id] for p in documents["a"]} == {"ann"}
    assert {owners[p.id] for p in documents["b"]} == {"bob"}


def test_a_document_in_the_middle_is_cut_in_two() -> None:
    documents = {slug: passages_of(slug, [100] * 10) for slug in "abc"}
    owners = divide(documents, interviews(*"abc"), ["ann", "bob"], [0.5, 0.5])
    assert [owners[p.id] for p in documents["b"]] == ["ann"] * 5 + ["bob"] * 5


def test_each_kind_of_source_is_divided_by_itself() -> None:
    documents = {slug: passages_of(slug, [100] * 10) for slug in ("talk1", "talk2", "text1", "text2")}
    kinds = {"talk1": Kind.INTERVIEW, "talk2": Kind.INTERVIEW, "text1": Kind.POLICY, "text2": Kind.POLICY}
    owners = divide(documents, kinds, ["ann", "bob"], [0.5, 0.5])
    assert {owners[p.id] for slug in ("talk1", "text1") for p in documents[slug]} == {"ann"}
    assert {owners[p.id] for slug in ("talk2", "text2") for p in documents[slug]} == {"bob"}


def test_shares_even_out_what_is_there_already() -> None:
    assert shares([0, 0], 100) == [0.5, 0.5]
    assert shares([50, 0], 100) == [0.25, 0.75]  # to 75 words each
    assert shares([500, 0], 100) == [0.0, 1.0]
    assert shares([60, 0, 20], 100) == pytest.approx([0.0, 0.6, 0.4])  # all end at 60
    assert shares([3, 4], 0) == [0.5, 0.5]


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=6), st.integers(1, 10_000))
def test_shares_add_up_and_raise_the_lowest(loads: list[int], new: int) -> None:
    parts = shares([float(load) for load in loads], new)
    assert sum(parts) == pytest.approx(1)
    ends = [load + part * new for load, part in zip(loads, parts, strict=True)]
    taking = [end for end, part in zip(ends, parts, strict=True) if part > 0]
    assert max(taking) - min(taking) < 1e-6
    assert all(end >= max(taking) - 1e-6 for end in ends)


@given(st.lists(st.lists(st.integers(1, 180), min_size=1, max_size=40), min_size=1, max_size=5))
def test_stretches_are_contiguous(lengths: list[list[int]]) -> None:
    documents = {f"d{i}": passages_of(f"d{i}", line) for i, line in enumerate(lengths)}
    names = ["ann", "bob", "cat"]
    owners = divide(documents, interviews(*documents), names, shares([0, 0, 0], 1))
    line = [owners[p.id] for document in documents.values() for p in document]
    assert line == sorted(line)
    assert len(owners) == sum(map(len, lengths))
