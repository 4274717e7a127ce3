"""What to look at before a table goes to an archive: attributes by which a person could be known."""

from __future__ import annotations

from cothemes.app.privacy.published import Published
from cothemes.app.study import Study
from cothemes.stages.exchange.rare_attributes import RareAttributes, rare_attributes

_NO_ATTRIBUTES = frozenset(("participant", "speakers", "interviewer", "title", "notice"))
"""Metadata that says who is who, or nothing of a person."""


def archive_attributes(study: Study, *, originals: bool = False) -> tuple[RareAttributes, ...]:
    """Return attributes of participants, as an export shows them, that fewer than three people share."""
    published = Published(study, originals=originals)
    people: dict[str, dict[str, str]] = {}
    documents = study.store.documents.all()
    # Where no participants are named, each document is one.
    named = [each for each in documents if each.participant] or documents
    for each in named:
        known = people.setdefault(each.cluster, {})
        for name, value in published.document(each).metadata.items():
            if name not in _NO_ATTRIBUTES and value:
                known.setdefault(name, " ".join(value.split()))
    return rare_attributes(people)
