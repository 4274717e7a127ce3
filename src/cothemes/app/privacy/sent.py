"""What was sent to a remote model and may not be sent now: only the provider can delete it."""

from __future__ import annotations

from typing import Any

from cothemes.app.study import Study
from cothemes.records.endpoint import is_loopback
from cothemes.stages.deidentify.consent import may_leave


def sent_without_consent(study: Study) -> list[dict[str, Any]]:
    """Return a row for each document that may not go to a remote model now and each endpoint it was sent to.

    A row has the number of passages, also those of earlier cuts, and the first and last day. The reason may
    be a no, or that the kind is not known: an earlier version took such a text for a policy.
    """
    refused = {head.slug: reason for head in study.store.documents.heads() if (reason := may_leave(head))}
    if not refused:
        return []
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for passage, endpoint, at in study.store.ledger.sent():
        document = passage.rpartition(".")[0]
        if document not in refused or is_loopback(endpoint):
            continue
        row = found.setdefault(
            (document, endpoint),
            {
                "document": document,
                "reason": refused[document],
                "endpoint": endpoint,
                "passages": set(),
                "first": at.isoformat(),
                "last": at.isoformat(),
                "forget": f"cothemes forget {document}",
            },
        )
        row["passages"].add(passage)
        row["last"] = at.isoformat()
    return [{**row, "passages": len(row["passages"])} for row in found.values()]
