"""Providers with an API of their own, each on a loopback server that speaks it.

Azure's class is in the lock. The others' packages are not: `make test-providers` fetches them beside it, and
elsewhere their tests are skipped by name.
"""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from tests.doubles.chat_server import completion
from tests.doubles.provider_server import Body, ProviderServer, Reply

from cothemes.adapters.langchain_chat import open_chat_model
from cothemes.errors import ModelError, ModelFault
from cothemes.ports import ChatModel
from cothemes.settings import ModelSettings

KEY = "canary-4f1c9e0b7a"
SCHEMA = {
    "type": "object",
    "properties": {"a": {"type": "string"}},
    "required": ["a"],
    "additionalProperties": False,
}
MESSAGES = [{"role": "system", "content": "Rules."}, {"role": "user", "content": "“Text” — ünïcode"}]


@dataclass(frozen=True)
class Api:
    """How a provider's API looks from outside."""

    name: str
    package: str
    path: str
    key: Callable[[dict[str, str]], str]
    """From the headers."""
    said: Callable[[str, str], Any]
    """A reply around a text, with the reason why it ends."""
    ends: tuple[str, str]
    """The reasons for a reply that ended and for one that was cut off."""
    limit: Callable[[Body], Any]
    schema: Callable[[Body], Any]
    fault: Callable[[int, str], Any]
    """The body of an error."""
    texts: Callable[[Body], list[str]]
    ways: tuple[str, ...] = ("json_schema", "json_object", "plain")
    environment: tuple[tuple[str, str], ...] = ()
    needed: bool = True
    """Whether nothing is asked without them."""

    def model(self, url: str, **more: Any) -> ChatModel:
        settings = ModelSettings(name=self.name, base_url=url, max_output_tokens=77, timeout=5.0, **more)
        return open_chat_model(settings)


AZURE = Api(
    name="azure_openai:our-deployment",
    package="langchain_openai",
    path="/openai/deployments/our-deployment/chat/completions?api-version=2024-10-21",
    key=lambda headers: headers["api-key"],
    said=lambda text, reason: completion(text, reason),
    ends=("stop", "length"),
    limit=lambda body: body.get("max_completion_tokens", body.get("max_tokens")),
    schema=lambda body: body["response_format"]["json_schema"]["schema"],
    fault=lambda status, text: {"error": {"code": str(status), "message": text}},
    texts=lambda body: [message["content"] for message in body["messages"]],
    environment=(("AZURE_OPENAI_API_KEY", KEY), ("OPENAI_API_VERSION", "2024-10-21")),
)
ANTHROPIC = Api(
    name="anthropic:claude-stub",
    package="langchain_anthropic",
    path="/v1/messages",
    key=lambda headers: headers.get("x-api-key") or headers["authorization"].removeprefix("Bearer "),
    said=lambda text, reason: {
        "id": "msg_1", "type": "message", "role": "assistant", "model": "stub-2026-11",
        "content": [{"type": "text", "text": text}], "stop_reason": reason, "stop_sequence": None,
        "usage": {"input_tokens": 176, "cache_read_input_tokens": 1024, "cache_creation_input_tokens": 0,
                  "output_tokens": 80},
    },
    ends=("end_turn", "max_tokens"),
    limit=lambda body: body["max_tokens"],
    schema=lambda body: body["output_config"]["format"]["schema"],
    fault=lambda _status, text: {"type": "error", "error": {"type": "api_error", "message": text}},
    texts=lambda body: [body["system"], body["messages"][0]["content"]],
    ways=("json_schema", "plain"),
    environment=(("ANTHROPIC_API_KEY", KEY),),
)  # fmt: skip
GOOGLE = Api(
    name="google_genai:gemini-stub",
    package="langchain_google_genai",
    path="/v1beta/models/gemini-stub:generateContent",
    key=lambda headers: headers["x-goog-api-key"],
    said=lambda text, reason: {
        "candidates": [
            {"content": {"role": "model", "parts": [{"text": text}]}, "finishReason": reason, "index": 0}
        ],
        "usageMetadata": {"promptTokenCount": 1200, "cachedContentTokenCount": 1024,
                          "candidatesTokenCount": 80, "totalTokenCount": 1280},
        "modelVersion": "stub-2026-11",
    },
    ends=("STOP", "MAX_TOKENS"),
    limit=lambda body: body["generationConfig"]["maxOutputTokens"],
    schema=lambda body: body["generationConfig"]["responseJsonSchema"],
    fault=lambda status, text: {"error": {"code": status, "message": text, "status": "X"}},
    texts=lambda body: [
        part["parts"][0]["text"] for part in (body["systemInstruction"], body["contents"][0])
    ],
    environment=(("GOOGLE_API_KEY", KEY),),
)  # fmt: skip
OLLAMA = Api(
    name="ollama:tiny",
    package="langchain_ollama",
    path="/api/chat",
    key=lambda headers: headers["authorization"].removeprefix("Bearer "),
    said=lambda text, reason: [
        {"model": "stub-2026-11", "created_at": "2026-11-20T10:00:00Z", "done": False,
         "message": {"role": "assistant", "content": text}},
        {"model": "stub-2026-11", "created_at": "2026-11-20T10:00:00Z", "done": True, "done_reason": reason,
         "message": {"role": "assistant", "content": ""}, "prompt_eval_count": 1200, "eval_count": 80},
    ],
    ends=("stop", "length"),
    limit=lambda body: body["options"]["num_predict"],
    schema=lambda body: body["format"],
    fault=lambda _status, text: {"error": text},
    texts=lambda body: [message["content"] for message in body["messages"]],
    environment=(("OLLAMA_API_KEY", KEY),),
    needed=False,
)  # fmt: skip


@pytest.fixture(params=[AZURE, ANTHROPIC, GOOGLE, OLLAMA], ids=lambda api: api.name.partition(":")[0])
def api(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Api:
    found: Api = request.param
    if importlib.util.find_spec(found.package) is None:
        pytest.skip(f"{found.package} is not installed: make test-providers")
    for name in ("AZURE_OPENAI_ENDPOINT", "OPENAI_API_VERSION", "GEMINI_API_KEY", "HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name, value in found.environment:
        monkeypatch.setenv(name, value)
    return found


def ask(api: Api, answer: Reply, **more: Any) -> tuple[Any, ProviderServer]:
    with ProviderServer(lambda _: answer) as server:
        model = api.model(server.url, **more)
        assert model.endpoint.startswith(server.url), "an address of this machine is known as one"
        try:
            return asyncio.run(model.send(model.body(MESSAGES, SCHEMA))), server
        except ModelError as error:
            return error, server


def test_a_call_in_the_words_of_the_provider(api: Api) -> None:
    for way in api.ways:
        reply, server = ask(api, (200, api.said('{"a": "b"}', api.ends[0])), structured=way)
        assert (reply.text, reply.finish_reason.lower()) == ('{"a": "b"}', api.ends[0].lower())
        assert (reply.model, reply.input_tokens, reply.output_tokens) == ("stub-2026-11", 1200, 80)
        [(path, headers, body)] = server.requests
        assert (path, api.key(headers), api.limit(body)) == (api.path, KEY, 77)
        assert api.texts(body) == [message["content"] for message in MESSAGES]
        if way == "json_schema":
            assert api.schema(body) == SCHEMA
        else:
            assert "properties" not in str(body)


def test_anthropic_keeps_the_front_of_the_prompt_from_the_second_request_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if importlib.util.find_spec("langchain_anthropic") is None:
        pytest.skip("langchain_anthropic is not installed: make test-providers")
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    rules = "Rules, and the codebook. " * 400

    def answer(body: Body) -> Reply:
        said = ANTHROPIC.said('{"a": "b"}', "end_turn")
        marked = isinstance(body["system"], list)
        first = len(server.requests) == 2
        said["usage"] = {
            "input_tokens": 100 if marked else 2100, "output_tokens": 80,
            "cache_read_input_tokens": 0 if first or not marked else 2000,
            "cache_creation_input_tokens": 2000 if marked and first else 0,
        }  # fmt: skip
        return 200, said

    with ProviderServer(answer) as server:
        model = ANTHROPIC.model(server.url)
        bodies = [
            model.body([{"role": "system", "content": rules}, {"role": "user", "content": text}], SCHEMA)
            for text in ("one", "two", "three")
        ]

        async def all_of_them() -> list[Any]:
            return [await model.send(body) for body in bodies]

        replies = asyncio.run(all_of_them())
    plain, *marked = [body["system"] for _, _, body in server.requests]
    assert plain == rules
    assert marked == [[{"type": "text", "text": rules, "cache_control": {"type": "ephemeral"}}]] * 2
    assert [body["messages"][0]["content"] for _, _, body in server.requests] == ["one", "two", "three"]
    counted = [(r.input_tokens, r.cached_tokens, r.written_tokens) for r in replies]
    assert counted == [(2100, 0, 0), (2100, 0, 2000), (2100, 2000, 0)]
    assert all(body["messages"][0]["content"] == rules for body in bodies), "no part of the ledger's key"


def test_a_reply_that_was_cut_off_is_a_reply(api: Api) -> None:
    reply, _ = ask(api, (200, api.said('{"a": "b', api.ends[1])), structured="json_schema")
    assert (reply.text, reply.finish_reason.lower()) == ('{"a": "b', api.ends[1].lower())


@pytest.mark.parametrize(
    ("status", "fault"),
    [
        (401, ModelFault.AUTHENTICATION),
        (403, ModelFault.PERMISSION),
        (404, ModelFault.UNKNOWN_MODEL),
        (400, ModelFault.REQUEST),
        (429, ModelFault.RATE_LIMIT),
        (500, ModelFault.SERVER),
        (503, ModelFault.SERVER),
    ],
)
def test_every_failure_has_its_kind_and_is_one_request(api: Api, status: int, fault: ModelFault) -> None:
    error, server = ask(api, (status, api.fault(status, f"no, not with {KEY}")))
    assert isinstance(error, ModelError), error
    assert error.fault is fault
    assert error.hint
    assert KEY not in str(error)
    assert error.__context__ is None
    assert len(server.requests) == 1, "a client that tries again pays behind the ledger's back"


@pytest.mark.parametrize(
    ("status", "words", "fault", "maybe_paid"),
    [
        (400, "Your credit balance is too low to access the Anthropic API.", ModelFault.QUOTA, False),
        (503, "overloaded", ModelFault.SERVER, False),
        (529, "Overloaded", ModelFault.SERVER, False),
        (504, "upstream timed out", ModelFault.TIMEOUT, True),
    ],
)
def test_what_an_error_says_of_money(
    api: Api, status: int, words: str, fault: ModelFault, maybe_paid: bool
) -> None:
    error, _ = ask(api, (status, api.fault(status, words)))
    assert isinstance(error, ModelError), error
    assert (error.fault, error.maybe_paid) == (fault, maybe_paid)


def test_what_the_environment_lacks_is_named(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, _ in api.environment if api.needed else ():
        monkeypatch.delenv(name)
        with pytest.raises(ModelError) as caught:
            api.model("http://127.0.0.1:9")
        assert name in caught.value.message
        assert caught.value.fault is ModelFault.AUTHENTICATION
        monkeypatch.setenv(name, dict(api.environment)[name])


def test_an_address_behind_a_proxy_is_not_this_machine(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    with ProviderServer(lambda _: (200, {})) as spy:
        monkeypatch.setenv("http_proxy", spy.url)
        with ProviderServer(lambda _: (200, api.said("{}", api.ends[0]))) as server:
            model = api.model(server.url)
            if model.endpoint.startswith(server.url):
                asyncio.run(model.send(model.body(MESSAGES, SCHEMA)))
                assert spy.requests == []
            else:
                assert model.endpoint.startswith("provider://")
