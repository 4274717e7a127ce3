"""A suite: passages with gold, a codebook, and which coders to hold against it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from cothemes.records.codebook import Codebook
from cothemes.records.document import Role
from cothemes.records.record import Record

MAJORITY = "majority"
"""Value of `gold`: more than half of a passage's raters."""


class GoldPassage(Record):
    """A passage that was coded before it came here."""

    id: str
    doc: str
    text: str
    speaker: str = ""
    labels: dict[str, tuple[str, ...]] = {}
    """Rater → codes. A rater who is not named did not rate it; an empty list says that no code applies."""
    exclude: str = ""
    """Reason why it is left out; empty where it is not."""


class Split(Record):
    """Draw of the test part."""

    by: Literal["doc"] = "doc"
    test: float = Field(default=0.34, gt=0, lt=1)
    """Documents are drawn until they hold this share of the passages."""
    seeds: tuple[int, ...] = Field(default=(0, 1, 2, 3, 4), min_length=1)


class CoderRow(Record):
    """One coder of the suite, with the sizes of training that it is tried with."""

    coder: str
    """`offline`, or `llm` for a model."""
    train: tuple[int | Literal["all"], ...] = (0,)
    """A model learns from no example: only 0."""
    model: str = ""
    """`PROVIDER:NAME`; else as in the settings of the study that pays."""
    base_url: str = ""
    """Another endpoint; else as in these settings."""
    limit: int | None = Field(default=None, ge=1)
    """Passages at most that the row is scored on, over all seeds, drawn at random; for coders that are paid
    by the call."""
    repeats: int = Field(default=1, ge=1)
    """Times each way of asking is bought. With this or one of the next two above its default, the row tells
    how steady the coder is."""
    paraphrases: int = Field(default=0, ge=0, le=2)
    """Other wordings of the prompt."""
    orders: int = Field(default=1, ge=1)
    """Orders of the codes, the codebook's own being the first."""
    sample: int = Field(default=30, ge=1)
    """Passages that are asked again in all these ways."""

    @property
    def varied(self) -> bool:
        """Return whether its steadiness is measured."""
        return self.repeats > 1 or self.paraphrases > 0 or self.orders > 1


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
    roles: dict[str, Role] = {}
    """Speaker → role. What an interviewer or another voice says is left out; without it nothing is."""
    synthetic: bool = False
    """Texts or codings are invented: no figure is a finding, and every page says so."""
    hash: str
    """Hash of the suite file's content and its passages; the codebook has its own."""
    path: str = ""
    not_rated: dict[str, tuple[int, ...]] = {}
    """Rater → rows of the passages whose label says NA, nan, NULL or the like: not rated."""
    meta: dict[str, Any] = {}
    """Other content of the file, for people."""
