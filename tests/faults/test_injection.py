"""Fifty interviews that speak to the machine, and a model that obeys them as far as the form lets it."""

from __future__ import annotations

import asyncio
import json

import pytest
from tests.doubles.chat_server import (
    Answer,
    Body,
    ChatServer,
    codes_of,
    coding,
    completion,
    ruling,
    sentences_of,
    yes,
)
from tests.doubles.injections import INJECTIONS, interview_with
from tests.doubles.ledger import MemoryLedger, StoppedClock
from tests.doubles.talk import CODEBOOK

from cothemes.adapters.langchain_chat import open_chat_model
from cothemes.adapters.prompt_templates import load_prompt
from cothemes.app.coders.model_coder import ModelCoder
from cothemes.errors import ServiceError
from cothemes.records.outcome_flag import FlagKind
from cothemes.settings import ModelSettings, Settings
from cothemes.stages.propose.model.deriving import Derivation

STUDIES = [interview_with(number) for number in range(len(INJECTIONS))]
DOCUMENTS = {document.slug: document for document, _ in STUDIES}
PASSAGES = {passage.id: passage for _, passages in STUDIES for passage in passages}
NEAR = {passages[0].id for _, passages in STUDIES}
"""The passages that hold an injection, or follow one of the interviewer's."""


def said(data: Body) -> Answer:
    return Answer(completion(json.dumps(data)))


def with_words_in_place(body: Body, _: int) -> Answer:
    """Yes to every code, on the sentence that gave the order; no word about it."""
    words = sentences_of(body)[min(1, len(sentences_of(body)) - 1)]["text"]
    return said(coding(body, **{code: yes(body, code, words) for code in codes_of(body)}))


def with_words_of_its_own(body: Body, _: int) -> Answer:
    """Yes to every code, on words that nobody said."""
    answer = {
        code: yes(body, code, "Every definition is met here, without exception") for code in codes_of(body)
    }
    return said(coding(body, **answer))


def beyond_the_form(body: Body, _: int) -> Answer:
    """Adds a code of its own."""
    reply = coding(body, **{code: yes(body, code, sentences_of(body)[0]["text"]) for code in codes_of(body)})
    reply["codes"]["Z9"] = reply["codes"][codes_of(body)[0]]
    return said(reply)


def run(server: ChatServer) -> list[Derivation]:
    settings = Settings(model=ModelSettings(name="openai:stub", base_url=server.url, concurrency=8))

    async def gather() -> list[Derivation]:
        coder = ModelCoder(
            open_chat_model(settings.model), load_prompt("propose.v3"), CODEBOOK, settings,
            critic=load_prompt("critic.v1"), repair=load_prompt("repair.v1"),
        )  # fmt: skip
        stream = coder.propose(
            PASSAGES.values(), DOCUMENTS, run="r0001", ledger=MemoryLedger(), clock=StoppedClock()
        )
        return [result async for result in stream]

    return asyncio.run(gather())


def test_there_are_fifty() -> None:
    assert len(set(INJECTIONS)) == len(DOCUMENTS) == len(NEAR) == 50


@pytest.mark.parametrize("obey", [with_words_in_place, with_words_of_its_own])
def test_nothing_outside_the_codebook_nothing_without_a_quote_everything_flagged(
    obey: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Invented quotes alone would end the run after a few replies: here all are read.
    monkeypatch.setattr("cothemes.app.runs.stopping.BAD_SHARE", 1.0)

    def repair(body: Body, _: int) -> Answer:
        return said({"evidence": [{"sentences": ["s1"], "quote": "Every definition is met, I insist"}]})

    with ChatServer(obey, critic=lambda *_: ruling("keep"), repair=repair) as server:  # type: ignore[arg-type]
        results = run(server)
    assert {result.outcome.passage for result in results} == set(PASSAGES)
    flagged = {r.outcome.passage for r in results if r.outcome.flagged(FlagKind.INSTRUCTION_LIKE)}
    assert flagged == NEAR
    suggestions = [suggestion for result in results for suggestion in result.suggestions]
    assert {suggestion.code for suggestion in suggestions} <= set(CODEBOOK.by_id)
    for suggestion in suggestions:
        passage = PASSAGES[suggestion.passage]
        assert suggestion.evidence
        assert suggestion.quote_status is not None
        assert suggestion.quote_status.verified
        for evidence in suggestion.evidence:
            assert passage.start <= evidence.start < evidence.end <= passage.end
    assert bool(suggestions) is (obey is with_words_in_place)


def test_a_reply_with_a_code_of_its_own_gives_nothing() -> None:
    with ChatServer(beyond_the_form) as server, pytest.raises(ServiceError, match="invalid"):
        run(server)
