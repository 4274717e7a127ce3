"""Reviewed passages as the learner takes them: what people said, and nothing about what they did not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from cothemes.records.passage import Passage
from cothemes.records.record import Record


class Reviewed(Record):
    """One passage with people's decisions on it."""

    passage: Passage
    labels: Mapping[str, int]
    """Code → 1 (applies) or 0 (rejected, or closed by *done*). A code that is absent was not reviewed."""


def label_matrix(reviewed: Sequence[Reviewed], codes: Sequence[str]) -> NDArray[np.float64]:
    """Passages × codes: 1, 0, and NaN where nobody said. Codes no longer in the codebook are dropped."""
    matrix = np.full((len(reviewed), len(codes)), np.nan)
    column = {code: at for at, code in enumerate(codes)}
    for row, each in enumerate(reviewed):
        for code, value in each.labels.items():
            if code in column:
                matrix[row, column[code]] = value
    return matrix
