"""What a served study keeps in memory is never older than the last act of another process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.doubles.coded_study import NOW, assign, propose, study_in
from tests.doubles.served import Served

from cothemes.app.review.memos import About, add_memo
from cothemes.app.review.review import Desk
from cothemes.app.routing.reassign import reassign
from cothemes.app.study import Study
from cothemes.records.outcome_flag import FlagKind, OutcomeFlag
from cothemes.records.record import content_hash
from cothemes.records.review import Action, Arm, Seed
from cothemes.records.run import Run, RunState
from cothemes.records.suggestion import Evidence, Outcome, OutcomeState, QuoteStatus, Suggestion, Verdict
from cothemes.records.user import UserRole

BLIND, ASSISTED = "talk-1.0002", "talk-1.0004"


@dataclass
class Two:
    """A served study, and the same folder opened again as another process would."""

    served: Served
    other: Study
    ann: TestClient

    def card(self, passage: str = ASSISTED) -> dict[str, Any]:
        answer = self.ann.get(f"/api/v1/review/passages/{passage}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()["card"]
        return found

    def hidden(self) -> set[str]:
        [user] = (each for each in self.served.study.store.users.all() if each.name == "ann")
        return set(getattr(self.served.service.seen_by(user).store.reviews, "hidden", ()))


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Two]:
    study = study_in(tmp_path / "study")
    propose(study)
    assign(study, "ann", {BLIND: Arm.BLIND, ASSISTED: Arm.ASSISTED})
    served = Served(study)
    other = Study(study.root)
    yield Two(served, other, served.program("ann", UserRole.REVIEWER, UserRole.LEAD))
    other.close()
    study.close()


def another_run(study: Study, *flags: OutcomeFlag) -> None:
    """A later run that suggests B1 alone on the assisted passage."""
    passage = study.store.passages.get(ASSISTED)
    assert passage is not None
    run = Run(
        id="r0002",
        coder="offline",
        rater="offline@0#r0002",
        configuration="another",
        codebook_hash=study.codebook.hash,
        started=NOW,
        finished=NOW,
        state=RunState.FINISHED,
    )
    study.store.runs.put(run)
    suggestion = Suggestion(
        id=content_hash("another")[:16],
        run=run.id,
        rater=run.rater,
        passage=passage.id,
        code="B1",
        verdict=Verdict.YES,
        evidence=(Evidence(start=passage.start, end=passage.start + 5),),
        quote_status=QuoteStatus.EXACT,
        reason="Another run said so.",
    )
    outcome = Outcome(run=run.id, passage=passage.id, state=OutcomeState.CODED, flags=flags)
    study.store.runs.record([outcome], [suggestion])


def suggested(card: dict[str, Any]) -> list[str]:
    return [each["code"] for each in card["card"]["suggestions"]]


def test_the_suggestions_of_a_later_run_are_on_a_card_that_was_shown(two: Two) -> None:
    assert "B1" not in suggested(two.card())
    another_run(two.other, OutcomeFlag(kind=FlagKind.INSTRUCTION_LIKE))
    card = two.card()
    assert suggested(card) == ["B1"]
    assert len(card["remarks"]) == 1


def _decide(study: Study) -> None:
    desk = Desk(study, "ann")
    desk.decide(desk.card(ASSISTED), "B1", Action.ADD)


def _memo(study: Study) -> None:
    add_memo(study, "Ask Mo about May.", About(passage=ASSISTED), by="ann")


def _draft(study: Study) -> None:
    desk = Desk(study, "ann")
    card = desk.card(ASSISTED)
    desk.keep(card, [desk.draft(card, "Leaving in May")])


def _seed(study: Study) -> None:
    passage = study.store.passages.get(ASSISTED)
    assert passage is not None
    code = study.codebook.by_id["B1"]
    seed = Seed(
        id="a seed", reviewer="ann", passage=ASSISTED, round="another", code="B1", code_hash=code.text_hash,
        start=passage.start, end=passage.start + 5, run="r0001", reason="It says so.", drawn=NOW, seed=1,
    )  # fmt: skip
    store = study.store.reviews
    [assignment] = (each for each in store.assignments(reviewer="ann") if each.passage == BLIND)
    other = assignment.model_copy(update={"passage": ASSISTED, "round": "another", "codes": ("B1",)})
    store.assign([other], seeds=[seed])


def _reword(study: Study) -> None:
    path = study.codebook_path
    path.write_text(path.read_text("utf-8").replace("Turnover of staff", "Staff leaving"), "utf-8")


@pytest.mark.parametrize("act", [_decide, _memo, _draft, _seed])
def test_a_card_that_was_shown_is_another_after_an_act_elsewhere(
    two: Two, act: Callable[[Study], None]
) -> None:
    before = two.card()
    assert two.card() == before
    act(two.other)
    assert two.card() != before


def test_a_code_that_was_reworded_elsewhere_is_reworded_here(two: Two) -> None:
    two.card()
    _reword(two.other)
    answer = two.ann.get(f"/api/v1/review/passages/{ASSISTED}/codes", params={"q": "leaving"})
    assert [each["label"] for each in answer.json()][:1] == ["Staff leaving"]


def test_a_passage_given_on_elsewhere_is_not_served(two: Two) -> None:
    two.card()
    reassign(two.other, "ann", "bob")
    assert two.ann.get(f"/api/v1/review/passages/{ASSISTED}").status_code == 409


def test_what_is_hidden_follows_the_last_act_elsewhere(two: Two) -> None:
    assert two.hidden() == {BLIND}
    assign(two.other, "ann", {"talk-2.0002": Arm.BLIND})
    assert two.hidden() == {BLIND, "talk-2.0002"}
    desk = Desk(two.other, "ann")
    desk.done(
        desk.keep(
            desk.card(BLIND), [desk.session(desk.card(BLIND)).decide(desk.card(BLIND), "A1", Action.ADD)]
        )
    )
    assert two.hidden() == {"talk-2.0002"}
    desk.reopen(desk.card(BLIND))
    assert two.hidden() == {BLIND, "talk-2.0002"}


def test_what_one_person_sees_is_not_kept_for_another(two: Two) -> None:
    bob = two.served.program("bob", UserRole.REVIEWER, UserRole.LEAD)
    two.card()
    assert two.hidden() == {BLIND}
    [user] = (each for each in two.served.study.store.users.all() if each.name == "bob")
    assert not getattr(two.served.service.seen_by(user).store.reviews, "hidden", ())
    assert bob.get(f"/api/v1/review/passages/{ASSISTED}").status_code == 409


def status_for(client: TestClient) -> dict[str, Any]:
    answer = client.get("/api/v1/status")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_the_status_follows_the_last_act_elsewhere(two: Two) -> None:
    def told() -> tuple[int, int, int, int]:
        found = status_for(two.ann)
        [ann] = (each for each in found["reviewers"] if each["name"] == "ann")
        return ann["assigned"], ann["done"], len(found["runs"]), found["passages"]

    assert told() == (2, 0, 1, 12)
    assert told() == (2, 0, 1, 12)
    desk = Desk(two.other, "ann")
    desk.done(desk.decide(desk.card(ASSISTED), "B1", Action.ADD))
    assert told() == (2, 1, 1, 12)
    another_run(two.other)
    assign(two.other, "ann", {"talk-2.0002": Arm.BLIND})
    assert told() == (3, 1, 2, 12)
    two.other.store.passages.replace("talk-2", two.other.store.passages.of("talk-2")[:2])
    assert told() == (3, 1, 2, 9)


def test_the_status_of_one_person_is_not_shown_to_another(two: Two) -> None:
    """What Ann has still to code blind is left out of her counts, and of nobody else's."""
    bob = two.served.program("bob", UserRole.READER, UserRole.LEAD)
    for first, second in ((bob, two.ann), (two.ann, bob)):
        found = {id(client): status_for(client)["runs"][0] for client in (first, second)}
        assert found[id(bob)]["passages"] == 12
        assert found[id(two.ann)]["passages"] == 11
