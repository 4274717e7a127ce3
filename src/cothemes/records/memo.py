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
    """With a passage, its document."""
    passage: str | None = None
    code: str | None = None
    """Without document, passage and code it is about the study."""
    codebook_hash: str
    """What the codebook was when it was written."""
    text: str
    """Empty: the memo was taken away."""
