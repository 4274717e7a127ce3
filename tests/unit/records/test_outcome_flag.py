"""Flags are kept as strings and read back as what they were."""

from __future__ import annotations

import pytest

from cothemes.records.outcome_flag import FlagKind, OutcomeFlag, flag
from cothemes.records.suggestion import Outcome, OutcomeState

KEPT = {
    "instruction_like": flag(FlagKind.INSTRUCTION_LIKE),
    "critic_escalated:A1": flag(FlagKind.CRITIC_ESCALATED, "A1"),
    "quote_rejected:A1:not_found": flag(FlagKind.QUOTE_REJECTED, "A1", "not_found"),
    "unrepaired:A.1:given_up": flag(FlagKind.UNREPAIRED, "A.1", "given_up"),
    "attribute_dropped:A1.status": flag(FlagKind.ATTRIBUTE_DROPPED, detail="A1.status"),
    "attribute_dropped:A1.a:b": flag(FlagKind.ATTRIBUTE_DROPPED, detail="A1.a:b"),
    "example:talk.0001": flag(FlagKind.EXAMPLE, detail="talk.0001"),
    "of_a_later_version:x:y": OutcomeFlag(kind="of_a_later_version", detail="x:y"),
}


@pytest.mark.parametrize("text", KEPT)
def test_a_flag_is_read_and_written_in_the_same_form(text: str) -> None:
    assert OutcomeFlag.model_validate(text) == KEPT[text]
    assert str(KEPT[text]) == text


def test_an_outcome_writes_its_flags_as_strings_and_reads_them_back() -> None:
    outcome = Outcome(run="r1", passage="p", state=OutcomeState.CODED, flags=tuple(KEPT.values()))
    written = outcome.model_dump(mode="json")
    assert written["flags"] == list(KEPT)
    assert Outcome.model_validate(written) == outcome


def test_an_outcome_finds_its_flags_by_kind_and_takes_each_once() -> None:
    outcome = Outcome(run="r1", passage="p", state=OutcomeState.CODED)
    told = flag(FlagKind.QUOTE_REJECTED, "A1", "misleading")
    assert outcome.with_flags(told, told).flagged(FlagKind.QUOTE_REJECTED) == (told,)
    assert outcome.flagged(FlagKind.QUOTE_REJECTED) == ()
