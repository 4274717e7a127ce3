"""What a call of propose would cost, before anything is asked."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from pydantic import ConfigDict, Field

from cothemes.app import wiring
from cothemes.app.coders.driver import Driver
from cothemes.app.coders.model import ModelProposer, StudyCoder
from cothemes.app.coders.model_coder import ModelCoder
from cothemes.app.coders.new_run_reason import NewRunReason
from cothemes.app.coders.propose import Plan, Withheld
from cothemes.app.coders.replay import coder_of_run
from cothemes.app.corpus.passages import StudyPassages, documents_of, passages_of
from cothemes.app.runs.call_policy import caps
from cothemes.app.runs.run_chain import CLOSED
from cothemes.app.study import Study
from cothemes.errors import StateConflict
from cothemes.records.ledger import Scope, Tally, account
from cothemes.records.price import NANOS
from cothemes.records.record import Record, canonical_json
from cothemes.records.run import Run
from cothemes.records.suggestion import OutcomeState
from cothemes.stages.propose.model.estimate import Estimate, Range, enough, estimate
from cothemes.stages.propose.model.room import Room, room

SAMPLE = 200
"""Requests that are made up and measured, to stand for all."""
_BESIDE = {"prompt", "repairs_per_passage"}
"""Settings that may differ between a run and one that says what it will cost."""
FEW = 5
"""Passages that a tokenizer reads."""


class RoomReport(Record):
    """Numbers of passages that the budgets leave room for."""

    passages: int
    coded: tuple[int, int]
    """Passages coded at the upper price, and at the lower one."""
    whole: bool | None
    """True if all of them fit; None if that depends on the price that comes out."""
    ends_at: Scope
    """The budget that has least left."""
    left: dict[Scope, float]
    """Rest of each budget, in whole units of the currency."""


class ForecastReport(Record):
    """Forecast of the cost of a model's calls; ranges are (low, high), amounts in whole units of the
    currency.
    """

    calls: int
    """Calls of the first stage."""
    all_calls: tuple[int, int]
    """All calls, with those of the critic and of repairs."""
    input_tokens: tuple[int, int]
    output_tokens: tuple[int, int]
    cost: tuple[float, float] | None
    """None if no price is known."""
    currency: str | None
    seen: int
    """Replies that the estimate was drawn from; 0: from stated bounds."""
    counted: bool
    """True if a tokenizer counted the input."""
    caps: dict[Scope, float]
    """The budgets that are set."""
    room: RoomReport | None


class PlanReport(Record):
    """What a call of propose would do."""

    model_config = ConfigDict(serialize_by_alias=True, validate_by_name=True)

    coder: str
    coder_description: str = Field(alias="spoken")
    """The coder in words."""
    to_code: int
    words: int
    skipped: dict[str, int]
    """Reason → passages that would be skipped."""
    known: int
    corrected: int
    """Passages whose text was corrected since they were sent."""
    parked: int
    withheld: tuple[Withheld, ...]
    names_not_searched: tuple[str, ...]
    begins: NewRunReason | None
    forecast: ForecastReport | None
    """None for a coder that costs nothing."""


def forecast(study: Study, todo: Plan) -> Estimate | None:
    """None for a coder that costs nothing."""
    asks = todo.proposer.asks
    if asks is None:
        return None
    settings = asks.coder.settings
    sample = _sample(todo.to_code)
    tallies, known = _seen(study, asks)
    return estimate(
        _sizes(study, asks, sample),
        len(todo.to_code) / len(sample) if sample else 0.0,
        price=todo.proposer.price,
        codes=len(study.codebook.defined.codes),
        output_limit=settings.model.max_output_tokens,
        critic=settings.coder.critic,
        tallies=tallies,
        known=known,
        bytes_per_token=_bytes_per_token(asks.coder, sample),
    )


def room_for(study: Study, todo: Plan, made: Estimate, budget: float | None) -> Room | None:
    """Return how far the run would get with what is left of its budget and the month's; `budget` goes before
    the settings' own. None where none is set, or no price is known.
    """
    proposer = todo.proposer
    if proposer.asks is None or proposer.price is None:
        return None
    settings = proposer.asks.coder.settings
    run = study.store.runs.find(proposer.configuration)
    name = run.id if run is not None and CLOSED not in run.details else ""
    now = wiring.clock().now()
    left = {}
    for cap in caps(settings, budget):
        known = cap.scope is Scope.MONTH or name
        counted = study.store.ledger.counted(account(cap.scope, name, now, made.currency)) if known else 0
        left[cap.scope] = max(0, cap.nanos - counted)
    limit = settings.model.max_output_tokens
    return room(made, len(todo.to_code), left, proposer.price, limit)


def _room_report(found: Room) -> RoomReport:
    return RoomReport(
        passages=found.passages,
        coded=(found.low, found.high),
        whole=found.whole,
        ends_at=found.scope,
        left={scope: nanos / NANOS for scope, nanos in found.left.items()},
    )


def forecast_report(
    made: Estimate, study: Study, budget: float | None = None, found: Room | None = None
) -> ForecastReport:
    """Return the estimate with the budgets that hold."""
    return ForecastReport(
        calls=made.calls,
        all_calls=_whole(made.all_calls),
        input_tokens=_whole(made.input_tokens),
        output_tokens=_whole(made.output_tokens),
        cost=(made.cost.low / NANOS, made.cost.high / NANOS) if made.cost else None,
        currency=made.currency or None,
        seen=made.seen,
        counted=made.counted,
        caps={cap.scope: cap.nanos / NANOS for cap in caps(study.settings, budget)},
        room=_room_report(found) if found is not None else None,
    )


def _whole(given: Range) -> tuple[int, int]:
    return round(given.low), round(given.high)


def _bytes_per_token(coder: ModelCoder, sample: StudyPassages) -> float | None:
    """Return bytes per token by a tokenizer, of what all requests share, which is most of each, and of a few
    passages.
    """
    count = wiring.token_counter(coder.settings)
    if count is None or not sample:
        return None
    text = canonical_json(coder.constant) + "".join(passage.spoken for passage in sample[:FEW])
    return len(text.encode("utf-8", "surrogatepass")) / max(1, count(text))


def _seen(study: Study, asks: StudyCoder) -> tuple[list[Tally], list[int]]:
    """Return what was counted of this configuration, else of the latest like it that went as far, and the
    sizes of some of its requests: after a change of codebook or prompt the run before says most of the next
    one.
    """
    counted = study.store.ledger.tallies()
    for run, whole in _alike(study, asks):
        tallies = [tally for tally in counted if tally.run == run.id]
        if enough(tallies):
            outcomes = study.store.runs.each_outcome(run.id)
            coded = {outcome.passage for outcome in outcomes if outcome.state is OutcomeState.CODED}
            passages = passages_of(study.store.passages).among(coded)
            if passages:
                return tallies, _sizes(study, whole, _sample(passages))
    return [], []


def _alike(study: Study, asks: StudyCoder) -> Iterator[tuple[Run, StudyCoder]]:
    """This configuration's run, then those of the same model, endpoint and settings, the latest first."""
    own = study.store.runs.find(asks.coder.configuration)
    if own is not None:
        yield own, asks
    settings = asks.coder.settings.coder.model_dump(mode="json", exclude=_BESIDE)
    for run in reversed(study.store.runs.all()):
        if run.coder != ModelProposer.kind or run.model != asks.coder.model.name or run == own:
            continue
        said = {key: value for key, value in run.details.get("coder", {}).items() if key not in _BESIDE}
        if said == settings and run.details.get("endpoint") == asks.coder.model.endpoint:
            try:
                yield run, coder_of_run(study, run)
            except StateConflict:
                continue


def _sample(passages: StudyPassages) -> StudyPassages:
    """Evenly over all, so that long documents count for what they are."""
    step = max(1, -(-len(passages) // SAMPLE))
    return passages[::step]


def _sizes(study: Study, whole: StudyCoder, passages: StudyPassages) -> list[int]:
    documents = documents_of(study.store.documents, passages.versions)
    driver = Driver(study, whole.coder, whole.sending)
    return asyncio.run(driver.request_sizes(passages, documents))
