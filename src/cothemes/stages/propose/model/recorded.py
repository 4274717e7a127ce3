"""A model that is not there: bodies as a run sent them, so that its replies are found again without a key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from cothemes.errors import ModelError, ModelFault


class RecordedModel:
    """`ports.ChatModel` of a finished run. It never sends anything."""

    def __init__(self, name: str, endpoint: str, constants: Sequence[Mapping[str, Any]]) -> None:
        """`constants`: what all requests of each kind had in common, as the run kept them."""
        self.name = name
        self.endpoint = endpoint
        self._constants = constants

    def body(self, messages: Sequence[Mapping[str, str]], schema: Mapping[str, Any]) -> dict[str, Any]:
        """As the run's model made it: parameters and form of that kind of request, around the messages."""
        spoken = [dict(message) for message in messages]
        for constant in self._constants:
            if constant["messages"][0] == spoken[0] and _schema(constant) in (None, schema):
                return {**constant, "messages": spoken}
        first = self._constants[0]
        form = first.get("response_format")
        if _schema(first) is not None and isinstance(form, Mapping):
            inner = {**form["json_schema"], "schema": dict(schema)}
            return {**first, "messages": spoken, "response_format": {**form, "json_schema": inner}}
        return {**first, "messages": spoken}

    async def send(self, body: Mapping[str, Any]) -> NoReturn:  # noqa: ARG002
        """Raises ModelError: nothing is asked in a replay."""
        raise ModelError(
            "nothing is asked in a replay", hint="Leave --replay out.", fault=ModelFault.UNKNOWN_MODEL
        )


def _schema(body: Mapping[str, Any]) -> Any:
    form = body.get("response_format")
    inner = form.get("json_schema") if isinstance(form, Mapping) else None
    return inner.get("schema") if isinstance(inner, Mapping) else None
