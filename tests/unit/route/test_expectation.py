"""What a draw will yield, or that it cannot be known."""

from __future__ import annotations

from cothemes.stages.route.expectation import expectations


def test_double_passages_times_share() -> None:
    found = expectations(["A1", "A2"], 40, {"A1": 0.25})
    assert [(e.code, e.share, e.positives) for e in found] == [("A1", 0.25, 10.0), ("A2", 0.0, 0.0)]


def test_unknown_is_not_nought() -> None:
    assert expectations(["A1"], 40, None)[0].positives is None
