"""OpenAI's chat API, and whatever else speaks it, through langchain's ChatOpenAI.

langchain hands on a part of a reply, and nothing of one that it cannot read; a hook on the response keeps the
reply as it came. The client's own retries are off: they would pay again behind the ledger's back. Redirects
are not followed and a loopback address goes through no proxy, so that passages go where the endpoint says and
nowhere else (openai_access.py); langchain's tracing is off for the same reason.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from typing import Any

import httpx2
import openai
from langchain.chat_models import init_chat_model
from langchain_openai.chat_models.base import BaseChatOpenAI
from langsmith import tracing_context
from pydantic import SecretStr

from cothemes.adapters.call_spacing import Turns
from cothemes.adapters.chat_faults import (
    SHAPE_ERRORS,
    fault_of,
    model_error,
    provider_errors,
    refused_within,
)
from cothemes.adapters.chat_reply import LangchainReply
from cothemes.adapters.openai_access import openai_access
from cothemes.adapters.reply_form import FORM, reply_form
from cothemes.errors import ModelError, ModelFault
from cothemes.settings import ModelSettings

CONNECT = 20.0
"""Seconds within which a connection is made: what takes longer was certainly not sent."""
_heard: ContextVar[dict[str, Any]] = ContextVar("heard")


class OpenAIChat:
    """`ports.ChatModel`. The body is what langchain's own payload builder makes: the request, exactly."""

    def __init__(self, settings: ModelSettings, environment: Mapping[str, str]) -> None:
        """Raise ModelError where a remote endpoint has no key, SettingsError for a base_url that is none."""
        self._name = settings.name
        self._timeout = settings.timeout
        access = openai_access(settings, environment)
        self._endpoint = access.endpoint
        # OpenAI has renamed the limit; most others know its old name only, and go on for ever without it.
        renamed = access.own
        self._extra = {} if renamed else {"max_tokens": settings.max_output_tokens}
        self._structured = "json_schema" if settings.structured == "auto" else settings.structured
        self._secrets = tuple(SecretStr(secret) for secret in access.secrets)
        model = init_chat_model(
            settings.name.partition(":")[2],
            model_provider="openai",
            base_url=access.url,
            api_key=access.key,
            openai_proxy="",
            temperature=settings.temperature,
            max_tokens=settings.max_output_tokens if renamed else None,
            timeout=httpx2.Timeout(settings.timeout, connect=min(settings.timeout, CONNECT)),
            max_retries=0,
            use_responses_api=False,
            cache=False,
            # Never used; left out, langchain would make one of its own, with other rules.
            http_client=openai.DefaultHttpxClient(**access.transport()),
            http_async_client=openai.DefaultAsyncHttpxClient(
                event_hooks={"request": [_gone], "response": [_keep]}, **access.transport()
            ),
        )
        assert isinstance(model, BaseChatOpenAI)
        self._model = model
        self._turns = Turns()

    @property
    def name(self) -> str:
        """The model's name as asked for, `openai:NAME`."""
        return self._name

    @property
    def endpoint(self) -> str:
        """Scheme, host, port and path."""
        return self._endpoint

    def body(self, messages: Sequence[Mapping[str, str]], schema: Mapping[str, Any]) -> dict[str, Any]:
        """The JSON of the request, byte for byte in content."""
        payload = self._model._get_request_payload([dict(message) for message in messages])
        return {**payload, **self._extra, **reply_form(self._structured, schema)}

    def _rest(self, body: Mapping[str, Any]) -> dict[str, Any]:
        return {name: body[name] for name in (*self._extra, FORM) if name in body}

    async def send(self, body: Mapping[str, Any]) -> LangchainReply:
        """One request for a body that `body()` made."""
        heard: dict[str, Any] = {}
        token = _heard.set(heard)
        failed: ModelError | None = None
        try:
            async with self._turns.turn() as heard["gone"]:
                with tracing_context(enabled=False):
                    async with asyncio.timeout(self._timeout):
                        # Bound as `extra_body` the schema goes out the same, unwalked by the client.
                        bound = self._model.bind(extra_body=self._rest(body))
                        await bound.ainvoke(list(body["messages"]))
        except provider_errors() as error:
            secrets = [secret.get_secret_value() for secret in self._secrets]
            failed = model_error(
                error, self._endpoint, secrets, _better(error, heard), sent="sent" in heard or "json" in heard
            )
        except SHAPE_ERRORS:
            if "json" not in heard:
                raise
        finally:
            _heard.reset(token)
        reply = LangchainReply.of_completion(heard.get("json"))
        if reply is not None:
            return reply
        refused = refused_within(heard.get("json"))
        if refused is not None:
            secrets = [secret.get_secret_value() for secret in self._secrets]
            failed = model_error(refused, self._endpoint, secrets)
        # Raised here and not above, where the provider's exception would stay attached with its request.
        raise failed or model_error(None, self._endpoint, fault=ModelFault.UNREADABLE)


async def _gone(request: httpx2.Request) -> None:
    heard = _heard.get(None)
    if heard is not None:
        heard["gone"]()

        async def traced(event: str, _facts: Mapping[str, Any]) -> None:
            if event.endswith("send_request_headers.started"):
                heard["sent"] = True

        request.extensions["trace"] = traced


async def _keep(response: httpx2.Response) -> None:
    heard = _heard.get(None)
    if heard is not None and response.status_code == 200:
        heard["arrived"] = True
        await response.aread()
        try:
            heard["json"] = json.loads(response.content)
        except (ValueError, RecursionError):
            heard["json"] = None


def _better(error: Exception, heard: Mapping[str, Any]) -> ModelFault | None:
    """An answer of 200 that no one could read is neither the server's fault nor the network's."""
    return ModelFault.UNREADABLE if "json" in heard and fault_of(error) is not ModelFault.TIMEOUT else None
