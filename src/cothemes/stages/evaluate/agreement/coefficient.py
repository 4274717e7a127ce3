"""One registration per coefficient: how it is computed, what it is called, and where it is shown.

JSON, CSV, the terminal, LaTeX tables, pages, conventions and footnotes all follow from it. A coefficient is a
module in `coefficients/` and a line in its `__init__`:

    SCOTT_PI = TableCoefficient(
        key="scott_pi",
        name="Scott's pi",
        short="Pi",
        convention="Scott (1955), shares of both raters together",
        of_codes=each_code(scott_pi),
        of_variable=on_ratings(scott_pi),
        interval=True,
        summary=mean_of_codes("scott_pi", "Scott's pi", "Mean pi", each_code(scott_pi)),
    )
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cothemes.agreement.binary_statistics import BinaryStatistic
from cothemes.agreement.binary_table import BinaryTable
from cothemes.agreement.estimate import Interval
from cothemes.agreement.krippendorff import krippendorff_alpha
from cothemes.agreement.ratings import Floats
from cothemes.agreement.result import NO_VARIATION, NONE_AGREED, Result
from cothemes.stages.evaluate.agreement.cells import Cells
from cothemes.stages.evaluate.estimate import interval_over

CODES = "codes"
"""Part of a summary's result: codes that it is over."""
NO_VALUE = "no code has a value"


@dataclass(frozen=True)
class CodesSample:
    """Ratings of several codes, each code to be scored by itself."""

    cells: Cells
    codes: slice
    """Places of the codes in the table."""
    raters: tuple[int, ...]
    interval: Interval

    @cached_property
    def counts(self) -> BinaryTable:
        """Ratings of 1 and of 0 by unit and code."""
        return self.cells.counts(self.codes)

    @cached_property
    def alpha(self) -> tuple[Result, ...]:
        """Krippendorff's alpha of each code: the other figures of a row depend on whether it varies."""
        return self.counts.alpha(self.interval)

    @cached_property
    def ratings(self) -> Floats:
        """Units × raters × codes: 1, 0, NaN where not rated."""
        return np.stack([self.cells.by_rater(rater, self.codes) for rater in self.raters], axis=1)


@dataclass(frozen=True)
class VariableSample:
    """Ratings of one variable: a nominal label for each unit and rater."""

    ratings: Floats
    """Units × raters, NaN where not rated."""
    categories: list[int]
    """Labels that a rater could give."""
    clusters: NDArray[np.intp]
    interval: Interval

    @cached_property
    def alpha(self) -> Result:
        """Krippendorff's nominal alpha."""
        return self.of(krippendorff_alpha)

    def of(self, coefficient: Callable[..., Result], **options: Any) -> Result:
        """Return a coefficient of `cothemes.agreement`, with this sample's interval unless `interval` is
        another."""
        wanted = options.pop("interval", self.interval)
        clusters = self.clusters.tolist() if wanted else None
        return coefficient(self.ratings, clusters=clusters, interval=wanted, **options)


OfCodes = Callable[[CodesSample], Sequence[Result]]
OfVariable = Callable[[VariableSample], Result]


class Terminal(Enum):
    """Place of a coefficient in a terminal of 80 columns."""

    COLUMN = "a column of the table of codes"
    BELOW = "a second table under the first"
    NOWHERE = "not in the terminal: only in files and pages"


@dataclass(frozen=True, kw_only=True)
class Summary:
    """One figure over all codes together, of all raters and of each pair of them."""

    key: str
    """Field of `overall` and of a pair in JSON."""
    name: str
    """Heading on a page."""
    short: str
    """Heading in print."""
    of: Callable[[Cells], Result]
    """Figure without an interval, of the raters that the cells hold."""


@dataclass(frozen=True, kw_only=True)
class TableCoefficient:
    """A coefficient of the table of agreement."""

    key: str
    """Field of a code in JSON, and column of the CSV."""
    name: str
    """Full name, as on a page."""
    short: str
    """Heading of a narrow column in print."""
    of_codes: OfCodes
    """Result of each code."""
    of_variable: OfVariable | None
    """Result of a variable; None where it has none, and `no_variable` says why."""
    no_variable: str = ""
    convention: str = ""
    """The choices on which correct programs differ, with the source; part of JSON's conventions."""
    explained: str = ""
    """Explanation in the note under a table; the convention where empty."""
    interval: bool = False
    """JSON has an estimate with its interval, else a number with its reason apart; the CSV has the ends."""
    interval_by_code: bool = False
    """Tables by code show the interval too. It takes the room of three columns."""
    two_raters: bool = False
    """Pages and print show it only in a table of two raters."""
    single_ratings: str = ""
    """Description, for a footnote, of what units with one rating enter; empty where they do not count."""
    terminal: Terminal = Terminal.BELOW
    column: str = ""
    """Heading in the terminal, at most four letters; `short` where empty."""
    summary: Summary | None = None

    @property
    def terminal_heading(self) -> str:
        """Heading in the terminal."""
        return self.column or self.short

    @property
    def note(self) -> str:
        """Words of it for the note under a table."""
        return self.explained or self.convention

    def headed(self, heading: str) -> str:
        """Return a heading of a column by code, with the level where the column shows intervals."""
        return f"{heading} [95 %]" if self.interval_by_code else heading


def of_statistic(statistic: BinaryStatistic) -> OfCodes:
    """Return a computation of all codes at once from their counts."""
    return lambda sample: sample.counts.measure(statistic, sample.interval)


def each_code(coefficient: Callable[..., Result], *, interval: bool = True) -> OfCodes:
    """Return a computation of one code after the other by a coefficient of `cothemes.agreement`."""

    def of(sample: CodesSample) -> Sequence[Result]:
        wanted = sample.interval if interval else None
        clusters = sample.cells.cluster if wanted else None
        found = [
            coefficient(sample.ratings[:, :, place], clusters=clusters, interval=wanted)
            for place in range(sample.ratings.shape[2])
        ]
        if not wanted:
            return found
        return [
            each if agreed or not each.computable else _silent(each)
            for each, agreed in zip(found, sample.counts.agreed(), strict=True)
        ]

    return of


def _silent(found: Result) -> Result:
    """Return the result without its interval, which says nothing where no two raters gave the code to the
    same unit.
    """
    nothing = math.nan
    return replace(found, se=nothing, low=nothing, high=nothing, method=None, reason=NONE_AGREED)


def on_ratings(coefficient: Callable[..., Result], *, interval: bool = True) -> OfVariable:
    """Return a computation on the labels of a variable by a coefficient of `cothemes.agreement`."""
    return lambda sample: sample.of(coefficient, interval=sample.interval if interval else None)


def where_it_varies(alpha: Result, found: Result) -> Result:
    """Return `found`, unless two ratings of one unit never vary.

    A coefficient whose shares take in units with one rating would be 1 for a code that no two raters ever had
    to agree on, in a row whose alpha has no variation.
    """
    if alpha.reason == NO_VARIATION:
        return Result(value=math.nan, reason=NO_VARIATION, units=found.units, clusters=found.clusters)
    return found


def samples_of(cells: Cells, raters: tuple[int, ...]) -> Iterator[CodesSample]:
    """Yield all codes in parts of which one at a time fits in memory."""
    interval = interval_over(len(cells.shared_clusters))
    for codes in cells.blocks():
        yield CodesSample(cells, codes, raters, interval)


def mean_of_codes(key: str, name: str, short: str, of_codes: OfCodes) -> Summary:
    """Return the unweighted mean over the codes that have a value, `macro_KEY` in JSON."""

    def of(cells: Cells) -> Result:
        raters = tuple(np.unique(cells.rater).tolist())
        values = [
            found.value
            for codes in cells.blocks()
            for found in of_codes(CodesSample(cells, codes, raters, None))
            if found.computable
        ]
        if not values:
            return Result(value=math.nan, reason=NO_VALUE)
        return Result(value=float(np.mean(values)), parts={CODES: float(len(values))})

    return Summary(key=f"macro_{key}", name=name, short=short, of=of)
