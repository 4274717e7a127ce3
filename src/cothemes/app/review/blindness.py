"""Who still has to code what blind, and a study as such a person may look at it.

Where work is served, blindness is kept by what is asked for (`Desk`). The commands that look things up show
all there is; on a shared study a coder would read there what a blind card keeps back. So a coder says once
who is looking, and the store then gives nothing out that would unblind.
"""

from __future__ import annotations

import os
from collections import defaultdict

from cothemes.app import wiring
from cothemes.app.coding_codebook import draft_states
from cothemes.app.reviewers import registered
from cothemes.app.study import Study
from cothemes.errors import StateConflict
from cothemes.records.codebook import Codebook
from cothemes.records.review import Action, Arm
from cothemes.stages.review.reading_state import ReadingState, fold_all

ENDING = (Action.DONE, Action.REOPEN, Action.UNDO)
"""Acts that say whether a reading is finished."""
VARIABLE = "COTHEMES_AS"
"""Environment variable that names the registered person who looks."""


def look_as(study: Study, name: str) -> int:
    """Hide from now on what others said of the passages that the person has to code blind. Returns the number
    of these passages. Raises UnknownReviewer.
    """
    name = registered(study, [name])[0]
    hidden = open_blind(study, name)
    study.store.blind_to(name, hidden)
    return len(hidden)


class OpenBlind:
    """What people of one open study have still to code blind, looked up again once it may have changed."""

    def __init__(self, study: Study) -> None:
        self._study = study
        self._known: dict[str, tuple[str, frozenset[str]]] = {}

    def of(self, name: str) -> frozenset[str]:
        """Return the passages that a registered person has still to code blind, at this moment."""
        # The mark first: what is written while the passages are read is then looked up the next time.
        mark = self._study.store.reviews.mark(name)
        known = self._known.get(name)
        if known is None or known[0] != mark:
            known = self._known[name] = (mark, open_blind(self._study, name))
        return known[1]


def seen_by(study: Study, name: str, hidden: frozenset[str] | None = None) -> Study:
    """Return the study as a person may see it now, over the same open database: what others said of passages
    that the person has still to code blind is hidden, and the person's own drafts are there. A name that is
    not registered has none. `hidden`: these passages, if they are known at this moment.
    """
    seen = study.beside()
    hidden = open_blind(seen, name) if hidden is None else hidden
    if hidden or any(each.by == name for each in seen.store.drafts.all()):
        seen.store.blind_to(name, hidden)
    return seen


def codebook_seen_by(study: Study, name: str) -> Codebook:
    """Return the codebook without codes that others made on passages that the person has still to code
    blind.
    """
    drafts = draft_states(study.store.drafts.all())
    made_on = {draft.made.passage for draft in drafts if draft.made.by != name}
    hidden = made_on & open_blind(study, name) if made_on else set()
    left_out = {draft.made.code for draft in drafts if draft.made.passage in hidden and draft.made.by != name}
    if not left_out:
        return study.codebook
    codes = tuple(code for code in study.codebook.codes if code.id not in left_out)
    return study.codebook.model_copy(update={"codes": codes})


def open_blind(study: Study, name: str) -> frozenset[str]:
    """Return the passages that a registered person has still to code blind."""
    reviews = study.store.reviews
    assigned = reviews.assignments(reviewer=name, arms=(Arm.BLIND, Arm.REVEAL))
    if not assigned:
        return frozenset()
    # Which codes were given does not matter here, and they are most of a large study.
    standings = fold_all(assigned, reviews.decisions(reviewer=name, acts=ENDING))
    return frozenset(s.assignment.passage for s in standings if _blind(s))


def left_out(study: Study) -> str:
    """Return what is kept back from the blind coder who looks, in a sentence for whatever is written; else
    empty.
    """
    seen = study.store.reviews
    if not isinstance(seen, wiring.BlindReviews) or not seen.hidden:
        return ""
    count = f"{len(seen.hidden)} passage{'' if len(seen.hidden) == 1 else 's'}"
    return f"Made for {seen.reviewer}, without {count} that {seen.reviewer} has still to code blind."


def refuse_blind(study: Study, command: str) -> None:
    """Raise StateConflict where the person who looks has passages to code blind: what the command finds out
    anew would be of those too.
    """
    name = os.environ.get(VARIABLE, "")
    if name and look_as(study, name):
        raise StateConflict(
            f"{name} has passages still to code blind, and {command} asks a model about some of them",
            where=str(study.root),
            hint=f"Who codes blind no more can run it, without {VARIABLE}.",
        )


def still_blind(study: Study) -> dict[str, int]:
    """Reviewer → passages that are still to be coded blind; who has none is not in it."""
    reviews = study.store.reviews
    current = set(study.store.passages.find(""))
    found: dict[str, int] = defaultdict(int)
    for standing in fold_all(reviews.assignments(every=True), reviews.decisions()):
        if _blind(standing) and standing.assignment.passage in current:
            found[standing.assignment.reviewer] += 1
    return dict(found)


def may_have_read_others(study: Study, standing: ReadingState) -> bool:
    """Return whether a person who may look at others' codings could have read some on a passage that they
    coded blind: they are done, and another person is too. No code of anyone is loaded.
    """
    assignment = standing.assignment
    if assignment.arm is not Arm.BLIND or not standing.done:
        return False
    reviews = study.store.reviews
    given = reviews.assignments(passage=assignment.passage, every=True)
    decisions = reviews.decisions(passage=assignment.passage, acts=ENDING)
    return any(
        other.assignment.reviewer != assignment.reviewer and (other.done or other.locked)
        for other in fold_all(given, decisions)
    )


def _blind(standing: ReadingState) -> bool:
    return not standing.sees_suggestions and not standing.done
