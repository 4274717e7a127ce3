"""A sitting driven as a web layer does it: each act opens the passage anew, JSON in and JSON out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.doubles.coded_study import assign, study_in

from cothemes.app.review import readings
from cothemes.app.review.adjudicate import Adjudication
from cothemes.app.review.review import Desk
from cothemes.app.review.sitting_report import (
    DiscussionReport,
    TriageReport,
    discussion_report,
    triage_report,
)
from cothemes.app.study import Study
from cothemes.errors import StateConflict
from cothemes.records.review import Action, Arm
from cothemes.stages.review.adjudication import Discussion
from cothemes.stages.review.sitting import Act, Ask
from cothemes.stages.review.triage import Triage

FIRST, SECOND = "talk-1.0002", "talk-1.0004"


@pytest.fixture
def study(tmp_path: Path) -> Study:
    made = study_in(tmp_path / "study")
    for who in ("ann", "bob"):
        assign(made, who, dict.fromkeys((FIRST, SECOND), Arm.BLIND))
    return made


def sent(study: Study, who: str, passage: str, **body: Any) -> TriageReport:
    """Post one act, with nothing kept from the request before."""
    triage = Triage(Desk(study, who), settle=0)
    step = triage.step(triage.open(passage), Act.model_validate(body))
    return triage_report(triage, step.state, step)


def card(study: Study, who: str, passage: str) -> TriageReport:
    triage = Triage(Desk(study, who), settle=0)
    return triage_report(triage, triage.open(passage))


def ruled(study: Study, passage: str, **body: Any) -> DiscussionReport:
    discussion = Discussion(Adjudication(study, "ann"))
    step = discussion.step(discussion.open(passage), Act.model_validate(body))
    return discussion_report(discussion, step.state, step)


def records(study: Study, who: str) -> list[dict[str, Any]]:
    """What is stored of one person, but for ids, times and names."""
    found = study.store.reviews.decisions(reviewer=who)
    return [one.model_dump(exclude={"id", "at", "reviewer", "undoes"}) for one in found]


def test_records_equal_those_of_single_commands(study: Study) -> None:
    code, other = list(study.codebook.by_id)[:2]
    sent(study, "ann", FIRST, verb="give", code=code, spans=[(0, 4)])
    sent(study, "ann", FIRST, verb="give", code=other)
    sent(study, "ann", FIRST, verb="undo")
    done = sent(study, "ann", FIRST, verb="finish")
    assert (len(done.recorded), done.done) == (1, 1)
    desk = Desk(study, "bob")
    readings.decide(desk, FIRST, code, Action.ADD, spans=[(0, 4)])
    readings.decide(desk, FIRST, other, Action.ADD)
    readings.undo(desk)
    readings.finish(desk, FIRST)
    assert records(study, "ann") == records(study, "bob")


def test_a_card_is_a_value_and_says_which_acts_are_allowed(study: Study) -> None:
    code = next(iter(study.codebook.by_id))
    before = card(study, "ann", FIRST)
    assert TriageReport.model_validate_json(before.model_dump_json()) == before
    assert "none" in {each.act.verb for each in before.offered}
    after = sent(study, "ann", FIRST, verb="mark", code=code, spans=[(0, 4)])
    assert [(row.code, row.applies, row.spans) for row in after.rows] == [(code, True, ((0, 4),))]
    assert "none" not in {each.act.verb for each in after.offered}
    more = sent(study, "ann", FIRST, verb="mark", code=code, spans=[(6, 9)])
    assert more.rows[0].spans == ((0, 4), (6, 9))


def test_the_tag_tells_a_card_that_has_changed_from_one_that_has_not(study: Study) -> None:
    code = next(iter(study.codebook.by_id))
    before = card(study, "ann", FIRST)
    assert card(study, "ann", FIRST).tag == before.tag
    sent(study, "ann", SECOND, verb="give", code=code)
    assert card(study, "ann", FIRST).tag == before.tag, "another passage"
    assert sent(study, "ann", FIRST, verb="give", code=code).tag != before.tag
    held = card(study, "ann", FIRST).tag
    text = study.codebook_path.read_text(encoding="utf-8")
    study.codebook_path.write_text(text.replace("definition:", "definition: Indeed.", 1), encoding="utf-8")
    study.reread_codebook()
    assert card(study, "ann", FIRST).tag != held, "its codes are worded anew"


def test_what_has_to_be_asked_is_asked_and_answered_without_a_state(study: Study) -> None:
    asked = sent(study, "ann", FIRST, verb="finish")
    assert (asked.asking, asked.recorded) == (Ask.SURE, ())
    assert asked.question
    assert sent(study, "ann", FIRST, verb="finish", sure=True).recorded


def test_a_refused_act_stores_nothing_and_names_its_error(study: Study) -> None:
    said = sent(study, "ann", FIRST, verb="give", code="nonsense")
    assert (said.refused, said.recorded) == ("UnknownCode", ())
    sent(study, "ann", FIRST, verb="none")
    over = sent(study, "ann", FIRST, verb="give", code=next(iter(study.codebook.by_id)))
    assert (over.refused, over.passage) == ("StateConflict", FIRST)
    with pytest.raises(StateConflict):
        card(study, "ann", "talk-2.0002")


def test_a_case_is_a_value_without_names_and_is_ruled_on(study: Study) -> None:
    code = next(iter(study.codebook.by_id))
    sent(study, "ann", FIRST, verb="give", code=code)
    for who in ("ann", "bob"):
        for passage in (FIRST, SECOND):
            sent(study, who, passage, verb="finish", sure=True)
    discussion = Discussion(Adjudication(study, "ann"))
    shown = discussion_report(discussion, discussion.open(FIRST))
    assert shown.rows == (code,)
    assert shown.open == 1
    assert "bob" not in shown.model_dump_json()
    made = ruled(study, FIRST, verb="accept", code=code)
    assert (made.recorded != (), made.open, made.adjudicated) == (True, 0, 1)
    back = ruled(study, FIRST, verb="undo")
    assert (back.passage, back.open) == (FIRST, 1)
