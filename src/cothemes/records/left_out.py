"""What a figure leaves out, and why: said beside every figure, listed beside every export."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from cothemes.records.record import Record


class Reason(StrEnum):
    """Reasons why something that a person did is not in a figure."""

    RETIRED_PASSAGE = "retired passage"
    """Its document was cut anew since."""
    TO_CONFIRM = "to confirm"
    """The words that were decided on changed in substance."""
    EARLIER_MEANING = "earlier meaning"
    """The code was worded otherwise."""
    RETIRED_CODE = "retired code"
    """The code is not in the codebook now."""
    DRAFT = "your draft code"
    """The code is a draft of the person who looks: nobody else sees it before it is published."""
    SPLIT_CODE = "split code"
    """The code was split, and the passage has not been read for its parts."""
    NOT_DONE = "not done"
    """The reading is not finished."""
    SUPERSEDED = "superseded"
    """Replaced by a later decision of the same person in the same reading."""
    OVERRULED = "ruled otherwise"
    """The consensus ruled that the code does not apply."""
    TOO_FEW_READERS = "too few readers"
    """By the rule that was asked for, too few of the passage's readers gave the code."""
    INVENTED_RATER = "invented rater"
    """Imported from a synthetic rater, or with one; people decided, and they alone count."""
    TAKEN_BACK = "taken back"
    """Taken back by an undo."""
    AUTO_ACCEPTED = "auto-accepted"
    """Accepted under a certificate and read by nobody; the study counts people's codings alone."""
    REVOKED = "certificate taken back"
    """Accepted under a certificate that a person took back."""
    OTHER_VOICE = "not a participant's words"
    """The passage is the interviewer's, an announcer's or a heading: findings leave it out."""
    GIVEN_ON = "given on"
    """The passage was given on to another reviewer."""
    CONSENT = "consent withdrawn"
    """A number only: it is never shown and never comes back."""
    STILL_BLIND = "still to code blind"
    """Passages that the person who looks has to code blind; what others said of them is hidden."""
    ARM_BLIND = "arm: blind"
    """Ratings of another arm than the one asked for; so the next three."""
    ARM_REVEAL = "arm: reveal"
    ARM_REVEALED = "arm: revealed"
    """Decisions on a reveal passage after the suggestions appeared."""
    ARM_ASSISTED = "arm: assisted"
    PUT_FORWARD = "put forward by a score"
    """Readings of passages that were served for their uncertainty or value: no random sample."""
    WAITS_FOR_DRAW = "waits for the rest of its draw"
    """Blind readings that count once those drawn before them, or the rest of their document, are finished."""
    OTHER_ROUND = "other round"
    """Ratings of another round than the one asked for."""


class LeftOut(Record):
    """One reason with its count."""

    reason: Reason
    unit: str
    """`decision`, `passage`, `reading`, `suggestion` or `acceptance`."""
    count: int
    codes: tuple[str, ...] | None
    """The codes that it is about; None where they must not be told."""
    include_with: str | None
    """Option that brings it into the figures; None where nothing does."""

    @property
    def words(self) -> str:
        """`3 decisions, retired passage (D4, D6)`."""
        codes = f" ({', '.join(self.codes)})" if self.codes else ""
        return f"{self.count} {self.unit}{'' if self.count == 1 else 's'}, {self.reason.value}{codes}"


class Dropped(Record):
    """One decision that is left out."""

    decision: str = ""
    """Its id, where it is a decision or a ruling."""
    reason: Reason
    passage: str
    code: str
    by: str
    action: str
    """`accept`, `add` or `reject`; `ruling` of adjudication; `rating` of an imported one;
    `suggestion` of a coder; `auto-accepted` of one that was accepted under a certificate."""
    round: str = ""
    arm: str = ""
    at: datetime | None = None

    @property
    def document(self) -> str:
        """The document of its passage."""
        return self.passage.rpartition(".")[0]
