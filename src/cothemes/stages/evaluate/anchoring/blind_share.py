"""Whether so many blind passages can tell how far suggestions sway someone, and how many could."""

from __future__ import annotations

import math

from cothemes.records.record import Record

SHIFT = 0.10
"""The half-width of a 95 % interval that tells a shift worth knowing."""
RATE = 0.20
"""Of the code it is asked for: one that a fifth of the passages have."""
Z = 1.959964


class BlindShare(Record):
    """One reviewer's passages in the two arms."""

    blind: int
    """That chance made blind; first readings of passages to reveal are not among them."""
    assisted: int
    half_width: float | None
    """Of the 95 % interval of the shift of such a code, at best; None where an arm is empty."""
    needed: int | None
    """Blind passages for a half-width of 10 points; None where no number of them would do."""
    enough: bool
    """True also where nothing is assisted: then nothing has to be told."""


def blind_share_of(blind: int, assisted: int) -> BlindShare:
    """By the variance of a difference of two shares, p(1 − p)(1/n + 1/m), p = .2. Passages of one interview
    resemble one another, so the interval of real data is wider: the number is the least that is needed."""
    needed = needed_blind(assisted)
    width = None
    if blind and assisted:
        width = Z * math.sqrt(RATE * (1 - RATE) * (1 / blind + 1 / assisted))
    enough = not assisted or (needed is not None and blind >= needed)
    return BlindShare(blind=blind, assisted=assisted, half_width=width, needed=needed, enough=enough)


def needed_blind(assisted: int) -> int | None:
    """Blind passages that tell a shift of 10 points beside so many assisted ones; None under 62 of them."""
    if not assisted:
        return 0
    left = (SHIFT / Z) ** 2 / (RATE * (1 - RATE)) - 1 / assisted
    return math.ceil(1 / left - 1e-9) if left > 0 else None


def points(half_width: float) -> str:
    """`13.1`, in points of a hundred; rounded up, for the interval is never narrower than what is said."""
    return f"{math.ceil(1000 * half_width - 1e-6) / 10:.1f}"
