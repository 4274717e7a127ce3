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

AT_ONCE = 512
"""Labels by labels: a block that stays in the processor's cache."""
SPARSE = 0.1
"""Share of clusters × labels that hold anything, under which only those are multiplied."""


class Distances(Protocol):
    """Distances among a list of labels."""

    size: int

    def block(self, rows: slice, columns: slice) -> Floats:
        """Distances of some labels to some labels."""

    def between(self, left: Ints, right: Ints) -> Floats:
        """Distances of label `left[i]` to label `right[i]`."""


class NominalDistances:
    """1 between different labels."""

    def __init__(self, size: int) -> None:
        self.size = size

    def block(self, rows: slice, columns: slice) -> Floats:
        """See `Distances`."""
        place = np.arange(self.size)
        return np.asarray(place[rows, None] != place[None, columns], dtype=np.float64)

    def between(self, left: Ints, right: Ints) -> Floats:
        """See `Distances`."""
        return np.asarray(left != right, dtype=np.float64)


class NumberDistances:
    """Squared differences of numbers, or of their ratio to the sum (Krippendorff 2011)."""

    def __init__(self, values: Floats, *, ratio: bool) -> None:
        self.size = len(values)
        self._values = values
        self._ratio = ratio

    def block(self, rows: slice, columns: slice) -> Floats:
        """See `Distances`."""
        return self._of(self._values[rows, None], self._values[None, columns])

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

    def block(self, rows: slice, columns: slice) -> Floats:
        """See `Distances`."""
        return self._matrix[rows, columns]

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
    """All distances by a function of two labels. Raises RatingsError where one is not finite or negative."""
    matrix = np.zeros((len(labels), len(labels)))
    for row, left in enumerate(labels):
        for column in range(row):
            found = float(distance(left, labels[column]))
            if not 0 <= found < math.inf:
                raise RatingsError(
                    f"the distance of {left!r} and {labels[column]!r} is {found}",
                    hint="A distance is a finite number from 0 up",
                )
            matrix[row, column] = matrix[column, row] = found
    return matrix


def greatest_of(distances: Distances) -> float | None:
    """The greatest distance that there can be; None where it is not at hand."""
    if isinstance(distances, SetDistance | NominalDistances):
        return 1.0
    whole = slice(0, distances.size)
    return float(distances.block(whole, whole).max()) if distances.size <= AT_ONCE else None


def is_squared(distances: Distances) -> bool:
    """Return whether the distances are known to be squared ones of points in a space.

    Squared differences of numbers are; those of the ratio scale are, as tanh²(x/2) of logarithms; 1 less
    Jaccard's or Dice's similarity is, for both are positive semi-definite (Gower and Legendre 1986).
    """
    if isinstance(distances, SetDistance):
        return distances.name in ("jaccard", "dice")
    return isinstance(distances, NominalDistances | NumberDistances)


def applied(distances: Distances, vector: Floats) -> Floats:
    """The matrix of distances times a vector over labels, block by block."""
    whole = slice(0, distances.size)
    return np.concatenate([distances.block(rows, whole) @ vector for rows in _slices(distances.size)])


def crossed(distances: Distances, held: Floats) -> Floats:
    """Clusters × clusters: distances summed over a label of the one and a label of the other.

    `held` is clusters × labels, how often each holds a label. Distances are symmetric, so that each block is
    counted once, and half of those on the diagonal. Most labels lie in few clusters: sparse columns cost a
    tenth of full ones.
    """
    count = len(held)
    parts: list[Any] = [np.ascontiguousarray(held[:, columns]) for columns in _slices(distances.size)]
    if np.count_nonzero(held) < SPARSE * held.size:
        from scipy import sparse

        parts = [sparse.csr_array(part) for part in parts]
    upper = np.zeros((count, count))
    for first, rows in enumerate(_slices(distances.size)):
        reached = np.zeros((count, rows.stop - rows.start))
        for second, columns in enumerate(_slices(distances.size)):
            if second >= first:
                block = distances.block(columns, rows)
                reached += parts[second] @ (block / 2 if second == first else block)
        upper += (parts[first] @ reached.T).T
    return np.asarray(upper + upper.T)


def _slices(size: int) -> Iterator[slice]:
    """Consecutive parts of the labels that cover all of them."""
    for start in range(0, size, AT_ONCE):
        yield slice(start, min(start + AT_ONCE, size))
