"""A suite: passages with gold, a codebook, and which coders to hold against it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from cothemes.records.codebook import Codebook
from cothemes.records.record import Record

MAJORITY = "majority"
"""As `gold`: more than half of a passage's raters."""


class GoldPassage(Record):
    """A passage that was coded before it came here."""

    id: str
    doc: str
    text: str
    speaker: str = ""
    labels: dict[str, tuple[str, ...]] = {}
    """Rater → codes. A rater who is not named did not rate it; an empty list says that no code applies."""
    exclude: str = ""
    """Why it is left out; empty where it is not."""


class Split(Record):
    """How the test part is drawn."""

    by: Literal["doc"] = "doc"
    test: float = Field(default=0.34, gt=0, lt=1)
    """Documents are drawn until they hold this share of the passages."""
    seeds: tuple[int, ...] = Field(default=(0, 1, 2, 3, 4), min_length=1)


class CoderRow(Record):
    """One coder of the suite, with the sizes of training that it is tried with."""

    coder: str
    train: tuple[int | Literal["all"], ...] = (0,)
    model: str = ""
    limit: int | None = Field(default=None, ge=1)
    """Passages of each test part at most, drawn at random; for coders that are paid by the call."""


class Suite(Record):
    """Everything that an evaluation needs."""

    name: str
    codebook: Codebook
    passages: tuple[GoldPassage, ...]
    gold: str
    """A rater, or `majority`."""
    min_positives: int = Field(default=20, ge=1)
    split: Split = Split()
    coders: tuple[CoderRow, ...] = (CoderRow(coder="offline"),)
    hash: str
    """Of the suite file's content and its passages; the codebook has its own."""
    path: str = ""
    meta: dict[str, Any] = {}
    """What else the file says, for people."""
