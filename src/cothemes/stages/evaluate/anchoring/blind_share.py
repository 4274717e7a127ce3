"""Whether so many blind passages can tell how far suggestions sway someone, and how many could."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from cothemes.records.record import Record

SHIFT = 0.10
"""The half-width of a 95 % interval that tells a shift worth knowing."""
RATE = 0.20
"""Prevalence of the code that the width is computed for: a fifth of the passages have it."""
Z = 1.959964


@dataclass(frozen=True)
class Compared:
    """The passages that a shift compares: those of documents that one reviewer read in both arms."""

    blind: int
    assisted: int
    interviews: int


def compared_of(readings: Iterable[tuple[str, str, str]]) -> Compared:
    """Return what enters the comparison. `readings`: document, interview and arm of each passage of one
    reviewer."""
    by_document: dict[str, Counter[str]] = defaultdict(Counter)
    interview: dict[str, str] = {}
    for document, cluster, arm in readings:
        by_document[document][arm] += 1
        interview[document] = cluster
    both = {name: arms for name, arms in by_document.items() if arms["blind"] and arms["assisted"]}
    return Compared(
        blind=sum(arms["blind"] for arms in both.values()),
        assisted=sum(arms["assisted"] for arms in both.values()),
        interviews=len({interview[name] for name in both}),
    )


class BlindShare(Record):
    """One reviewer's passages in the two arms."""

    blind: int
    """That chance made blind; first readings of passages to reveal are not among them."""
    assisted: int
    compared_blind: int
    """Blind passages in documents that the reviewer read in both arms: only these are compared."""
    compared_assisted: int
    interviews: int | None
    """Interviews of the compared passages; None where they are not known."""
    half_width: float | None
    """Half the width of the 95 % interval of the shift of such a code, at best, from the compared passages;
    None where an arm is empty.
    """
    needed: int | None
    """Compared blind passages for a half-width of 10 points beside the compared assisted ones; None where no
    number of them would do."""
    enough: bool
    """True also where nothing is assisted: then nothing has to be told."""


def blind_share_of(blind: int, assisted: int, compared: Compared | None = None) -> BlindShare:
    """Return what the compared passages can tell; without `compared` all of them are.

    By the variance of a difference of two shares, p(1 − p)(1/n + 1/m), p = .2. Passages of one interview
    resemble one another, so the interval of real data is wider: the number is the least that is needed."""
    n, m = (blind, assisted) if compared is None else (compared.blind, compared.assisted)
    needed = needed_blind(m) if m or not assisted else None
    width = Z * math.sqrt(RATE * (1 - RATE) * (1 / n + 1 / m)) if n and m else None
    return BlindShare(
        blind=blind,
        assisted=assisted,
        compared_blind=n,
        compared_assisted=m,
        interviews=None if compared is None else compared.interviews,
        half_width=width,
        needed=needed,
        enough=not assisted or (needed is not None and n >= needed),
    )


def needed_blind(assisted: int) -> int | None:
    """Blind passages that tell a shift of 10 points beside so many assisted ones; None under 62 of them."""
    if not assisted:
        return 0
    left = (SHIFT / Z) ** 2 / (RATE * (1 - RATE)) - 1 / assisted
    return math.ceil(1 / left - 1e-9) if left > 0 else None


def points(half_width: float) -> str:
    """`13.1`, in points of a hundred; rounded up, for the interval is never narrower than what is said."""
    return f"{math.ceil(1000 * half_width - 1e-6) / 10:.1f}"
