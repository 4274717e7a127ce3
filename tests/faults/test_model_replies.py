"""Everything a model's service can do wrong: each ends in a typed state, and no false quote gets through."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.doubles.chat_server import (
    Answer,
    Body,
    ChatServer,
    codes_of,
    coding,
    completion,
    honest,
    sentences_of,
    yes,
)
from tests.doubles.ledger import MemoryLedger, StoppedClock
from tests.doubles.talk import CODEBOOK, cut, interview

from cothemes.adapters.langchain_chat import open_chat_model
from cothemes.adapters.prompt_templates import load_prompt
from cothemes.adapters.sql.store import SqlStore
from cothemes.app.coders.model_coder import ModelCoder
from cothemes.errors import ModelError, ModelFault
from cothemes.records.passage import Passage
from cothemes.records.run import CallState
from cothemes.records.suggestion import Outcome, Suggestion
from cothemes.settings import ModelSettings, Settings, StudySettings
from cothemes.stages.propose.model.retry import Patience
from cothemes.stages.propose.quote_folding import fold

DOCUMENT = interview()
KEY = "sk-canary-0a1b2c3d4e5f6071"
Result = tuple[Outcome, list[Suggestion]]
Script = Callable[[Body, int], Answer]


def said(text: str, **more: Any) -> Answer:
    return Answer(completion(text, **more))


def claims(quote: str) -> Script:
    """Says yes to the first code on a quote."""

    def answer(body: Body, _: int) -> Answer:
        code = codes_of(body)[0]
        return said(json.dumps(coding(body, **{code: yes(body, code, quote)})))

    return answer


def coded(body: Body) -> str:
    return json.dumps(coding(body))


def then_honest(first: Answer) -> Script:
    """Fails once for every passage, then answers."""
    seen: set[str] = set()

    def answer(body: Body, number: int) -> Answer:
        user = body["messages"][-1]["content"]
        if user in seen:
            return honest(body, number)
        seen.add(user)
        return first

    return answer


def obey(body: Body, _: int) -> Answer:
    """Does what an instruction in a transcript might ask for: yes to all, on words of its own."""
    codes = {
        code: yes(body, code, "The author is the greatest and all codes apply") for code in codes_of(body)
    }
    return said(json.dumps(coding(body, **codes)))


FAULTS: dict[str, tuple[Script, str, int]] = {
    # what the server does, the state it ends in, suggestions per passage
    "honest": (honest, "coded", 1),
    "429 then well": (then_honest(Answer({}, 429)), "coded", 1),
    "429 with Retry-After then well": (then_honest(Answer({}, 429, {"Retry-After": "0.02"})), "coded", 1),
    "429 for ever": (lambda *_: Answer({}, 429), "failed", 0),
    "429, come back tomorrow": (lambda *_: Answer({}, 429, {"Retry-After": "86400"}), "failed", 0),
    "500 then well": (then_honest(Answer({}, 500)), "coded", 1),
    "500 for ever": (lambda *_: Answer({}, 500), "failed", 0),
    "400": (lambda *_: Answer({"error": {"message": "too long", "code": "x"}}, 400), "failed", 0),
    "timeout": (lambda *_: Answer(completion("{}"), delay=3.0), "failed", 0),
    "slow loris": (lambda *_: Answer(completion("{}"), drip=0.1), "failed", 0),
    "reset": (lambda *_: Answer(reset=True), "failed", 0),
    "hung up half way": (lambda *_: Answer(completion("x" * 999), cut=200), "failed", 0),
    "half a body": (lambda *_: Answer(b'{"choices": [{"message": {"con'), "failed", 0),
    "html": (lambda *_: Answer(b"<html>Log in</html>"), "failed", 0),
    "truncated JSON": (lambda b, _: said(coded(b)[:-20]), "malformed", 0),
    "finish_reason length": (lambda b, _: said(coded(b)[:-20], finish_reason="length"), "truncated", 0),
    "code fences": (lambda b, _: said(f"```json\n{coded(b)}\n```"), "coded", 0),
    "prose": (lambda *_: said("I think L1 applies."), "malformed", 0),
    "empty": (lambda *_: said(""), "empty", 0),
    "null": (lambda *_: Answer(completion(None)), "empty", 0),
    "refusal": (lambda *_: Answer(completion(None, refusal="I can't help with that.")), "refused", 0),
    "content filter": (lambda *_: said("", finish_reason="content_filter"), "refused", 0),
    "unknown code": (
        lambda b, _: said(coded(b).replace('"L1"', '"L1": {"decision": "no"}, "Z9"')),
        "invalid",
        0,
    ),
    "missing code": (lambda b, _: said(coded(b).replace('"L1": {"decision": "no"}, ', "")), "invalid", 0),
    "duplicate keys": (lambda b, _: said(coded(b).replace('"L2"', '"L1"')), "malformed", 0),
    "unknown decision": (lambda b, _: said(coded(b).replace('"no"', '"perhaps"', 1)), "invalid", 0),
    "half a surrogate": (lambda b, _: said(coded(b)[:-1] + ', "x": "\\ud800"}'), "coded", 0),
    "hallucinated quote": (claims("The council has been wonderful to all of us"), "coded", 0),
    "quote of the interviewer": (claims("Is there talk of closing it?"), "coded", 0),
    "quote of the context": (claims("And the staff showed me how to print."), "coded", 0),
    "no quote": (claims(""), "coded", 0),
    "a word as a quote": (claims("I"), "coded", 0),
    "obedient": (obey, "coded", 0),
}


def many(count: int = 4) -> list[Passage]:
    """Jo's second passage, under different headings."""
    one = cut(DOCUMENT, 5, 5)
    return [one.model_copy(update={"id": f"talk.{n:04}", "headings": (str(n),)}) for n in range(count)]


def run(
    server: ChatServer, ledger: Any, passages: list[Passage] | None = None, timeout: float = 60
) -> list[Result]:
    settings = Settings(
        study=StudySettings(title="Library"),
        model=ModelSettings(name="openai:stub", base_url=server.url, concurrency=4, timeout=timeout),
    )

    async def gather() -> list[Result]:
        coder = ModelCoder(
            open_chat_model(settings.model), load_prompt("propose.v1"), CODEBOOK, settings,
            Patience(attempts=2, first_wait=0.02),
        )  # fmt: skip
        stream = coder.propose(
            passages or many(), {"talk": DOCUMENT}, run="r0001", ledger=ledger, clock=StoppedClock()
        )
        return [(result.outcome, list(result.suggestions)) async for result in stream]

    return asyncio.run(gather())


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_ends_in_a_typed_state_and_no_false_quote_gets_through(name: str) -> None:
    script, state, expected = FAULTS[name]
    ledger = MemoryLedger()
    with ChatServer(script) as server:
        results = run(server, ledger, timeout=0.5 if name in ("timeout", "slow loris") else 60)
    assert sorted(outcome.passage for outcome, _ in results) == [f"talk.{n:04}" for n in range(4)]
    assert Counter(outcome.state.value for outcome, _ in results) == {state: 4}
    assert [len(suggestions) for _, suggestions in results] == [expected] * 4
    passage = many(1)[0]
    for outcome, suggestions in results:
        assert outcome.state.value == "coded" or outcome.detail
        for suggestion in suggestions:
            assert suggestion.evidence
            for evidence in suggestion.evidence:
                assert fold(DOCUMENT.text[evidence.start : evidence.end]) in fold(passage.text)
    kept = {call.state for call in ledger.calls()}
    assert kept == {CallState.FAILED if state == "failed" else CallState.REPLIED}


def test_rejected_quotes_are_counted_by_their_reason() -> None:
    reasons = {}
    for name in (
        "hallucinated quote",
        "quote of the interviewer",
        "quote of the context",
        "no quote",
        "obedient",
    ):
        with ChatServer(FAULTS[name][0]) as server:
            reasons[name] = [flag.detail for flag in run(server, MemoryLedger(), many(1))[0][0].flags]
    assert reasons == {
        "hallucinated quote": ["not_found"],
        "quote of the interviewer": ["wrong_speaker"],
        "quote of the context": ["outside_target"],
        "no quote": ["not_found"],
        "obedient": ["not_found"] * 3,
    }


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (
            Answer({"error": {"message": "bad key", "code": "invalid_api_key"}}, 401),
            ModelFault.AUTHENTICATION,
        ),
        (Answer({"error": {"message": "x", "code": "insufficient_quota"}}, 429), ModelFault.QUOTA),
        (Answer({"error": {"message": "x", "code": "model_not_found"}}, 404), ModelFault.UNKNOWN_MODEL),
    ],
)
def test_what_would_fail_for_every_passage_stops_the_run(answer: Answer, fault: ModelFault) -> None:
    ledger = MemoryLedger()
    with ChatServer(lambda *_: answer) as server:
        with pytest.raises(ModelError) as caught:
            run(server, ledger, many(40))
        assert len(server.requests) <= 8
    assert caught.value.fault is fault
    assert {call.state for call in ledger.calls()} == {CallState.FAILED}


def test_a_run_on_the_real_ledger_goes_on_where_it_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing_later(body: Body, number: int) -> Answer:
        return honest(body, number) if number < 6 else Answer({"error": {"message": f"bad {KEY}"}}, 401)

    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    store = SqlStore.open(tmp_path / "records.sqlite")
    with ChatServer(failing_later) as server:
        with pytest.raises(ModelError):
            run(server, store.ledger, many(20))
        paid = sum(call.state is CallState.REPLIED for call in store.ledger.calls())
        server.answer = honest
        before = len(server.requests)
        results = run(server, store.ledger, many(20))
        assert len(server.requests) - before == 20 - paid
        assert Counter(outcome.state.value for outcome, _ in results) == {"coded": 20}
        again = len(server.requests)
        assert sorted(run(server, store.ledger, many(20)), key=lambda r: r[0].passage) == sorted(
            results, key=lambda r: r[0].passage
        )
        assert len(server.requests) == again
        assert server.requests[0][1]["authorization"] == f"Bearer {KEY}"
    store.close()
    assert not any(KEY.encode() in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_the_server_sees_what_the_prompt_promises() -> None:
    with ChatServer(honest) as server:
        run(server, MemoryLedger(), many(2))
        one, two = server.bodies
    assert one["messages"][0] == two["messages"][0]
    assert one["response_format"] == two["response_format"]
    assert [sentence["id"] for sentence in sentences_of(one)] == ["s1", "s2"]
    names = json.dumps(server.bodies)
    assert "Jo" not in names.replace("JSON", "")
    assert "Asha" not in names
