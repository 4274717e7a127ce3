"""Readings that are no part of the random sample, each under one reason."""

from __future__ import annotations

from datetime import UTC, datetime

from cothemes.records.left_out import Reason
from cothemes.records.review import Arm, Assignment, ReadingArm, Stream
from cothemes.stages.evaluate.prevalence.outside import FinishedReading, outside

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)


def given(number: int, arm: Arm, stream: Stream = Stream.DRAWN, chance: float | None = 0.28) -> Assignment:
    return Assignment(
        reviewer="ann", passage=f"d.{number:04d}", document="d", round="main", arm=arm, probability=0.5,
        double=False, position=number, drawn=NOW, seed=1, chance=chance, stream=stream,
    )  # fmt: skip


def read(number: int, arm: ReadingArm, *codes: str) -> FinishedReading:
    return FinishedReading("ann", f"d.{number:04d}", arm, codes)


def test_every_reading_outside_the_sample_is_told_under_one_reason() -> None:
    """Put forward 3 (by uncertainty, value and for a rare code) with 1 + 2 + 0 decisions; with suggestions
    in drawn order 1; one reveal passage, its two parts once; blind 2, of which one does not count yet, and
    one without a chance, which is told elsewhere. Nothing is said of d.0009, which nobody has finished."""
    assignments = [
        given(1, Arm.ASSISTED, Stream.PRIORITY),
        given(2, Arm.ASSISTED, Stream.VALUE),
        given(3, Arm.ASSISTED, Stream.RARE),
        given(4, Arm.ASSISTED),
        given(5, Arm.REVEAL, Stream.DOCUMENT),
        given(6, Arm.BLIND),
        given(7, Arm.BLIND),
        given(8, Arm.BLIND, chance=None),
        given(9, Arm.ASSISTED, Stream.VALUE),
    ]
    readings = [
        read(1, ReadingArm.ASSISTED, "B"),
        read(2, ReadingArm.ASSISTED, "C", "A"),
        read(3, ReadingArm.ASSISTED),
        read(4, ReadingArm.ASSISTED, "A"),
        read(5, ReadingArm.REVEAL, "A"),
        read(5, ReadingArm.REVEALED, "A", "B"),
        read(6, ReadingArm.BLIND, "A"),
        read(7, ReadingArm.BLIND, "B"),
        read(8, ReadingArm.BLIND, "C"),
    ]
    found = outside(assignments, readings, ("A", "B", "C"), counted={"d.0006"})
    assert [(each.reason, each.unit, each.count, each.codes) for each in found] == [
        (Reason.PUT_FORWARD, "reading", 3, None),
        (Reason.PUT_FORWARD, "decision", 3, ("A", "B", "C")),
        (Reason.ARM_REVEAL, "reading", 1, None),
        (Reason.ARM_REVEAL, "decision", 1, ("A",)),
        (Reason.ARM_ASSISTED, "reading", 1, None),
        (Reason.ARM_ASSISTED, "decision", 1, ("A",)),
        (Reason.WAITS_FOR_DRAW, "reading", 1, None),
        (Reason.WAITS_FOR_DRAW, "decision", 1, ("B",)),
    ]


def test_nothing_is_told_where_all_is_in_the_sample() -> None:
    assert outside([given(1, Arm.BLIND)], [read(1, ReadingArm.BLIND, "A")], ("A",), {"d.0001"}) == ()
