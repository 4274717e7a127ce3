"""The access log: which words of the study were shown, written to a file or sent, when and by whom."""

from __future__ import annotations

from enum import StrEnum

from cothemes.records.record import Moment, Record


class AccessKind(StrEnum):
    """How words left the study's records."""

    VIEW = "view"
    """Original names shown on the screen."""
    EXPORT = "export"
    """A table, page or sheet."""
    PACKAGE = "package"
    """A reviewer's package."""
    BACKUP = "backup"
    """A copy of the whole study."""
    LOGIN = "login"
    """A person logged in to the served study, or was refused."""
    SENT = "sent"
    """Requests to a remote model."""


class WordsHeld(StrEnum):
    """What a file or a view holds of the documents' words."""

    NONE = "none"
    """Figures, codes and ids."""
    PSEUDONYMS = "pseudonyms"
    """Words with pseudonyms in place of the names that the study knows."""
    ORIGINALS = "originals"
    """Words as they are stored."""


class Access(Record):
    """One entry of the log; never changed or deleted."""

    id: str
    """UUIDv7."""
    at: Moment
    by: str
    """Registered reviewer, or the account of the computer; empty where neither is known."""
    kind: AccessKind
    command: str
    """The command that wrote or showed it, such as `export csv`."""
    path: str = ""
    """Absolute path of the file; empty for a view."""
    words: WordsHeld
    documents: tuple[str, ...]
    """Documents that the study held then: the file may hold words of each of them."""


class SentCalls(Record):
    """Requests of one run to one endpoint, summed."""

    run: str
    endpoint: str
    model: str
    """Name in the replies; empty if none came."""
    calls: int
    """Requests that may have arrived."""
    passages: int
    first: Moment
    last: Moment
