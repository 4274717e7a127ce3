"""Reviewed passages as the learner takes them: what people said, and how firmly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from cothemes.records.passage import Passage
from cothemes.records.record import Record

PASSED_OVER = 0.5
"""Weight of a code that nobody offered and nobody gave. Where a reviewer who sees suggestions adds a share c
of the codes that were not among them, weighing what she left by c keeps the odds of a rare code right (after
Elkan and Noto 2008). Her share is not known; a half errs by a factor of two at most as long as she adds a
quarter.
"""

Floats = NDArray[np.float64]


class Reviewed(Record):
    """One passage with people's decisions on it."""

    passage: Passage
    labels: Mapping[str, int]
    """Code → 1 (applies) or 0 (rejected, or closed by a blind *done*). A code that is absent was not
    reviewed."""
    passed_over: frozenset[str] = frozenset()
    """Codes that were neither offered nor given on a passage that was done with suggestions in view."""


def label_matrix(reviewed: Sequence[Reviewed], codes: Sequence[str]) -> Floats:
    """Passages × codes: 1, 0, and NaN where nobody said. Codes no longer in the codebook are dropped."""
    matrix = np.full((len(reviewed), len(codes)), np.nan)
    column = {code: at for at, code in enumerate(codes)}
    for row, each in enumerate(reviewed):
        for code in each.passed_over & column.keys():
            matrix[row, column[code]] = 0
        for code, value in each.labels.items():
            if code in column:
                matrix[row, column[code]] = value
    return matrix


def weight_matrix(reviewed: Sequence[Reviewed], codes: Sequence[str]) -> Floats:
    """Passages × codes: 1 for what was said, less for what was passed over, 0 for what was not reviewed."""
    matrix = np.zeros((len(reviewed), len(codes)))
    column = {code: at for at, code in enumerate(codes)}
    for row, each in enumerate(reviewed):
        for code in each.passed_over & column.keys():
            matrix[row, column[code]] = PASSED_OVER
        for code in each.labels.keys() & column.keys():
            matrix[row, column[code]] = 1
    return matrix
