"""A project of a program for qualitative analysis, as neutral records: what REFI-QDA can say, without XML.

Ids are GUIDs as the file writes them, each reference spelled as the thing that it names. Dates are kept as
they are written. Records are immutable, so that a project read and written again is the same project.
"""

from __future__ import annotations

from enum import StrEnum

from cothemes.records.record import Record

CASE = "case"
"""Column of a document's metadata that holds the names of the cases of an imported project."""


class Medium(StrEnum):
    """Kinds of sources that have a text."""

    TEXT = "text"
    PDF = "pdf"
    AUDIO = "audio"
    VIDEO = "video"
    PICTURE = "picture"


class Made(Record):
    """Who made a thing and when, as far as the file says."""

    by: str = ""
    """GUID of a user."""
    at: str = ""
    changed_by: str = ""
    changed_at: str = ""


NOBODY = Made()


class ProjectUser(Record):
    """A person or a program that codes."""

    guid: str
    name: str = ""
    id: str = ""
    """A second name, as some programs keep one; cothemes writes the kind of rater here."""


class ProjectCode(Record):
    """A code, or a heading over codes."""

    guid: str
    name: str
    codable: bool = True
    """False for a heading that no text is coded with."""
    colour: str = ""
    """`#RRGGBB`; empty: none."""
    description: str = ""
    parent: str = ""
    """GUID of the code above it."""
    notes: tuple[str, ...] = ()


class ProjectVariable(Record):
    """A variable of cases or sources."""

    guid: str
    name: str
    type: str = "Text"
    """`Text`, `Boolean`, `Integer`, `Float`, `Date` or `DateTime`."""
    description: str = ""


class VariableValue(Record):
    """The value of one variable, as text."""

    variable: str
    value: str
    type: str = "Text"


class ProjectCase(Record):
    """A case: often a participant, but the format does not say."""

    guid: str
    name: str = ""
    description: str = ""
    codes: tuple[str, ...] = ()
    values: tuple[VariableValue, ...] = ()
    sources: tuple[str, ...] = ()
    selections: tuple[str, ...] = ()


class ProjectCoding(Record):
    """One code on one selection, by one user."""

    guid: str
    code: str
    by: str = ""
    at: str = ""
    notes: tuple[str, ...] = ()


class Selection(Record):
    """A stretch of a source's text."""

    guid: str
    name: str = ""
    description: str = ""
    start: int
    end: int
    """Half-open; as counted in the file when read, in code points once they were located."""
    made: Made = NOBODY
    codings: tuple[ProjectCoding, ...] = ()
    notes: tuple[str, ...] = ()


class ProjectSource(Record):
    """A source with a text."""

    guid: str
    name: str = ""
    description: str = ""
    medium: Medium = Medium.TEXT
    text: str | None = None
    """Lines end in LF, no byte-order mark; None where the file does not hold it."""
    crlf: bool = False
    """True if lines ended in CR LF, or may have when their characters were counted."""
    bom: bool = False
    """True if a byte-order mark stood before the text."""
    made: Made = NOBODY
    selections: tuple[Selection, ...] = ()
    codings: tuple[ProjectCoding, ...] = ()
    """Codes on the source as a whole."""
    notes: tuple[str, ...] = ()
    values: tuple[VariableValue, ...] = ()


class ProjectNote(Record):
    """A memo, a comment, or a journal."""

    guid: str
    name: str = ""
    description: str = ""
    text: str = ""
    made: Made = NOBODY


class ProjectSet(Record):
    """A group of codes, sources or notes."""

    guid: str
    name: str
    description: str = ""
    codes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class Loss(Record):
    """Things of one kind that were not carried from one format to another, and why."""

    what: str
    """The kind, in the plural: `selections of a picture`."""
    count: int
    why: str
    examples: tuple[str, ...] = ()
    """Names of some of them."""

    @property
    def words(self) -> str:
        """`selections of a picture (3): cothemes codes text: a.jpg`."""
        named = f": {', '.join(self.examples)}" if self.examples else ""
        return f"{self.what} ({self.count}): {self.why}{named}"


class Project(Record):
    """A whole project."""

    name: str
    origin: str = ""
    """Program that wrote it."""
    description: str = ""
    made: Made = NOBODY
    users: tuple[ProjectUser, ...] = ()
    codes: tuple[ProjectCode, ...] = ()
    """Every code after the one above it."""
    variables: tuple[ProjectVariable, ...] = ()
    cases: tuple[ProjectCase, ...] = ()
    sources: tuple[ProjectSource, ...] = ()
    notes: tuple[ProjectNote, ...] = ()
    sets: tuple[ProjectSet, ...] = ()
    note_refs: tuple[str, ...] = ()
    """Notes on the project as a whole."""
    losses: tuple[Loss, ...] = ()
    """Parts of the file that no record here has a place for."""

    @property
    def codings(self) -> int:
        """Return how many codings its texts hold, those of whole sources among them."""
        return sum(
            len(source.codings) + sum(len(each.codings) for each in source.selections)
            for source in self.sources
        )


def plain(guid: str) -> str:
    """Return a GUID as two spellings of it are compared: small letters, no braces."""
    return guid.strip().strip("{}").lower()
