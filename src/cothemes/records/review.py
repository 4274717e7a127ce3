"""People: who they are, what was assigned to them, what they decided."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from cothemes.records.record import Record


class Reviewer(Record):
    """A registered person."""

    name: str
    role: str = "coder"
    added: datetime


class Arm(StrEnum):
    """What a reviewer may see of others' work while deciding."""

    BLIND = "blind"
    """No suggestion, no confidence, no other coder."""
    REVEAL = "reveal"
    """Blind first, locked, then the suggestions; both records kept."""
    ASSISTED = "assisted"


class Assignment(Record):
    """One passage for one reviewer, with the chance by which it was drawn."""

    reviewer: str
    passage: str
    document: str
    round: str
    arm: Arm
    probability: float
    """That the passage was drawn into this reviewer's arm, 0 < p ≤ 1, by the design of the draw."""
    double: bool
    """Whether at least two people code it, all of them blind."""
    position: int
    """Order of serving within the reviewer's queue."""
    drawn: datetime
    seed: int


class Action(StrEnum):
    """What a reviewer can do. Every act is one more record."""

    ACCEPT = "accept"
    REJECT = "reject"
    ADD = "add"
    DONE = "done"
    """The passage is finished: every code not accepted or added becomes 0."""
    REOPEN = "reopen"
    UNDO = "undo"
    NOTE = "note"
    SKIP = "skip"
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
    attributes: dict[str, tuple[str, ...]] = {}
    start: int | None = None
    end: int | None = None
    """A span of the document that the reviewer marked, in code points."""
    note: str = ""
    suggestion: str | None = None
    """The suggestion that was answered, where one was shown."""
    shown: tuple[str, ...] = ()
    """Ids of all suggestions in view."""
    implicit: bool = False
    """An unanswered suggestion, settled as rejected by `done`."""
    undoes: str | None = None
    """The decision that this one takes back."""
