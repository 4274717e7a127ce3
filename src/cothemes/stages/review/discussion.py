"""One disagreement as it lies on the table, and how far a round of them is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cothemes.stages.review.consensus import CaseState
from cothemes.stages.review.context import Setting
from cothemes.stages.review.disputes import Case


class State(StrEnum):
    """States of a case."""

    OPEN = "open"
    SETTLED = "settled"


@dataclass(frozen=True)
class Dispute:
    """A case on the table, without names."""

    case: Case
    settled: CaseState
    left: tuple[str, ...]
    """Codes that wait for a ruling."""
    setting: Setting

    @property
    def state(self) -> State:
        """Return whether anything is left to settle."""
        return State.OPEN if self.left else State.SETTLED


@dataclass(frozen=True)
class Tally:
    """Progress of the round."""

    settled: int
    open: int
    held: int
    """Passages that somebody still has open; they are not shown before all are through."""
    agreed: int
    """Passages on which all readers said the same."""

    @property
    def total(self) -> int:
        """Passages in dispute."""
        return self.settled + self.open


def tally_lines(tally: Tally, round_name: str) -> list[str]:
    """Return how far the round is."""
    where = f"Round {round_name}" if round_name else "Ratings without a round"
    lines = [
        f"{where}: {tally.settled} of {tally.total} passages in dispute are adjudicated; on "
        f"{tally.agreed} more all readers agreed."
    ]
    if tally.held:
        lines.append(f"Not shown, since somebody has them open still: {tally.held}.")
    return lines
