"""What waits, and in which order."""

from __future__ import annotations

from tests.doubles.desk import assignment, card, session

from cothemes.records.review import Arm, Decision
from cothemes.stages.review.queue import Queue, queue_of
from cothemes.stages.review.reading_state import ReadingState, fold


def waiting(queue: Queue) -> list[str]:
    return [standing.assignment.passage for standing in queue.waiting]


def test_skipped_passages_come_last_and_done_ones_not_at_all() -> None:
    pen = session()
    skip, done = pen.skip(card(Arm.BLIND)), pen.done(card(Arm.BLIND))
    logs: dict[int, list[Decision]] = {1: [], 2: [skip], 3: [], 4: done}
    standings = [fold(assignment(Arm.BLIND, number), log) for number, log in logs.items()]
    queue = queue_of(standings, [], lambda _: True)
    assert waiting(queue) == ["talk.0001", "talk.0003", "talk.0002"]
    assert (queue.done, queue.total) == (1, 4)


def test_a_locked_passage_waits_for_a_coder() -> None:
    locked = fold(assignment(Arm.REVEAL), session().done(card(Arm.REVEAL)))
    held = queue_of([locked], [], lambda _: True)
    assert (waiting(held), held.held) == ([], 1)
    assert waiting(queue_of([locked], ["talk.0002"], lambda _: True)) == ["talk.0002"]


def test_an_earlier_cut_is_set_aside() -> None:
    standings: list[ReadingState] = [fold(assignment(Arm.BLIND, number), []) for number in (1, 2)]
    queue = queue_of(standings, [], lambda a: a.passage == "talk.0001")
    assert (waiting(queue), queue.aside, queue.total) == (["talk.0001"], 1, 1)
