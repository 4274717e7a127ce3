"""What was worked out from the records, kept while it holds: a served study is asked the same over and over.

It is kept with the open database, for all views of it. Each view has its own: what one person may not see is
in nothing that another's view made.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from cothemes.app import wiring
from cothemes.app.study import Study

Value = TypeVar("Value")

MOST = 1_000
"""Results that are kept; the one that was made first goes first."""


def kept(study: Study, what: str, mark: str, make: Callable[[], Value]) -> Value:
    """Return what `make` returned for this view while the mark is the same; else what it returns now.

    `mark` is asked for before `make` reads anything, so that a write between the two is seen the next time.
    """
    seen = study.store.reviews
    blind = isinstance(seen, wiring.BlindReviews)
    key = (what, seen.reviewer if isinstance(seen, wiring.BlindReviews) else "", blind)
    hidden = frozenset(seen.hidden) if isinstance(seen, wiring.BlindReviews) else frozenset[str]()
    held = study.store.kept
    known = held.get(key)
    if known is not None and known[:2] == (mark, hidden):
        return cast(Value, known[2])
    made = make()
    held.pop(key, None)
    held[key] = (mark, hidden, made)
    while len(held) > MOST:
        held.pop(next(iter(held)), None)
    return made
