"""Any chat model that langchain knows, by `PROVIDER:NAME`. No retry, no cache: those live with the ledger.

What a provider's class calls by another name stands in langchain_providers.py.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from typing import Any

from langchain.chat_models import init_chat_model
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage
from langsmith import tracing_context

from cothemes.adapters.chat_faults import SHAPE_ERRORS, model_error, provider_errors
from cothemes.adapters.chat_reply import LangchainReply
from cothemes.adapters.langchain_providers import (
    ANTHROPIC,
    arguments,
    binding,
    lacking,
    secrets,
    through_a_proxy,
)
from cothemes.adapters.prefix_cache import PrefixMarks
from cothemes.adapters.reply_form import reply_form
from cothemes.errors import ModelError, ModelFault, SettingsError
from cothemes.ports import ChatModel
from cothemes.records.endpoint import public_address
from cothemes.settings import ModelSettings

_ADDRESSES = ("base_url", "endpoint", "anthropic_api_url", "azure_endpoint", "endpoint_url")


def open_chat_model(settings: ModelSettings, environment: Mapping[str, str] | None = None) -> ChatModel:
    """The model that the settings name. Keys are read from the environment.

    Raises SettingsError where the name is no `PROVIDER:NAME` or the provider is unknown, ModelError where a
    package or a key is missing.
    """
    provider, _, name = settings.name.partition(":")
    if not provider or not name:
        raise SettingsError(
            f"{settings.name!r} names no model",
            where="[model] name",
            hint="Write PROVIDER:NAME, e.g. openai:gpt-4.1-mini.",
        )
    if provider == "openai":
        from cothemes.adapters.openai_chat import OpenAIChat

        return OpenAIChat(settings, os.environ if environment is None else environment)
    return LangchainChat(_init(settings, provider, name), settings)


class LangchainChat:
    """`ports.ChatModel` for every provider but OpenAI's.

    The body is the messages, the parameters and the form of the reply in the words of OpenAI's API, not the
    provider's wire format: langchain's classes translate it. Left to `auto`, no form is asked for: the prompt
    describes the reply, the parser judges it. Where the class names no address, the endpoint counts as
    remote: for Ollama give its base_url.
    """

    def __init__(self, model: BaseChatModel, settings: ModelSettings) -> None:
        self._model = model
        self._settings = settings
        self._provider = settings.name.partition(":")[0]
        self._marked = PrefixMarks() if self._provider == ANTHROPIC else list
        self._endpoint = _endpoint(model, settings)

    @property
    def name(self) -> str:
        """The model's name as asked for, `PROVIDER:NAME`."""
        return self._settings.name

    @property
    def endpoint(self) -> str:
        """The address that the provider's class names, else `provider://PROVIDER`."""
        return self._endpoint

    def body(self, messages: Sequence[Mapping[str, str]], schema: Mapping[str, Any]) -> dict[str, Any]:
        """Model, messages, parameters, and the form where one is asked for."""
        return {
            "model": self._settings.name,
            "messages": [dict(message) for message in messages],
            **_parameters(self._settings),
            **reply_form(self._settings.structured, schema),
        }

    async def send(self, body: Mapping[str, Any]) -> LangchainReply:
        """One request for a body that `body()` made."""
        failed: ModelError | None = None
        try:
            with tracing_context(enabled=False):
                async with asyncio.timeout(self._settings.timeout):
                    bound = self._model.bind(**binding(self._provider, body))
                    message = await bound.ainvoke(self._marked(body["messages"]))
            if isinstance(message, AIMessage):
                return LangchainReply.of_message(message)
        except provider_errors(*SHAPE_ERRORS) as error:
            failed = model_error(error, self._endpoint, secrets(os.environ))
        # Raised here and not above, where the provider's exception would stay attached with its request.
        raise failed or model_error(None, self._endpoint, fault=ModelFault.UNREADABLE)


def _parameters(settings: ModelSettings) -> dict[str, Any]:
    parameters: dict[str, Any] = {"max_tokens": settings.max_output_tokens}
    if settings.temperature is not None:
        parameters["temperature"] = settings.temperature
    return parameters


def _init(settings: ModelSettings, provider: str, name: str) -> BaseChatModel:
    parameters: dict[str, Any] = {"model_provider": provider, **arguments(provider, settings)}
    failed: ModelError | SettingsError
    try:
        model: BaseChatModel = init_chat_model(name, **parameters)
        missing = lacking(settings, os.environ)
        if missing is None:
            return model
        failed = missing
    except ImportError as error:
        package = (error.name or f"langchain_{provider}").partition(".")[0].replace("_", "-")
        failed = ModelError(
            f"the package {package} for {provider} is not installed",
            hint=f"Install it (pip install {package}), or reach the model through an endpoint that speaks "
            "OpenAI's API: openai:NAME with base_url.",
        )
    except provider_errors() as error:
        unknown = "Unsupported" in str(error)
        failed = (
            SettingsError(
                f"langchain knows no provider {provider!r}",
                where="[model] name",
                hint="Write PROVIDER:NAME, e.g. openai:gpt-4.1-mini, anthropic:…, ollama:….",
            )
            if unknown
            else lacking(settings, os.environ)
            or model_error(None, f"provider://{provider}", fault=ModelFault.AUTHENTICATION)
        )
    raise failed


def _endpoint(model: BaseChatModel, settings: ModelSettings) -> str:
    """Return what the model itself says, since a class that takes no base_url would pass over it and call
    home.
    """
    provider = settings.name.partition(":")[0]
    addresses = [value for value in vars(model).values() if value and value == settings.base_url]
    addresses += [getattr(model, name, None) for name in _ADDRESSES]
    for address in addresses:
        if isinstance(address, str) and "://" in address and not through_a_proxy(provider, address):
            return public_address(address)
    return f"provider://{provider}"
