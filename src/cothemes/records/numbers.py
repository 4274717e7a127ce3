"""The one formatter of numbers: coefficients, shares, intervals, p-values and plain numbers, alike on every
surface.

A minus sign is `−` (U+2212) everywhere, what cannot be computed is a dash, and a zero never has a sign.
"""

from __future__ import annotations

import math
from typing import Protocol

ABSENT = "–"
MINUS = "−"


class Interval(Protocol):
    """A figure with the ends of its interval; each is None where it cannot be computed."""

    @property
    def value(self) -> float | None: ...
    @property
    def low(self) -> float | None: ...
    @property
    def high(self) -> float | None: ...


def coefficient(value: float | None, *, decimals: int = 2, signed: bool = False) -> str:
    """A coefficient without a leading zero: `.62`, `−.05`, `1.00`; with `signed`, `+.62`."""
    if value is None or math.isnan(value):
        return ABSENT
    shown = f"{abs(value):.{decimals}f}"
    nonzero = float(shown) != 0
    sign = MINUS if value < 0 and nonzero else "+" if signed and nonzero else ""
    return sign + (shown.removeprefix("0") if float(shown) < 1 else shown)


def coefficient_interval(figure: Interval, *, mark: str = "", width: int = 0, signed: bool = False) -> str:
    """A coefficient with its interval: `.62 [.41, .83]`, followed by `mark`.

    `width` pads every number to that many columns, so that rows of a table line up.
    """

    def padded(value: float | None) -> str:
        return coefficient(value, signed=signed).rjust(width)

    if figure.value is None:
        return ABSENT
    if figure.low is None or figure.high is None:
        return padded(figure.value)
    return f"{padded(figure.value)} [{padded(figure.low)}, {padded(figure.high)}]{mark}"


def percent(share: float | None, *, unit: str = " %", decimals: int = 0, signed: bool = False) -> str:
    """A share of 1 in percents, whole unless `decimals` asks for more: `13 %`, `<1 %`, `4.2 %`.

    Halves are rounded up, as readers expect. `unit=""` leaves the sign out, for a column whose heading holds
    it. `signed` is for differences.
    """
    if share is None or math.isnan(share):
        return ABSENT
    if not signed and not decimals and 0 < share < 0.005:
        return f"<1{unit}"
    rounded = math.floor(10**decimals * 100 * abs(share) + 0.5) / 10**decimals
    sign = (MINUS if share < 0 else "+" if signed else "") if rounded else ""
    return f"{sign}{rounded:.{decimals}f}{unit}"


def percent_interval(figure: Interval, *, unit: str = " %", width: int = 0) -> str:
    """A share with its interval, both in whole percents and within 0 to 100: `12 % [8, 17]`.

    `width` pads the share, so that rows of a table line up.
    """
    share = percent(figure.value, unit=unit).rjust(width)
    if figure.value is None or figure.low is None or figure.high is None:
        return share
    low, high = max(figure.low, 0.0), min(figure.high, 1.0)
    return f"{share} [{percent(low, unit='')}, {percent(high, unit='')}]"


def number(
    value: float | None, *, decimals: int | None = None, significant: int = 6, signed: bool = False
) -> str:
    """A plain number, as short as it can be, or with so many decimals: `72.5`, `3.0`, `−2`."""
    if value is None or math.isnan(value):
        return ABSENT
    shown = f"{abs(value):.{significant}g}" if decimals is None else f"{abs(value):.{decimals}f}"
    sign = (MINUS if value < 0 else "+" if signed else "") if float(shown) else ""
    return sign + shown


def chances(lowest: float | None, highest: float | None) -> str:
    """Probabilities of being drawn: `0.25`, or `0.25 to 1` where they differ."""
    ends = dict.fromkeys(number(end, significant=3) for end in (lowest, highest))
    return " to ".join(ends)


def p_value(value: float | None) -> str:
    """A p-value with three decimals: `.012`, `<.001`."""
    if value is None or math.isnan(value):
        return ABSENT
    return "<.001" if value < 0.001 else f"{value:.3f}".removeprefix("0")
