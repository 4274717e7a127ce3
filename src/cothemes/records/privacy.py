"""What stands for names in a text that may leave the machine, what was found where, and what was forgotten.

Originals stand in one record only, `Pseudonym`, and are never printed with it: its log, `Replacement`, knows
places and pseudonyms.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from cothemes.records.record import Record, content_hash

PERSON = "PERSON"
"""The kind of a name that has parts: a first name, a surname."""


MASK = "█"
"""Stands for one letter of an erased word, so that lengths stay."""
REDACTED = "redacted:"
"""Beginning of the version of an earlier text that was redacted; a number follows."""


class Treatment(StrEnum):
    """Treatments of an original wherever it occurs."""

    REPLACE = "replace"
    """Replaced; a word that is an everyday word too, only where it is surely a name."""
    ALWAYS = "always"
    """Replaced wherever it stands, also as an everyday word."""
    LEAVE = "leave"
    """A person said that it identifies no one."""


class Pseudonym(Record):
    """One original and what stands for it, in all documents alike."""

    id: str
    pseudonym: str
    """Pseudonym in brackets, e.g. `[PERSON_1]`. Several originals share one where a person said that they are
    one.
    """
    kind: str
    """PERSON, PLACE, EMAIL, …: capitals and figures."""
    rule: str
    """Rule that found it first: `list`, `speaker`, `e-mail`, …"""
    treatment: Treatment = Treatment.REPLACE
    settled: bool = False
    """True if a person has looked at it."""
    key: str = Field(repr=False)
    """The original made comparable: equal ones are one original."""
    original: str = Field(repr=False)
    """Original as first seen."""
    scope: str = ""
    """The one document in which it is looked for; empty: all."""


class Replacement(Record):
    """A stretch of a document that holds an original. Holds no words."""

    start: int
    end: int
    """Half-open code points of the document's text."""
    pseudonym: str
    """Id of the Pseudonym."""
    rule: str
    applied: bool = True
    """False for what was left: by a person's word, or as an everyday word that may be no name."""


class Deidentification(Record):
    """State of one document."""

    document: str
    version: str
    """Version of the document when it was searched."""
    found: str
    """Hash of what is replaced by what: another hash is another text that would leave."""
    searched: datetime
    reviewed: str = ""
    """The `found` that a person has read; empty: none."""
    reviewer: str = ""
    at: datetime | None = None

    def reviewed_as(self, version: str) -> bool:
        """Return whether a person has read exactly what would be sent of this version."""
        return bool(self.reviewed) and self.reviewed == self.found and self.version == version


def found_hash(version: str, replaced: list[tuple[int, int, str]]) -> str:
    """Hash of a document's text and (start, end, pseudonym) of everything that is replaced in it."""
    return content_hash([version, *([start, end, word] for start, end, word in replaced)])


class Tombstone(Record):
    """Record of a document that was forgotten."""

    document: str
    """Its slug."""
    at: datetime
    reason: str
    by: str = ""
    marks: tuple[str, ...] = Field(default=(), repr=False)
    """Hashes of its file and its text, so that both are known again without being kept."""
    erased: dict[str, int] = {}
    """Erased records, by name → how many."""

    @property
    def told(self) -> str:
        """Return what, when and why, for whoever asks for it later."""
        return f"{self.document} was forgotten on {self.at.date()}: {self.reason}"


class Redaction(Record):
    """A document's earlier texts, from which the words that a corrected text has no more were erased."""

    id: str
    """UUIDv7."""
    at: datetime
    by: str
    document: str
    version: str
    """The text that stays."""
    erased: dict[str, int] = {}
    """What was erased, by name → how many."""
