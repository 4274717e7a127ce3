"""A coding as scripts read it: one shape, whichever command lists it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cothemes.app.findings.codings import Found


def coding_as_json(one: Found) -> dict[str, Any]:
    """One coding with its place."""
    coding = one.coding
    return {
        "passage": one.passage.id,
        "document": one.document.slug,
        "kind": one.document.kind.value,
        "speaker": one.passage.speaker,
        "code": coding.code,
        "by": coding.by,
        "status": coding.status.value,
        "done": coding.done,
        "arm": coding.arm.value if coding.arm else None,
        "round": coding.round or None,
        "attributes": {name: list(values) for name, values in coding.attributes.items()},
        "spans": [[start - one.passage.start, end - one.passage.start] for start, end in coding.spans],
        "quote_status": coding.quote_status,
        "reason": coding.reason or None,
        "notes": list(coding.notes),
        "at": coding.at.isoformat() if coding.at else None,
        "upheld": one.upheld,
        "flags": list(one.flags),
        "current_wording": one.current_wording,
    }
