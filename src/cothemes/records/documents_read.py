"""What the study holds of each document, as `cothemes documents` lists it."""

from __future__ import annotations

from pydantic import Field

from cothemes.records.document import Kind
from cothemes.records.record import Moment, Record
from cothemes.records.set_aside import SetAside, SetAsideCount


class TextVersion(Record):
    """One text that a document had."""

    version: str
    """sha256 of the text."""
    since: Moment | None
    """When it was last made the current text; None where that was not noted."""
    words: int
    file: str
    current: bool
    passages: int | None
    """Passages of the current text; None for another one."""


class DocumentEntry(Record):
    """One document with its counts. Decisions are those of the present passages."""

    document: str
    """Document id."""
    title: str
    kind: Kind
    kind_given: bool
    """True if a person, the --meta table or the file named the kind; False if a rule did or it is unknown."""
    file: str
    reader: str
    """Format, as the reader is called."""
    synthetic: bool
    words: int
    """Number of words by white space, in all of the text but headings."""
    turns: int
    """Turns and paragraphs of speech; 0 in a text in which nobody speaks."""
    passages: int
    codeable: int
    """Passages that coders and people are asked about: no interviewer's, and no heading."""
    set_aside: tuple[SetAsideCount, ...]
    """Stretches that can be read and are in no passage, by reason; interviewers' turns are not counted."""
    participants: tuple[str, ...]
    """Short names of participants, where they are known."""
    language: str | None
    """The column `language` of the metadata."""
    consent: str | None
    """The column `consent_remote`: yes, no, unclear; None where nothing is said."""
    suggested: int
    """Passages for which a coder suggests a code."""
    coded: int
    """Passages to which people gave a code that stands."""
    decided: int
    """Passages that people finished or decided a code on."""
    uncertain: tuple[str, ...]
    """Points that no rule decides, in words."""
    texts: tuple[TextVersion, ...] = Field(default=(), exclude_if=lambda texts: not texts)
    """The texts that it had, the earliest first; only there where the document is named."""


class SetAsideStretch(SetAside):
    """A stretch with its words."""

    text: str


class DocumentList(Record):
    """Documents by id."""

    documents: tuple[DocumentEntry, ...]
