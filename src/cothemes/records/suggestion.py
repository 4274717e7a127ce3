"""What a coder proposed, and the quote it stands on."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from pydantic import Field

from cothemes.errors import ModelFault
from cothemes.records.outcome_flag import FlagKind, OutcomeFlag
from cothemes.records.record import Record


class QuoteStatus(StrEnum):
    """Results of checking a quote against the source text."""

    EXACT = "exact"
    """There, after folding NFKC, white space, quotes and dashes."""
    SNAPPED = "snapped"
    """Nearly there (alignment of 90 or more); shown as the source has it."""
    WIDENED = "widened"
    """There, cut out of a sentence whose other words bear on it: shown is the whole sentence."""
    ABRIDGED = "abridged"
    """There with an omission (`…`) of words that do not turn it: shown with the words that it leaves out."""
    REPAIRED = "repaired"
    """There after one request to correct it."""
    MISLEADING = "misleading"
    """It changes or leaves out something that reverses the meaning, or may: a negation, a figure, the order
    of words, another's words, many words. Refused.
    """
    NOT_FOUND = "not_found"
    WRONG_SPEAKER = "wrong_speaker"
    OUTSIDE_TARGET = "outside_target"

    @property
    def verified(self) -> bool:
        """Return whether the words stand in the passage, spoken by its speaker."""
        return self in _VERIFIED

    @property
    def mendable(self) -> bool:
        """Return whether the model is asked once more for such a quote."""
        return self in (QuoteStatus.NOT_FOUND, QuoteStatus.MISLEADING)


_VERIFIED = frozenset(
    {
        QuoteStatus.EXACT,
        QuoteStatus.SNAPPED,
        QuoteStatus.WIDENED,
        QuoteStatus.ABRIDGED,
        QuoteStatus.REPAIRED,
    }
)


SOURCE_CORRECTED = "source_corrected"
"""Flag of a suggestion whose quote no longer stands in the text."""


class Evidence(Record):
    """A verified stretch of the document, never text that a model wrote."""

    start: int
    end: int
    """Half-open code points of the document's text."""
    status: QuoteStatus = QuoteStatus.EXACT


class Verdict(StrEnum):
    """A coder's answer for one code of one passage."""

    YES = "yes"
    BORDERLINE = "borderline"
    NO = "no"


class Suggestion(Record):
    """One code proposed for one passage by one run."""

    id: str
    """sha256 of run, passage and code, shortened: the same proposal has the same id."""
    run: str
    rater: str
    """`MODEL@PROMPT#RUN` or `offline@N#RUN`."""
    passage: str
    text_version: str = ""
    """The version of the document whose text was read; spans point into it."""
    code: str
    verdict: Verdict
    evidence: tuple[Evidence, ...] = ()
    quote_status: QuoteStatus | None = None
    """The worst status of its quotes; only verified ones are ever shown to people."""
    reason: str = ""
    attributes: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    confidence: float | None = None
    """0 to 1 as the coder gave it; not calibrated."""
    score: float | None = None
    """The coder's own scale, for ordering; higher is likelier."""
    flags: tuple[str, ...] = ()
    """`escalated`: the critic wants a person to look; `critic_unread`: the critic gave no usable answer;
    `source_corrected` is never stored: see the property."""

    @property
    def source_corrected(self) -> bool:
        """Return whether the words that it quotes were replaced, removed or added to since it was made."""
        return SOURCE_CORRECTED in self.flags


class OutcomeState(StrEnum):
    """Outcomes of a coder's attempt at one passage."""

    CODED = "coded"
    """Answered; codes not suggested are 0."""
    REFUSED = "refused"
    EMPTY = "empty"
    TRUNCATED = "truncated"
    MALFORMED = "malformed"
    """Not the JSON that was asked for."""
    INVALID = "invalid"
    """JSON, but against the schema: an unknown code, a missing one."""
    FAILED = "failed"
    """No reply."""
    SKIPPED = "skipped"
    """Not asked, with the reason in `detail`."""


class Outcome(Record):
    """Outcome of one passage in one run, kept for every passage, also the failed ones."""

    run: str
    passage: str
    text_version: str = ""
    """The version of the document whose text was read; spans point into it."""
    state: OutcomeState
    detail: str = ""
    call: str | None = None
    """Key of the ledger's row, where a call was made."""
    scores: dict[str, float] = Field(default_factory=dict)
    """Score per code where the coder has one for every code (offline)."""
    flags: tuple[OutcomeFlag, ...] = ()
    """Flags of what is remarkable about it, such as `instruction_like`."""
    failures: int = 0
    """Runs that ended with an unusable reply for the passage, this one included."""

    def flagged(self, kind: FlagKind) -> tuple[OutcomeFlag, ...]:
        """Return its flags of one kind."""
        return tuple(flag for flag in self.flags if flag.kind == kind)

    def with_flags(self, *flags: OutcomeFlag) -> Self:
        """Return the same outcome with further flags, each once."""
        return self.model_copy(update={"flags": tuple(dict.fromkeys((*self.flags, *flags)))})

    @property
    def fault(self) -> ModelFault | None:
        """Return why no reply came, where none did: the detail of a failed passage begins with it."""
        word = self.detail.partition(":")[0]
        named = self.state is OutcomeState.FAILED and word in set(ModelFault)
        return ModelFault(word) if named else None

    @property
    def final(self) -> bool:
        """Return whether the same run does not try the passage again."""
        skipped = self.state is OutcomeState.SKIPPED and not self.flagged(FlagKind.WITHHELD)
        return skipped or self.state is OutcomeState.CODED
