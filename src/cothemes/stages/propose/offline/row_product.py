"""Products of rows that come out alike whichever rows are multiplied with them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

TILE = 256
"""Rows that are multiplied together."""

Thin = NDArray[np.float32]


def product(rows: Thin, columns: Thin) -> Thin:
    """Return rows @ columns, for each row the same to the bit whichever rows come with it.

    The processor's routines sum in an order that depends on the number of rows, so that number is fixed.
    """
    found = np.empty((len(rows), columns.shape[1]), np.float32)
    for at in range(0, len(rows), TILE):
        tile = rows[at : at + TILE]
        if len(tile) < TILE:
            tile = np.vstack([tile, np.zeros((TILE - len(tile), rows.shape[1]), np.float32)])
        found[at : at + TILE] = (tile @ columns)[: len(found) - at]
    return found
