"""What the harness asks of a coder. Who it is, the wiring decides."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from cothemes.records.suite import CoderRow, GoldPassage, Suite
from cothemes.stages.evaluate.coding.report import Asked
from cothemes.stages.evaluate.stability_figures import Steadiness

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


class Scorer(Protocol):
    """A coder that has learnt what it will learn."""

    @property
    def thresholds(self) -> Floats:
        """Per code of the codebook: the score from which it applies the code."""

    def score(self, passages: Sequence[GoldPassage]) -> Floats:
        """Passages × codes of the codebook, 0 to 1."""


class Coder(Protocol):
    """A coder before training."""

    @property
    def name(self) -> str:
        """Name of the row, e.g. `offline`."""

    @property
    def version(self) -> str:
        """Changes whenever the same passages would get other scores."""

    @property
    def model(self) -> str:
        """Return which model it stands on."""

    @property
    def prompt(self) -> str:
        """Name and hash of the words it asks with; empty where it asks nobody."""

    @property
    def asked(self) -> Asked | None:
        """Return what it asked of a service, and what came back; None where it asks nobody."""

    @property
    def stability(self) -> Steadiness | None:
        """Return how steady it is, where that was measured."""

    def expect(self, passages: Sequence[GoldPassage]) -> None:
        """All that it will be scored on, told before anything else: who is paid by the call asks now."""

    def learn(self, passages: Sequence[GoldPassage], labels: Bools) -> Scorer:
        """`labels` are passages × codes. Without passages: as shipped."""


CoderFactory = Callable[[Suite, CoderRow], Coder]
"""The coder of a row of the suite. Raises UsageError for one that cannot be had here."""
