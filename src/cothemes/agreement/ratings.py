"""Reads units × raters into integer codes, once, so that every coefficient sees the same data.

Rows are units (passages), columns are raters. None, NaN and pandas' NA are missing. Any hashable
label counts; a cell that is a list, tuple or set of labels is read as the set of them.
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cothemes.errors import RatingsError

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]

MISSING = -1


@dataclass(frozen=True, slots=True)
class Ratings:
    """Ratings as codes into a list of labels."""

    codes: Ints
    """Units × raters; index into `labels`, -1 where missing."""

    labels: tuple[Hashable, ...]
    """The categories: those given, else those that occur, in sorted order."""

    ordered: bool
    """True if the order of `labels` means something: all are numbers, or it was given."""

    @property
    def units(self) -> int:
        """Return how many rows there are."""
        return int(self.codes.shape[0])

    @property
    def raters(self) -> int:
        """Return how many columns there are."""
        return int(self.codes.shape[1])

    @property
    def per_unit(self) -> Ints:
        """Ratings that each unit has."""
        return np.asarray((self.codes >= 0).sum(axis=1), dtype=np.intp)

    def counts(self) -> Floats:
        """Units × labels: how many raters gave the label."""
        table = np.zeros((self.units, len(self.labels)))
        unit, rater = np.nonzero(self.codes >= 0)
        np.add.at(table, (unit, self.codes[unit, rater]), 1.0)
        return table

    def numbers(self) -> Floats:
        """The labels as numbers. Raises RatingsError where one is none."""
        if not all(_is_number(label) for label in self.labels):
            wrong = next(label for label in self.labels if not _is_number(label))
            raise RatingsError(
                f"the label {wrong!r} is not a number",
                hint="Use distance='nominal', or 'ordinal' with categories= in their order",
            )
        return np.array([float(label) for label in self.labels])  # type: ignore[arg-type]

    def need_order(self, what: str) -> None:
        """Raise RatingsError where the labels are words and nobody gave their order."""
        if not self.ordered:
            raise RatingsError(
                f"{what} needs an order of the categories, and labels such as {self.labels[0]!r} have none",
                hint="Pass categories= with every label, lowest first",
            )


def read_ratings(ratings: Any, categories: Iterable[Any] | None = None) -> Ratings:
    """Read a table of units × raters: nested sequences, a numpy array or a data frame.

    `categories` names every label that could have been given, in order; without it the labels that occur are
    taken. Raises RatingsError where rows differ in length, the table is not two-dimensional, a rating is
    infinite or not among the categories, or labels are of several kinds, such as 1 and '1': they would count
    as two categories.
    """
    given = None if categories is None else tuple(_label(item) for item in categories)
    if given is not None and len(set(given)) != len(given):
        raise RatingsError("categories= holds a label twice", hint="Name each category once")
    table = _table(ratings)
    if isinstance(table, np.ndarray):
        codes, labels = _from_numbers(table)
    else:
        codes, labels = _from_cells(table)
    order = _sorted_labels(labels) if given is None else list(given)
    place = {label: index for index, label in enumerate(order)}
    unknown = [label for label in labels if label not in place]
    if unknown:
        raise RatingsError(
            f"the rating {unknown[0]!r} is not among the categories",
            hint="Add it to categories=, or make the rating missing",
        )
    lookup = np.array([place[label] for label in labels] + [MISSING], dtype=np.intp)
    ordered = given is not None or all(_is_number(label) for label in order)
    _refuse_unlike(codes, labels)
    return Ratings(codes=lookup[codes], labels=tuple(order), ordered=ordered)


def _refuse_unlike(codes: Ints, labels: Sequence[Hashable]) -> None:
    """Name the unit and rater of the first label that is infinite or of another kind than the first."""
    for place, label in enumerate(labels):
        infinite = _is_number(label) and abs(label) == math.inf  # type: ignore[arg-type]
        if infinite or kind_of(label) != kind_of(labels[0]):
            unit, rater = np.argwhere(codes == place)[0].tolist()
            beside = "" if infinite else f" beside {labels[0]!r}"
            raise RatingsError(
                f"unit {unit}, rater {rater} has the rating {label!r}{beside}",
                hint="Give finite numbers; make a rating missing where there is none"
                if infinite
                else "Give all ratings as numbers, all as words, or all as sets of codes",
            )


def kind_of(label: Hashable) -> str:
    """`number`, or the type of a label that is none; labels of two kinds never stand in one table."""
    return "number" if _is_number(label) else type(label).__name__


def _table(ratings: Any) -> NDArray[Any] | list[Sequence[Any]]:
    """A numeric array, or rows of cells."""
    if isinstance(ratings, np.ma.MaskedArray):
        ratings = np.array(ratings.tolist(), dtype=object)
    elif not isinstance(ratings, np.ndarray) and hasattr(ratings, "to_numpy"):
        ratings = ratings.to_numpy()
    if isinstance(ratings, np.ndarray):
        if ratings.ndim != 2 and ratings.size:
            raise RatingsError(
                f"ratings have {ratings.ndim} dimension(s), not two",
                hint="Rows are units and columns are raters",
            )
        if ratings.ndim == 2 and ratings.dtype.kind in "iufb":
            return ratings
        ratings = ratings.tolist()
    rows = list(ratings)
    for number, row in enumerate(rows):
        if isinstance(row, str | bytes) or not isinstance(row, Sequence | np.ndarray):
            raise RatingsError(
                f"row {number} is {row!r}, not a row of ratings",
                hint="Rows are units and columns are raters",
            )
        if len(row) != len(rows[0]):
            raise RatingsError(
                f"row {number} has {len(row)} ratings where row 0 has {len(rows[0])}",
                hint="Give every unit a cell for every rater, None where it was not rated",
            )
    return rows


def _from_numbers(table: NDArray[Any]) -> tuple[Ints, list[Hashable]]:
    missing = np.isnan(table) if table.dtype.kind == "f" else np.zeros(table.shape, dtype=bool)
    values, inverse = np.unique(table[~missing], return_inverse=True)
    codes = np.full(table.shape, MISSING, dtype=np.intp)
    codes[~missing] = inverse
    return codes, values.tolist()


def _from_cells(rows: list[Sequence[Any]]) -> tuple[Ints, list[Hashable]]:
    width = len(rows[0]) if rows else 0
    codes = np.full((len(rows), width), MISSING, dtype=np.intp)
    place: dict[Hashable, int] = {}
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            if not is_missing(cell):
                codes[number, column] = place.setdefault(_label(cell), len(place))
    return codes, list(place)


def is_missing(cell: Any) -> bool:
    """Return whether a cell holds no rating: None, NaN, or pandas' NA and NaT."""
    if cell is None:
        return True
    if isinstance(cell, float | np.floating):
        return bool(cell != cell)
    return type(cell).__name__ in {"NAType", "NaTType"}


def _label(cell: Any) -> Hashable:
    if isinstance(cell, np.ndarray | np.generic):
        cell = cell.tolist()
    try:
        if isinstance(cell, list | tuple | set | frozenset):
            return frozenset(cell)
        hash(cell)
    except TypeError as error:
        raise RatingsError(
            f"the rating {cell!r} is neither a label nor a set of labels",
            hint="Give each cell one label, or a list or set of labels; None where not rated",
        ) from error
    label: Hashable = cell
    return label


def _is_number(label: Any) -> bool:
    return isinstance(label, numbers.Real)


def _sorted_labels(labels: Sequence[Hashable]) -> list[Hashable]:
    if all(_is_number(label) for label in labels) or all(isinstance(x, str) for x in labels):
        return sorted(labels)  # type: ignore[type-var]
    return sorted(labels, key=_sort_key)


def _sort_key(label: Hashable) -> tuple[str, str]:
    shown = sorted(map(repr, label)) if isinstance(label, frozenset) else repr(label)
    return type(label).__name__, str(shown)
