"""On what terms a run may pay: price, caps, pace, and what ends it. One value for all its calls."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cothemes.errors import ModelError, StateConflict
from cothemes.records.ledger import Cap
from cothemes.records.price import Price
from cothemes.records.run import Call
from cothemes.stages.propose.model.limiter import Limiter
from cothemes.stages.propose.model.outage import Outage
from cothemes.stages.propose.model.repairs import Repairs
from cothemes.stages.propose.model.request import Request
from cothemes.stages.propose.model.stopping import Stop

EventSink = Callable[[str, Mapping[str, Any]], None]
"""Takes an event's name and facts about it: numbers, ids and states, never a passage's text or a key."""


def how_to_price(model: str) -> str:
    """What to write where no price is known: lines that can be pasted as they are, but for the numbers."""
    return (
        "Put this into prices.toml of the study, with your numbers per million tokens (0 for a model of your "
        f"own):\n\n[models.{json.dumps(model, ensure_ascii=False)}]\ninput = 0.40\noutput = 1.60\n"
        'currency = "USD"\n\n'
        'and name the file in cothemes.toml, under the [model] that is there:\n\nprices = "prices.toml"\n\n'
        "Every key: docs/reference/files.md, prices.toml."
    )


def _silent(_event: str, _facts: Mapping[str, Any]) -> None:
    """Nobody listens."""


@dataclass
class CallPolicy:
    """The terms of one run. The defaults lay no cap on anything and know no price."""

    price: Price | None = None
    caps: Sequence[Cap] = ()
    limiter: Limiter = field(default_factory=Limiter)
    stop: Stop = field(default_factory=Stop)
    outage: Outage = field(default_factory=Outage)
    """Whether the service answers; by default no run waits for one that does not."""
    ask_lost_again: bool = True
    """Whether what was under way as the service went down is asked once more when it is back."""
    model: str = ""
    """The name that earlier replies of the run carried."""
    retries: Mapping[str, int] = field(default_factory=dict)
    """Passage → runs that ended badly for it: the next one asks anew instead of reading the same reply."""
    wait_elsewhere: float = 300.0
    """Seconds to wait for another process that asks the same."""
    replay: bool = False
    """Nothing is asked: what the ledger does not hold stays unanswered."""
    recorded: Collection[str] = ()
    """Passages that a replay has on record as coded: a repair or a critic's say that the ledger lacks, since
    quotes are judged otherwise now, is done without, so that the difference is seen."""
    measure: Callable[[str, int], None] | None = None
    """Takes stage and size in bytes of each request instead of having it asked."""
    gather: Callable[[Call, Request, Call | None], None] | None = None
    """Takes what the ledger does not hold instead of having it asked: the call, its request, its row."""
    failed: Mapping[str, ModelError] = field(default_factory=dict)
    """Calls that were gathered before and came to nothing, by key."""
    repairs: Repairs = field(default_factory=Repairs)
    """What asking again for quotes has brought in this run so far."""
    tell: EventSink = _silent

    def refuse_without_price(self, model: str) -> None:
        """Raises StateConflict where a cap cannot be kept because nobody knows what a call costs."""
        if self.caps and self.price is None:
            raise StateConflict(
                f"a budget is set, and no price is known for {model} at this endpoint",
                hint=how_to_price(model),
            )
