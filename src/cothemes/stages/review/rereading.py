"""Passages of one code, read again in the order they were decided, to see what has shifted."""

from __future__ import annotations

from dataclasses import dataclass

from cothemes.records.passage import Passage
from cothemes.stages.review.codings import Coding
from cothemes.stages.review.context import Setting


@dataclass(frozen=True)
class Reread:
    """One coding in its place."""

    coding: Coding
    passage: Passage
    setting: Setting
    mine: bool
    """True if the reader gave the code, and may note on it and reopen it."""
    current_wording: bool
    number: int
    """Number of the person who gave it, by their first decision: shown where names are hidden."""
    notes: tuple[str, ...] = ()
    memos: tuple[str, ...] = ()
    reopened: bool = False
