"""How many blind passages tell a shift of ten points."""

from __future__ import annotations

import pytest

from cothemes.stages.evaluate.anchoring.blind_share import blind_share_of, needed_blind, points


def test_the_number_needed_by_hand() -> None:
    """1.96²·.16·(1/n + 1/m) ≤ .01: 1/n + 1/m ≤ .016270. With m = 200: 1/n ≤ .011270, n ≥ 88.7."""
    assert needed_blind(200) == 89
    assert needed_blind(61) is None, "1/61 = .016393 is too much by itself"
    assert needed_blind(62) == 7101
    assert needed_blind(0) == 0


@pytest.mark.parametrize("assisted", [62, 80, 100, 150, 500, 5000])
def test_the_number_needed_is_the_smallest_that_does(assisted: int) -> None:
    needed = needed_blind(assisted)
    assert needed is not None
    at, under = blind_share_of(needed, assisted), blind_share_of(needed - 1, assisted)
    assert (at.enough, under.enough) == (True, False)
    assert at.half_width is not None
    assert under.half_width is not None
    assert at.half_width <= 0.1 + 1e-9 < under.half_width + 2e-9


def test_where_nothing_is_assisted_nothing_has_to_be_told() -> None:
    assert blind_share_of(0, 0).enough
    assert blind_share_of(0, 10).half_width is None
    assert not blind_share_of(0, 10).enough


def test_points_are_never_rounded_to_what_is_not_reached() -> None:
    # 88 blind beside 200: 1.959964 · √(.16 · (1/88 + 1/200)) = .10029, which is not ±10.0.
    under = blind_share_of(88, 200)
    assert under.half_width == pytest.approx(0.10029, abs=5e-6)
    assert (under.enough, points(under.half_width)) == (False, "10.1")
    assert points(0.1) == "10.0"
    assert points(0.13004) == "13.1"
    assert points(0.0668) == "6.7"
