"""A reviewer's package: what one person may see of a study, or what that person decided elsewhere."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from cothemes.records.code_operation import DraftRecord, Operation
from cothemes.records.document import Document
from cothemes.records.passage import Passage
from cothemes.records.record import Record
from cothemes.records.review import Assignment, Decision
from cothemes.records.run import Run
from cothemes.records.suggestion import Outcome, Suggestion

PACKAGE_FORMAT = "cothemes package"
PACKAGE_VERSION = 2
"""Version of the format. A reader refuses a higher one. Without operations on codes, it is 1."""


class Origin(StrEnum):
    """Places where a package is made, which determine what it holds."""

    STUDY = "study"
    """Made in the study: texts, assignments, suggestions that may be seen, and the reviewer's own
    decisions.
    """
    COPY = "copy"
    """Made where a package was opened: the reviewer's decisions and what they were made under, no texts."""


class Manifest(Record):
    """Description that a package holds of itself."""

    format: str = PACKAGE_FORMAT
    version: int = 1
    program: str
    """The cothemes that wrote it."""
    study: str
    """Id of the study, the same in all its copies."""
    title: str
    tradition: str = "codebook"
    language: str = ""
    origin: Origin
    reviewer: str
    role: str
    """Role of the reviewer, as registered."""
    made: datetime
    codebook_hash: str
    """Hash of the codebook where the package was made."""
    parts: dict[str, str] = {}
    """File in the package → sha256 of its bytes."""
    operations: tuple[Operation, ...] = ()
    """What was done to codes so far, without people and reasons: it says which code an id meant."""
    drafts: tuple[DraftRecord, ...] = ()
    """Acts on the reviewer's own draft codes."""
    named_after: dict[str, str] = {}
    """Hash of a codebook → id of the last operation before it came into use."""


class Package(Record):
    """The content, already without what the reviewer may not see."""

    manifest: Manifest
    codebook_text: str
    """codebook.yaml as people wrote it."""
    codebooks: dict[str, str]
    """Hash → JSON of each codebook that a decision was made under, and of the current one."""
    documents: tuple[Document, ...] = ()
    passages: tuple[Passage, ...] = ()
    runs: tuple[Run, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    """Every round of each passage."""
    decisions: tuple[Decision, ...] = ()
    """Decisions, in the order in which they were made."""


class CopyMark(Record):
    """Record in an opened package of where it came from."""

    study: str
    reviewer: str
    made: datetime
    """Time of the newest package that was imported."""
    codebook_file: str
    """sha256 of codebook.yaml as it came, so that an edit is seen."""
