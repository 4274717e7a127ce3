"""What an evaluation found, in the shape that others script against."""

from __future__ import annotations

from typing import Any, Literal

from cothemes.records.record import Record
from cothemes.stages.evaluate.stability_figures import Steadiness

METRICS = (
    "map",
    "macro_f1",
    "micro_f1",
    "recall_at_3",
    "recall_at_5",
    "alpha",
    "positive_agreement",
    "ece",
    "workload_auc",
)


class Range(Record):
    """How sure a figure is."""

    low: float | None
    high: float | None
    """The mean over seeds ± t · se; se by the delete-a-group jackknife over documents, mean over seeds."""
    by_seed: tuple[float | None, ...]
    """The figure of each seed's split, in the order of `seeds`."""


class CodeFigures(Record):
    """One code, mean over seeds."""

    code: str
    positives: int
    """In the whole gold."""
    average_precision: float | None
    f1: float | None


class Asked(Record):
    """What a coder asked of a service."""

    run: str
    """Under which the calls stand in the ledger of the study that pays."""
    passages: int
    unanswered: int
    """Passages without a usable reply; they count as given no code."""
    failed: int
    """Of these, without any reply: the same command asks again."""
    calls: int
    """All that this run ever made, for steadiness too."""
    cost: float | None
    """By the provider's own count; None where a price was not known."""
    currency: str = ""


class Work(Record):
    """After this share of passages, this share of errors is mended; mean over seeds."""

    reviewed: float
    proposed: float
    """In the order of the errors that the coder's scores expect."""
    oracle: float
    """In the best order there is."""


class Row(Record):
    """A coder at one size of training, scored on the test parts alone; None where not computable."""

    coder: str
    version: str
    model: str = ""
    prompt: str = ""
    """Name and hash of the prompt; empty for a coder without one."""
    train: int | Literal["all"]
    codes: int
    passages: int
    """Of the test parts, mean over seeds."""
    documents: int | None = None
    """Of the smallest test part; None in lines of a history from before it was kept."""
    map: float | None
    macro_f1: float | None
    micro_f1: float | None
    recall_at_3: float | None
    recall_at_5: float | None
    alpha: float | None
    positive_agreement: float | None
    ece: float | None
    workload_auc: float | None
    no_code: float | None
    """Share of test passages to which the coder applies none of the scored codes."""
    seeds: tuple[int, ...]
    intervals: dict[str, Range]
    by_code: tuple[CodeFigures, ...]
    workload: tuple[Work, ...] = ()
    """Random order mends as much as was reviewed."""
    asked: Asked | None = None
    stability: Steadiness | None = None


class Yardstick(Record):
    """People against people on the same passages."""

    raters: tuple[str, ...]
    passages: int
    """Rated by two or more."""
    macro_alpha: float | None
    positive_agreement: float | None


class Report(Record):
    """A suite's result."""

    suite: str
    about: str = ""
    """What the suite says of its gold."""
    notes: tuple[str, ...] = ()
    """What to know of gold and splits before reading a figure."""
    suite_hash: str
    codebook_hash: str
    gold: str
    passages: int
    documents: int
    excluded: int
    unrated: int
    too_rare: dict[str, int]
    outside_codebook: dict[str, int]
    rows: tuple[Row, ...]
    human_yardstick: Yardstick | None
    conventions: dict[str, str]

    def as_json(self) -> dict[str, Any]:
        """The document that `evaluate --json` prints."""
        return self.model_dump(mode="json")
