"""Work in hand over HTTP: which tab holds a passage, and which acts were already answered."""

from __future__ import annotations

from cothemes.records.record import Moment, Record


class Claim(Record):
    """A passage that one tab or program of a reviewer works on until the lease ends."""

    reviewer: str
    passage: str
    holder: str
    """Random name of the tab or program."""
    until: Moment


class AnsweredAct(Record):
    """An act that was done under an idempotency key; the same key does nothing a second time."""

    reviewer: str
    key: str
    digest: str
    """Keyed hash of the act, so that a key used for another act is noticed."""
    passage: str
    at: Moment
