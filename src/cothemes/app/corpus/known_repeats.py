"""The groups of passages that say nearly the same, as they were found last: what a card asks for.

Apart from `repeats.py`, since finding the groups loads numpy, and a card must not.
"""

from __future__ import annotations

import json

from cothemes.app.study import Study
from cothemes.records.record import content_hash

KEY = "repeats"
"""Key of the small fact that holds the groups, by ids alone, and the texts that they are of."""


def known_repeats(study: Study, passage: str) -> tuple[str, ...]:
    """Return the other passages of a passage's group, as they were found last; none where texts changed since
    or nobody has looked.
    """
    kept = study.store.meta.get(KEY)
    if kept is None or f'"{passage}"' not in kept:
        return ()
    found = json.loads(kept)
    if found["texts"] != texts_hash(study):
        return ()
    for group in found["groups"]:
        if passage in group:
            return tuple(each for each in group if each != passage)
    return ()


def texts_hash(study: Study) -> str:
    """Return one hash of which passages are current, in which version of their document."""
    return content_hash(sorted([each.id, each.version] for each in study.store.passages.heads()))
