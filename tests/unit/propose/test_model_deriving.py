"""From a reply to outcome and suggestions: only what stands in the source becomes one."""

from __future__ import annotations

import json
from typing import Any

from tests.doubles.talk import CODEBOOK, interview, passages

from cothemes.records.suggestion import OutcomeState, QuoteStatus, Verdict
from cothemes.stages.propose.grounding import Target
from cothemes.stages.propose.model.context import context_of
from cothemes.stages.propose.model.deriving import Derivation, Speaker, derive
from cothemes.stages.propose.model.reply import Reply

DOCUMENT = interview()
PASSAGES = passages(DOCUMENT)
HELP = "Help “desk” {{x}}"


def answer(*quotes: str, decision: str = "yes", confidence: float = 0.6) -> dict[str, Any]:
    return {
        "evidence": [{"sentences": ["s1"], "quote": quote} for quote in quotes],
        "reason": "Because.", "exclusion_checked": "None.", "decision": decision, "attributes": {},
        "confidence": confidence,
    }  # fmt: skip


def derived(number: int = 0, *, uncoded: Any = (), like: bool = False, **codes: Any) -> Derivation:
    passage = PASSAGES[number]
    target = Target(DOCUMENT.text, passage, context_of(DOCUMENT, passage).neighbours)
    given = {code.id: codes.get(code.id.partition(" ")[0], {"decision": "no"}) for code in CODEBOOK.codes}
    data = {"codes": given, "uncoded": list(uncoded), "instruction_like": like}
    speaker = Speaker("r0001", "m@p#r0001")
    return derive(Reply(text=json.dumps(data)), passage, target, CODEBOOK, speaker, call="key")


def quoted(derivation: Derivation) -> list[str]:
    return [DOCUMENT.text[e.start : e.end] for s in derivation.suggestions for e in s.evidence]


def test_no_code_is_a_proper_outcome() -> None:
    result = derived()
    assert (result.outcome.state, result.outcome.detail, result.outcome.flags) == (OutcomeState.CODED, "", ())
    assert result.outcome.call == "key"
    assert result.suggestions == ()


def test_a_suggestion_has_the_source_for_its_words() -> None:
    result = derived(L1=answer("It's shut by the time I finish work"), Help=answer("staff showed me"))
    assert quoted(result) == ["It’s shut by the time I finish work", "staff showed me"]
    first = result.suggestions[0]
    assert (first.verdict, first.quote_status, first.confidence) == (Verdict.YES, QuoteStatus.EXACT, 0.6)
    assert first.score == 0.5 + 0.6 / 2
    assert first.id == derived(L1=answer("by the time I finish work")).suggestions[0].id
    assert first.id != result.suggestions[1].id


def test_borderline_is_kept_and_stands_below_every_yes() -> None:
    result = derived(L1=answer("I finish work", decision="borderline", confidence=1.0))
    assert result.suggestions[0].verdict is Verdict.BORDERLINE
    assert result.suggestions[0].score == 0.5


def test_a_code_without_a_verified_quote_is_left_out_and_counted() -> None:
    result = derived(
        L1=answer("we marched on the town hall"), L2=answer("Tell me about the library"), Help=answer()
    )
    assert result.suggestions == ()
    assert result.outcome.state is OutcomeState.CODED
    assert tuple(map(str, result.outcome.flags)) == (
        "quote_rejected:L1:not_found",
        "quote_rejected:L2:wrong_speaker",
        f"quote_rejected:{HELP}:none_given",
    )
    assert result.outcome.detail == f"left out for want of a verified quote: L1, L2, {HELP}"


def test_a_false_quote_beside_a_true_one_is_dropped() -> None:
    result = derived(L1=answer("I finish work", "and the moon was full that night"))
    assert quoted(result) == ["I finish work"]
    assert result.suggestions[0].quote_status is QuoteStatus.NOT_FOUND
    assert tuple(map(str, result.outcome.flags)) == ("quote_dropped:L1:not_found",)


def test_evidence_is_in_order_and_each_span_once() -> None:
    result = derived(L1=answer("showed me how to print", "I finish work", "I  finish work"))
    assert quoted(result) == ["I finish work", "showed me how to print"]


def test_what_no_code_fits_is_kept_with_its_quote() -> None:
    mind = {
        "sentences": ["s2"],
        "quote": "Nobody asks us, mind",
        "label": "Not asked",
        "criterion": "Says so.",
    }
    result = derived(1, uncoded=[mind, mind | {"quote": "they asked everyone twice over"}])
    assert [one.label for one in result.candidates] == ["Not asked"]
    assert [DOCUMENT.text[e.start : e.end] for e in result.candidates[0].evidence] == ["Nobody asks us, mind"]
    assert tuple(map(str, result.outcome.flags)) == ("no_code_fits", "no_code_fits_rejected")
    assert "Not asked" in result.outcome.detail


def test_an_unknown_voice_and_a_text_like_instructions_are_flagged() -> None:
    result = derived(2, like=True, L2=answer("I would miss it"))
    assert tuple(map(str, result.outcome.flags)) == ("unknown_role", "instruction_like")
    assert len(result.suggestions) == 1


def test_an_unusable_reply_gives_no_suggestion_and_keeps_its_flags() -> None:
    passage = PASSAGES[2]
    target = Target(DOCUMENT.text, passage)
    result = derive(Reply(text="sorry"), passage, target, CODEBOOK, Speaker("r", "m@p#r"))
    assert result.outcome.state is OutcomeState.MALFORMED
    assert tuple(map(str, result.outcome.flags)) == ("unknown_role",)
    assert result.suggestions == ()
