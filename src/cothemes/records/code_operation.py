"""Operations on codes: what a person did to a code, when and why. Never changed, never deleted."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from cothemes.records.record import Moment, Record


class OperationKind(StrEnum):
    """Kinds of operations."""

    ADD = "add"
    RENAME = "rename"
    """Another visible id of the same code."""
    MOVE = "move"
    """Another theme or parent."""
    MERGE = "merge"
    SPLIT = "split"
    RETIRE = "retire"
    UNDO = "undo"


class Operation(Record):
    """One operation of one person."""

    id: str
    """UUIDv7, so that two copies of a study merge."""
    at: Moment
    by: str = ""
    """A registered person; empty where no one was named."""
    kind: OperationKind
    codes: tuple[str, ...] = ()
    """Visible ids that it acted on, as they were."""
    into: tuple[str, ...] = ()
    """Visible ids that came of it."""
    exact: bool = False
    """Merge: the new code is exactly the union of its parts. Split: the parts lie within the code."""
    old: str = ""
    """Hash of the codebook before."""
    new: str = ""
    """Hash of the codebook after."""
    undoes: str = ""
    """Id of the operation that this one takes back."""
    reason: str = ""
    by_hand: bool = False
    """True if codebook.yaml was edited first, and a person said afterwards what the edit meant."""
    details: dict[str, Any] = {}
    """What is needed to take it back: the earlier theme and parent, or the lines of removed codes."""


class DraftAct(StrEnum):
    """Acts on a draft code."""

    CREATED = "created"
    PUBLISHED = "published"
    DISCARDED = "discarded"


class DraftRecord(Record):
    """One act on a draft: a code that a coder made while reading, private until the lead publishes it."""

    id: str
    """UUIDv7."""
    at: Moment
    by: str
    """A registered person."""
    act: DraftAct
    code: str
    """Id of the code. It says nothing of the passage."""
    label: str = ""
    passage: str = ""
    """The passage that it was made on."""
    reason: str = ""
