"""Two people code one study at once, and clocks go back: nothing is lost, and nothing depends on the hour."""

from __future__ import annotations

import multiprocessing
from datetime import UTC, datetime, timedelta
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.doubles.coded_study import NOW, assign, propose, study_in
from tests.doubles.patience import PATIENCE

from cothemes.app import wiring
from cothemes.app.figures.anchoring import anchoring
from cothemes.app.ratings import human_ratings
from cothemes.app.review.review import Desk
from cothemes.app.routing.reassign import reassign
from cothemes.app.study import Study
from cothemes.errors import StateConflict
from cothemes.records.review import Action, Arm, Assignment, Decision
from cothemes.stages.review.reading_state import fold

TALKS = 12
PASSAGES = [f"talk-{n}.{k:04d}" for n in range(1, TALKS + 1) for k in (2, 4, 5)]


def code_all(root: str, name: str, code: str, together: Barrier) -> None:
    """One person's process: codes every passage that waits, one after the other. Both begin together, and
    again after the half, so that neither is through before the other has begun."""
    study = Study(Path(root))
    desk = Desk(study, name)
    coded = 0
    while (passage := desk.next_passage()) is not None:
        if coded in (0, len(PASSAGES) // 2):
            together.wait(PATIENCE)
        coded += 1
        desk.done(desk.decide(desk.card(passage), code, Action.ADD, note=f"{name} on {passage}"))
    study.close()


def test_two_people_code_one_study_at_the_same_time(tmp_path: Path) -> None:
    study = study_in(tmp_path / "study", documents=TALKS)
    for name in ("ann", "bob"):
        assign(study, name, dict.fromkeys(PASSAGES, Arm.BLIND))
    context = multiprocessing.get_context("spawn")
    together = context.Barrier(2)
    workers = [
        context.Process(target=code_all, args=(str(study.root), name, code, together))
        for name, code in (("ann", "A1"), ("bob", "A2"))
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(PATIENCE)
        assert worker.exitcode == 0
    decisions = study.store.reviews.decisions()
    assert len(decisions) == len({d.id for d in decisions}) == 2 * 2 * len(PASSAGES)
    given = {(r.rater, r.unit, r.code) for r in human_ratings(study).ratings if r.value == 1}
    assert given == {(name, p, code) for name, code in (("ann", "A1"), ("bob", "A2")) for p in PASSAGES}
    turns = [decision.reviewer for decision in decisions]
    assert turns != sorted(turns), "they did work at the same time"


def give_on(root: str) -> None:
    study = Study(Path(root))
    reassign(study, "ann", "bob")
    study.close()


def test_work_is_given_on_while_its_owner_codes(tmp_path: Path) -> None:
    """Whatever comes first, each passage has one owner, and who coded it is the owner."""
    study = study_in(tmp_path / "study", documents=TALKS)
    assign(study, "ann", dict.fromkeys(PASSAGES, Arm.BLIND))
    process = multiprocessing.get_context("spawn").Process(target=give_on, args=(str(study.root),))
    ann = Desk(study, "ann")
    process.start()
    refused = 0
    for passage in PASSAGES:
        if passage == PASSAGES[len(PASSAGES) // 2]:
            process.join(PATIENCE)
        try:
            ann.done(ann.card(passage))
        except StateConflict:
            refused += 1
    process.join(PATIENCE)
    assert process.exitcode == 0
    owners = {a.passage: a.reviewer for a in study.store.reviews.assignments()}
    assert set(owners) == set(PASSAGES)
    coded = {d.passage for d in study.store.reviews.decisions(reviewer="ann") if d.action is Action.DONE}
    assert coded == {passage for passage, owner in owners.items() if owner == "ann"}
    assert refused == sum(owner == "bob" for owner in owners.values()) > 0


class BackwardsClock:
    """Every look at it shows an earlier hour."""

    def __init__(self) -> None:
        self.time = NOW

    def now(self) -> datetime:
        self.time -= timedelta(minutes=7)
        return self.time


def test_a_clock_that_goes_back_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last word is the one stored last; undo takes it back; the time of a passage is not negative."""
    study = study_in(tmp_path / "study")
    propose(study)
    assign(study, "ann", {"talk-1.0002": Arm.BLIND, "talk-1.0004": Arm.REVEAL, "talk-2.0002": Arm.BLIND})
    clock = BackwardsClock()
    monkeypatch.setattr(wiring, "clock", lambda: clock)
    ann = Desk(study, "ann")
    card = ann.decide(ann.card("talk-1.0002"), "A1", Action.ADD)
    card = ann.decide(card, "A1", Action.REJECT)
    ann.done(ann.decide(card, "B1", Action.ADD))
    ann.done(ann.decide(ann.card("talk-1.0004"), "B1", Action.ADD))
    ann.done(ann.decide(ann.card("talk-1.0004"), "A2", Action.ACCEPT))
    ann.done(ann.decide(ann.card("talk-2.0002"), "A1", Action.ADD))
    ann.undo()
    again = Desk(study, "ann")
    assert {s.assignment.passage: (s.done, set(s.coded)) for s in again.standings} == {
        "talk-1.0002": (True, {"B1"}),
        "talk-1.0004": (True, {"B1", "A2"}),
        "talk-2.0002": (False, {"A1"}),
    }
    times = [decision.at for decision in study.store.reviews.decisions()]
    assert times == sorted(times, reverse=True)
    (person,) = anchoring(study).people
    assert person.pace is not None
    assert (person.pace.passages, person.pace.median_seconds) == ({}, {}), (
        "a clock that goes back tells no time"
    )
    assert person.pace.unknown > 0
    assert person.changes is not None
    assert person.changes.taken_up.value == 1


@settings(max_examples=80, deadline=None)
@given(
    acts=st.lists(
        st.tuples(
            st.sampled_from(["accept", "reject", "add", "done", "reopen", "skip", "undo"]), st.booleans()
        ),
        max_size=14,
    ),
    hours=st.lists(st.integers(-500, 500), min_size=14, max_size=14),
)
def test_a_standing_depends_on_the_order_of_records_and_on_no_hour(
    acts: list[tuple[str, bool]], hours: list[int]
) -> None:
    assignment = Assignment(
        reviewer="ann", passage="d.1", document="d", round="main", arm=Arm.ASSISTED, probability=1,
        double=False, position=0, drawn=NOW, seed=1,
    )  # fmt: skip
    made: list[Decision] = []
    for number, (act, first) in enumerate(acts):
        coded = act in ("accept", "reject", "add")
        made.append(
            Decision(
                id=f"{number:02d}", at=NOW, reviewer="ann", passage="d.1", round="main", arm=Arm.ASSISTED,
                action=Action(act), code=("A" if first else "B") if coded else None, codebook_hash="h",
                undoes=f"{number - 1:02d}" if act == "undo" and number else None,
            )
        )  # fmt: skip
    shuffled = [
        decision.model_copy(update={"at": datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hour)})
        for decision, hour in zip(made, hours, strict=False)
    ]
    one, other = fold(assignment, made), fold(assignment, shuffled)
    assert (one.done, set(one.coded), one.current.skipped) == (
        other.done, set(other.coded), other.current.skipped,
    )  # fmt: skip
