"""A decision that a person made once and copied to a passage that says nearly the same."""

from __future__ import annotations

from cothemes.records.record import Record


class CopiedDecision(Record):
    """The mark of one decision. The decision itself is the person's own."""

    decision: str
    """Id of the decision."""
    origin: str
    """The passage that the person read and decided on."""
