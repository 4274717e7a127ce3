"""What was sent to a remote model and may not be sent now: only the provider can delete it."""

from __future__ import annotations

from datetime import datetime

from cothemes.app.study import Study
from cothemes.records.endpoint import is_loopback
from cothemes.records.record import Moment, Record
from cothemes.stages.deidentify.consent import may_leave


class SentWithoutConsent(Record):
    """A document that was sent to an endpoint and may not be sent to it now."""

    document: str
    reason: str
    """The reason why not: a no, or a kind that is not known, since an earlier version took such a text
    for a policy."""
    endpoint: str
    passages: int
    """Passages that were sent, also those of earlier cuts."""
    first: Moment
    last: Moment
    forget: str
    """The command that erases the document here."""


def sent_without_consent(study: Study) -> tuple[SentWithoutConsent, ...]:
    """Return one row for each document that may not be sent now and each endpoint that it was sent to."""
    refused = {head.slug: reason for head in study.store.documents.heads() if (reason := may_leave(head))}
    if not refused:
        return ()
    found: dict[tuple[str, str], list[tuple[str, datetime]]] = {}
    for passage, endpoint, at in study.store.ledger.sent():
        document = passage.rpartition(".")[0]
        if document in refused and not is_loopback(endpoint):
            found.setdefault((document, endpoint), []).append((passage, at))
    return tuple(
        SentWithoutConsent(
            document=document,
            reason=refused[document],
            endpoint=endpoint,
            passages=len({passage for passage, _ in sent}),
            first=sent[0][1],
            last=sent[-1][1],
            forget=f"cothemes forget {document}",
        )
        for (document, endpoint), sent in found.items()
    )
