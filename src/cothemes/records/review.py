"""People: who they are, what was assigned to them, what they decided."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from pydantic import Field

from cothemes.records.record import Record


class Reviewer(Record):
    """A registered person."""

    name: str
    role: str = "coder"
    added: datetime
    capacity: int | None = None
    """Passages a week; None where nothing was said."""
    paused: datetime | None = None
    """Since when the person gets nothing new."""


class Arm(StrEnum):
    """Arms: what a reviewer may see of others' work while deciding."""

    BLIND = "blind"
    """No suggestion, no confidence, no other coder."""
    REVEAL = "reveal"
    """Blind first, locked, then the suggestions; both records kept."""
    ASSISTED = "assisted"


class ReadingArm(StrEnum):
    """Arms of a reading: what the reader saw while deciding."""

    BLIND = "blind"
    REVEAL = "reveal"
    """The first, locked part of a reveal passage, made blind."""
    REVEALED = "revealed"
    """A passage with reveal, after the suggestions appeared."""
    ASSISTED = "assisted"


class Stream(StrEnum):
    """Streams: the rule by which a passage is served."""

    DOCUMENT = "document"
    """Document by document, blind before the rest."""
    DRAWN = "drawn"
    """Served in drawn order, so that what is finished at any time is a random part."""
    PRIORITY = "priority"
    """Put forward by the uncertainty of its suggestions; never a blind passage. So the next two."""
    VALUE = "value"
    """Put forward for the errors that are expected in its suggestions."""
    RARE = "rare"
    """Put forward as a likely positive of a code that few passages have."""


PUT_FORWARD = (Stream.PRIORITY, Stream.VALUE, Stream.RARE)
"""Streams whose passages a score has chosen: what is read there is no random sample."""


class Assignment(Record):
    """One passage for one reviewer in one round, with the probability by which it was drawn.

    Rounds of one reviewer and passage exist side by side; what was decided in one is never moved to another.
    """

    reviewer: str
    passage: str
    document: str
    round: str
    arm: Arm
    probability: float
    """That the passage was drawn into this reviewer's arm, 0 < p ≤ 1, by the design of the draw."""
    double: bool
    """True if at least two people code it, all of them blind."""
    position: int
    """Order of serving within the reviewer's queue."""
    drawn: datetime
    seed: int
    chance: float | None = None
    """That the draw gave the passage to anyone for a blind reading, in whatever lot; None: it is left out of
    design-based estimates."""
    rank: float | None = None
    """The passage's place in the drawn order of its round, 0 to 1, the same for all who have it."""
    stream: Stream = Stream.DOCUMENT
    moved_from: str | None = None
    """Who had it before, where it was given on."""
    codes: tuple[str, ...] = ()
    """The only codes that a recode round asks about; empty in a main round, which asks about all."""


class AssignedPlace(NamedTuple):
    """As much of an assignment as a queue needs."""

    passage: str
    round: str
    position: int
    again: bool
    """True in a recode round, which asks about some codes only."""


def reordered_key(reviewer: str) -> str:
    """Return the name under which the study counts how often a reviewer's open passages were put in order."""
    return f"reordered: {reviewer}"


class Seed(Record):
    """A wrong suggestion, put in on purpose into one reviewer's reading of one passage."""

    id: str
    """Stands in decisions where a suggestion's id stands."""
    reviewer: str
    passage: str
    round: str
    code: str
    """Two people or more read the passage blind, and none of them gave it."""
    code_hash: str
    """The wording they read it under."""
    start: int | None
    end: int | None
    """A sentence of the passage in code points of the document, shown as evidence; None once forgotten."""
    text_version: str = ""
    """The version of the document that the sentence was taken from; spans point into it."""
    run: str
    """The run among whose suggestions it stands."""
    reason: str
    drawn: datetime
    seed: int


class Purpose(StrEnum):
    """Purposes of an assignment. Only those of the study itself are ever read as codings."""

    STUDY = "study"
    SEED = "seed"
    """A reading into which a wrong suggestion is put."""
    CHECK = "check"
    """A blind reading of a passage on which such a suggestion was accepted."""


class Action(StrEnum):
    """Acts of a reviewer. Every act is one more record."""

    ACCEPT = "accept"
    REJECT = "reject"
    ADD = "add"
    DONE = "done"
    """The passage is finished: every code not accepted or added becomes 0."""
    REOPEN = "reopen"
    UNDO = "undo"
    NOTE = "note"
    SKIP = "skip"
    CONFIRM = "confirm"
    """The decisions on the passage hold for its corrected text too."""
    FLAG = "flag"
    """Worth a second look; says nothing about codes."""


class Decision(Record):
    """One act of one reviewer; never changed, never deleted."""

    id: str
    """UUIDv7, so that two copies of a study merge."""
    at: datetime
    reviewer: str
    passage: str
    round: str
    arm: Arm
    action: Action
    code: str | None = None
    code_hash: str | None = None
    """The wording that was decided on."""
    codebook_hash: str
    text_version: str = ""
    """The version of the document whose text was read; spans point into it."""
    attributes: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    start: int | None = None
    end: int | None = None
    """The first span of the document that the reviewer marked, in code points."""
    further: tuple[tuple[int, int], ...] = ()
    """Further spans that the reviewer marked for the same code, in the order of the text."""
    note: str = ""
    suggestion: str | None = None
    """The suggestion that was answered, where one was shown."""
    shown: tuple[str, ...] = ()
    """Ids of all suggestions in view."""
    implicit: bool = False
    """An unanswered suggestion, settled as rejected by `done`."""
    undoes: str | None = None
    """The decision that this one takes back."""

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """Return every span that the reviewer marked, in code points of the document."""
        first = () if self.start is None or self.end is None else ((self.start, self.end),)
        return first + self.further

    @property
    def hull(self) -> tuple[int, int] | None:
        """Return the span from the first marked word to the last, with what lies between; None: none."""
        spans = self.spans
        return (min(s[0] for s in spans), max(s[1] for s in spans)) if spans else None
