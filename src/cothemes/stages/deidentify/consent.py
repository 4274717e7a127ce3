"""Whether a document's words may go to a remote model, by what its participant said.

The column `consent_remote` of the metadata says `yes` or `no`. What people said in talk or a survey needs a
yes; silence is none. Published texts (policies, reviews) may go unless a no stands there.
"""

from __future__ import annotations

from enum import StrEnum

from cothemes.records.document import DocumentHead, Kind

COLUMN = "consent_remote"
_YES = frozenset(("yes", "y", "true", "1"))
_NO = frozenset(("no", "n", "false", "0", "withdrawn"))
_PUBLISHED = (Kind.POLICY, Kind.REVIEW)


class Consent(StrEnum):
    """What a document's metadata says of remote models."""

    YES = "yes"
    NO = "no"
    NOT_SAID = "not said"
    UNCLEAR = "unclear"
    """Something stands there that is neither."""


def consent_of(document: DocumentHead) -> Consent:
    """What its metadata says."""
    said = document.metadata.get(COLUMN, "").strip().casefold()
    if not said:
        return Consent.NOT_SAID
    if said in _YES:
        return Consent.YES
    return Consent.NO if said in _NO else Consent.UNCLEAR


def may_leave(document: DocumentHead) -> str | None:
    """None where the document's words may go to a remote model, else why not."""
    consent = consent_of(document)
    if consent is Consent.YES or (consent is Consent.NOT_SAID and document.kind in _PUBLISHED):
        return None
    if consent is Consent.NO:
        return "its participant did not consent to remote models"
    if consent is Consent.UNCLEAR:
        return f"its {COLUMN} is neither yes nor no"
    return f"nothing says that its participant consents to remote models (column {COLUMN} of --meta)"
