"""What a person said or decided about a change of the codebook. Never changed, never deleted."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from cothemes.records.record import Record


class RevisionKind(StrEnum):
    """Kinds of decisions about the codebook."""

    REASON = "reason"
    """Reason why the codebook was changed from one version to another."""
    SAME = "same"
    """The new wording asks for the same codings as the old one: ratings under both are pooled."""
    ADOPTED = "adopted"
    """Candidates became a code."""
    DISMISSED = "dismissed"
    """Candidates are no code."""


class Revision(Record):
    """One act of one person."""

    id: str
    """UUIDv7, so that two copies of a study merge."""
    at: datetime
    by: str = ""
    """A registered person; empty where no one was named."""
    kind: RevisionKind
    old: str = ""
    """Hash of the codebook before; empty where nothing changed."""
    new: str = ""
    """Hash of the codebook after."""
    codes: tuple[str, ...] = ()
    """The codes that are meant; none: the codebook as a whole."""
    candidates: tuple[str, ...] = ()
    """Ids of candidates, or of decisions with a note, that were settled by this."""
    reason: str = ""
