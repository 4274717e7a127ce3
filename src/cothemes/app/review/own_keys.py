"""A person's own keys of the card in the browser, stored in the study: they are the same on every machine."""

from __future__ import annotations

import json

from cothemes.app.study import Study
from cothemes.records.record import canonical_json
from cothemes.stages.review.card_keys import Keys, changed, with_own

_ENTRY = "keys of "


def own_keys(study: Study, person: str) -> Keys:
    """Return the keys of every act for a person."""
    stored = json.loads(study.store.meta.get(_ENTRY + person) or "{}")
    return with_own({act: tuple(keys) for act, keys in stored.items()})


def set_own_keys(study: Study, person: str, keys: Keys) -> None:
    """Store a person's keys. Acts with their default keys are not stored, and follow a later default."""
    study.store.meta.set(
        _ENTRY + person, canonical_json({act: [*each] for act, each in changed(keys).items()})
    )
