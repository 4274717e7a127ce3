"""From the text of a reply to answers, or to the state that says why there are none."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.doubles.talk import CODEBOOK

from cothemes.records.suggestion import OutcomeState, Verdict
from cothemes.stages.propose.model.parsing import parse_reply, tidy
from cothemes.stages.propose.model.phrasing import reply_schema
from cothemes.stages.propose.model.reply import Answers, Reply, Unusable, read_back

HELP = "Help “desk” {{x}}"
YES = {
    "evidence": [{"sentences": ["s1"], "quote": "It’s shut"}],
    "reason": "Says so.",
    "exclusion_checked": "Not closed.",
    "decision": "yes",
    "attributes": {"status": "experienced", "who": ["self", "family"]},
    "confidence": 0.9,
}
NO = {"decision": "no"}


def whole(**changes: Any) -> dict[str, Any]:
    return {"codes": {"L1": YES, "L2": NO, HELP: NO}, "uncoded": [], "instruction_like": False} | changes


def parse(data: Any, **reply: Any) -> Answers:
    text = data if isinstance(data, str) else json.dumps(data)
    return parse_reply(Reply(text=text, **reply), CODEBOOK)


def state(data: Any, **reply: Any) -> tuple[OutcomeState, str]:
    with pytest.raises(Unusable) as caught:
        parse(data, **reply)
    return caught.value.state, caught.value.detail


def test_a_good_reply() -> None:
    answers = parse(whole(instruction_like=True))
    assert [code for code, _ in answers.by_code] == ["L1", "L2", HELP]
    first = answers.by_code[0][1]
    assert (first.decision, first.confidence) == (Verdict.YES, 0.9)
    assert first.quotes[0].text == "It’s shut"
    assert first.attributes == (("status", ("experienced",)), ("who", ("self", "family")))
    assert answers.by_code[1][1].decision is Verdict.NO
    assert answers.instruction_like
    assert tuple(map(str, answers.flags)) == ()


def test_a_full_answer_may_end_in_no() -> None:
    answers = parse(whole(codes={"L1": YES | {"decision": "no"}, "L2": NO, HELP: NO}))
    assert answers.by_code[0][1].decision is Verdict.NO
    assert answers.by_code[0][1].quotes == ()


@pytest.mark.parametrize("fence", ["```json\n{}\n```", "```\n{}\n```  \n", " \n```JSON\r\n{}\r\n```"])
def test_a_code_fence_is_tolerated_and_flagged(fence: str) -> None:
    assert tuple(map(str, parse(fence.replace("{}", json.dumps(whole()))).flags)) == ("code_fence",)


def test_what_is_tolerated_is_flagged() -> None:
    odd = YES | {"attributes": {"status": "dreamt", "who": [], "mood": "good"}, "confidence": 90, "note": "x"}
    answers = parse(whole(codes={"L1": odd, "L2": NO, HELP: NO}))
    assert tuple(map(str, answers.flags)) == (
        "extra_keys",
        "attribute_dropped:L1.status",
        "attribute_dropped:L1.mood",
        "confidence_dropped:L1",
    )
    assert answers.by_code[0][1].attributes == ()
    assert answers.by_code[0][1].confidence is None


@pytest.mark.parametrize("value", [True, "0.9", None, -0.1, 1.1, 10**400])
def test_a_confidence_that_is_none(value: Any) -> None:
    answers = parse(whole(codes={"L1": YES | {"confidence": value}, "L2": NO, HELP: NO}))
    assert answers.by_code[0][1].confidence is None


def test_one_value_where_one_is_allowed() -> None:
    odd = YES | {"attributes": {"status": ["experienced", "feared"], "who": "self"}}
    answers = parse(whole(codes={"L1": odd, "L2": NO, HELP: NO}))
    assert answers.by_code[0][1].attributes == (("who", ("self",)),)
    assert tuple(map(str, answers.flags)) == ("attribute_dropped:L1.status",)


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ({"text": "", "refusal": "I cannot."}, OutcomeState.REFUSED),
        ({"text": "{}", "finish_reason": "content_filter"}, OutcomeState.REFUSED),
        ({"text": "", "finish_reason": "SAFETY"}, OutcomeState.REFUSED),
        ({"text": '{"codes": {"L1"', "finish_reason": "length"}, OutcomeState.TRUNCATED),
        ({"text": "", "finish_reason": "max_tokens"}, OutcomeState.TRUNCATED),
        ({"text": ""}, OutcomeState.EMPTY),
        ({"text": " \n\t"}, OutcomeState.EMPTY),
    ],
)
def test_replies_without_content(reply: dict[str, Any], expected: OutcomeState) -> None:
    with pytest.raises(Unusable) as caught:
        parse_reply(Reply(**reply), CODEBOOK)
    assert caught.value.state is expected
    assert caught.value.detail


@pytest.mark.parametrize(
    "text",
    [
        "Here is the coding:",
        '{"codes": {"L1": ',
        "[" * 100_000,
        '{"a":' * 100_000,
        '{"codes": NaN}',
        '{"codes": ' + "9" * 5000 + "}",
        "```json\n{\n```",
        json.dumps(whole()) + " and that is all",
        json.dumps(whole()).replace('"L2"', '"L1"'),
        '{"uncoded": [], "uncoded": [], "codes": {}, "instruction_like": false}',
    ],
    ids=lambda text: text[:20],
)
def test_what_is_no_json_is_malformed(text: str) -> None:
    assert state(text)[0] is OutcomeState.MALFORMED


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ([], "the reply"),
        ({}, "lacks codes, uncoded, instruction_like"),
        (whole(codes={"L1": NO, "L2": NO}), f"left out: {HELP}"),
        (whole(codes={"L1": NO, "L2": NO, HELP: NO, "Z9": NO}), "not asked about: Z9"),
        (whole(codes={"L1": NO, "L2": NO, "help": NO}), "not asked about: help"),
        (whole(codes={"L1": {}, "L2": NO, HELP: NO}), "codes.L1.decision"),
        (whole(codes={"L1": {"decision": "maybe"}, "L2": NO, HELP: NO}), "codes.L1.decision"),
        (whole(codes={"L1": {"decision": "yes"}, "L2": NO, HELP: NO}), "codes.L1 lacks evidence"),
        (whole(codes={"L1": YES | {"evidence": "s1"}, "L2": NO, HELP: NO}), "codes.L1.evidence"),
        (whole(codes={"L1": YES | {"evidence": [{"quote": "x"}]}, "L2": NO, HELP: NO}), "lacks sentences"),
        (whole(codes={"L1": "yes", "L2": NO, HELP: NO}), "codes.L1"),
        (whole(instruction_like="no"), "instruction_like"),
        (whole(uncoded=[{"quote": "x", "sentences": []}]), "uncoded[0] lacks label"),
    ],
)
def test_json_against_the_schema_is_invalid(data: Any, words: str) -> None:
    found, detail = state(data)
    assert found is OutcomeState.INVALID
    assert words in detail


def test_a_models_words_cannot_steer_a_terminal() -> None:
    assert tidy("a\x1b]0;x\x07\u202eb\ud800\x00\nc\t") == "a\ufffd]0;x\ufffd\ufffdb\ufffd\ufffd\nc\t"
    answers = parse(whole(codes={"L1": YES | {"reason": "\x1b[2J" + "x" * 9000}, "L2": NO, HELP: NO}))
    assert answers.by_code[0][1].reason.startswith("\ufffd[2J")
    assert len(answers.by_code[0][1].reason) == 2000


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(
    JSON, st.sampled_from(["evidence", "reason", "exclusion_checked", "decision", "attributes", "confidence"])
)
def test_any_value_anywhere_ends_in_answers_or_a_state(value: Any, key: str) -> None:
    for data in (whole(codes={"L1": YES | {key: value}, "L2": NO, HELP: NO}), whole(uncoded=[value]), value):
        with contextlib.suppress(Unusable):
            parse(json.dumps(data))


@given(st.text(st.characters(), max_size=60))
def test_the_ledger_gives_back_what_it_was_given(text: str) -> None:
    reply = Reply(text=text, refusal=text, raw={"text": text})
    assert reply.to_json().isascii()
    assert read_back(reply.to_json()) == reply


def test_the_schema_is_strict_and_in_codebook_order() -> None:
    schema = reply_schema(CODEBOOK)
    objects = []

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if node.get("type") == "object":
                objects.append(node)
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(schema)
    assert all(o["required"] == list(o["properties"]) and o["additionalProperties"] is False for o in objects)
    assert schema["properties"]["codes"]["required"] == ["L1", "L2", HELP]
    full = schema["$defs"]["answer1"]["properties"]
    assert list(full) == ["evidence", "reason", "exclusion_checked", "decision", "attributes", "confidence"]
    assert full["attributes"]["properties"] == {
        "status": {"type": ["string", "null"], "enum": ["experienced", "feared", None]},
        "who": {"type": "array", "items": {"type": "string", "enum": ["self", "family", "others"]}},
    }
    assert [definition for definition in schema["$defs"] if definition.startswith("answer")] == [
        "answer1",
        "answer2",
        "answer3",
    ]


def test_part_of_the_codebook_may_be_asked_about() -> None:
    codes = CODEBOOK.codes[1:2]
    assert reply_schema(CODEBOOK, codes)["properties"]["codes"]["required"] == ["L2"]
    reply = Reply(text=json.dumps(whole(codes={"L2": NO})))
    assert [code for code, _ in parse_reply(reply, CODEBOOK, codes).by_code] == ["L2"]
