"""What a draw will yield: positives per code among the double-coded passages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cothemes.records.record import Record

ENOUGH_REVIEWED = 30
"""Reviewed passages from which shares are taken from people and no longer from a coder."""


class Expectation(Record):
    """One code's outlook."""

    code: str
    share: float | None
    """Share of passages with the code; None where nothing is known yet."""
    positives: float | None
    """Double-coded passages × share."""


def expectations(
    codes: Sequence[str], double_passages: int, shares: Mapping[str, float] | None
) -> tuple[Expectation, ...]:
    """Expected double-blind positives per code, in the order of `codes`. `shares` None: unknown."""
    return tuple(
        Expectation(
            code=code,
            share=None if shares is None else shares.get(code, 0.0),
            positives=None if shares is None else double_passages * shares.get(code, 0.0),
        )
        for code in codes
    )
