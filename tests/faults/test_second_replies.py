"""Everything a service can do wrong after the first reply: to the critic, a repair, a part of a codebook.

Each ends in a typed, counted state; a critic that cannot be read takes nothing away; no false quote gets
through a repair.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
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
    ruling,
    sentences_of,
    shown_in,
    stage_of,
    yes,
)
from tests.doubles.ledger import MemoryLedger, StoppedClock
from tests.doubles.talk import CODEBOOK, cut, interview

from cothemes.adapters.langchain_chat import open_chat_model
from cothemes.adapters.prompt_templates import load_prompt
from cothemes.app.coders.model_coder import ModelCoder
from cothemes.records.passage import Passage
from cothemes.records.suggestion import QuoteStatus
from cothemes.settings import CoderSettings, ModelSettings, Settings
from cothemes.stages.propose.model.deriving import Derivation
from cothemes.stages.propose.model.retry import Patience
from cothemes.stages.propose.quote_folding import fold

DOCUMENT = interview()
PASSAGE = cut(DOCUMENT, 5, 5)
FIRST = PASSAGE.sentence_text(PASSAGE.sentences[0])
Script = Callable[[Body, int], Answer]


def said(text: str | None, **more: Any) -> Answer:
    return Answer(completion(text, **more))


def run(
    server: ChatServer,
    ledger: MemoryLedger,
    passages: list[Passage] | None = None,
    *,
    timeout: float = 60,
    **coder: Any,
) -> list[Derivation]:
    settings = Settings(
        model=ModelSettings(name="openai:stub", base_url=server.url, concurrency=4, timeout=timeout),
        coder=CoderSettings(**coder),
    )

    async def gather() -> list[Derivation]:
        one = ModelCoder(
            open_chat_model(settings.model),
            load_prompt("propose.v3"),
            CODEBOOK,
            settings,
            Patience(attempts=2, first_wait=0.02),
            critic=load_prompt("critic.v1"),
            repair=load_prompt("repair.v1"),
        )
        stream = one.propose(
            passages or [PASSAGE], {"talk": DOCUMENT}, run="r0001", ledger=ledger, clock=StoppedClock()
        )
        return [result async for result in stream]

    return asyncio.run(gather())


def claims(quote: str) -> Script:
    """Says yes to the first code that is asked about, on a quote."""

    def answer(body: Body, _: int) -> Answer:
        code = codes_of(body)[0]
        return said(json.dumps(coding(body, **{code: yes(body, code, quote)})))

    return answer


def verdict(value: Any) -> str:
    return json.dumps({"exclusion_checked": "", "reason": "r", "verdict": value})


CRITICS: dict[str, tuple[Script, str, int, tuple[str, ...]]] = {
    # what the critic's reply is, the passage's state, its suggestions, the flags it leaves
    "keep": (lambda *_: ruling("keep"), "coded", 1, ()),
    "drop": (lambda *_: ruling("drop", "No hours."), "coded", 0, ("critic_dropped:L1",)),
    "escalate": (lambda *_: ruling("escalate"), "coded", 1, ("critic_escalated:L1",)),
    "fenced": (lambda *_: said(f"```json\n{verdict('drop')}\n```"), "coded", 0, ("critic_dropped:L1",)),
    "other verdict": (lambda *_: said(verdict("perhaps")), "coded", 1, ("critic_unread:L1:invalid",)),
    "verdict a list": (lambda *_: said(verdict(["keep"])), "coded", 1, ("critic_unread:L1:invalid",)),
    "no verdict": (lambda *_: said('{"reason": "r"}'), "coded", 1, ("critic_unread:L1:invalid",)),
    "a list": (lambda *_: said("[]"), "coded", 1, ("critic_unread:L1:invalid",)),
    "two verdicts": (
        lambda *_: said('{"verdict": "keep", "verdict": "drop"}'), "coded", 1,
        ("critic_unread:L1:malformed",),
    ),
    "prose": (lambda *_: said("Keep it."), "coded", 1, ("critic_unread:L1:malformed",)),
    "half": (lambda *_: said(verdict("drop")[:-4]), "coded", 1, ("critic_unread:L1:malformed",)),
    "length": (
        lambda *_: said(verdict("drop"), finish_reason="length"), "coded", 1,
        ("critic_unread:L1:truncated",),
    ),
    "empty": (lambda *_: said(""), "coded", 1, ("critic_unread:L1:empty",)),
    "null": (lambda *_: said(None), "coded", 1, ("critic_unread:L1:empty",)),
    "refusal": (lambda *_: said(None, refusal="I can't."), "coded", 1, ("critic_unread:L1:refused",)),
    "surrogate": (
        lambda *_: said(json.dumps({"exclusion_checked": "\ud800", "reason": "\ud800", "verdict": "drop"})),
        "coded", 0, ("critic_dropped:L1",),
    ),
    "500": (lambda *_: Answer({}, 500), "failed", 0, ()),
    "429": (lambda *_: Answer({}, 429), "failed", 0, ()),
    "timeout": (lambda *_: Answer(completion("{}"), delay=2.0), "failed", 0, ("reply_lost",)),
    "reset": (lambda *_: Answer(reset=True), "failed", 0, ("reply_lost",)),
    "html": (lambda *_: Answer(b"<html>"), "failed", 0, ("reply_lost",)),
}  # fmt: skip


@pytest.mark.parametrize("name", CRITICS)
def test_every_fault_of_the_critic_ends_in_a_typed_state(name: str) -> None:
    script, state, count, flags = CRITICS[name]
    with ChatServer(critic=script) as server:
        (result,) = run(server, MemoryLedger(), timeout=0.5 if name == "timeout" else 60)
    assert result.outcome.state.value == state
    assert len(result.suggestions) == count
    assert tuple(map(str, result.outcome.flags)) == flags
    assert state == "coded" or result.outcome.detail


def test_what_the_critic_says_is_kept_with_what_it_did() -> None:
    with ChatServer(critic=lambda *_: ruling("drop", "It is about \u202ea closure.")) as server:
        (dropped,) = run(server, MemoryLedger())
    assert dropped.outcome.detail == "critic drops L1: It is about \ufffda closure."
    with ChatServer(critic=lambda *_: ruling("escalate")) as server:
        (escalated,) = run(server, MemoryLedger())
    assert [s.flags for s in escalated.suggestions] == [("escalated",)]
    with ChatServer(critic=lambda *_: said("")) as server:
        (unread,) = run(server, MemoryLedger())
    assert [s.flags for s in unread.suggestions] == [("critic_unread",)]


def test_the_critic_reads_the_sources_words_and_only_what_was_proposed() -> None:
    ledger = MemoryLedger()
    with ChatServer(claims(FIRST.upper())) as server:
        run(server, ledger)
        critic = [body for body in server.bodies if stage_of(body) == "critic"]
    assert len(critic) == 1
    proposal = shown_in(critic[0], "PROPOSAL")
    assert (proposal["code"], proposal["decision"]) == ("L1", "yes")
    assert fold(proposal["quotes"][0]) in fold(FIRST)
    assert "Says that opening hours keep somebody out." in critic[0]["messages"][0]["content"]
    assert "Tells of help that staff gave." not in critic[0]["messages"][0]["content"]
    assert sorted(call.stage for call in ledger.calls()) == ["critic", "propose"]
    with ChatServer(lambda body, _: said(json.dumps(coding(body)))) as server:
        run(server, MemoryLedger())
        assert [stage_of(body) for body in server.bodies] == ["propose"]


def test_a_critic_without_a_reply_is_asked_again_and_the_proposal_is_not_bought_again() -> None:
    ledger = MemoryLedger()
    with ChatServer(critic=lambda *_: Answer({}, 500)) as server:
        (failed,) = run(server, ledger)
        assert failed.outcome.state.value == "failed"
        server.critic = lambda *_: ruling("keep")
        before = len(server.requests)
        (coded,) = run(server, ledger)
        assert [stage_of(body) for body in server.bodies[before:]] == ["critic"]
    assert (coded.outcome.state.value, len(coded.suggestions)) == ("coded", 1)


def mends(quote: str, *sentences: str) -> Script:
    return lambda *_: said(evidence_of(quote, *sentences))


def evidence_of(quote: str, *sentences: str) -> str:
    return json.dumps({"evidence": [{"sentences": list(sentences), "quote": quote}]})


INVENTED = "The council has been wonderful to all of us"
REPAIRS: dict[str, tuple[Script, str, int]] = {
    # what the repair's reply is, the passage's state, its suggestions
    "the words": (mends(FIRST, "s1"), "coded", 1),
    "the words, fenced": (
        lambda *_: said(f"```json\n{evidence_of(FIRST)}\n```"), "coded", 1,
    ),
    "other invented words": (mends("They have been so good to everybody here"), "coded", 0),
    "the interviewer's words": (mends("Is there talk of closing it?"), "coded", 0),
    "words around it": (mends("And the staff showed me how to print."), "coded", 0),
    "nothing": (lambda *_: said('{"evidence": []}'), "coded", 0),
    "no list": (lambda *_: said('{"evidence": "They"}'), "coded", 0),
    "no quote in it": (lambda *_: said('{"evidence": [{"sentences": ["s1"]}]}'), "coded", 0),
    "prose": (lambda *_: said("Sorry."), "coded", 0),
    "empty": (lambda *_: said(""), "coded", 0),
    "refusal": (lambda *_: said(None, refusal="no"), "coded", 0),
    "length": (lambda *_: said('{"evidence": [', finish_reason="length"), "coded", 0),
    "500": (lambda *_: Answer({}, 500), "failed", 0),
    "reset": (lambda *_: Answer(reset=True), "failed", 0),
}  # fmt: skip


@pytest.mark.parametrize("name", REPAIRS)
def test_every_fault_of_a_repair_ends_in_a_typed_state(name: str) -> None:
    script, state, count = REPAIRS[name]
    ledger = MemoryLedger()
    with ChatServer(claims(INVENTED), repair=script) as server:
        (result,) = run(server, ledger)
        asked = [stage_of(body) for body in server.bodies]
    assert (result.outcome.state.value, len(result.suggestions)) == (state, count)
    assert asked.count("repair") == (2 if name == "500" else 1)
    if count:
        (suggestion,) = result.suggestions
        assert suggestion.quote_status is QuoteStatus.REPAIRED
        assert {e.status for e in suggestion.evidence} == {QuoteStatus.REPAIRED}
        for evidence in suggestion.evidence:
            assert fold(DOCUMENT.text[evidence.start : evidence.end]) in fold(PASSAGE.text)
        assert tuple(map(str, result.outcome.flags)) == ("quote_repaired:L1",)
    elif state == "coded":
        assert tuple(map(str, result.outcome.flags)) == ("quote_rejected:L1:not_found",)
        assert result.outcome.detail == "left out for want of a verified quote: L1"


def test_a_repair_is_asked_for_only_where_the_words_are_nowhere() -> None:
    for quote in ("Is there talk of closing it?", "And the staff showed me how to print.", FIRST):
        with ChatServer(claims(quote)) as server:
            run(server, MemoryLedger())
            assert "repair" not in [stage_of(body) for body in server.bodies]
    with ChatServer(claims(INVENTED)) as server:
        run(server, MemoryLedger())
        (body,) = [body for body in server.bodies if stage_of(body) == "repair"]
    claim = shown_in(body, "YOUR CLAIM")
    assert (claim["code"], claim["quotes"]) == ("L1", [INVENTED])
    assert [sentence["id"] for sentence in sentences_of_repair(body)] == ["s1", "s2"]


def sentences_of_repair(body: Body) -> list[Body]:
    user = body["messages"][-1]["content"]
    lines = user.split("TARGET\n")[1].split("\n<<")[0].splitlines()
    return [json.loads(line) for line in lines]


def test_a_codebook_asked_about_in_parts_is_one_outcome() -> None:
    ledger = MemoryLedger()
    with ChatServer(honest) as server:
        (result,) = run(server, ledger, codes_per_call=2)
        asked = [codes_of(body) for body in server.bodies if stage_of(body) == "propose"]
        systems = {body["messages"][0]["content"] for body in server.bodies if stage_of(body) == "propose"}
    assert asked == [[code.id for code in CODEBOOK.codes[:2]], [CODEBOOK.codes[2].id]]
    assert len(systems) == 2
    for system in systems:
        assert "# Codes asked about in other requests" in system
        heads = [line for line in system.splitlines() if line.startswith("# ")]
        assert heads.index("# Rules") < heads.index("# Codebook: The branch library")
    assert [s.code for s in result.suggestions] == [CODEBOOK.codes[0].id, CODEBOOK.codes[2].id]
    assert result.outcome.state.value == "coded"


@pytest.mark.parametrize(
    ("fault", "state"),
    [(said("I think so."), "malformed"), (said(""), "empty"), (Answer({}, 500), "failed")],
)
def test_a_part_that_gave_nothing_leaves_no_code_unanswered(fault: Answer, state: str) -> None:
    def answer(body: Body, number: int) -> Answer:
        return honest(body, number) if "L1" in codes_of(body) else fault

    with ChatServer(answer) as server:
        (result,) = run(server, MemoryLedger(), codes_per_call=2)
    assert (result.outcome.state.value, result.suggestions) == (state, ())


def test_what_one_part_has_a_code_for_is_no_gap_of_another() -> None:
    def answer(body: Body, number: int) -> Answer:
        if "L1" in codes_of(body):
            return honest(body, number)
        missing = [
            {"sentences": ["s1"], "quote": FIRST, "label": "Gap", "criterion": "c"},
            {
                "sentences": ["s2"], "quote": sentences_of(body)[1]["text"], "label": "Not asked",
                "criterion": "Nobody asks.",
            },
        ]  # fmt: skip
        return said(json.dumps({**coding(body), "uncoded": missing}))

    with ChatServer(answer) as server:
        (result,) = run(server, MemoryLedger(), codes_per_call=2)
    assert [candidate.label for candidate in result.candidates] == ["Not asked"]
    assert "no_code_fits_elsewhere" in map(str, result.outcome.flags)
