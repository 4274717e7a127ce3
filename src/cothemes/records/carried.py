"""A thing of an imported project, kept so that it goes back with its own id and all that was said of it."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import Field

from cothemes.records.record import Record


class CarriedKind(StrEnum):
    """Kinds of carried things."""

    PROJECT = "project"
    USER = "user"
    CODE = "code"
    VARIABLE = "variable"
    CASE = "case"
    SOURCE = "source"
    SELECTION = "selection"
    """A stretch of text with its codings."""
    NOTE = "note"
    SET = "set"
    COMPLETE = "complete"
    """A person's statement that a coder coded a whole document, so that absence counts."""


class Carried(Record):
    """One thing. A later import of the same id takes its place."""

    guid: str
    """Id in the project, small letters without braces."""
    kind: CarriedKind
    name: str = ""
    """Name in the study: code id, rater, slug of the document, id of the memo."""
    document: str = ""
    """Document that it is about, with which it is forgotten; empty: the project as a whole."""
    version: str = ""
    """Version of the document that the place counts in; of a code, the hash of the codebook it came into."""
    start: int | None = None
    end: int | None = None
    """Code points of that version."""
    content: dict[str, Any] = Field(default_factory=dict)
    """The rest of its record."""
