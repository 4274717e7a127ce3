"""A run of the model coder: what is paid, what is kept, what comes after an interruption."""

from __future__ import annotations

import asyncio
import gc
import json
import signal
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from tests.doubles.ledger import MemoryLedger, StoppedClock
from tests.doubles.patience import PATIENCE
from tests.doubles.talk import CODEBOOK, cut, interview, passages

from cothemes.adapters.prompt_templates import load_prompt
from cothemes.app.coders.model_coder import ModelCoder
from cothemes.app.privacy.outbound import may_send
from cothemes.errors import InputError, ModelError, ModelFault, StateConflict
from cothemes.ports import ChatReply
from cothemes.records.ledger import Cap, Entered
from cothemes.records.passage import Passage
from cothemes.records.run import Call, CallState
from cothemes.records.suggestion import Outcome, Suggestion
from cothemes.settings import ModelSettings, PrivacySettings, Settings
from cothemes.stages.propose.model.deriving import Derivation
from cothemes.stages.propose.model.request import abridged
from cothemes.stages.propose.model.retry import Patience

DOCUMENT = interview()
NONE = json.dumps(
    {"codes": {c.id: {"decision": "no"} for c in CODEBOOK.codes}, "uncoded": [], "instruction_like": False}
)
Result = tuple[Outcome, list[Suggestion]]


@dataclass
class Said:
    """`ports.ChatReply`."""

    text: str = NONE
    raw: dict[str, Any] = field(default_factory=lambda: {"id": "x"})
    model: str = "m-2026"
    finish_reason: str = "stop"
    refusal: str = ""
    input_tokens: int | None = 10
    cached_tokens: int | None = None
    written_tokens: int | None = None
    output_tokens: int | None = 5


class ScriptedModel:
    """`ports.ChatModel` that answers by a function of the number of the call."""

    name = "test:model"

    def __init__(self, script: Callable[[int], ChatReply] = lambda _: Said(), delay: float = 0.0) -> None:
        self.endpoint = "http://127.0.0.1:9/v1"
        self.calls = 0
        self.flying = 0
        self.most = 0
        self._script = script
        self._delay = delay

    def body(self, messages: Sequence[Mapping[str, str]], schema: Mapping[str, Any]) -> dict[str, Any]:
        return {"model": "model", "messages": list(messages), "response_format": schema}

    async def send(self, body: Mapping[str, Any]) -> ChatReply:
        number = self.calls
        self.calls += 1
        self.flying += 1
        self.most = max(self.most, self.flying)
        try:
            await asyncio.sleep(self._delay)
            return self._script(number)
        finally:
            self.flying -= 1


def coder(model: ScriptedModel, concurrency: int = 4, **privacy: Any) -> ModelCoder:
    settings = Settings(
        model=ModelSettings(name=model.name, concurrency=concurrency), privacy=PrivacySettings(**privacy)
    )
    return ModelCoder(model, load_prompt("propose.v1"), CODEBOOK, settings, Patience(first_wait=0.01))


def run(
    model: ScriptedModel,
    ledger: MemoryLedger,
    chosen: Iterable[Passage] | None = None,
    repeat: int = 0,
    **more: Any,
) -> list[Result]:
    async def gather() -> list[Result]:
        stream = coder(model, **more).propose(
            passages(DOCUMENT) if chosen is None else chosen,
            {"talk": DOCUMENT},
            run="r0001",
            ledger=ledger,
            clock=StoppedClock(),
            repeat=repeat,
        )
        return [(result.outcome, list(result.suggestions)) async for result in stream]

    return asyncio.run(gather())


def states(results: Iterable[Result]) -> dict[str, str]:
    return {outcome.passage: outcome.state.value for outcome, _ in results}


def many(count: int) -> list[Passage]:
    """Passages that differ in their headings and thus in their requests."""
    one = cut(DOCUMENT, 5, 5)
    return [one.model_copy(update={"id": f"talk.{n:04}", "headings": (str(n),)}) for n in range(count)]


def fails(fault: ModelFault, retry_after: float | None = None, **more: bool) -> ModelError:
    return ModelError("no", hint="h", fault=fault, retry_after=retry_after, **more)


def test_every_passage_ends_in_a_state() -> None:
    model, ledger = ScriptedModel(), MemoryLedger()
    results = run(model, ledger)
    assert states(results) == {
        "talk.0001": "coded",
        "talk.0002": "coded",
        "talk.0003": "coded",
        "talk.0004": "skipped",
    }
    assert model.calls == 3
    flags = {outcome.passage: tuple(map(str, outcome.flags)) for outcome, _ in results}
    assert flags["talk.0003"] == ("unknown_role",)


def test_the_intent_before_the_call_the_reply_before_anything_else() -> None:
    ledger = MemoryLedger()
    seen: list[CallState] = []

    def script(number: int) -> ChatReply:
        seen.append(next(iter(ledger.rows.values())).state)
        return Said(text="broken")

    results = run(ScriptedModel(script), ledger, many(1))
    assert seen == [CallState.INTENDED]
    assert [what for what, _ in ledger.log] == ["intended written", "replied written"]
    (call,) = ledger.calls()
    assert call.key == results[0][0].call
    assert (call.state, call.model, call.input_tokens, call.output_tokens) == (
        CallState.REPLIED,
        "m-2026",
        10,
        5,
    )
    assert json.loads(call.reply or "")["text"] == "broken"
    assert states(results) == {"talk.0000": "malformed"}


def test_the_ledger_names_what_all_calls_share_and_the_coder_holds_it() -> None:
    model, ledger = ScriptedModel(), MemoryLedger()
    run(model, ledger, many(2))
    one, two = (json.loads(call.request) for call in ledger.calls())
    assert one["messages"][0] == two["messages"][0]
    constant = abridged(coder(model).constant)
    assert one["messages"][0] == constant["messages"][0]
    assert one["response_format"] == constant["response_format"]
    assert one["messages"][1] != two["messages"][1]
    assert len(ledger.calls()[0].request) < 1500


def test_a_second_run_sends_nothing_that_the_ledger_holds() -> None:
    ledger = MemoryLedger()
    first = run(ScriptedModel(), ledger)
    again = ScriptedModel()
    second = run(again, ledger)
    assert again.calls == 0
    assert sorted(first, key=lambda r: r[0].passage) == sorted(second, key=lambda r: r[0].passage)


def test_a_repeat_is_bought_anew() -> None:
    model, ledger = ScriptedModel(), MemoryLedger()
    run(model, ledger, many(2))
    run(model, ledger, many(2), repeat=1)
    run(model, ledger, many(2), repeat=1)
    assert model.calls == 4


def test_equal_requests_are_one_call() -> None:
    model, ledger = ScriptedModel(delay=0.01), MemoryLedger()
    one = cut(DOCUMENT, 5, 5)
    same = [one.model_copy(update={"id": f"talk.{n:04}"}) for n in range(5)]
    results = run(model, ledger, same)
    assert model.calls == 1
    assert len(results) == 5
    assert len({outcome.call for outcome, _ in results}) == 1


def test_a_call_without_a_reply_is_made_again_by_the_next_run() -> None:
    ledger = MemoryLedger()

    def broken(number: int) -> ChatReply:
        raise fails(ModelFault.TIMEOUT)

    first = run(ScriptedModel(broken), ledger, many(1))
    assert states(first) == {"talk.0000": "failed"}
    assert first[0][0].detail == "timeout: no"
    assert ledger.calls()[0].state is CallState.FAILED
    model = ScriptedModel()
    assert states(run(model, ledger, many(1))) == {"talk.0000": "coded"}
    assert model.calls == 1
    assert ledger.calls()[0].attempts == 2


class Together(ScriptedModel):
    """Keeps the first replies back until so many requests are in flight, however slowly they come."""

    def __init__(self, wanted: int) -> None:
        super().__init__(delay=0.002)
        self._wanted, self._there = wanted, asyncio.Event()

    async def send(self, body: Mapping[str, Any]) -> ChatReply:
        if self.flying + 1 == self._wanted:
            self._there.set()
        self.flying += 1
        await asyncio.wait_for(self._there.wait(), PATIENCE)
        self.flying -= 1
        return await super().send(body)


def test_no_more_in_flight_than_allowed() -> None:
    model = Together(5)
    assert len(run(model, MemoryLedger(), many(30), concurrency=5)) == 30
    assert model.most == 5


def test_passages_are_taken_as_they_are_needed() -> None:
    taken: list[int] = []

    def stream() -> Iterable[Passage]:
        for number, passage in enumerate(many(50)):
            taken.append(number)
            yield passage

    async def first() -> None:
        results = coder(ScriptedModel(), 3).propose(
            stream(), {"talk": DOCUMENT}, run="r", ledger=MemoryLedger(), clock=StoppedClock()
        )
        await anext(results)
        await results.aclose()  # type: ignore[attr-defined]

    asyncio.run(first())
    assert len(taken) <= 4


@pytest.mark.parametrize("fault", [ModelFault.RATE_LIMIT, ModelFault.SERVER, ModelFault.CONNECTION])
def test_what_may_pass_is_asked_again(fault: ModelFault) -> None:
    def script(number: int) -> ChatReply:
        if number < 2:
            raise fails(fault, 0.01, unsent=fault is ModelFault.CONNECTION)
        return Said()

    model, ledger = ScriptedModel(script), MemoryLedger()
    assert states(run(model, ledger, many(1))) == {"talk.0000": "coded"}
    assert ledger.calls()[0].attempts == 3


@pytest.mark.parametrize(
    "error",
    [
        fails(ModelFault.TIMEOUT), fails(ModelFault.REQUEST), fails(ModelFault.UNREADABLE),
        fails(ModelFault.CONNECTION), fails(ModelFault.SERVER, lost=True),
    ],
)  # fmt: skip
def test_what_may_be_paid_for_or_cannot_pass_is_not(error: ModelError) -> None:
    def script(number: int) -> ChatReply:
        raise error

    model = ScriptedModel(script)
    assert states(run(model, MemoryLedger(), many(2))) == {"talk.0000": "failed", "talk.0001": "failed"}
    assert model.calls == 2


def test_patience_ends() -> None:
    patience = Patience(attempts=3, first_wait=1.0, longest_wait=8.0)
    busy = fails(ModelFault.RATE_LIMIT)
    assert [patience.wait(busy, n, 0.0) for n in (1, 2, 3)] == [0.5, 1.0, None]
    assert [patience.wait(busy, n, 1.0) for n in (1, 2, 3)] == [1.0, 2.0, None]
    assert patience.wait(fails(ModelFault.RATE_LIMIT, 7.0), 1, 0.0) == 7.0
    assert patience.wait(fails(ModelFault.RATE_LIMIT, 9.0), 1, 0.0) is None


@pytest.mark.parametrize("fault", [fault for fault in ModelFault if fault.ends_run])
def test_a_fault_that_ends_the_run_loses_nothing_in_flight(fault: ModelFault) -> None:
    ledger = MemoryLedger()
    results: list[Result] = []

    class Failing(ScriptedModel):
        async def send(self, body: Mapping[str, Any]) -> ChatReply:
            number = self.calls
            self.calls += 1
            if number == 1:
                raise fails(fault)
            if number == 2:
                raise fails(ModelFault.RATE_LIMIT, 30.0)
            await asyncio.sleep(0.02)
            return Said()

    model = Failing()

    async def gather() -> None:
        stream = coder(model, 4).propose(
            many(20), {"talk": DOCUMENT}, run="r0001", ledger=ledger, clock=StoppedClock()
        )
        async for result in stream:
            results.append((result.outcome, list(result.suggestions)))

    with pytest.raises(ModelError) as caught:
        asyncio.run(gather())
    assert caught.value.fault is fault
    assert model.calls == 4
    assert sorted(states(results).values()) == ["coded", "coded", "failed", "failed"]
    assert sorted(call.state.value for call in ledger.calls()) == ["failed", "failed", "replied", "replied"]


def test_what_fails_at_one_moment_is_raised_once_and_told_by_nobody_else() -> None:
    """As when the disk is full under all that is in flight: no traceback on the terminal beside the error."""

    class Full(MemoryLedger):
        def write(self, calls: Sequence[Call], caps: Sequence[Cap] = ()) -> list[Entered]:
            raise InputError("the disk is full", where="records.sqlite", hint="Make room.")

    told: list[dict[str, Any]] = []

    async def gather() -> list[Derivation]:
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: told.append(context))
        stream = coder(ScriptedModel(), 4).propose(
            many(20), {"talk": DOCUMENT}, run="r0001", ledger=Full(), clock=StoppedClock()
        )
        return [derivation async for derivation in stream]

    with pytest.raises(InputError, match="disk is full"):
        asyncio.run(gather())
    gc.collect()
    assert told == []


@pytest.mark.parametrize("by_signal", [True, False])
def test_an_interrupt_leaves_what_was_in_flight_as_intended(by_signal: bool) -> None:
    ledger = MemoryLedger()

    def script(number: int) -> ChatReply:
        if number == 2 and by_signal:
            signal.raise_signal(signal.SIGINT)
        elif number == 2:
            raise KeyboardInterrupt
        return Said()

    with pytest.raises(KeyboardInterrupt):
        run(ScriptedModel(script, delay=0.01), ledger, many(20), concurrency=4)
    kept = [call.state for call in ledger.calls()]
    assert CallState.FAILED not in kept
    assert kept.count(CallState.INTENDED) <= 4
    model = ScriptedModel()
    assert len(run(model, ledger, many(20))) == 20
    assert model.calls == 20 - kept.count(CallState.REPLIED)


def test_an_endpoint_elsewhere_needs_the_researchers_word() -> None:
    model, ledger = ScriptedModel(), MemoryLedger()
    model.endpoint = "https://api.example.org/v1"
    with pytest.raises(StateConflict) as caught:
        run(model, ledger, many(1))
    assert "deidentified" in caught.value.hint
    assert ledger.log == []
    assert len(run(model, ledger, many(1), deidentified="reviewed")) == 1
    assert len(run(model, ledger, many(1), remote_models=True)) == 1


@pytest.mark.parametrize(
    ("endpoint", "here"),
    [
        ("http://127.0.0.1:8080/v1", True),
        ("http://localhost/v1", True),
        ("http://LOCALHOST:1/v1", True),
        ("http://[::1]:8080/v1", True),
        ("http://127.8.9.10/v1", True),
        ("http://localhost.example.org/v1", False),
        ("http://localhost@example.org/v1", False),
        ("http://127.0.0.1.example.org/v1", False),
        ("http://127.0.0.1@10.0.0.1/v1", False),
        ("http://0.0.0.0:8080/v1", False),
        ("http://192.168.0.2/v1", False),
        ("http://[fe80::1]/v1", False),
        ("http://[::1/v1", False),
        ("provider://anthropic", False),
        ("", False),
    ],
)
def test_only_this_machine_is_this_machine(endpoint: str, here: bool) -> None:
    if here:
        may_send(Settings(), endpoint)
    else:
        with pytest.raises(StateConflict):
            may_send(Settings(), endpoint)


def test_a_passage_of_an_older_text_is_refused() -> None:
    old = cut(DOCUMENT, 5, 5).model_copy(update={"version": "v0"})
    with pytest.raises(StateConflict):
        run(ScriptedModel(), MemoryLedger(), [old])


def test_the_configuration_is_what_decides_the_answers() -> None:
    model = ScriptedModel()
    base = coder(model)
    assert base.configuration == coder(ScriptedModel(), concurrency=9).configuration
    assert base.rater("r0003") == f"test:model@{base.prompt.label}#r0003"
    other = ModelCoder(
        model, base.prompt, CODEBOOK.model_copy(update={"codes": CODEBOOK.codes[:2]}), Settings()
    )
    assert other.configuration != base.configuration
    prompt = base.prompt.model_copy(update={"text": base.prompt.text.replace("second coder", "first coder")})
    assert ModelCoder(model, prompt, CODEBOOK, Settings()).configuration != base.configuration
