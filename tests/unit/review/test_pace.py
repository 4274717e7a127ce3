"""Rate and time left, pauses left out."""

from __future__ import annotations

import pytest

from cothemes.stages.review.pace import Pace, in_words


def test_a_pause_counts_for_nothing() -> None:
    pace = Pace(0.0)
    for second in (30, 60, 90):
        pace = pace.key(second).finish()
    # Three passages in 90 seconds; an hour of tea; ten seconds more: 3 in 100 s.
    pace = pace.key(3_690).key(3_700)
    assert pace.worked == 100
    assert pace.per_minute == pytest.approx(1.8)
    assert pace.minutes_left(18) == pytest.approx(10)


def test_no_rate_is_said_before_three_passages_and_a_clock_going_back_harms_nothing() -> None:
    pace = Pace(100.0).key(110).key(50).key(60)
    assert pace.worked == 20
    pace = pace.finish().finish()
    assert pace.per_minute is None
    pace = pace.finish().finish(-1)
    assert pace.minutes_left(5) is None


@pytest.mark.parametrize(
    ("minutes", "words"), [(0.2, "under 1 min"), (40, "40 min"), (130, "2 h 10"), (1_900, "31 h")]
)
def test_times_in_words(minutes: float, words: str) -> None:
    assert in_words(minutes) == words
