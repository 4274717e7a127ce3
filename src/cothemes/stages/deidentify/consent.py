"""Whether a document's words may go to a remote model, by what its participant said.

The column `consent_remote` of the metadata says `yes` or `no`. What people said in an interview or a survey
needs a yes; silence is a no. A text that someone called published (a policy, a review) may go unless a no
stands there. A document of unknown kind never goes: it may be an interview whose form no rule knows, with its
speakers' names still among the words.
"""

from __future__ import annotations

from difflib import SequenceMatcher
from enum import StrEnum
from functools import lru_cache

from cothemes.records.document import PUBLISHED, DocumentHead, Kind

COLUMN = "consent_remote"
_ALIKE = 0.8
"""Similarity of two names, from which one is taken for a slip."""
_YES = frozenset(("yes", "y", "true", "1"))
_NO = frozenset(("no", "n", "false", "0", "withdrawn"))
KIND_NOT_KNOWN = (
    "its kind is not known: ingest it again with --kind interview, policy, review or survey, or with the "
    "column kind in the --meta table"
)


class Consent(StrEnum):
    """A document's consent to remote models, by its metadata."""

    YES = "yes"
    NO = "no"
    NOT_SAID = "not said"
    UNCLEAR = "unclear"
    """Something stands there that is neither."""


@lru_cache(maxsize=1024)
def near_miss(name: str) -> bool:
    """Return whether a column's name is meant for this one and is not it: another spelling, or `consent`
    alone.
    """
    squeezed = "".join(letter for letter in name.casefold() if letter.isalnum())
    if "_".join(name.strip().casefold().split()) == COLUMN:
        return False
    alike = SequenceMatcher(None, squeezed, COLUMN.replace("_", "")).ratio()
    return alike >= _ALIKE or squeezed in ("consent", "remoteconsent")


def _misspelt(item: tuple[str, str]) -> bool:
    """Return whether a fact of a document says something of consent under another name, and not merely
    yes.
    """
    name, value = item
    bare = name.strip().casefold() == "consent"
    return near_miss(name) and (not bare or value.strip().casefold() in _NO)


def consent_of(document: DocumentHead) -> Consent:
    """Return what its metadata says."""
    said = document.metadata.get(COLUMN, "").strip().casefold()
    if not said:
        return Consent.UNCLEAR if any(map(_misspelt, document.metadata.items())) else Consent.NOT_SAID
    if said in _YES:
        return Consent.YES
    return Consent.NO if said in _NO else Consent.UNCLEAR


def may_leave(document: DocumentHead) -> str | None:
    """None where the document's words may go to a remote model, else why not."""
    consent = consent_of(document)
    if consent is Consent.NO:
        return "the participant did not consent to remote models"
    # A kind that nobody gave makes no text a published one, whatever road its record came by.
    if document.kind is Kind.UNKNOWN or (document.kind in PUBLISHED and not document.kind_given):
        return KIND_NOT_KNOWN
    if consent is Consent.YES or (consent is Consent.NOT_SAID and document.kind in PUBLISHED):
        return None
    misspelt = [item[0] for item in document.metadata.items() if _misspelt(item)]
    if consent is Consent.UNCLEAR and not document.metadata.get(COLUMN, "").strip() and misspelt:
        return f"its {misspelt[0]} does not count as consent: the name is {COLUMN}"
    if consent is Consent.UNCLEAR:
        return f"its {COLUMN} is neither yes nor no"
    return f"nothing says that the participant consents to remote models (column {COLUMN} of --meta)"
