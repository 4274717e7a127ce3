"""What went to a remote model before its participant said no: only the provider can delete it."""

from __future__ import annotations

from typing import Any

from cothemes.app.study import Study
from cothemes.records.endpoint import is_loopback
from cothemes.stages.deidentify.consent import KIND_NOT_KNOWN, may_leave


def sent_without_consent(study: Study) -> list[dict[str, Any]]:
    """Documents that may not go to a remote model now and of which passages were sent to one, as plain
    documents: a row for each endpoint, with the passages and the first and last day."""
    refused = {head.slug: reason for head in study.store.documents.heads() if (reason := may_leave(head))}
    refused = {slug: reason for slug, reason in refused.items() if reason != KIND_NOT_KNOWN}
    if not refused:
        return []
    own = {p.id: p.document for p in study.store.passages.heads() if p.document in refused}
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for passage, endpoint, at in sorted(study.store.ledger.sent(own), key=lambda each: each[2]):
        if is_loopback(endpoint):
            continue
        row = found.setdefault(
            (own[passage], endpoint),
            {
                "document": own[passage],
                "reason": refused[own[passage]],
                "endpoint": endpoint,
                "passages": set(),
                "first": at.isoformat(),
                "last": at.isoformat(),
                "forget": f"cothemes forget {own[passage]}",
            },
        )
        row["passages"].add(passage)
        row["last"] = at.isoformat()
    return [{**row, "passages": len(row["passages"])} for row in found.values()]
