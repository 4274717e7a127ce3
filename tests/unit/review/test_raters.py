"""Names of raters: alike in case or spaces is a question, and a person's word joins readings when read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cothemes.records.rater_identity import RaterIdentity
from cothemes.records.rating import RaterKind, Rating
from cothemes.records.review import Action, Arm, Assignment, Decision
from cothemes.stages.review.raters import (
    holding,
    joined_ratings,
    joined_readings,
    main_names,
    name_key,
    open_questions,
)

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)


def said(number: int, name: str, into: str, **more: object) -> RaterIdentity:
    return RaterIdentity.model_validate(
        {"id": f"i{number}", "at": NOW, "by": "", "name": name, "into": into, "same": True, **more}
    )


@pytest.mark.parametrize("other", ["ana", "ANA", " Ana ", "A na", "\uff21na"])
def test_spellings_of_one_name_share_a_key(other: str) -> None:
    assert name_key(other) == name_key("Ana")
    assert name_key("Anna") != name_key("Ana")


def test_alike_names_are_asked_about_until_somebody_says_what_they_are() -> None:
    names = ["Ana", "bob", "ana ", "ANA"]
    assert open_questions(names, []) == [("ana ", "Ana"), ("ANA", "Ana")]
    same = said(1, "ana ", "Ana")
    other = said(2, "ANA", "Ana", same=False)
    assert open_questions(names, [same]) == [("ANA", "Ana")]
    assert open_questions(names, [same, other]) == []
    undone = said(3, "ana ", "Ana", takes_back="i1")
    assert holding([same, other, undone]) == [other]
    assert open_questions(names, [same, other, undone]) == [("ana ", "Ana")]


def test_merges_are_followed_to_the_last_name() -> None:
    assert main_names([said(1, "a", "b"), said(2, "b", "c")]) == {"a": "c", "b": "c"}
    assert main_names([said(1, "a", "b"), said(2, "b", "a")]).keys() == {"a", "b"}, "ends with a circle too"


def given(who: str, round_name: str = "main") -> Assignment:
    return Assignment(
        reviewer=who, passage="d.0001", document="d", round=round_name, arm=Arm.BLIND, probability=1,
        double=True, position=0, drawn=NOW, seed=1,
    )  # fmt: skip


def done(number: int, who: str, round_name: str = "main") -> Decision:
    return Decision(
        id=f"d{number}", at=NOW + timedelta(minutes=number), reviewer=who, passage="d.0001",
        round=round_name, arm=Arm.BLIND, action=Action.DONE, codebook_hash="h",
    )  # fmt: skip


def test_the_reading_that_was_closed_first_keeps_the_round() -> None:
    # Stored in the order in which packages came, which is not the order in which they were closed.
    found = joined_readings([given("Ana"), given("ana")], [done(2, "Ana"), done(1, "ana")], {"ana": "Ana"})
    assert [(a.reviewer, a.round) for a in found.assignments] == [("Ana", "main (as Ana)"), ("Ana", "main")]
    assert [(d.reviewer, d.round) for d in found.decisions] == [("Ana", "main (as Ana)"), ("Ana", "main")]
    assert found.twice == (("Ana", "d.0001", "main"),)


def test_an_open_reading_yields_and_is_no_second_one() -> None:
    found = joined_readings([given("Ana"), given("ana")], [done(1, "ana")], {"ana": "Ana"})
    assert [a.round for a in found.assignments] == ["main (as Ana)", "main"]
    assert found.twice == ()


def test_other_rounds_and_other_people_stay_as_they_are() -> None:
    assignments = [given("Ana"), given("ana", "second"), given("bob")]
    decisions = [done(1, "Ana"), done(2, "ana", "second"), done(3, "bob")]
    found = joined_readings(assignments, decisions, {"ana": "Ana"})
    assert [(a.reviewer, a.round) for a in found.assignments] == [
        ("Ana", "main"), ("Ana", "second"), ("bob", "main"),
    ]  # fmt: skip
    assert joined_readings(assignments, decisions, {}).assignments == assignments


def test_of_two_ratings_of_one_person_the_first_counts() -> None:
    one = Rating(unit="d.0001", doc="d", rater="Ana", kind=RaterKind.HUMAN, code="A1", value=1)
    other = one.model_copy(update={"rater": "ana", "value": 0})
    assert joined_ratings([one, other], {"ana": "Ana"}) == [one]
    assert joined_ratings([one, other], {}) == [one, other]
