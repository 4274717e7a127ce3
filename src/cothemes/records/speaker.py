"""Who speaks, as a person settled it: roles, names and participants laid over what the rules read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from cothemes.records.document import Role
from cothemes.records.left_out import LeftOut
from cothemes.records.record import Record

NAMELESS = "?"
"""Mark by which people write the label of speech that no label names."""


class SpeakerEntry(Record):
    """Entry of a person about one label of one document; append-only, the newest one counts."""

    id: str
    """UUIDv7."""
    at: datetime
    by: str
    """A registered person; empty where nobody is registered."""
    document: str
    label: str
    """Label as read from the source; empty for speech that no label names."""
    role: Role | None = None
    """None: the role that the rules read."""
    name: str | None = None
    """None: the label itself."""
    participant: str | None = None
    """Short name of the participant; None: as the metadata say."""

    @property
    def says(self) -> tuple[Role | None, str | None, str | None]:
        """Role, name and participant."""
        return self.role, self.name, self.participant


def in_force(entries: Iterable[SpeakerEntry]) -> dict[str, SpeakerEntry]:
    """Return label → newest entry, of one document's entries in the order they were stored."""
    return {entry.label: entry for entry in entries}


class Speaker(Record):
    """One label of a document and what is known of the person behind it. Counts are of the present text."""

    document: str
    file: str
    label: str
    """Label as read from the source; `?` for speech that no label names."""
    name: str | None
    """The name that a person gave; None where the label serves."""
    role: Role
    role_read: Role
    """Role by rule, the file and the --meta table."""
    participant: str | None
    """Short name of the participant, where one is known."""
    turns: int
    """Turns and paragraphs."""
    passages: int
    words: int
    """Number of words by white space."""
    first_words: str
    set_by: str | None = None
    """Person who last set role, name or participant; empty where nobody was registered; None where nobody
    did.
    """
    set_at: datetime | None = None


class SpeakerEffect(Record):
    """Effect of setting a label, or of the preview."""

    document: str
    label: str
    role_before: Role
    role: Role
    name_before: str | None
    name: str | None
    participant_before: str | None
    participant: str | None
    passages: int
    """Passages of the speaker, the new ones with them."""
    new_passages: int
    """Passages made of speech that stood in none, because it was taken for the interviewer's."""
    codeable: int
    """Passages that coders and people are asked about from now on, and were not before."""
    not_codeable: int
    """Passages that nobody is asked about from now on, and were before."""
    coded: int
    """Those of `not_codeable` that hold codes that people gave. They stay, and are listed as left out."""
    assigned: int
    """Those of `not_codeable` that were assigned to people. They stay in their queues."""
    cluster_before: str
    """Unit of intervals of the document before."""
    cluster: str
    """Unit of intervals of the document now: its participant, else the document itself."""


class SpeakerList(Record):
    """The speakers of documents, and what was changed of them."""

    speakers: tuple[Speaker, ...]
    changes: tuple[SpeakerEffect, ...] = ()
    unchanged: int = 0
    """Labels that were given as they stood already."""
    without_label: tuple[SpeakerEntry, ...] = ()
    """Entries for labels that the present text does not have; they count when the label returns."""
    without_speakers: tuple[str, ...] = ()
    """Documents in which nobody speaks, or no rule recognises who does."""
    left_out: tuple[LeftOut, ...] = ()
    """Codings on passages whose speaker is no participant, by what a person set."""
