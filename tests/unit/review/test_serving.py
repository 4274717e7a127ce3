"""A queue kept up to date act by act is the queue counted anew."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.doubles.desk import BOOK, DOCUMENT, assignment, passage, session

from cothemes.records.review import Action, Arm, Decision
from cothemes.stages.review.card import card_of
from cothemes.stages.review.queue import Serving, queue_of
from cothemes.stages.review.reading_state import ReadingState, fold

ARMS = (Arm.BLIND, Arm.REVEAL, Arm.ASSISTED, Arm.REVEAL, Arm.BLIND)


def current(assignment_: object) -> bool:
    return getattr(assignment_, "passage", "") != "talk.0005"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 5), st.sampled_from(["skip", "done", "note", "reopen", "undo"]))))
def test_act_by_act_equals_counted_anew(steps: list[tuple[int, str]]) -> None:
    pen = session()
    logs: dict[str, list[Decision]] = {f"talk.{n:04d}": [] for n in range(1, 6)}
    given_ = {f"talk.{n:04d}": assignment(arm, n) for n, arm in enumerate(ARMS, start=1)}
    spoken = {"talk.0002"}

    def standing(passage_id: str) -> ReadingState:
        return fold(given_[passage_id], logs[passage_id])

    serving = Serving([standing(p) for p in given_], spoken, current)
    made: list[Decision] = []
    for number, act in steps:
        where = f"talk.{number:04d}"
        before = standing(where)
        seen = passage(number)
        card = card_of(before, seen, DOCUMENT, codebook=BOOK, proposed=before.sees_suggestions)
        new: list[Decision] = []
        if act == "reopen" and before.done:
            new = [pen.reopen(before)]
        elif act == "undo" and made:
            last = made.pop()
            if not (last.arm is Arm.BLIND and standing(last.passage).locked):
                new = [pen._taking_back(last)]
        elif act == "note":
            new = [pen.note(card, "x")]
        elif not before.done and act in ("skip", "done"):
            new = [pen.skip(card)] if act == "skip" else pen.done(card)
        made += [d for d in new if d.action is not Action.UNDO]
        for decision in new:
            logs[decision.passage].append(decision)
        for changed in {d.passage for d in new}:
            serving.put(standing(changed))
        anew = queue_of([standing(p) for p in given_], spoken, current)
        progress = serving.progress
        assert (progress.done, progress.held, progress.aside, progress.total) == (
            anew.done,
            anew.held,
            anew.aside,
            anew.total,
        )
        assert progress.skipped == sum(s.current.skipped for s in anew.waiting)
        waiting = [s.assignment.passage for s in anew.waiting]
        assert [p for p in given_ if serving.waits(p)] == sorted(waiting)
        served = []
        while (found := serving.next(served)) is not None:
            served.append(found)
        assert served == waiting


def test_a_held_passage_waits_once_a_coder_has_spoken() -> None:
    locked = fold(assignment(Arm.REVEAL), [])
    serving = Serving([locked], [], lambda _: True)
    pen = session()
    card = card_of(locked, passage(), DOCUMENT, codebook=BOOK)
    after = fold(assignment(Arm.REVEAL), pen.done(card))
    serving.put(after)
    assert (serving.held, serving.next()) == (["talk.0002"], None)
    serving.put(after, spoken=True)
    assert serving.next() == "talk.0002"
