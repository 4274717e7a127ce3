"""The codebook as one person codes by it: the study's, with their own drafts, without what would unblind.

A code made while reading is private to its author until the lead publishes it. After that everyone codes by
it, but for the passage that it was made on: whoever still has that passage to code blind does not see the
code there. A reading closed under a codebook without a code says nothing about that code.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from cothemes.app import wiring
from cothemes.app.study import Study
from cothemes.records.code_operation import DraftAct, DraftRecord
from cothemes.records.codebook import Code, Codebook


@dataclass(frozen=True)
class DraftState:
    """A draft as it is now."""

    made: DraftRecord
    act: DraftAct
    """The last act on it."""

    @property
    def private(self) -> bool:
        """True until it is published or discarded."""
        return self.act is DraftAct.CREATED

    @property
    def code(self) -> Code:
        """The draft as a code without a definition. Where its words were forgotten, its id is its label."""
        return Code(id=self.made.code, label=self.made.label or self.made.code, definition="")


def draft_states(acts: Iterable[DraftRecord]) -> list[DraftState]:
    """Return every draft with the last act on it, in the order they were made."""
    made: dict[str, DraftRecord] = {}
    last: dict[str, DraftAct] = {}
    for each in acts:
        if each.act is DraftAct.CREATED:
            made.setdefault(each.code, each)
        last[each.code] = each.act
    return [DraftState(draft, last[code]) for code, draft in made.items()]


def codebook_for(study: Study, person: str, *, blind_on: str = "") -> Codebook:
    """Return the codebook that a registered person codes by.

    `blind_on`: the passage that they are coding blind now, if they are.
    """
    acts = study.store.drafts.all()
    return codebook_with(study.codebook, draft_states(acts), person, blind_on) if acts else study.codebook


def codebook_with(codebook: Codebook, drafts: Collection[DraftState], person: str, blind_on: str) -> Codebook:
    """Add the person's private drafts, and leave out what others made on the passage coded blind."""
    own = tuple(
        each.code
        for each in drafts
        if each.private and each.made.by == person and each.made.code not in codebook.by_id
    )
    hidden = {
        each.made.code
        for each in drafts
        if blind_on and each.made.passage == blind_on and each.made.by != person
    }
    if not own and not hidden & codebook.by_id.keys():
        return codebook
    kept = tuple(code for code in codebook.codes if code.id not in hidden)
    return codebook.model_copy(update={"codes": (*kept, *own)})


def drafts_in_view(study: Study) -> frozenset[str]:
    """Return the private drafts of the person who looks; empty where nobody said who that is."""
    seen = study.store.reviews
    if not isinstance(seen, wiring.BlindReviews):
        return frozenset()
    found = draft_states(study.store.drafts.all())
    return frozenset(each.made.code for each in found if each.private and each.made.by == seen.reviewer)


def private_codes(study: Study) -> frozenset[str]:
    """Return the ids of drafts that are not published: no report names them."""
    return frozenset(
        each.made.code
        for each in draft_states(study.store.drafts.all())
        if each.act is not DraftAct.PUBLISHED
    )
