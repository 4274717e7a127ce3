"""What an evaluation found, in the shape that others script against."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field

from cothemes.records.record import Record
from cothemes.stages.evaluate.agreement.confusion import Confusion
from cothemes.stages.evaluate.coding.ground import Ground
from cothemes.stages.evaluate.estimate import Estimate
from cothemes.stages.evaluate.stability_figures import Steadiness


class Range(Record):
    """Interval of a figure."""

    low: float | None
    high: float | None
    """The mean over seeds ± t · se; se by the delete-a-group jackknife over documents, mean over seeds."""
    reason: str | None = None
    """Reason why a figure has no interval: they would reach beyond what it can be, or say nothing."""
    half: float | None = None
    """t · se, uncut; None in lines of a history from before it was kept."""
    by_seed: tuple[float | None, ...]
    """The figure of each seed's split, in the order of `seeds`."""
    left_out: tuple[float | None, ...] = ()
    """The mean over seeds with each group of documents left out in turn, for the test of a difference; empty
    in lines of a history from before it was kept."""


class CodeFigures(Record):
    """One code, mean over seeds."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, float | None] = Field(init=False)
    """Registered figures that the contract does not name."""

    code: str
    label: str = ""
    positives: int
    """Number of positives in the whole gold."""
    splits: int = 0
    """Seeds in whose test part it has a positive; the others do not count."""
    agreed: float | None = None
    """Passages of a test part to which both coder and gold gave it, mean over seeds."""
    flag: str | None = None
    """`none agreed` or `too rare`, by these."""
    average_precision: float | None
    precision: float | None = None
    recall: float | None = None
    f1: float | None
    alpha: float | None = None
    intervals: dict[str, Range] = {}
    """Intervals by the name of the figure above; not kept in the history."""

    def estimate(self, key: str) -> Estimate:
        """Return a figure with its interval."""
        return _estimate(getattr(self, key), self.intervals.get(key))


class Bin(Record):
    """Passage–code pairs of like scores, those of all test parts together."""

    low: float
    high: float
    cells: int
    mean: float
    share_true: float
    true_low: float | None = None
    true_high: float | None = None
    """95 % interval of the share, over documents."""


class Asked(Record):
    """Requests of a coder to a service."""

    run: str
    """Run under which the calls are in the ledger of the study that pays."""
    passages: int
    unanswered: int
    """Passages without a usable reply; they count as given no code."""
    failed: int
    """Number of these without any reply; the same command asks again."""
    calls: int
    """All that this run ever made, for steadiness too."""
    cost: float | None
    """Cost by the provider's own count; None where a price was not known."""
    currency: str = ""


class Work(Record):
    """After this share of passages, this share of errors is mended; mean over seeds."""

    reviewed: float
    proposed: float
    """Workload in the order of the errors that the coder's scores expect."""
    oracle: float
    """Workload in the best order there is."""


class Row(Record):
    """A coder at one size of training, scored on the test parts alone; None where not computable."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, float | None] = Field(init=False)
    """Registered figures that the contract does not name."""

    coder: str
    version: str
    model: str = ""
    prompt: str = ""
    """Name and hash of the prompt; empty for a coder without one."""
    train: int | Literal["all"]
    codes: int
    passages: int
    """Number of passages of the test parts, mean over seeds."""
    documents: int | None = None
    """Number of documents of the smallest test part; None in lines of a history from before it was kept."""
    map: float | None
    macro_f1: float | None
    micro_f1: float | None
    recall_at_3: float | None
    recall_at_5: float | None
    alpha: float | None
    positive_agreement: float | None
    ece: float | None
    brier: float | None = None
    workload_auc: float | None
    no_code: float | None
    """Share of test passages to which the coder applies none of the scored codes."""
    seeds: tuple[int, ...]
    intervals: dict[str, Range]
    by_code: tuple[CodeFigures, ...]
    workload: tuple[Work, ...] = ()
    """Random order mends as much as was reviewed."""
    bins: tuple[Bin, ...] = ()
    """Calibration of scores, by bin; empty bins are left out."""
    confusion: Confusion | None = None
    """Gold against coder, the test parts of all seeds together; not kept in the history."""
    ground: Ground | None = None
    """Passages that it was measured on; None in lines of a history from before it was kept."""
    asked: Asked | None = None
    stability: Steadiness | None = None

    @property
    def title(self) -> str:
        """`offline, train 100`; with its model where it asks one."""
        who = f"{self.coder} {self.model}" if self.prompt and self.model else self.coder
        return f"{who}, train {self.train}"

    def figure(self, key: str) -> float | None:
        """Return a figure; None too where the row is from before it was registered."""
        found: float | None = getattr(self, key, None)
        return found

    def estimate(self, key: str) -> Estimate:
        """Return a figure with its interval."""
        return _estimate(self.figure(key), self.intervals.get(key))

    def for_history(self) -> Row:
        """Return what is kept of it line by line: without the parts that only a page shows."""
        codes = tuple(code.model_copy(update={"intervals": {}}) for code in self.by_code)
        return self.model_copy(update={"by_code": codes, "confusion": None})


class HumanBaseline(Record):
    """People against people on the same passages: on all of them, not on test parts."""

    raters: tuple[str, ...]
    passages: int
    """Rated by two or more."""
    macro_alpha: float | None
    positive_agreement: float | None
    documents: int = 0
    intervals: dict[str, Range] = {}
    """Intervals of `alpha` and `positive_agreement`, by the jackknife of the rows."""
    by_code: dict[str, float | None] = {}
    """Alpha of each scored code."""

    def estimate(self, key: str) -> Estimate | None:
        """Return what stands beside a coder's figure of this key; None where nothing does."""
        field = {"alpha": "macro_alpha"}.get(key, key)
        if field not in ("macro_alpha", "positive_agreement"):
            return None
        return _estimate(getattr(self, field), self.intervals.get(key))


class Report(Record):
    """A suite's result."""

    suite: str
    about: str = ""
    """The suite's description of its gold."""
    notes: tuple[str, ...] = ()
    """Notes on gold and splits to know before reading a figure."""
    suite_hash: str
    codebook_hash: str
    codebook: str = ""
    """Its id and version."""
    synthetic: bool = False
    """The suite says that its texts or codings are invented."""
    test_share: float = 0.0
    min_positives: int = 0
    gold: str
    passages: int
    documents: int
    excluded: int
    unrated: int
    too_rare: dict[str, int]
    outside_codebook: dict[str, int]
    rows: tuple[Row, ...]
    human_yardstick: HumanBaseline | None
    conventions: dict[str, str]


def _estimate(value: float | None, spread: Range | None) -> Estimate:
    if spread is None:
        return Estimate(value=value)
    return Estimate(value=value, low=spread.low, high=spread.high, reason=spread.reason)
