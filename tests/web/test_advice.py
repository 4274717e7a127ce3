"""What the browser advises: pages where there are any, no commands of the terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.doubles.coded_study import assign, propose, study_in
from tests.doubles.served import Served
from tests.web.test_pages import Browser

from cothemes.app.review.review import Desk
from cothemes.app.study import Study
from cothemes.errors import CothemesError
from cothemes.records.review import Action, Arm
from cothemes.records.user import UserRole
from cothemes.web.advice import ON_THE_MACHINE, for_pages, sentence


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    made = study_in(tmp_path / "study")
    propose(made)
    yield made
    made.close()


def test_refusals_of_a_sitting_name_no_command(study: Study) -> None:
    assign(study, "ann", {"talk-1.0002": Arm.ASSISTED})
    desk = Desk(study, "ann")
    refused = [
        lambda: desk.decide(desk.card("talk-1.0002"), "B1", Action.ACCEPT),
        lambda: desk.card("policy.0001"),
        lambda: desk.note(desk.card("talk-1.0002"), " "),
        lambda: desk.decide(desk.done(desk.card("talk-1.0002")), "A1", Action.ADD),
    ]
    for act in refused:
        with pytest.raises(CothemesError) as found:
            act()
        told = for_pages(found.value.hint)
        assert told
        assert not any(word in told for word in ("cothemes", "--", "`", "command")), told


def test_sentences_that_fit_stay() -> None:
    assert for_pages("Registered: Ann. Add a person: cothemes reviewers add NAME").startswith(
        "Registered: Ann."
    )
    assert for_pages("Copy them from the passage.") == "Copy them from the passage."
    assert for_pages("") == ""
    assert sentence("Ann's URL is known") == "Ann's URL is known."
    assert sentence("is it?") == "Is it?"


@pytest.mark.parametrize("name", ["talk-1.0002", "glasgow-disability-alliance.0007", "r0001", "no-such-talk"])
def test_an_id_that_begins_a_message_stays_the_id(name: str) -> None:
    assert sentence(f"{name} is not assigned to Ana") == f"{name} is not assigned to Ana."
    assert sentence("e-mail addresses have an @").startswith("E-mail")


@pytest.mark.parametrize(
    "hint",
    [
        "To bring it back: cothemes ingest --resegment --undo talk-1",
        "Its words are gone for good; see cothemes forget --list.",
        "Let a coder propose first: cothemes propose.",
    ],
)
def test_a_command_without_a_page_is_one_of_the_machine(hint: str) -> None:
    told = for_pages(hint)
    assert told.startswith(hint.removesuffix("."))
    assert told.removesuffix(".").endswith(ON_THE_MACHINE)
    assert told.endswith(".") == hint.endswith(".")


def test_notes_of_agreement_name_no_option(study: Study) -> None:
    for arm in (Arm.BLIND, Arm.ASSISTED):
        for name in ("ann", "bob"):
            passage = "talk-1.0002" if arm is Arm.BLIND else "talk-1.0005"
            assign(study, name, {passage: arm})
            desk = Desk(study, name)
            desk.done(desk.decide(desk.card(passage), "A1", Action.ADD))
    lea = Served(study).browser("lea", UserRole.LEAD)
    for arm in ("blind", "all", "reveal", "assisted"):
        page = " ".join(re.split(r"<[^<>]*>", lea.get(f"/agreement?arm={arm}").text))
        assert "--" not in page, arm


def test_pages_of_others_and_empty_queues(study: Study) -> None:
    served = Served(study)
    ann = Browser(served.browser("ann", UserRole.REVIEWER))
    assert "cothemes route" not in ann.open("/review")
    refused = ann.client.get("/people")
    assert refused.status_code == 403
    assert "a lead" in refused.text
    lea = served.browser("lea", UserRole.LEAD).get("/adjudication").text
    assert "cothemes route" not in lea
    stale = ann.client.post("/review/claim", data={"csrf": "0"})
    assert stale.status_code == 403
    assert "csrf" not in stale.text.partition("<main")[2]
