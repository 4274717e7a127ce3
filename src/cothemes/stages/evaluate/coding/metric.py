"""One registration per figure of an evaluation: how it is computed, what it is called, where it is shown.

JSON, CSV, the terminal, LaTeX tables, the page and the history follow from it. A figure is a module with its
computation, and a line in `METRICS` or `CODE_METRICS` of metrics.py:

    RECALL_AT_10 = RowMetric(
        key="recall_at_10",
        short="R@10",
        name="Recall at 10",
        of=lambda scored: recall_at(scored.truth, scored.score, 10),
    )
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cothemes.agreement import BinaryTable

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Scored:
    """A test part as a coder scored it: passages × scored codes."""

    truth: Bools
    score: Floats
    applied: Bools
    known: dict[str, Floats] = field(default_factory=dict)
    """Figures of single codes that are computed already, by key."""

    @cached_property
    def table(self) -> BinaryTable:
        """Gold and coder as two raters."""
        ratings = np.stack([self.truth, self.applied], axis=1).astype(np.int8)
        return BinaryTable.of_ratings(ratings, range(len(self.truth)))

    @cached_property
    def hits(self) -> NDArray[np.int64]:
        """Passages to which both gave the code, by code."""
        return np.asarray((self.truth & self.applied).sum(axis=0))

    def by_code(self, metric: CodeMetric) -> Floats:
        """Return a figure of single codes, computed once."""
        if metric.key not in self.known:
            self.known[metric.key] = metric.of(self)
        return self.known[metric.key]


@dataclass(frozen=True, kw_only=True)
class RowMetric:
    """A figure of a coder at one size of training."""

    key: str
    """Field of a row in JSON, and name in the CSV."""
    short: str
    """Name in the terminal and in print."""
    name: str
    """Name on the page."""
    of: Callable[[Scored], float]
    """Figure of one test part; NaN where it cannot be computed."""
    meaning: str = ""
    """Meaning that the notes give, on the page and in the terminal."""
    lower_is_better: bool = False
    guarded: bool = False
    """A fall of it is a regression; other figures are only shown."""
    signed: bool = False
    """It can be less than zero."""
    leading: bool = False
    """It stands in the first table of print and page; others follow in a second one."""
    width: int = 0
    """Columns it takes in the terminal's table; 0: it is listed under the table, or nowhere."""
    below: bool = True
    """True if the terminal lists it under the table where it has no column."""
    people: str = ""
    """Figure of the human yardstick that stands beside it: a field of that record; empty for none."""


@dataclass(frozen=True, kw_only=True)
class CodeMetric:
    """A figure of a single code."""

    key: str
    """Field of a code in JSON, and name in the CSV."""
    short: str
    """Heading in print."""
    name: str
    """Name on the page, within a sentence."""
    of: Callable[[Scored], Floats]
    """Figures of one test part, by code; NaN where a code has none."""
    signed: bool = False
    wants_agreed: bool = False
    """An interval says nothing where coder and gold never gave the code to the same passage. Shares do not
    want it: of none, they have an exact interval."""
    share_of: Callable[[Any], Bools] | None = None
    """Passages that it is a share of, in a scored test part: its interval is no narrower than the exact
    one. None where it is no share."""
    interval_printed: bool = False
    """The table in print shows its interval."""
