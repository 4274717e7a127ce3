"""A researcher's note on the study, kept in versions. A remark on a decision stands with the decision."""

from __future__ import annotations

from datetime import datetime

from cothemes.records.record import Record


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
