"""Imported ratings in real SQLite: what goes in comes out, once."""

from __future__ import annotations

from pathlib import Path

from tests.doubles.coded_study import study_in

from cothemes.records.rating import RaterKind, Rating


def test_ratings_come_back_as_they_went_in_and_once(tmp_path: Path) -> None:
    store = study_in(tmp_path / "study", documents=1).store.ratings
    rich = Rating(
        unit="talk-1.0002",
        doc="talk-1",
        rater="zoe",
        kind=RaterKind.SYNTHETIC,
        code="A1",
        value=0,
        arm="blind",
        round="pilot",
        run="r1",
        codebook="abc",
        cluster="P1",
        start=0,
        end=4,
        attributes={"status": "experienced;intended"},
    )
    bare = Rating(unit="talk-1.0002", doc="talk-1", rater="yan", kind=RaterKind.HUMAN)
    store.add([rich, bare])
    store.add([rich.model_copy(update={"value": 1}), bare])
    assert store.all() == [rich, bare]


def test_a_raters_ratings_are_replaced_and_others_stay(tmp_path: Path) -> None:
    store = study_in(tmp_path / "study", documents=1).store.ratings
    rows = [
        Rating(unit="talk-1.0002", doc="talk-1", rater=rater, kind=RaterKind.HUMAN, code="A1")
        for rater in ("zoe", "yan")
    ]
    store.add(rows)
    other = rows[0].model_copy(update={"code": "A2"})
    store.add([other], instead_of=("zoe",))
    assert store.all() == [rows[1], other]
