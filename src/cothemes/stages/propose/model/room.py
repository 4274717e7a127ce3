"""How far a run gets before a budget ends it: told beforehand, from what it is expected to cost.

A run ends before the call that could exceed a budget, not with the last coin: each call is reserved at the
most it could cost. So the room that counts is what is left without one such reservation.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from cothemes.records.ledger import Scope
from cothemes.records.price import Price
from cothemes.stages.propose.model.estimate import Estimate
from cothemes.stages.propose.model.paying import OVERHEAD_TOKENS


@dataclass(frozen=True)
class Room:
    """Number of the passages ahead that the budgets leave room for."""

    passages: int
    """Ahead."""
    low: int
    """So many at the upper price."""
    high: int
    """So many at the lower price."""
    scope: Scope
    """The budget that has least left."""
    left: Mapping[Scope, int]
    """Rest of each budget, billionths."""

    @property
    def whole(self) -> bool | None:
        """Return whether all of them fit; None where that depends on the price that comes out."""
        if self.low >= self.passages:
            return True
        return False if self.high < self.passages else None


def room(
    made: Estimate, passages: int, left: Mapping[Scope, int], price: Price, output_limit: int
) -> Room | None:
    """None where no budget is set, nothing is ahead, or what it costs is not known.

    `left`: billionths by budget; `output_limit`: the longest reply that is asked for, in tokens.
    """
    if not left or not passages or made.cost is None:
        return None
    scope = min(left, key=lambda one: left[one])
    reserved = price.at_most(math.ceil(made.request_bytes) + OVERHEAD_TOKENS, output_limit)
    found = []
    for cost, calls in ((made.cost.high, made.all_calls.high), (made.cost.low, made.all_calls.low)):
        # The last call needs its reservation free, and then costs what a call costs: n·c − c/k + r ≤ left,
        # with c a passage's cost, k its calls, r the reservation.
        each, last = cost / passages, cost / max(calls, 1.0)
        if left[scope] < reserved:
            found.append(0)
        elif not each:
            found.append(passages)
        else:
            found.append(min(passages, math.floor((left[scope] - reserved + last) / each)))
    return Room(passages, found[0], found[1], scope, dict(left))
