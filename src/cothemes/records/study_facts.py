"""What a study's records say of how the study was done, for its methods section and checklists."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from cothemes.records.record import Record


class RunFacts(Record):
    """One run of a coder."""

    id: str
    rater: str
    coder: str
    model: str
    prompt: str
    codebook_version: str
    codebook_hash: str
    started: datetime
    finished: datetime | None
    state: str
    coded: int
    with_suggestion: int
    suggestions: int
    other_outcomes: dict[str, int] = {}
    quotes: dict[str, int] = {}
    """Status of quotes → suggestions."""
    refused: dict[str, int] = {}
    """Status of quotes → codes that were left out for want of a better one."""
    embedder: str = ""
    answered_as: tuple[str, ...] = ()
    """The names that the provider's replies gave the model."""
    endpoint: str = ""
    parameters: dict[str, Any] = {}
    """Parameters as sent with every request."""
    cost: str = ""
    """Cost by the provider's own count; empty where a price or a count is not known."""


class RoundFacts(Record):
    """One round of assignments."""

    name: str
    reviewers: tuple[str, ...]
    passages: int
    assigned: int
    arms: dict[str, int]
    double: int
    """Passages that several people code, blind."""
    lowest_probability: float
    highest_probability: float
    seeds: tuple[int, ...]
    finished: int
    """Assignments that the reviewer has finished."""
    put_forward: dict[str, int] = {}
    """Stream → assignments that a score put forward."""
    put_forward_finished: int = 0
    """Of these, assignments that the reviewer has finished."""


class StudyFacts(Record):
    """Facts in the records about how the study was done."""

    documents: dict[str, int]
    words: int
    formats: tuple[str, ...]
    synthetic: int
    passages: int
    median_words: float | None
    lowest_words: int | None
    highest_words: int | None
    segmentation: tuple[str, ...]
    """Hashes; more than one where settings changed."""
    aimed_words: tuple[int, int, int]
    """Minimum, maximum and target of the settings."""
    codebook: str
    codebook_version: str
    codebook_hash: str
    codes: int
    themes: int
    codebook_status: str = ""
    runs: tuple[RunFacts, ...] = ()
    rounds: tuple[RoundFacts, ...] = ()
    acts: dict[str, int] = {}
    """Decisions that stand, by what they do: each person's word on a code of a passage once."""
    imported: dict[str, str] = {}
    """Raters whose ratings were imported → kind."""
    tradition: str = "codebook"
    deidentified: str = ""
    """Setting: how texts were looked through for names before they may be sent."""
    remote_models: bool = False
    """Setting: texts may go to a remote model."""
    agreement_units: int | None = None
    """Passages that two raters coded; None where there are none."""
    version: str
    """Version of cothemes."""
    python: str
