"""The score of doubt: each sign by hand."""

from __future__ import annotations

import pytest

from cothemes.records.outcome_flag import FlagKind, flag
from cothemes.records.suggestion import QuoteStatus, Suggestion, Verdict
from cothemes.stages.route.uncertainty import Signs, flips, nearness, precisions, score, thresholds


def suggested(
    code: str, status: QuoteStatus = QuoteStatus.EXACT, verdict: Verdict = Verdict.YES
) -> Suggestion:
    return Suggestion(
        id=code, run="r", rater="m", passage="d.1", code=code, verdict=verdict, quote_status=status
    )


def test_nothing_to_doubt_is_nought() -> None:
    assert score(Signs(), {}) == 0


def test_every_sign_adds_what_it_weighs() -> None:
    """Two flips 2·1, one escalation 1·1, precision .9 and an unknown code (.5): doubt .1 + .5, nearness
    .4·.5, one quote left out .5, one mended .25: 2 + 1 + .6 + .2 + .5 + .25 = 4.55."""
    signs = Signs(
        suggested=(
            suggested("A"),
            suggested("B", QuoteStatus.SNAPPED),
            suggested("C", QuoteStatus.REPAIRED, Verdict.NO),
        ),
        flips=2,
        flags=(
            flag(FlagKind.CRITIC_ESCALATED, "A"),
            flag(FlagKind.QUOTE_REJECTED, "D"),
            flag(FlagKind.INSTRUCTION_LIKE),
        ),
        near=0.4,
    )
    assert score(signs, {"A": 0.9}) == pytest.approx(4.55)


def test_precision_counts_blind_readings_only_where_the_code_was_suggested() -> None:
    """A: suggested on three passages, read on two, borne out by 1 and by half: (1.5 + 1)/(2 + 2)."""
    said = {"A": {"p1": 1, "p2": 1, "p3": 1}, "B": {"p1": 1}}
    found = precisions(said, {"A": {"p1": 1.0, "p2": 0.5, "p9": 1.0}})
    assert found == {"A": pytest.approx(2.5 / 4), "B": 0.5}


def test_flips_are_codes_that_some_gave_and_others_did_not() -> None:
    assert flips([]) == flips([{"A"}]) == 0
    assert flips([{"A", "B"}, {"A"}, {"A", "C"}]) == 2


def test_thresholds_lie_between_what_was_suggested_and_what_was_not() -> None:
    scores = {"p1": {"A": 0.6, "B": 0.2}, "p2": {"A": 0.4, "B": 0.1}}
    assert thresholds(scores, {"p1": {"A"}}) == {"A": pytest.approx(0.5)}
    assert nearness({"A": 0.52, "B": 0.1}, {"A": 0.5}) == pytest.approx(0.8)
    assert nearness({"A": 0.7}, {"A": 0.5}) == 0
