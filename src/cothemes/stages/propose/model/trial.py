"""One call that finds out how a model gives structured answers, with an invented sentence and nothing else.

Tried in this order: JSON by schema, which binds the model; JSON mode, which binds it to JSON; plain, with one
request to mend a reply that is not of the form. For the first the form is told by the schema alone: a server
that takes a schema and pays no heed to it is found out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cothemes.errors import ModelError, ModelFault
from cothemes.ports import ChatModel
from cothemes.records.suggestion import OutcomeState
from cothemes.stages.propose.model.answers import Unusable
from cothemes.stages.propose.model.calling import Caller
from cothemes.stages.propose.model.parsing import json_of, tidy
from cothemes.stages.propose.model.repair import formal_repair
from cothemes.stages.propose.model.reply import Reply

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
    """How a model is asked for JSON."""

    SCHEMA = "json_schema"
    JSON = "json_object"
    PLAIN = "plain"


@dataclass(frozen=True)
class Attempt:
    """How one way went."""

    structure: Structure
    works: bool
    detail: str


@dataclass(frozen=True)
class Trial:
    """What was found; `structure` is None where no way works."""

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
