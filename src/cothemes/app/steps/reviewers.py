"""Registered people: only they can be given passages, and a mistyped name is never a new person."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches

from cothemes.app import wiring
from cothemes.app.study import Study
from cothemes.errors import UnknownReviewer, UsageError
from cothemes.records.review import Reviewer

NAME = re.compile(r"[^\W_](?:[\w .'’-]{0,58}[\w.])?")
RESERVED = "consensus"


def add_reviewer(study: Study, name: str, role: str) -> tuple[Reviewer, bool]:
    """Registers a person; says whether the name is new. Raises UsageError for a name that cannot stand in
    tables: raters of models hold `@` and `#`, lists are split at commas."""
    name = " ".join(name.split())
    if not NAME.fullmatch(name) or name.casefold() == RESERVED:
        raise UsageError(
            f"{name!r} cannot be a reviewer's name",
            hint=f"Use up to 60 letters, digits, blanks, dots, hyphens or apostrophes; not `{RESERVED}`.",
        )
    known = {reviewer.name.casefold(): reviewer for reviewer in study.store.reviews.reviewers()}
    if name.casefold() in known:
        return known[name.casefold()], False
    reviewer = Reviewer(name=name, role=role, added=wiring.clock().now())
    study.store.reviews.add_reviewer(reviewer)
    return reviewer, True


def registered(study: Study, names: Sequence[str]) -> list[str]:
    """The names as registered, each once; raises UnknownReviewer with the list."""
    known = [reviewer.name for reviewer in study.store.reviews.reviewers()]
    found = []
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            who = f"Did you mean {near[0]}? " if near else ""
            listed = f"Registered: {', '.join(known)}. " if known else "Nobody is registered yet. "
            raise UnknownReviewer(
                f"{name!r} is not registered", hint=f"{who}{listed}Add a person: cothemes reviewers add NAME"
            )
        found.append(name)
    return list(dict.fromkeys(found))


def only_reviewer(study: Study) -> str:
    """The one registered person; raises UnknownReviewer where there is none, or a choice."""
    known = [reviewer.name for reviewer in study.store.reviews.reviewers()]
    if len(known) == 1:
        return known[0]
    raise UnknownReviewer(
        "say who you are",
        hint=f"Give --as {' or --as '.join(known)}."
        if known
        else "Add a person: cothemes reviewers add NAME",
    )
