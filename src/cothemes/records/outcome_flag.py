"""What is remarkable about a passage's outcome: one kind of flag each, with the code and the detail it names.

The records keep a flag as one string, `KIND`, `KIND:CODE`, `KIND:DETAIL` or `KIND:CODE:DETAIL`. This module
alone reads and writes that form.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import model_serializer, model_validator

from cothemes.records.record import Record


class FlagKind(StrEnum):
    """Kinds of flags. `code` and `detail` are what the flag names besides."""

    UNKNOWN_ROLE = "unknown_role"
    """Nobody could say who speaks: the passage goes to a person."""
    INSTRUCTION_LIKE = "instruction_like"
    """The model took a part of the text for instructions: the passage goes to a person."""
    READS_LIKE = "reads_like"
    """A rule took a part of what is sent for instructions; the detail is the rule."""
    REPLY_LOST = "reply_lost"
    """The reply was lost while the service answered others; it may have been paid for."""
    WITHHELD = "withheld"
    """The passage may not be sent now, and is tried again when it may."""
    PSEUDONYMS = "pseudonyms"
    """The passage was sent in other words than it has."""
    FORM_REPAIRED = "form_repaired"
    """The first reply was not of the form that was asked for, the second was."""
    CODE_FENCE = "code_fence"
    """The JSON came in a code fence."""
    EXTRA_KEYS = "extra_keys"
    """The JSON had keys that were not asked for."""
    ATTRIBUTE_DROPPED = "attribute_dropped"
    """An attribute that the code does not have was left out; the detail is `CODE.NAME`."""
    CONFIDENCE_DROPPED = "confidence_dropped"
    """A code's confidence was no number from 0 to 1."""
    QUOTE_REJECTED = "quote_rejected"
    """A code was left out for want of a verified quote; the detail is the worst status of its quotes."""
    QUOTE_DROPPED = "quote_dropped"
    """A quote beside a verified one was left out; the detail is its status."""
    QUOTE_REPAIRED = "quote_repaired"
    """The code's quotes are those of a second answer."""
    UNREPAIRED = "unrepaired"
    """The code's quotes were not asked for again; the detail is why."""
    NO_CODE_FITS = "no_code_fits"
    """The model proposes a code that the codebook lacks."""
    NO_CODE_FITS_REJECTED = "no_code_fits_rejected"
    """No code fits, said without a verified quote."""
    NO_CODE_FITS_ELSEWHERE = "no_code_fits_elsewhere"
    """No code fits, said with a quote that a code of another part of the codebook has."""
    CRITIC_DROPPED = "critic_dropped"
    """The critic took the code out."""
    CRITIC_ESCALATED = "critic_escalated"
    """The critic gives the code to a person."""
    CRITIC_UNREAD = "critic_unread"
    """The critic gave no usable answer about the code; the detail is the state of its reply."""
    EXAMPLE = "example"
    """A coded passage, the detail, was shown as an example."""
    ASKED_ABOUT = "asked_about"
    """Only some codes were asked about; the detail lists them."""
    ASKED_ABOUT_ALL = "asked_about_all_codes"
    """All codes were asked about where others are narrowed."""


_NAMES_A_CODE = frozenset(
    {
        FlagKind.CONFIDENCE_DROPPED,
        FlagKind.QUOTE_REJECTED,
        FlagKind.QUOTE_DROPPED,
        FlagKind.QUOTE_REPAIRED,
        FlagKind.UNREPAIRED,
        FlagKind.CRITIC_DROPPED,
        FlagKind.CRITIC_ESCALATED,
        FlagKind.CRITIC_UNREAD,
    }
)
_AND_A_DETAIL = frozenset(
    {FlagKind.QUOTE_REJECTED, FlagKind.QUOTE_DROPPED, FlagKind.UNREPAIRED, FlagKind.CRITIC_UNREAD}
)


class OutcomeFlag(Record):
    """One flag. A kind that this version does not know is kept as it is."""

    kind: str
    """A FlagKind, or the word of another version."""
    code: str = ""
    """The code that the flag is about, where it is about one."""
    detail: str = ""
    """Detail that the kind names besides: a status, a reason, a rule."""

    @model_validator(mode="before")
    @classmethod
    def _read(cls, value: Any) -> Any:
        return _parts(value) if isinstance(value, str) else value

    @model_serializer
    def _written(self) -> str:
        return str(self)

    def __str__(self) -> str:
        return ":".join(part for part in (self.kind, self.code, self.detail) if part)


def flag(kind: FlagKind, code: str = "", detail: str = "") -> OutcomeFlag:
    """Return a flag of this kind."""
    return OutcomeFlag(kind=kind.value, code=code, detail=detail)


def _parts(text: str) -> dict[str, str]:
    kind, _, rest = text.partition(":")
    if kind not in _NAMES_A_CODE:
        return {"kind": kind, "detail": rest}
    if kind not in _AND_A_DETAIL or ":" not in rest:
        return {"kind": kind, "code": rest}
    code, _, detail = rest.rpartition(":")
    return {"kind": kind, "code": code, "detail": detail}
