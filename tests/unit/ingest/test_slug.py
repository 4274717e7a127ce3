"""Slugs: plain, short, unique."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cothemes.stages.ingest.slug import LONGEST, slug_for, slug_of


@pytest.mark.parametrize(
    ("stem", "slug"),
    [
        ("Interview 3 (final)", "interview-3-final"),
        ("Žofie Müller", "zofie-muller"),
        ("面接", "document"),
        ("--a__b--", "a-b"),
        ("NEAS PTS 531", "neas-pts-531"),
    ],
)
def test_letters_digits_and_hyphens(stem: str, slug: str) -> None:
    assert slug_of(stem) == slug


def test_the_ending_of_a_file_is_no_part_of_it() -> None:
    assert slug_for("int01.final.docx") == "int01-final"
    assert slug_for(".docx") == "docx"


@given(st.text(max_size=90), st.integers(0, 12))
def test_is_unique_short_and_safe(stem: str, count: int) -> None:
    taken: list[str] = []
    for _ in range(count + 1):
        slug = slug_of(stem, taken)
        assert re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", slug)
        assert len(slug) <= LONGEST
        assert slug not in taken
        taken.append(slug)
