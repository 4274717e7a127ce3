"""Weights of partial agreement between categories: 1 on the diagonal, less further off."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from cothemes.agreement.ratings import Floats, Ratings
from cothemes.errors import RatingsError

Weights = Literal["linear", "quadratic"] | Any | None
"""None: only equal labels agree. A square array: the weights themselves, in the labels' order."""


def weight_matrix(weights: Weights, data: Ratings) -> Floats:
    """Labels × labels, from 0 to 1.

    linear is 1 − |i−j|/(q−1), quadratic its square, over the places of the labels in their order
    (Cohen 1968), not over their values. Raises RatingsError where the labels have no order, or a
    matrix is not square, symmetric, from 0 to 1, with ones on the diagonal.
    """
    size = len(data.labels)
    if weights is None:
        return np.eye(size)
    if isinstance(weights, str):
        if weights not in ("linear", "quadratic"):
            raise RatingsError(
                f"weights={weights!r} is not known", hint="Choose None, 'linear' or 'quadratic'"
            )
        if size:
            data.need_order(f"weights={weights!r}")
        place = np.arange(size)
        gap = np.abs(place[:, None] - place[None, :]) / max(size - 1, 1)
        return np.asarray(1 - gap if weights == "linear" else 1 - np.square(gap))
    given = np.asarray(weights)
    if given.dtype.kind not in "biuf":
        raise RatingsError("weights are not all numbers", hint="Give a square array of numbers from 0 to 1")
    matrix = given.astype(np.float64)
    if matrix.shape != (size, size):
        raise RatingsError(
            f"weights have the shape {matrix.shape} for {size} categories",
            hint="Give a square array in the order of categories=",
        )
    if not (np.isfinite(matrix) & (matrix >= 0) & (matrix <= 1)).all():
        row, column = np.argwhere(~((matrix >= 0) & (matrix <= 1)))[0].tolist()
        raise RatingsError(
            f"the weight of categories {row} and {column} is {matrix[row, column]:g}",
            hint="Give weights from 0, no agreement, to 1, full agreement",
        )
    if not np.allclose(matrix, matrix.T) or not np.allclose(np.diag(matrix), 1):
        raise RatingsError(
            "weights are not symmetric with ones on the diagonal",
            hint="Equal labels agree in full, and agreement has no direction",
        )
    return matrix


def name_of(weights: Weights) -> str:
    """The weights in words, for a result's conventions."""
    if weights is None:
        return "none: only equal labels agree"
    if isinstance(weights, str):
        return f"{weights}, over the places of the categories, not their values"
    return "given as a matrix"
