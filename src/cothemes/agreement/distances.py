"""Distances between labels, in blocks, so that thousands of distinct labels fit in memory."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Any, Literal, Protocol

import numpy as np

from cothemes.agreement.ratings import Floats, Ints, Ratings
from cothemes.agreement.set_distances import SET_DISTANCES, SetDistance
from cothemes.errors import RatingsError

DistanceName = Literal["nominal", "ordinal", "interval", "ratio", "jaccard", "masi", "masi_product", "dice"]
Distance = DistanceName | Callable[[Any, Any], float]
"""A name, or a function of two labels that is symmetric and 0 for equal ones."""

ROWS_AT_ONCE = 256


class Distances(Protocol):
    """Distances among a list of labels."""

    size: int

    def rows(self, start: int, stop: int) -> Floats:
        """Distances from labels start … stop − 1 to all labels."""

    def between(self, left: Ints, right: Ints) -> Floats:
        """Distances of label `left[i]` to label `right[i]`."""


class NominalDistances:
    """1 between different labels."""

    def __init__(self, size: int) -> None:
        self.size = size

    def rows(self, start: int, stop: int) -> Floats:
        """See `Distances`."""
        block = np.ones((stop - start, self.size))
        block[np.arange(stop - start), np.arange(start, stop)] = 0
        return block

    def between(self, left: Ints, right: Ints) -> Floats:
        """See `Distances`."""
        return np.asarray(left != right, dtype=np.float64)


class NumberDistances:
    """Squared differences of numbers, or of their ratio to the sum (Krippendorff 2011)."""

    def __init__(self, values: Floats, *, ratio: bool) -> None:
        self.size = len(values)
        self._values = values
        self._ratio = ratio

    def rows(self, start: int, stop: int) -> Floats:
        """See `Distances`."""
        return self._of(self._values[start:stop, None], self._values[None, :])

    def between(self, left: Ints, right: Ints) -> Floats:
        """See `Distances`."""
        return self._of(self._values[left], self._values[right])

    def _of(self, left: Floats, right: Floats) -> Floats:
        gap, total = left - right, left + right
        if self._ratio:
            gap = np.divide(gap, total, out=np.zeros_like(gap), where=total != 0)
        return np.asarray(np.square(gap))


class MatrixDistances:
    """Distances given as a square array."""

    def __init__(self, matrix: Floats) -> None:
        self.size = len(matrix)
        self._matrix = matrix

    def rows(self, start: int, stop: int) -> Floats:
        """See `Distances`."""
        return self._matrix[start:stop]

    def between(self, left: Ints, right: Ints) -> Floats:
        """See `Distances`."""
        return np.asarray(self._matrix[left, right])


def distances_of(distance: Distance, data: Ratings) -> Distances:
    """The distances that a name or a function stands for, except ordinal, which needs the counts.

    Raises RatingsError where the labels do not fit the distance.
    """
    if distance == "nominal":
        return NominalDistances(len(data.labels))
    if distance == "interval" or distance == "ratio":
        values = data.numbers()
        if distance == "ratio" and (values < 0).any():
            raise RatingsError(
                f"the ratio distance met the rating {values.min():g}",
                hint="Ratio scales start at 0; use distance='interval'",
            )
        return NumberDistances(values, ratio=distance == "ratio")
    if callable(distance):
        return MatrixDistances(matrix_of(distance, data.labels))
    if distance in SET_DISTANCES:
        return SetDistance(distance, data.labels)
    raise RatingsError(
        f"distance={distance!r} is not known",
        hint="Choose nominal, ordinal, interval, ratio, jaccard, masi, masi_product, dice or a function",
    )


def matrix_of(distance: Callable[[Any, Any], float], labels: Sequence[Hashable]) -> Floats:
    """All distances by a function of two labels. Raises RatingsError where one is negative or NaN."""
    matrix = np.zeros((len(labels), len(labels)))
    for row, left in enumerate(labels):
        for column in range(row):
            found = float(distance(left, labels[column]))
            if math.isnan(found) or found < 0:
                raise RatingsError(
                    f"the distance of {left!r} and {labels[column]!r} is {found}",
                    hint="A distance is a number from 0 up",
                )
            matrix[row, column] = matrix[column, row] = found
    return matrix


def blocks(size: int) -> Iterator[tuple[int, int]]:
    """Consecutive ranges of labels that cover all of them."""
    for start in range(0, size, ROWS_AT_ONCE):
        yield start, min(start + ROWS_AT_ONCE, size)


def applied(distances: Distances, vectors: Floats) -> Floats:
    """The matrix of distances times `vectors` (labels × columns), block by block."""
    out = np.empty((distances.size, vectors.shape[1]))
    for start, stop in blocks(distances.size):
        out[start:stop] = distances.rows(start, stop) @ vectors
    return out
