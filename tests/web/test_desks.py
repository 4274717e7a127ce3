"""A desk that is kept between requests is never behind the records."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.doubles.coded_study import assign, propose, study_in

from cothemes.app.review.desks import Desks
from cothemes.app.review.review import Desk
from cothemes.app.routing.reassign import reassign
from cothemes.app.study import Study
from cothemes.records.review import Action, Arm


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    made = study_in(tmp_path / "study")
    propose(made)
    assign(made, "ann", {"talk-1.0002": Arm.BLIND, "talk-1.0004": Arm.BLIND})
    yield made
    made.close()


def coded(desks: Desks, passage: str = "talk-1.0002") -> list[str]:
    with desks.reading("ann") as (_, desk):
        standing = desk.standing(passage)
        return sorted(standing.coded) if standing else []


def test_it_is_kept(study: Study) -> None:
    desks = Desks(study)
    with desks.reading("ann") as (_, first):
        assert first.reviewer == "ann"
    with desks.writing("ann") as (_, desk):
        desk.decide(desk.card("talk-1.0002"), "A1", Action.ADD)
    with desks.reading("ann") as (_, again):
        assert again is first
    assert coded(desks) == ["A1"]


def test_it_sees_what_others_did(study: Study) -> None:
    desks = Desks(study)
    assert coded(desks) == []
    elsewhere = Desk(study, "ann")
    elsewhere.decide(elsewhere.card("talk-1.0002"), "B1", Action.ADD)
    assert coded(desks) == ["B1"]
    assign(study, "ann", {"talk-1.0005": Arm.ASSISTED})
    with desks.reading("ann") as (_, desk):
        assert desk.standing("talk-1.0005") is not None
    reassign(study, "ann", "bob")
    with desks.reading("ann") as (_, desk):
        assert desk.standing("talk-1.0004") is None


def test_it_sees_another_codebook(study: Study) -> None:
    desks = Desks(study)
    coded(desks)
    path = study.codebook_path
    path.write_text(path.read_text(encoding="utf-8").replace("Turnover of staff", "Staff leaving"), "utf-8")
    with desks.reading("ann") as (_, desk):
        assert desk.codebook.by_id["B1"].label == "Staff leaving"


def test_it_sees_an_earlier_cut_taken_up_again(study: Study) -> None:
    desks = Desks(study)
    first = study.store.passages.of("talk-1")
    study.store.passages.replace("talk-1", [each for each in first if each.id != "talk-1.0002"])
    with desks.reading("ann") as (_, desk):
        assert not desk.waits("talk-1.0002")
    study.store.passages.replace("talk-1", first)
    with desks.reading("ann") as (_, desk):
        assert desk.waits("talk-1.0002")


def test_what_failed_leaves_nothing(study: Study) -> None:
    desks = Desks(study)

    def fail() -> None:
        with desks.writing("ann") as (_, desk):
            desk.decide(desk.card("talk-1.0002"), "A1", Action.ADD)
            raise RuntimeError("the power went")

    with pytest.raises(RuntimeError):
        fail()
    assert study.store.reviews.decisions(reviewer="ann") == []
    assert coded(desks) == []
