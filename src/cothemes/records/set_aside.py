"""Words of a document that are in no passage though nobody asked them as an interviewer, and why."""

from __future__ import annotations

from enum import StrEnum

from cothemes.records.document import Role
from cothemes.records.record import Record


class Reason(StrEnum):
    """Why words are in no passage."""

    INTERJECTION = "interjection"
    """A few words while another voice goes on."""
    BARE_ANSWER = "bare answer"
    """Only agrees, refuses, greets, thanks or murmurs."""
    SHORT_QUESTION = "short question"
    """A participant asks in a few words."""
    FRAGMENT = "fragment"
    """A few words that break off, or that finish another's sentence."""
    OWN_NAME = "own name"
    """The speaker says who they are in a few words, and nothing else."""
    WEB_TEXT = "web text"
    """What a website puts above or below a text."""
    NOT_CUT = "not cut"
    """In no passage for another reason, such as a role that was corrected after the text was cut."""


class SetAside(Record):
    """A stretch of a document that can be read and is not coded."""

    start: int
    end: int
    """Half-open code points of the document's text."""
    words: int
    """Words by white space."""
    speaker: str
    role: Role
    reason: Reason
    passage: str = ""
    """The passage that it is inside; empty where it is between passages."""


class SetAsideCount(Record):
    """Stretches of one reason."""

    reason: Reason
    stretches: int
    words: int
    """Words by white space."""
