"""How a study's model is asked for JSON: found out by one real call, and remembered with the study."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from cothemes.app import wiring
from cothemes.app.runs.call_policy import terms
from cothemes.app.study import Study
from cothemes.errors import CothemesError, SettingsError
from cothemes.ports import ChatModel
from cothemes.settings import Settings
from cothemes.stages.propose.model.calling import Caller, NotAsked
from cothemes.stages.propose.model.stopping import Stop
from cothemes.stages.propose.model.trial import Structure, Trial, try_out

OFFERED: dict[str, tuple[Structure, ...]] = {
    "openai": tuple(Structure),
    "azure_openai": tuple(Structure),
    "ollama": tuple(Structure),
    "google_genai": tuple(Structure),
    "anthropic": (Structure.SCHEMA, Structure.PLAIN),
}
"""What a provider's langchain class can ask for; every other one is asked plainly."""
_BY_SCHEMA_UNTRIED = ("azure_openai", "ollama")
"""Asked by schema before `doctor` was run, as `openai` is; the others limit how long a schema may be."""


@dataclass(frozen=True)
class Found:
    """What the call found out."""

    trial: Trial
    endpoint: str
    seconds: float
    model: str
    """The name that the reply gave."""


def settled(study: Study, settings: Settings) -> Settings:
    """The settings with `structured` as it was found to work, where it was left to that.

    Raises SettingsError where the settings name a way that the provider does not offer.
    """
    asked = settings.model.structured
    if asked != "auto":
        if Structure(asked) in _offered(settings):
            return settings
        raise SettingsError(
            f"{_provider(settings)} offers no {asked}",
            where="[model] structured",
            hint=f"Write {' or '.join(way.value for way in _offered(settings))}, or leave it out.",
        )
    known = study.store.meta.get(_key(settings, wiring.chat_model(settings).endpoint))
    if known:
        return _with(settings, Structure(known))
    provider = _provider(settings)
    return _with(settings, Structure.SCHEMA) if provider in _BY_SCHEMA_UNTRIED else settings


def bound_by_schema(settings: Settings) -> bool:
    """Whether the model cannot but keep to the form, so that a reply that does not is not asked for again."""
    way = settings.model.structured
    return way == "json_schema" or (way == "auto" and _provider(settings) == "openai")


def find_out(study: Study, settings: Settings) -> Found:
    """One call with an invented sentence, one more for each way that does not work; counted as any other.

    Remembers what works. Raises ModelError where the service cannot be asked, BudgetReached where a budget
    forbids it.
    """
    ways = _offered(settings)
    run = f"doctor-{wiring.ids().new()}"
    began = time.perf_counter()
    stop = Stop()
    models = {way: wiring.chat_model(_with(settings, way)) for way in ways}
    endpoint = models[ways[0]].endpoint

    def caller_of(model: ChatModel) -> Caller:
        agreed = terms(study, settings, endpoint, run=run, stop=stop)
        agreed.outage.longest = 0.0  # a person waits to hear whether the service answers
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


def _provider(settings: Settings) -> str:
    return settings.model.name.partition(":")[0]


def _offered(settings: Settings) -> tuple[Structure, ...]:
    return OFFERED.get(_provider(settings), (Structure.PLAIN,))


def _with(settings: Settings, way: Structure) -> Settings:
    model = settings.model.model_copy(update={"structured": way.value})
    return settings.model_copy(update={"model": model})


def _key(settings: Settings, endpoint: str) -> str:
    return f"structured:{endpoint}:{settings.model.name}"
