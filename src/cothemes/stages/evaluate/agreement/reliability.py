"""What a coder's own numbers are worth: calibration, and the order in which they send passages to people."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cothemes.agreement.calibration import brier_score, expected_calibration_error, reliability_bins
from cothemes.agreement.result import plain
from cothemes.records.rating_table import RatingTable
from cothemes.records.record import Record
from cothemes.stages.evaluate.agreement.cells import cells_of

BINS = 10
POINTS = 20
FEWEST = 30
"""Cells under which nothing is said."""

Cell = tuple[str, str]
"""Unit and code."""


class Bin(Record):
    """Cells of like numbers."""

    low: float
    high: float
    cells: int
    mean: float | None
    share_true: float | None


class Point(Record):
    """After this share of passages, this share of errors is mended."""

    reviewed: float
    proposed: float
    oracle: float


class Reliability(Record):
    """One coder's numbers against people's blind codes."""

    model: str
    basis: str
    """Description of the cells that have a number."""
    cells: int
    positives: int
    brier: float | None
    expected_calibration_error: float | None
    bins: tuple[Bin, ...]
    workload: tuple[Point, ...] = ()
    """Errors mended when passages are reviewed in the order of the errors that the numbers expect."""
    passages: int = 0
    errors: int = 0


@dataclass(frozen=True)
class Numbers:
    """Numbers that a coder gave each passage it coded."""

    rater: str
    applied: Mapping[str, frozenset[str]]
    """Unit → codes it suggested."""
    stated: Mapping[Cell, float]
    """Between 0 and 1, where it gave a number."""
    basis: str


def majority(table: RatingTable, raters: Collection[str]) -> dict[Cell, int]:
    """Return what most of these raters said of each unit and code, blind or in no arm; ties are left out."""
    blind = np.array([name in ("", "blind") for name in table.arm.names], dtype=bool)[table.arm.index]
    places = tuple(place for place, name in enumerate(table.raters) if name in raters)
    cells = cells_of(table.kept(blind), places)
    found: dict[Cell, int] = {}
    for block in cells.blocks():
        counts, codes = cells.counts(block), table.codes[block]
        for unit, code in zip(*np.nonzero(counts.ones != counts.zeros), strict=True):
            name = table.units[int(cells.units[unit])]
            found[(name, codes[code])] = int(counts.ones[unit, code] > counts.zeros[unit, code])
    return found


def reliability(numbers: Numbers, truth: Mapping[Cell, int]) -> Reliability | None:
    """`truth`: people's blind codes, 1 or 0, ties left out. None where there is too little to say."""
    known = [cell for cell in truth if cell in numbers.stated]
    if len(known) < FEWEST or len({truth[cell] for cell in known}) < 2:
        return None
    outcomes, stated = [truth[cell] for cell in known], [numbers.stated[cell] for cell in known]
    workload, passages, errors = _workload(numbers, truth)
    return Reliability(
        model=numbers.rater,
        basis=numbers.basis,
        cells=len(known),
        positives=sum(outcomes),
        brier=plain(brier_score(outcomes, stated, interval=None).value),
        expected_calibration_error=plain(
            expected_calibration_error(outcomes, stated, BINS, interval=None).value
        ),
        bins=bins_of(outcomes, stated),
        workload=workload,
        passages=passages,
        errors=errors,
    )


def bins_of(truth: Sequence[int], stated: Sequence[float]) -> tuple[Bin, ...]:
    """Return the reliability diagram of stated probabilities: ten bins of equal width."""
    return tuple(
        Bin(
            low=each.low,
            high=each.high,
            cells=each.units,
            mean=plain(each.mean_probability),
            share_true=plain(each.share_true),
        )
        for each in reliability_bins(truth, stated, BINS)
    )


def _workload(numbers: Numbers, truth: Mapping[Cell, int]) -> tuple[tuple[Point, ...], int, int]:
    errors: dict[str, int] = {}
    expected: dict[str, float] = {}
    for (unit, code), label in truth.items():
        if unit not in numbers.applied:
            continue
        given = code in numbers.applied[unit]
        chance = numbers.stated.get((unit, code), float(given))
        errors[unit] = errors.get(unit, 0) + (given != bool(label))
        expected[unit] = expected.get(unit, 0.0) + (1 - chance if given else chance)
    units = list(errors)
    total = sum(errors.values())
    if len(units) < FEWEST or not total:
        return (), len(units), total
    wrong = np.array([errors[unit] for unit in units])
    proposed = np.argsort(-np.array([expected[unit] for unit in units]), kind="stable")
    curves = [
        np.concatenate([[0], np.cumsum(wrong[order])]) / total for order in (proposed, np.argsort(-wrong))
    ]
    places = np.linspace(0, 1, POINTS + 1)
    at = np.arange(len(units) + 1) / len(units)
    mended = [np.interp(places, at, curve) for curve in curves]
    return (
        tuple(
            Point(reviewed=float(x), proposed=float(a), oracle=float(b))
            for x, a, b in zip(places, *mended, strict=True)
        ),
        len(units),
        total,
    )
