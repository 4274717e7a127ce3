"""Krippendorff's unitizing alpha of 1995 for the spans of one value."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Hashable, Mapping, Sequence

from cothemes.agreement.result import Result
from cothemes.agreement.spans import Span


def alpha_1995(spans: Mapping[Hashable, Sequence[Span]], length: int) -> Result:
    """1 − D_o / D_e (Krippendorff 1995; 2004, pp. 251–255), on a text of `length` code points.

    Overlapping spans differ by the squares of the distances of their beginnings and of their ends;
    a span that meets none of the other rater's by the square of its length.
    """
    raters = len(spans)
    if raters < 2:
        return Result(value=math.nan, reason="fewer than two raters")
    observed = sum(
        _difference(own, others)
        for rater, own in spans.items()
        for other, others in spans.items()
        if other != rater
    ) / (raters * (raters - 1) * length**2)
    expected = _expected(spans, length)
    reason = None if expected > 0 else "no variation"
    return Result(
        value=math.nan if reason else 1 - observed / expected,
        units=sum(map(len, spans.values())),
        reason=reason,
        parts={"observed_disagreement": observed, "expected_disagreement": expected},
    )


def _difference(own: Sequence[Span], others: Sequence[Span]) -> int:
    """Sum over own spans of their differences from the other rater's spans and gaps.

    A lone span counts twice: once against the other's gap, once as what that gap is compared with.
    """
    ends = [span.end for span in others]
    total = 0
    for span in own:
        place = bisect_right(ends, span.start)
        if place == len(others) or others[place].start >= span.end:
            total += 2 * span.length**2
        while place < len(others) and others[place].start < span.end:
            met = others[place]
            total += (span.start - met.start) ** 2 + (span.end - met.end) ** 2
            place += 1
    return total


def _expected(spans: Mapping[Hashable, Sequence[Span]], length: int) -> float:
    """Return the disagreement to expect, had the spans and gaps of all raters been laid down at random."""
    lengths = [span.length for marked in spans.values() for span in marked]
    gaps = sorted(gap for marked in spans.values() for gap in _gaps(marked, length))
    sums = [0]
    for gap in gaps:
        sums.append(sums[-1] + gap)
    total = 0.0
    for own in lengths:
        total += (len(lengths) - 1) / 3 * (2 * own**3 - 3 * own**2 + own)
        first = bisect_right(gaps, own - 1)
        total += own**2 * (sums[-1] - sums[first] - (own - 1) * (len(gaps) - first))
    whole = len(spans) * length
    places = whole * (whole - 1) - sum(own * (own - 1) for own in lengths)
    return 2 / length * total / places if places else 0.0


def _gaps(marked: Sequence[Span], length: int) -> list[int]:
    edges = [0, *(edge for span in marked for edge in (span.start, span.end)), length]
    widths = (right - left for left, right in zip(edges[::2], edges[1::2], strict=True))
    return [width for width in widths if width]
