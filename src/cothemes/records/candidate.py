"""A code that a model misses in the codebook. It becomes one by a person's decision alone."""

from __future__ import annotations

from cothemes.records.record import Record
from cothemes.records.suggestion import Evidence


class Candidate(Record):
    """A passage that matters to the study and that no code fits, with a name for what is missing."""

    id: str
    """sha256 of run, passage, label and place, shortened: the same proposal has the same id."""
    run: str
    passage: str
    text_version: str = ""
    """The version of the document whose text was read; spans point into it."""
    label: str
    """The model's words, no more than a suggestion."""
    criterion: str
    """Criterion by which such a code would apply, in the model's words."""
    evidence: tuple[Evidence, ...]
    """Verified stretches of the document, at least one."""
