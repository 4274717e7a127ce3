"""What a draw will yield: positives per code among the double-coded passages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cothemes.records.record import Record

ENOUGH_REVIEWED = 30
"""Reviewed passages from which shares are taken from people and no longer from a coder."""


FEWEST_POSITIVES = 10
"""Fewest positives of a code. Under so many, raters who agree on every second of them agree on fewer than
five passages, and the code is flagged as too rare.
"""


class Expectation(Record):
    """One code's outlook."""

    code: str
    share: float | None
    """Share of passages with the code; None where nothing is known yet."""
    positives: float | None
    """Double-coded passages × share."""
    overlap_for_ten: float | None
    """The overlap with which ten positives are expected; None where all passages would not do, or the share
    is not known."""


def expectations(
    codes: Sequence[str], double_passages: int, shares: Mapping[str, float] | None, passages: int = 0
) -> tuple[Expectation, ...]:
    """Expected double-blind positives per code, in the order of `codes`. `shares` None: unknown; `passages`:
    all of the round."""
    return tuple(
        _expected(code, double_passages, None if shares is None else shares.get(code, 0.0), passages)
        for code in codes
    )


def _expected(code: str, double: int, share: float | None, passages: int) -> Expectation:
    if share is None:
        return Expectation(code=code, share=None, positives=None, overlap_for_ten=None)
    whole = passages * share
    needed = FEWEST_POSITIVES / whole if whole >= FEWEST_POSITIVES else None
    return Expectation(code=code, share=share, positives=double * share, overlap_for_ten=needed)
