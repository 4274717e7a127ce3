"""What every statistic gives back, so that no figure travels without its interval and conventions.

A coefficient that cannot be computed is NaN with a reason in words: a 0 or a 1 in its place
would be read as a finding.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

NO_UNITS = "no units"
NO_PAIRS = "no unit has two ratings"
NO_VARIATION = "no variation"
NO_POSITIVES = "no positives"
NONE_AGREED = "none agreed"
"""No two raters gave the code to the same unit: the figure has a value, and its interval would say
nothing."""
ONE_CLUSTER = "one cluster: no interval"
NO_WIDTH = "it would have no width: no interval"
OUTSIDE = "the interval would reach beyond what the figure can be: no interval"
ONE_DISAGREES = "one cluster holds all of the disagreement: no interval"
TWO_RATERS_ONLY = "needs exactly two raters"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One statistic with its interval, and the conventions behind it."""

    value: float
    """The estimate; NaN where it cannot be computed, and then `reason` says why."""

    se: float = math.nan
    """Standard error; NaN where none was made. It may stand where the interval is withheld, with its
    reason."""

    low: float = math.nan
    """Lower end of the interval."""

    high: float = math.nan
    """Upper end of the interval."""

    units: int = 0
    """Units that entered the estimate."""

    clusters: int | None = None
    """Clusters (interviews) that entered the interval; None where none were given."""

    reason: str | None = None
    """Reason why the value, or only its interval, is missing; None where nothing is missing."""

    method: str | None = None
    """Method of the interval; None where there is none."""

    conventions: Mapping[str, str] = field(default_factory=dict)
    """The choices on which correct libraries differ, by name."""

    parts: Mapping[str, float] = field(default_factory=dict)
    """Intermediate quantities, such as observed and expected agreement."""

    @property
    def computable(self) -> bool:
        """Return whether there is a value at all."""
        return not math.isnan(self.value)

    def as_dict(self) -> dict[str, Any]:
        """The result for JSON: NaN becomes None."""
        return {f.name: plain(getattr(self, f.name)) for f in fields(self)}


def plain(value: Any) -> Any:
    """`value` in JSON's own types, with NaN as None."""
    if isinstance(value, Result):
        return value.as_dict()
    if isinstance(value, float):
        return None if math.isnan(value) else float(value)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def undefined(reason: str, units: int = 0) -> Result:
    """A result that holds nothing but the reason why."""
    return Result(value=math.nan, reason=reason, units=units)
