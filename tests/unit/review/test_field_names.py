"""A name that means two things is never settled by guess."""

from __future__ import annotations

import pytest

from cothemes.errors import UsageError
from cothemes.stages.review.field_names import full_name


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("role", "passage.role"),
        ("by", "coding.by"),
        ("level", "meta.level"),
        ("valence", "attr.valence"),
        ("meta.role", "meta.role"),
        ("nobody", "nobody"),
    ],
)
def test_a_name_with_one_meaning(name: str, full: str) -> None:
    assert full_name(name, {"level"}, {"valence"}) == full


@pytest.mark.parametrize(
    ("name", "metadata", "attributes"),
    [("role", {"role"}, set()), ("round", set(), {"round"}), ("status", {"status"}, {"status"})],
)
def test_a_name_with_two_meanings_is_refused_and_both_are_named(
    name: str, metadata: set[str], attributes: set[str]
) -> None:
    with pytest.raises(UsageError) as refused:
        full_name(name, metadata, attributes)
    assert str(refused.value).count(f".{name}") >= 2
