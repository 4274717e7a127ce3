"""Agreement on where codes are, not only whether they apply: Krippendorff's unitizing alphas.

Two families go by the name. The one of 1995 compares the ends of overlapping spans, value by value;
that of 2016 compares how much text the raters share. They answer different questions and are not to
be compared with each other.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from cothemes.agreement.result import Result
from cothemes.agreement.spans import Continuum, read_spans, refuse_overlaps
from cothemes.agreement.unitizing_1995 import alpha_1995
from cothemes.agreement.unitizing_2016 import SelfPairing, Shared2016
from cothemes.errors import RatingsError

Family = Literal["1995", "2016"]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitizingResult(Result):
    """A unitizing alpha with its relatives; `value` is alpha_u of 1995 or u of 2016."""

    family: Family
    """Family of the coefficient."""

    members: Mapping[str, Result] = field(default_factory=dict)
    """1995: alpha_u. 2016: u (spans and gaps), |u (marked or not), cu (values where both marked)."""

    by_value: Mapping[Hashable, Result] = field(default_factory=dict)
    """Result by value: 1995 its own alpha, 2016 its (k)u."""


def unitizing_alpha(
    spans: Any,
    length: int,
    family: Family = "2016",
    *,
    begin: int = 0,
    self_pairing: SelfPairing = "pairwise",
) -> UnitizingResult:
    """Krippendorff's alpha of spans on a text of `length` code points.

    `spans` is {rater: [(start, end, value), …]}, half-open, or rows of (rater, start, end, value).
    family 1995: Krippendorff (1995; 2004, p. 251), spans of one value and rater must not overlap.
    family 2016: Krippendorff, Mathet, Bouvry and Widlöcher (2016), spans of one rater must not
    overlap at all. With three raters or more, readings of cu and (k)u differ: `self_pairing` takes
    each other rater by itself (pairwise) or all others together (union). NaN with a reason where
    there are not two raters, or nothing could disagree. Raises RatingsError for spans that overlap,
    leave the text or are empty.
    """
    if self_pairing not in ("pairwise", "union"):
        raise RatingsError(f"self_pairing={self_pairing!r} is not known", hint="Choose 'pairwise' or 'union'")
    continuum = read_spans(spans, length, begin)
    if str(family) == "1995":
        return _family_1995(continuum)
    if str(family) == "2016":
        return _family_2016(continuum, self_pairing)
    raise RatingsError(f"family={family!r} is not known", hint="Choose '1995' or '2016'")


def _family_1995(continuum: Continuum) -> UnitizingResult:
    by_value: dict[Hashable, Result] = {}
    for value in continuum.values:
        spans = continuum.only(value)
        refuse_overlaps(spans, hint="Join overlapping spans of one value and rater")
        by_value[value] = alpha_1995(spans, continuum.length)
    observed = sum(found.parts.get("observed_disagreement", 0.0) for found in by_value.values())
    expected = sum(found.parts.get("expected_disagreement", 0.0) for found in by_value.values())
    reason = _why_not(continuum) or (None if expected > 0 else "no variation")
    whole = Result(
        value=math.nan if reason else 1 - observed / expected,
        units=sum(map(len, continuum.spans.values())),
        reason=reason,
        conventions={
            "family": "Krippendorff (1995): squared distances of the ends of spans, value by value",
            "unit_of_length": "code points; the coefficient depends on it",
        },
        parts={"observed_disagreement": observed, "expected_disagreement": expected},
    )
    return _joined(whole, "1995", {"alpha_u": whole}, by_value)


def _family_2016(continuum: Continuum, self_pairing: SelfPairing) -> UnitizingResult:
    refuse_overlaps(
        continuum.spans, hint="Where several codes apply to one stretch, compute each code by itself"
    )
    reason = _why_not(continuum)
    if reason:
        return _joined(Result(value=math.nan, reason=reason), "2016", {}, {})
    shared = Shared2016(continuum, self_pairing)
    members = {"u": shared.u(), "|u": shared.bar_u(), "cu": shared.cu()}
    return _joined(members["u"], "2016", members, shared.by_value())


def _why_not(continuum: Continuum) -> str | None:
    if continuum.raters < 2:
        return "fewer than two raters"
    if not any(continuum.spans.values()):
        return "no spans"
    return None


def _joined(
    whole: Result, family: Family, members: Mapping[str, Result], by_value: Mapping[Hashable, Result]
) -> UnitizingResult:
    return UnitizingResult(
        value=whole.value,
        units=whole.units,
        reason=whole.reason,
        conventions=whole.conventions,
        parts=whole.parts,
        family=family,
        members=members,
        by_value=by_value,
    )
