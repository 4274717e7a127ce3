"""How a study's model is asked for JSON: found out by one real call, and remembered with the study."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cothemes.app import wiring
from cothemes.app.runs.call_policy import terms
from cothemes.app.runs.calling import Caller
from cothemes.app.runs.stopping import Stop
from cothemes.app.runs.strategies import NotAsked
from cothemes.app.study import Study
from cothemes.errors import CothemesError, ModelError, ModelFault, SettingsError
from cothemes.ports import ChatModel
from cothemes.records.suggestion import OutcomeState
from cothemes.settings import Settings
from cothemes.stages.propose.model.parsing import json_of, tidy
from cothemes.stages.propose.model.repair import formal_repair
from cothemes.stages.propose.model.reply import Reply, Unusable

STAGE = "doctor"
SENTENCE = "The bus was late again, and the driver waved."
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "last_word": {"type": "string"},
        "about_a_bus": {"type": "string", "enum": ["yes", "no"]},
    },
    "required": ["last_word", "about_a_bus"],
    "additionalProperties": False,
}
_FORM = (
    'Answer with one JSON object and nothing around it: {"last_word": a word, "about_a_bus": "yes" or "no"}.'
)
WRONG = (
    "but it got an easy question about one sentence wrong: the form is sound, its judgement may be poor, so "
    "read what it says of 20 passages (`propose --limit 20`) before you pay for more"
)


class Structure(StrEnum):
    """Ways to ask a model for JSON."""

    SCHEMA = "json_schema"
    JSON = "json_object"
    PLAIN = "plain"


@dataclass(frozen=True)
class Attempt:
    """Result of one way."""

    structure: Structure
    works: bool
    detail: str


@dataclass(frozen=True)
class Trial:
    """Result of the trial; `structure` is None where no way works."""

    attempts: tuple[Attempt, ...]
    structure: Structure | None


async def try_out(
    model_of: Callable[[Structure], ChatModel],
    caller_of: Callable[[ChatModel], Caller],
    token: str,
    ways: tuple[Structure, ...] = tuple(Structure),
) -> Trial:
    """Tries the ways in turn, stops at the first that works. `token` makes the request one never sent before.

    Raises ModelError where the service cannot be asked at all, NotAsked where a budget forbids it.
    """
    attempts: list[Attempt] = []
    for way in ways:
        caller = caller_of(model_of(way))
        try:
            attempts.append(await _attempt(way, caller, token))
        except ModelError as error:
            if error.fault is not ModelFault.REQUEST:
                raise
            attempts.append(Attempt(way, False, f"refused: {tidy(error.message)[:200]}"))
        finally:
            caller.close()
        if attempts[-1].works:
            return Trial(tuple(attempts), way)
    return Trial(tuple(attempts), None)


async def _attempt(way: Structure, caller: Caller, token: str) -> Attempt:
    form = "Answer with one JSON object." if way is Structure.SCHEMA else _FORM
    task = f"{form}\nGive the last word of this sentence, and say whether it is about a bus. (Trial {token}.)"
    messages = [{"role": "system", "content": task}, {"role": "user", "content": json.dumps(SENTENCE)}]
    _, reply = await caller.ask(STAGE, messages, SCHEMA, STAGE)
    try:
        return Attempt(way, True, _read(reply))
    except Unusable as reason:
        if way is not Structure.PLAIN:
            return Attempt(way, False, f"{reason.state}: {reason.detail}")
        first = reason
    _, reply = await caller.ask(STAGE, formal_repair(messages, reply, first), SCHEMA, STAGE)
    try:
        return Attempt(way, True, f"{_read(reply)}, after one repair")
    except Unusable as reason:
        return Attempt(way, False, f"{reason.state}: {reason.detail}, also after one repair")


def _read(reply: Reply) -> str:
    data, flags = json_of(reply)
    wanted = set(SCHEMA["required"])
    if not isinstance(data, Mapping) or not wanted <= set(data):
        raise Unusable(OutcomeState.INVALID, "JSON, and not of the form that was asked for")
    if data["about_a_bus"] not in ("yes", "no") or not isinstance(data["last_word"], str):
        raise Unusable(OutcomeState.INVALID, "JSON of the form, with values that it does not allow")
    said = "in a code fence" if flags else "as asked"
    right = data["about_a_bus"] == "yes" and "wave" in data["last_word"].casefold()
    return said if right else f"{said}; {WRONG}"


OFFERED: dict[str, tuple[Structure, ...]] = {
    "openai": tuple(Structure),
    "azure_openai": tuple(Structure),
    "ollama": tuple(Structure),
    "google_genai": tuple(Structure),
    "anthropic": (Structure.SCHEMA, Structure.PLAIN),
}
"""Ways that a provider's langchain class offers; every other one is asked plainly."""
_BY_SCHEMA_UNTRIED = ("azure_openai", "ollama")
"""Asked by schema before `doctor` was run, as `openai` is; the others limit how long a schema may be."""


@dataclass(frozen=True)
class Found:
    """Result of the call."""

    trial: Trial
    endpoint: str
    seconds: float
    model: str
    """The name that the reply gave."""


def resolve_output_mode(study: Study, settings: Settings) -> Settings:
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
    """Return whether the model cannot but keep to the form, so that a reply that does not is not asked for
    again.
    """
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
