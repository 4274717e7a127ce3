"""On what terms a run of this study may pay: its prices, its budgets, its pace, its past."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cothemes.app import wiring
from cothemes.app.runs.limiter import Limiter
from cothemes.app.runs.outage import Outage
from cothemes.app.runs.stopping import Stop
from cothemes.app.runs.strategies import Live, Strategy
from cothemes.app.study import Study
from cothemes.errors import StateConflict
from cothemes.records.ledger import Cap
from cothemes.records.price import Price
from cothemes.settings import Settings
from cothemes.stages.propose.model.repairs import Repairs, repairs_so_far

EventSink = Callable[[str, Mapping[str, Any]], None]
"""Takes an event's name and facts about it: numbers, ids and states, never a passage's text or a key."""


def how_to_price(model: str) -> str:
    """Return what to write where no price is known: lines that can be pasted as they are, but for the
    numbers.
    """
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
    """State of the service; by default no run waits for one that does not."""
    ask_lost_again: bool = True
    """True if what was under way as the service went down is asked once more when it is back."""
    model: str = ""
    """The name that earlier replies of the run carried."""
    retries: Mapping[str, int] = field(default_factory=dict)
    """Passage → runs that ended badly for it: the next one asks anew instead of reading the same reply."""
    wait_elsewhere: float = 300.0
    """Seconds to wait for another process that asks the same."""
    strategy: Strategy = field(default_factory=Live)
    """Strategy by which requests get their replies."""
    repairs: Repairs = field(default_factory=Repairs)
    """Counts of asking again for quotes in this run so far."""
    tell: EventSink = _silent

    def refuse_without_price(self, model: str) -> None:
        """Raise StateConflict where a cap cannot be kept because nobody knows what a call costs."""
        if self.caps and self.price is None:
            raise StateConflict(
                f"a budget is set, and no price is known for {model} at this endpoint",
                hint=how_to_price(model),
            )


ELSEWHERE_FACTOR = 3.0
"""Another process gets the time of so many calls before this one goes without its reply."""


def price_of(study: Study, settings: Settings, endpoint: str) -> Price | None:
    """Return what the model costs at this endpoint, where that is known."""
    return wiring.prices(settings, study.root).find(settings.model.name, endpoint)


def caps(settings: Settings, budget: float | None = None) -> tuple[Cap, ...]:
    """The caps that hold; `budget` goes before the settings' own."""
    return settings.model.caps(budget)


def terms(
    study: Study,
    settings: Settings,
    endpoint: str,
    *,
    run: str,
    budget: float | None = None,
    retries: Mapping[str, int] | None = None,
    stop: Stop | None = None,
    tell: EventSink | None = None,
) -> CallPolicy:
    """The terms of a run, for whatever stage asks a model on behalf of this study.

    Raises StateConflict where a budget is set and no price is known, SettingsError for a broken table.
    """
    stop = stop or Stop()
    made = CallPolicy(
        price=price_of(study, settings, endpoint),
        caps=caps(settings, budget),
        limiter=Limiter(settings.model.requests_per_minute, settings.model.tokens_per_minute),
        stop=stop,
        outage=Outage(longest=settings.model.outage_wait, stop=stop),
        ask_lost_again=settings.model.ask_lost_again,
        model=_answered_as(study, run),
        retries=retries or {},
        wait_elsewhere=settings.model.timeout * ELSEWHERE_FACTOR,
        repairs=repairs_so_far(study.store.runs.each_outcome(run)),
    )
    if tell is not None:
        made.tell = made.outage.tell = tell
    made.refuse_without_price(settings.model.name)
    return made


def _answered_as(study: Study, run: str) -> str:
    """The name that the last reply of the run carried."""
    return study.store.ledger.answered_as(run)


@contextmanager
def event_log(
    study: Study, named: Path | None = None, warn: Callable[[str], None] = lambda _text: None
) -> Iterator[EventSink]:
    """Take events for the file that is named, or that the settings name; else they are dropped. A file that
    cannot be written is told to `warn`, once, and ends nothing.
    """
    own = study.settings.log.file
    with wiring.json_log(named or (study.root / own if own else None), warn) as tell:
        yield tell
