"""A researcher's note on the study, kept in versions. A remark on a decision stands with the decision."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from cothemes.records.record import Record


class MemoKind(StrEnum):
    """Kinds of memos."""

    NOTE = "note"
    DOCUMENT_SUMMARY = "document summary"
    """A cell of the framework: what one document says on a theme or code."""
    PARTICIPANT_SUMMARY = "participant summary"
    """What one participant says on a theme or code, in all of their documents."""


class Memo(Record):
    """One version of a memo; never changed, never deleted. The newest version is the memo."""

    id: str
    """UUIDv7 of this version."""
    memo: str
    """Id of the first version, which is the memo's own."""
    at: datetime
    by: str
    """A registered person; empty where nobody is registered."""
    document: str | None = None
    """Slug of the document; with a passage, the passage's document."""
    passage: str | None = None
    code: str | None = None
    """Id of the code. Without document, passage and code the memo is about the study."""
    codebook_hash: str
    """Hash of the codebook when the memo was written."""
    text: str
    """Empty: the memo was taken away."""
    kind: MemoKind = MemoKind.NOTE
    theme: str | None = None
    """Id of the theme that a summary is on; else it is on the code."""
    documents: tuple[str, ...] = ()
    """Documents of the case that a summary is of; `document` is the first of them."""
