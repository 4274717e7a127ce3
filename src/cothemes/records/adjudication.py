"""What was settled where readers disagreed. It stands apart from their decisions, which stay as they were."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from cothemes.records.record import Record

CONSENSUS = "consensus"
"""The rater that settled codes belong to."""


class Ruling(StrEnum):
    """Acts of an adjudicator. Every act is one more record."""

    OPENED = "opened"
    """The readers' codes were in view; from then on none of them changes."""
    YES = "yes"
    """The code applies."""
    NO = "no"
    NOTE = "note"
    UNDO = "undo"


class Settlement(Record):
    """One act on one passage of one round; never changed, never deleted."""

    id: str
    """UUIDv7, so that two copies of a study merge."""
    at: datetime
    by: str
    """The registered person who wrote it down, alone or for all who discussed."""
    passage: str
    round: str
    ruling: Ruling
    code: str | None = None
    code_hash: str | None = None
    """The wording that was ruled on."""
    codebook_hash: str
    text_version: str = ""
    """The version of the document whose text was discussed; spans point into it."""
    attributes: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Attributes of a code that applies, as adjudicated or as all readers gave them."""
    start: int | None = None
    end: int | None = None
    """A span of the document, in code points."""
    note: str = ""
    readers: tuple[str, ...] = ()
    """Names of reader 1, reader 2 and so on; the names were hidden."""
    undoes: str | None = None
    """The record that this one takes back."""
