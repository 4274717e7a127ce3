"""Every decision that does not count has one reason; the sums have codes and the way back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from cothemes.records.left_out import Reason
from cothemes.records.review import Action, Arm, Assignment, Decision
from cothemes.stages.review.left_out import closed_elsewhere, dropped, summed

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
CODES = {"A1": "a1", "A2": "a2"}
CURRENT = {"talk.0001", "talk.0002"}


def given(passage: str = "talk.0001", arm: Arm = Arm.BLIND, round_name: str = "main") -> Assignment:
    return Assignment(
        reviewer="ann", passage=passage, document=passage.split(".")[0], round=round_name, arm=arm,
        probability=1.0, double=False, position=0, drawn=NOW, seed=1,
    )  # fmt: skip


def act(number: int, action: Action, code: str | None = "A1", **other: Any) -> Decision:
    plain = {
        "id": f"d{number}", "at": NOW, "reviewer": "ann", "passage": "talk.0001", "round": "main",
        "arm": Arm.BLIND, "action": action, "code": code, "code_hash": CODES.get(code or "", "gone"),
        "codebook_hash": "b",
    }  # fmt: skip
    return Decision.model_validate({**plain, **other})


def done(number: int, **other: Any) -> Decision:
    return act(number, Action.DONE, None, code_hash=None, **other)


def reasons(assignments: list[Assignment], decisions: list[Decision], **other: Any) -> dict[str, Reason]:
    """Id of a decision → why it does not count."""
    plain: dict[str, Any] = {"current": CURRENT, "codes": CODES, "same": {}}
    found = dropped(assignments, decisions, **{**plain, **other})
    moments = {decision.at: decision.id for decision in decisions}
    return {moments[row.at]: row.reason for row in found if row.at}


def dated(*decisions: Decision) -> list[Decision]:
    """Each at a minute of its own, so that it is known again."""
    return [d.model_copy(update={"at": NOW.replace(minute=at)}) for at, d in enumerate(decisions)]


def test_what_counts_is_not_listed() -> None:
    assert reasons([given()], dated(act(1, Action.ADD), done(2))) == {}


@pytest.mark.parametrize(
    ("decisions", "reason"),
    [
        ((act(1, Action.ADD),), Reason.NOT_DONE),
        ((act(1, Action.ADD), act(2, Action.UNDO, None, undoes="d1"), done(3)), Reason.TAKEN_BACK),
        ((act(1, Action.ADD), act(2, Action.REJECT), done(3)), Reason.SUPERSEDED),
        ((act(1, Action.ADD, code_hash="older"), done(2)), Reason.EARLIER_MEANING),
        ((act(1, Action.ADD, "Z9"), done(2)), Reason.RETIRED_CODE),
        ((act(1, Action.ADD, reviewer="bob"),), Reason.GIVEN_ON),
    ],
    ids=lambda value: value.value if isinstance(value, Reason) else "",
)
def test_each_reason(decisions: tuple[Decision, ...], reason: Reason) -> None:
    assert reasons([given()], dated(*decisions)) == {"d1": reason}


def test_a_passage_of_an_earlier_cut_and_its_readings() -> None:
    old = "talk.0009"
    decisions = dated(act(1, Action.ADD, passage=old), done(2, passage=old))
    assert reasons([given(old)], decisions) == {"d1": Reason.RETIRED_PASSAGE}
    assert closed_elsewhere([given(old)], decisions, CURRENT) == [old]
    assert closed_elsewhere([given(old)], decisions, {old}) == []


def test_consent_goes_before_every_other_reason() -> None:
    decisions = dated(act(1, Action.ADD), act(2, Action.UNDO, None, undoes="d1"))
    assert reasons([given()], decisions, forgotten={"talk"}) == {"d1": Reason.CONSENT}


def test_what_a_person_called_the_same_counts() -> None:
    decisions = dated(act(1, Action.ADD, code_hash="older"), done(2))
    assert reasons([given()], decisions, same={"A1": {"older", "a1"}}) == {}


def test_withdrawn_after_the_reveal_is_superseded_for_findings_and_stays_in_the_blind_reading() -> None:
    second = {"arm": Arm.REVEAL}
    decisions = dated(
        act(1, Action.ADD),
        act(2, Action.ADD, "A2"),
        done(3),
        act(4, Action.REJECT, **second),
        done(5, **second),
    )
    assignment = given(arm=Arm.REVEAL)
    assert reasons([assignment], decisions) == {"d1": Reason.SUPERSEDED}
    assert reasons([assignment], decisions, each_reading=True, absences=True) == {}
    # Until the second reading is finished, the first one stands.
    assert reasons([assignment], decisions[:4]) == {}
    assert reasons([assignment], decisions[:4], absences=True) == {"d4": Reason.NOT_DONE}


def test_rejections_are_told_of_where_absences_are_rows() -> None:
    decisions = dated(act(1, Action.REJECT))
    assert reasons([given()], decisions) == {}
    assert reasons([given()], decisions, absences=True) == {"d1": Reason.NOT_DONE}
    implied = dated(act(1, Action.REJECT, implicit=True))
    assert reasons([given()], implied, absences=True) == {}


def test_sums_by_reason_with_codes_and_the_way_back() -> None:
    old = "talk.0009"
    rows = dropped(
        [given(old), given()],
        [
            act(1, Action.ADD, "A2", passage=old),
            act(2, Action.ADD, "A1", passage=old),
            act(3, Action.ADD, "A1"),
        ],
        current=CURRENT,
        codes=CODES,
        same={},
    )
    entries = summed(rows, ("A1", "A2"), ["talk.0009", "other.0001"])
    assert [(e.reason, e.unit, e.count, e.codes) for e in entries] == [
        (Reason.RETIRED_PASSAGE, "decision", 2, ("A1", "A2")),
        (Reason.RETIRED_PASSAGE, "reading", 2, None),
        (Reason.NOT_DONE, "decision", 1, ("A1",)),
    ]
    assert entries[0].include_with == "cothemes ingest --resegment --undo other talk"


def test_consent_withdrawn_is_a_number_only() -> None:
    rows = dropped([given()], [act(1, Action.ADD)], current=CURRENT, codes=CODES, same={}, forgotten={"talk"})
    (entry,) = summed(rows, ("A1",))
    assert (entry.reason, entry.count, entry.codes, entry.include_with) == (Reason.CONSENT, 1, None, None)
