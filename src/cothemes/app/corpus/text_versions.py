"""Versions of a document's text: when each one became the current text, and which one was current before.

Versions are kept whole, so that an earlier text can be shown and restored.
"""

from __future__ import annotations

import json
from datetime import datetime

from cothemes.app import wiring
from cothemes.app.study import Study
from cothemes.errors import StateConflict, UsageError
from cothemes.records.documents_read import TextVersion

_TEXTS = "texts:"
"""Key of the store's small facts: version and moment of each time when a text became the current one."""


def note_version(study: Study, slug: str, version: str) -> None:
    """Note that the document has this text from now on."""
    noted = _noted(study, slug)
    if not noted or noted[-1][0] != version:
        noted.append((version, wiring.clock().now().isoformat()))
        study.store.meta.set(f"{_TEXTS}{slug}", json.dumps(noted))


def text_versions(study: Study, slug: str) -> list[TextVersion]:
    """Return the document's texts, each once, in the order in which they last became current."""
    since = dict(_noted(study, slug))
    order = list(since)
    held = [each for each in study.store.documents.versions(slug) if each.text]
    present = {each.id for each in study.store.passages.of(slug)}
    current = study.store.documents.get(slug)
    found = [
        TextVersion(
            version=each.version,
            since=datetime.fromisoformat(since[each.version]) if each.version in since else None,
            words=len(each.text.split()),
            file=each.source_name,
            current=current is not None and each.version == current.version,
            passages=len(present) if current is not None and each.version == current.version else None,
        )
        for each in held
    ]
    return sorted(
        found, key=lambda each: (each.current, order.index(each.version) if each.version in order else -1)
    )


def times_current(study: Study, slug: str) -> list[tuple[str, datetime | None]]:
    """Return each time when a text became the current one, in order; a restored text is there twice."""
    return [(version, datetime.fromisoformat(at)) for version, at in _noted(study, slug)]


def version_named(study: Study, slug: str, name: str = "") -> str:
    """Return the version whose name begins so; without a name, the one that was current before.

    Raises UsageError for a name that no version or several have, StateConflict where there is no other text.
    """
    versions = text_versions(study, slug)
    others = [each.version for each in versions if not each.current]
    if not others:
        raise StateConflict(f"{slug} has one text only", hint="There is no earlier text to restore.")
    if not name:
        earlier = [version for version, _ in _noted(study, slug)]
        return next((each for each in reversed(earlier) if each in others), others[-1])
    found = [each.version for each in versions if each.version.startswith(name)]
    if len(found) != 1:
        shown = ", ".join(each[:8] for each in others)
        raise UsageError(
            f"{slug} has {'no' if not found else 'more than one'} text whose version begins with {name!r}",
            hint=f"Other texts of {slug}: {shown}. cothemes documents {slug} lists them.",
        )
    return found[0]


def _noted(study: Study, slug: str) -> list[tuple[str, str]]:
    kept = study.store.meta.get(f"{_TEXTS}{slug}")
    return [(version, at) for version, at in json.loads(kept)] if kept else []
