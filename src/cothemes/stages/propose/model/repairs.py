"""Whether asking again for a quote is worth its price: so many a passage, and no more once nearly all fail.

A model that cannot quote would otherwise cost one call for each code that it proposes. What is not asked
again is left out like any code without a quote that stands, and the outcome says so:
`unrepaired:CODE:cap` or `unrepaired:CODE:given_up`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from cothemes.records.outcome_flag import FlagKind
from cothemes.records.suggestion import Outcome, QuoteStatus, Verdict
from cothemes.stages.propose.model.reply import Answer

FIRST = 20
"""Repairs of a run before it is judged whether they are worth their price."""
STAND = 0.1
"""Up to this share of them standing, they are given up."""
TRIAL = 40
"""Repairs that are handed in together in a batch before any was judged."""
_MENDABLE = {status.value for status in QuoteStatus if status.mendable}


class Unrepaired(StrEnum):
    """Reasons why a quote was not asked for again."""

    CAP = "cap"
    """The passage had as many repairs as are paid for."""
    GIVEN_UP = "given_up"
    """Nearly all repairs of the run had failed."""


@dataclass
class Repairs:
    """Results of a run's repairs so far."""

    asked: int = 0
    stood: int = 0
    given_up: bool = False
    taken_down: int = 0
    """Number of repairs collected for a batch and not answered yet."""

    def heed(self, stood: bool) -> bool:
        """Count one; whether repairs are given up by it."""
        self.asked += 1
        self.stood += stood
        return self.judge()

    def may_take_down(self) -> bool:
        """Return whether one more may go into a batch: until some were judged only a trial's worth."""
        if self.asked < FIRST and self.taken_down >= TRIAL:
            return False
        self.taken_down += 1
        return True

    def judge(self) -> bool:
        """Return whether repairs are given up now, and were not before."""
        if self.given_up or self.asked < FIRST or self.stood > STAND * self.asked:
            return False
        self.given_up = True
        return True


def repairs_so_far(outcomes: Iterable[Outcome]) -> Repairs:
    """Return what is on record of a run, so that a later night neither begins to pay again nor judges
    twice.
    """
    found = Repairs()
    for outcome in outcomes:
        left = {flag.code: flag.detail for flag in outcome.flagged(FlagKind.UNREPAIRED)}
        found.given_up |= Unrepaired.GIVEN_UP.value in left.values()
        stood = len(outcome.flagged(FlagKind.QUOTE_REPAIRED))
        failed = sum(
            flag.detail in _MENDABLE and flag.code not in left
            for flag in outcome.flagged(FlagKind.QUOTE_REJECTED)
        )
        found.asked += stood + failed
        found.stood += stood
    found.judge()
    return found


def ranked(unfound: Sequence[tuple[str, Answer]]) -> list[tuple[str, Answer]]:
    """The codes to ask about first: a yes before a borderline, then the surest, then as they came."""

    def rank(at: int) -> tuple[bool, float, int]:
        answer = unfound[at][1]
        return answer.decision is not Verdict.YES, -(answer.confidence or 0.0), at

    return [unfound[at] for at in sorted(range(len(unfound)), key=rank)]
