"""How a study's model is asked for JSON: found out by one real call, and remembered with the study."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from cothemes.app import wiring
from cothemes.app.steps.terms import terms
from cothemes.app.study import Study
from cothemes.errors import CothemesError
from cothemes.ports import ChatModel
from cothemes.settings import Settings
from cothemes.stages.propose.model.calling import Caller, NotAsked
from cothemes.stages.propose.model.stopping import Stop
from cothemes.stages.propose.model.trial import Structure, Trial, try_out

OPENAI = "openai:"
"""Only here is a schema or JSON mode asked for; langchain's other classes are asked plainly."""


@dataclass(frozen=True)
class Found:
    """What the call found out."""

    trial: Trial
    endpoint: str
    seconds: float
    model: str
    """The name that the reply gave."""


def settled(study: Study, settings: Settings) -> Settings:
    """The settings with `structured` as it was found to work, where it was left to that."""
    if settings.model.structured != "auto" or not settings.model.name.startswith(OPENAI):
        return settings
    known = study.store.meta.get(_key(settings, wiring.chat_model(settings).endpoint))
    return _with(settings, Structure(known)) if known else settings


def bound_by_schema(settings: Settings) -> bool:
    """Whether the model cannot but keep to the form, so that a reply that does not is not asked for again."""
    return settings.model.name.startswith(OPENAI) and settings.model.structured in ("auto", Structure.SCHEMA)


def find_out(study: Study, settings: Settings) -> Found:
    """One call with an invented sentence, one more for each way that does not work; counted as any other.

    Remembers what works. Raises ModelError where the service cannot be asked, BudgetReached where a budget
    forbids it.
    """
    ways = tuple(Structure) if settings.model.name.startswith(OPENAI) else (Structure.PLAIN,)
    run = f"doctor-{wiring.ids().new()}"
    began = time.perf_counter()
    stop = Stop()
    models = {way: wiring.chat_model(_with(settings, way)) for way in ways}
    endpoint = models[ways[0]].endpoint

    def caller_of(model: ChatModel) -> Caller:
        agreed = terms(study, settings, endpoint, run=run, stop=stop)
        return Caller(model, study.store.ledger, wiring.clock(), run, terms=agreed)

    async def whole() -> Trial:
        return await try_out(models.__getitem__, caller_of, run, ways)

    try:
        trial = asyncio.run(whole())
    except NotAsked:
        reason: CothemesError | None = stop.reason
        assert reason is not None
        raise reason from None
    if trial.structure is not None:
        study.store.meta.set(_key(settings, endpoint), trial.structure.value)
    seconds = time.perf_counter() - began
    return Found(trial, endpoint, seconds, study.store.ledger.answered_as(run))


def _with(settings: Settings, way: Structure) -> Settings:
    model = settings.model.model_copy(update={"structured": way.value})
    return settings.model_copy(update={"model": model})


def _key(settings: Settings, endpoint: str) -> str:
    return f"structured:{endpoint}:{settings.model.name}"
