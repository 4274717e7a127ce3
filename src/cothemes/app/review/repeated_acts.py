"""Acts that are sent over a network: each has a key, under which it is done once however often it comes."""

from __future__ import annotations

from dataclasses import dataclass

from cothemes.app import wiring
from cothemes.app.study import Study
from cothemes.errors import StateConflict, UsageError
from cothemes.records.claim import AnsweredAct
from cothemes.stages.review.sitting import Act

LONGEST_KEY = 200


@dataclass(frozen=True)
class SentAct:
    """An act as it is sent."""

    act: Act
    key: str
    """Idempotency key, chosen by whoever sends the act."""
    digest: str
    """Keyed hash of the act and its place, so that a key that comes with another act is noticed."""
    holder: str = ""
    """Name of the tab or program that sends it."""
    tag: str = ""
    """Tag of the card that the act was chosen on; empty: whatever the card is now."""


class RepeatedActs:
    """The acts of one person that were done."""

    def __init__(self, study: Study, person: str) -> None:
        self._store = study.store.claims
        self._person = person

    def done_before(self, sent: SentAct) -> bool:
        """Return whether this very act was done. Raises UsageError for a key that cannot be used, and
        StateConflict for one that was used for another act.
        """
        if not 0 < len(sent.key) <= LONGEST_KEY:
            raise UsageError(
                "an act needs a key", hint=f"Send an Idempotency-Key of 1 to {LONGEST_KEY} characters."
            )
        found = self._store.answered(self._person, sent.key)
        if found is not None and found.digest != sent.digest:
            raise StateConflict(
                "this key was used for another act", hint="Choose a new Idempotency-Key for each act."
            )
        return found is not None

    def keep(self, sent: SentAct, passage: str) -> None:
        """Remember that the act was done, in the transaction that stores its records."""
        self._store.answer(
            AnsweredAct(
                reviewer=self._person,
                key=sent.key,
                digest=sent.digest,
                passage=passage,
                at=wiring.clock().now(),
            )
        )
