"""The chat model's port on its real adapter: what is sent, what comes back, what an error may show."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import threading
import traceback
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx
from langchain_core.language_models.fake_chat_models import FakeMessagesListChatModel
from langchain_core.messages import AIMessage
from tests.doubles.chat_server import Answer, ChatServer, completion

from cothemes.adapters.langchain_chat import LangchainChat, open_chat_model
from cothemes.errors import ModelError, ModelFault, SettingsError
from cothemes.ports import ChatModel, ChatReply
from cothemes.settings import ModelSettings

KEY = "sk-canary-7f3a9b1c2d4e5f60718293a4"
SCHEMA = {
    "type": "object",
    "properties": {"a": {"type": "string"}},
    "required": ["a"],
    "additionalProperties": False,
}
MESSAGES = [{"role": "system", "content": "Rules."}, {"role": "user", "content": "“Text” — ünïcode"}]
URL = "https://api.openai.com/v1/chat/completions"


def model(url: str = "", name: str = "openai:gpt-4.1-mini", **more: Any) -> ChatModel:
    return open_chat_model(ModelSettings(name=name, base_url=url, **more), {"OPENAI_API_KEY": KEY})


def ask(chat: ChatModel) -> ChatReply:
    return asyncio.run(chat.send(chat.body(MESSAGES, SCHEMA)))


def fault(answer: Answer, **more: Any) -> ModelError:
    with ChatServer(lambda *_: answer) as server, pytest.raises(ModelError) as caught:
        ask(model(server.url, **more))
    return caught.value


def test_canary_a_mocked_url_is_really_hit(httpx2_mock: respx.Router) -> None:
    route = httpx2_mock.post(URL).mock(return_value=httpx.Response(200, json=completion('{"a": "b"}')))
    chat = model()
    assert chat.endpoint == URL
    assert ask(chat).text == '{"a": "b"}'
    assert route.call_count == 1
    request = route.calls[0].request
    assert request.headers["Authorization"] == f"Bearer {KEY}"
    sent = json.loads(request.content)
    assert sent == chat.body(MESSAGES, SCHEMA)
    assert sent["max_completion_tokens"] == 4096
    assert "max_tokens" not in sent


@pytest.mark.parametrize("name", ["openai:gpt-4.1-mini", "openai:o3-mini", "openai:gpt-5-pro"])
def test_the_body_is_the_request_exactly(name: str) -> None:
    with ChatServer(lambda *_: Answer(completion("{}"))) as server:
        chat = model(server.url, name, temperature=None, max_output_tokens=77)
        body = chat.body(MESSAGES, SCHEMA)
        asyncio.run(chat.send(body))
        path, _, sent = server.requests[0]
    assert path == "/v1/chat/completions"
    assert sent == json.loads(json.dumps(body))
    assert sent["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "coding", "strict": True, "schema": SCHEMA},
    }
    assert sent["max_tokens"] == 77
    assert "max_completion_tokens" not in sent
    assert "temperature" not in sent


def test_a_reply_comes_back_whole() -> None:
    raw = completion('{"a": 1}') | {"vendor": {"kept": True}}
    with ChatServer(lambda *_: Answer(raw)) as server:
        reply = ask(model(server.url))
    assert reply.raw == raw
    assert (reply.text, reply.model, reply.finish_reason, reply.refusal) == (
        '{"a": 1}',
        "stub-2026-11",
        "stop",
        "",
    )
    assert (reply.input_tokens, reply.output_tokens) == (1200, 80)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (completion('{"a": "cut o', "length"), ('{"a": "cut o', "length", "")),
        (completion("", "content_filter"), ("", "content_filter", "")),
        (completion(None, refusal="I can't help with that."), ("", "stop", "I can't help with that.")),
        (completion("```json\n{}\n```"), ("```json\n{}\n```", "stop", "")),
        ({"choices": [{"message": {"content": "bare"}}]}, ("bare", "", "")),
        ({"choices": [{"message": {"content": [{"type": "text", "text": "p"}, "q"]}}]}, ("p", "", "")),
    ],
)
def test_what_langchain_would_raise_on_is_a_reply(raw: Any, expected: tuple[str, str, str]) -> None:
    with ChatServer(lambda *_: Answer(raw)) as server:
        reply = ask(model(server.url))
    assert (reply.text, reply.finish_reason, reply.refusal) == expected
    assert reply.raw == raw


LOW = (
    "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade "
    "or purchase credits."
)


def google(limit: str) -> dict[str, Any]:
    """Google speaks of billing for every quota, also for those of a minute."""
    words = "You exceeded your current quota, please check your plan and billing details."
    details = [{"violations": [{"quotaId": limit}]}]
    return {"error": {"code": 429, "message": words, "status": "RESOURCE_EXHAUSTED", "details": details}}


def error(code: str, message: str = "no") -> dict[str, Any]:
    return {"error": {"message": message, "type": code, "code": code, "param": None}}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Answer(error("invalid_api_key"), 401), ModelFault.AUTHENTICATION),
        (Answer(error("forbidden"), 403), ModelFault.PERMISSION),
        (Answer(error("insufficient_quota"), 429), ModelFault.QUOTA),
        (Answer(error("x", "Insufficient Balance"), 402), ModelFault.QUOTA),
        (Answer(error("model_not_found"), 404), ModelFault.UNKNOWN_MODEL),
        (Answer(error("context_length_exceeded"), 400), ModelFault.REQUEST),
        (Answer(error("rate_limit_exceeded"), 429), ModelFault.RATE_LIMIT),
        (Answer(error("server_error"), 500), ModelFault.SERVER),
        (Answer(b"<html>Bad gateway</html>", 502), ModelFault.SERVER),
        (Answer(reset=True), ModelFault.CONNECTION),
        (Answer(completion("x" * 500), cut=100), ModelFault.CONNECTION),
        (Answer(b"<html>Sign in</html>"), ModelFault.UNREADABLE),
        (Answer(b'{"choices": [{"mess'), ModelFault.UNREADABLE),
        (Answer({"object": "list"}), ModelFault.UNREADABLE),
        (Answer({"choices": None}), ModelFault.UNREADABLE),
        (Answer({"choices": []}), ModelFault.UNREADABLE),
        (Answer({"choices": [{"message": None}]}), ModelFault.UNREADABLE),
        (Answer(b"[" * 100_000), ModelFault.UNREADABLE),
        (Answer(b"\xff\xfe\x00"), ModelFault.UNREADABLE),
        (Answer(error("server_error")), ModelFault.UNREADABLE),
        (Answer(error("rate_limit_exceeded")), ModelFault.RATE_LIMIT),
        (Answer({"error": {"code": 429, "message": "busy"}}), ModelFault.RATE_LIMIT),
        (Answer(b"no healthy upstream", 404), ModelFault.SERVER),
        (Answer(b"", 307, {"Location": "http://127.0.0.1:9/elsewhere"}), ModelFault.UNREADABLE),
    ],
)
def test_every_failure_has_its_kind(answer: Answer, expected: ModelFault) -> None:
    raised = fault(answer)
    assert raised.fault is expected
    assert raised.hint
    assert raised.where.startswith("http://127.0.0.1:")
    assert raised.exit_code == 6


PAGE = b"<html><h1>502 Bad Gateway</h1></html>"


@pytest.mark.parametrize(
    ("answer", "maybe_paid"),
    [
        *((Answer(error("x"), status), False) for status in (400, 401, 402, 403, 404, 413, 422, 425, 429)),
        *((Answer(error("x"), status), False) for status in (500, 503, 521, 523, 529)),
        *((Answer(error("x"), status), True) for status in (408, 502, 504, 520, 522, 524)),
        (Answer(PAGE, 502), True),
        (Answer(b"upstream connect error or disconnect/reset before headers", 502), False),
        (Answer(b"no healthy upstream", 404), False),
        (Answer(error("429") | {"user_id": "u"}), False),
        (Answer({"error": {"code": 429, "message": "Provider returned error"}}), False),
        (Answer({"error": {"code": 502, "message": "Provider returned error"}}), True),
        (Answer(reset=True), True),
        (Answer(completion("x" * 500), cut=100), True),
        (Answer(b'{"choices": [{"mess'), True),
        (Answer(b"<html>Sign in</html>"), True),
    ],
)
def test_what_may_have_been_paid_for(answer: Answer, maybe_paid: bool) -> None:
    assert fault(answer).maybe_paid is maybe_paid


def test_nothing_is_paid_for_where_nothing_was_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    known = socket.getaddrinfo

    def lookup(host: Any, *rest: Any, **more: Any) -> Any:
        if "nowhere" in str(host):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return known(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        port = deaf.getsockname()[1]

        def hang_up() -> None:
            for _ in range(2):
                deaf.accept()[0].close()

        threading.Thread(target=hang_up, daemon=True).start()
        for url in ("http://127.0.0.1:9/v1", f"https://127.0.0.1:{port}/v1", "http://nowhere.invalid/v1"):
            with pytest.raises(ModelError) as caught:
                ask(open_chat_model(ModelSettings(name="openai:m", base_url=url), {"OPENAI_API_KEY": "k"}))
            assert caught.value.fault is ModelFault.CONNECTION, url
            assert not caught.value.maybe_paid, url


def test_a_reply_that_does_not_come_in_time_may_have_been_paid_for() -> None:
    assert fault(Answer(completion("{}"), delay=1.0), timeout=0.2).maybe_paid


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (400, error("invalid_request_error", LOW), ModelFault.QUOTA),
        (400, error("billing_hard_limit_reached", "Billing hard limit has been reached"), ModelFault.QUOTA),
        (402, error("402", "This request requires more credits"), ModelFault.QUOTA),
        (402, error("unknown_error", "Insufficient Balance"), ModelFault.QUOTA),
        (429, error("insufficient_quota", "You exceeded your current quota"), ModelFault.QUOTA),
        (429, error("rate_limit_exceeded", "Limit reached on requests per day (RPD)"), ModelFault.QUOTA),
        (429, error("rate_limit_exceeded", "Limit reached on tokens per min (TPM)"), ModelFault.RATE_LIMIT),
        (429, google("GenerateRequestsPerDayPerProjectPerModel-FreeTier"), ModelFault.QUOTA),
        (429, google("GenerateRequestsPerMinutePerProjectPerModel-FreeTier"), ModelFault.RATE_LIMIT),
        (200, {"error": {"code": 402, "message": "Insufficient credits"}}, ModelFault.QUOTA),
        (400, error("invalid_request_error", "they sent me a billing letter: too long"), ModelFault.REQUEST),
    ],
)
def test_an_empty_account_is_known_in_the_words_of_every_service(
    status: int, body: dict[str, Any], expected: ModelFault
) -> None:
    assert fault(Answer(body, status)).fault is expected


def test_a_service_that_answers_too_late_or_drop_by_drop() -> None:
    assert fault(Answer(completion("{}"), delay=1.0), timeout=0.2).fault is ModelFault.TIMEOUT
    assert fault(Answer(completion("{}"), drip=0.05), timeout=0.4).fault is ModelFault.TIMEOUT


def test_nobody_listens() -> None:
    with pytest.raises(ModelError) as caught:
        ask(model("http://127.0.0.1:9/v1"))
    assert caught.value.fault is ModelFault.CONNECTION


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({"retry-after-ms": "250"}, 0.25),
        ({"Retry-After": "Sun, 06 Nov 1994 08:49:37 GMT"}, 0.0),
        ({"Retry-After": "soon"}, None),
        ({}, None),
    ],
)
def test_retry_after_is_handed_on(headers: dict[str, str], seconds: float | None) -> None:
    assert fault(Answer(error("rate_limit_exceeded"), 429, headers)).retry_after == seconds


def test_one_send_is_one_request() -> None:
    with ChatServer(lambda *_: Answer(error("server_error"), 500)) as server:
        with pytest.raises(ModelError):
            ask(model(server.url))
        assert len(server.requests) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500])
def test_no_error_shows_the_key(
    status: int, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    said = f"Incorrect API key provided: {KEY}, Bearer {KEY} and sk-proj-0123456789abcdef"
    raised = fault(Answer(error("x", said), status, {"X-Echo": KEY}))
    shown = [str(raised), repr(raised), repr(vars(raised)), "".join(traceback.format_exception(raised))]
    out, err = capfd.readouterr()
    for text in (*shown, out, err, *(record.getMessage() for record in caplog.records)):
        assert KEY not in text
        assert "sk-proj-0123456789abcdef" not in text
    assert raised.__context__ is None
    assert raised.__cause__ is None


def test_a_password_in_the_address_is_shown_nowhere() -> None:
    chat = model("http://user:canary-pass@127.0.0.1:9/v1?key=canary-query")
    assert chat.endpoint == "http://127.0.0.1:9/v1/chat/completions"
    with pytest.raises(ModelError) as caught:
        ask(chat)
    assert "canary" not in "".join(traceback.format_exception(caught.value))
    assert KEY not in repr(chat) + repr(vars(chat))


def test_a_key_is_needed_but_not_on_this_machine() -> None:
    with pytest.raises(ModelError) as caught:
        open_chat_model(ModelSettings(name="openai:gpt-4.1-mini"), {})
    assert caught.value.fault is ModelFault.AUTHENTICATION
    assert "OPENAI_API_KEY" in caught.value.hint
    with ChatServer(lambda *_: Answer(completion("{}"))) as server:
        ask(open_chat_model(ModelSettings(name="openai:local", base_url=server.url), {}))
        assert server.requests[0][1]["authorization"] == "Bearer none"


def test_tracing_and_proxies_take_nothing_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    with ChatServer(lambda *_: Answer({})) as spy, ChatServer(lambda *_: Answer(completion("{}"))) as server:
        elsewhere = spy.url.removesuffix("/v1")
        for name, value in {
            "LANGSMITH_TRACING": "true",
            "LANGCHAIN_TRACING_V2": "true",
            "LANGSMITH_ENDPOINT": elsewhere,
            "LANGSMITH_API_KEY": "lsv2_x",
            "LANGSMITH_GATEWAY": elsewhere,
            "HTTP_PROXY": elsewhere,
            "http_proxy": elsewhere,
            "OPENAI_PROXY": elsewhere,
            "OPENAI_BASE_URL": spy.url,
        }.items():
            monkeypatch.setenv(name, value)
        ask(model(server.url))
        assert len(server.requests) == 1
        assert spy.requests == []


@pytest.mark.parametrize("name", ["", "gpt-4.1", "openai:", "nobody:model"])
def test_a_name_that_names_no_model(name: str) -> None:
    with pytest.raises(SettingsError) as caught:
        open_chat_model(ModelSettings(name=name), {})
    assert "PROVIDER:NAME" in caught.value.hint


@pytest.mark.parametrize(
    "url", ["ftp://x/v1", "localhost:8080", "http://", "http://[::1/v1", "http://x:port/v1"]
)
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(SettingsError):
        model(url)


def test_a_provider_whose_package_is_missing_is_said() -> None:
    with pytest.raises(ModelError) as caught:
        open_chat_model(ModelSettings(name="anthropic:claude-x"), {})
    assert "langchain-anthropic" in str(caught.value)


def test_other_providers_answer_through_langchain() -> None:
    message = AIMessage(
        content='{"a": 1}',
        response_metadata={"model_name": "other-1", "stop_reason": "end_turn"},
        usage_metadata={"input_tokens": 5, "output_tokens": 3, "total_tokens": 8},
    )
    chat = LangchainChat(FakeMessagesListChatModel(responses=[message]), ModelSettings(name="other:one"))
    body = chat.body(MESSAGES, SCHEMA)
    assert body["messages"] == MESSAGES
    assert chat.endpoint == "provider://other"
    reply = asyncio.run(chat.send(body))
    assert (reply.text, reply.model, reply.finish_reason) == ('{"a": 1}', "other-1", "end_turn")
    assert (reply.input_tokens, reply.output_tokens) == (5, 3)
    assert json.loads(json.dumps(reply.raw))["content"] == '{"a": 1}'


def test_an_address_counts_only_where_the_class_took_it() -> None:
    here = ModelSettings(name="other:one", base_url="http://127.0.0.1:11434")
    model = FakeMessagesListChatModel(responses=[])
    assert LangchainChat(model, here).endpoint == "provider://other"

    class Taking(FakeMessagesListChatModel):
        where_to: str = "http://127.0.0.1:11434"

    assert LangchainChat(Taking(responses=[]), here).endpoint == "http://127.0.0.1:11434"


def test_importing_the_stages_does_not_import_the_client(root: Path) -> None:
    import subprocess
    import sys

    code = (
        "import cothemes.app.coders.model_coder, sys; "
        "sys.exit(any(name in sys.modules for name in ('openai', 'langchain', 'langchain_core')))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0
