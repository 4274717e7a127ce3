"""On what terms a run of this study may pay: its prices, its budgets, its pace, its past."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from cothemes.app import wiring
from cothemes.app.study import Study
from cothemes.records.ledger import Cap, Scope
from cothemes.records.price import NANOS, Price
from cothemes.settings import Settings
from cothemes.stages.propose.model.call_policy import CallPolicy, EventSink
from cothemes.stages.propose.model.limiter import Limiter
from cothemes.stages.propose.model.outage import Outage
from cothemes.stages.propose.model.repairs import repairs_so_far
from cothemes.stages.propose.model.stopping import Stop

ELSEWHERE_FACTOR = 3.0
"""Another process gets the time of so many calls before this one goes without its reply."""


def price_of(study: Study, settings: Settings, endpoint: str) -> Price | None:
    """What the model costs at this endpoint, where that is known."""
    return wiring.prices(settings, study.root).find(settings.model.name, endpoint)


def caps(settings: Settings, budget: float | None = None) -> tuple[Cap, ...]:
    """The caps that hold; `budget` goes before the settings' own."""
    run = settings.model.budget if budget is None else budget
    found = ((Scope.RUN, run), (Scope.MONTH, settings.model.month_budget))
    return tuple(Cap(scope=scope, nanos=round(value * NANOS)) for scope, value in found if value is not None)


def terms(
    study: Study,
    settings: Settings,
    endpoint: str,
    *,
    run: str,
    budget: float | None = None,
    retries: Mapping[str, int] | None = None,
    replay: bool = False,
    stop: Stop | None = None,
    tell: EventSink | None = None,
) -> CallPolicy:
    """The terms of a run, for whatever stage asks a model on behalf of this study.

    Raises StateConflict where a budget is set and no price is known, SettingsError for a broken table.
    """
    stop = stop or Stop()
    made = CallPolicy(
        price=price_of(study, settings, endpoint),
        caps=() if replay else caps(settings, budget),
        limiter=Limiter(settings.model.requests_per_minute, settings.model.tokens_per_minute),
        stop=stop,
        outage=Outage(longest=settings.model.outage_wait, stop=stop),
        ask_lost_again=settings.model.ask_lost_again,
        model=_answered_as(study, run),
        retries=retries or {},
        wait_elsewhere=settings.model.timeout * ELSEWHERE_FACTOR,
        replay=replay,
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
    """Takes events for the file that is named, or that the settings name; else they are dropped. A file that
    cannot be written is told to `warn`, once, and ends nothing."""
    own = study.settings.log.file
    with wiring.json_log(named or (study.root / own if own else None), warn) as tell:
        yield tell
