"""Codes that a coder makes while reading: a name, and the passage that it was made on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from secrets import choice

from cothemes.app import wiring
from cothemes.app.coding_codebook import DraftState
from cothemes.app.study import Study
from cothemes.errors import UsageError
from cothemes.records.code_operation import DraftAct, DraftRecord
from cothemes.records.codebook import Codebook
from cothemes.records.review import Decision
from cothemes.stages.review.code_search import LONGEST_NAME, code_named
from cothemes.stages.review.reading_state import live

_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def make_draft(study: Study, codebook: Codebook, name: str, *, by: str, passage: str) -> DraftRecord:
    """Store a draft code with this name as its label.

    `codebook` is what its author sees on the passage; `by` is registered, and the passage exists. The id is
    drawn by chance: it tells nothing of the passage, and nothing of other people's drafts. Raises UsageError
    for a name that is empty, too long or the label or id of a code that the author sees.
    """
    label = " ".join(name.split())
    if not label or len(label) > LONGEST_NAME:
        what = "a code needs a name" if not label else f"the name has {len(label)} characters"
        raise UsageError(what, hint=f"Give it in a few words, up to {LONGEST_NAME} characters.")
    code = code_named(codebook, label)
    if code is not None:
        raise UsageError(
            f"{label!r} is a code already: {code.id} {code.label}", hint=f"Give the code {code.id}."
        )
    made = DraftRecord(
        id=wiring.ids().new(),
        at=wiring.clock().now(),
        by=by,
        act=DraftAct.CREATED,
        code=_free_id(study),
        label=label,
        passage=passage,
    )
    study.store.drafts.append([made])
    return made


def discard_unused(
    study: Study, drafts: Iterable[DraftState], decisions: Sequence[Decision], taken: Decision
) -> bool:
    """Discard the draft whose first coding was taken back, where nothing else of it is left.

    `decisions` are all of its author's. Return whether there was such a draft.
    """
    made = next((each.made for each in drafts if each.private and each.made.code == taken.code), None)
    if made is None or made.by != taken.reviewer or made.passage != taken.passage:
        return False
    if any(each.code == made.code for each in live(decisions)):
        return False
    discarded = DraftRecord(
        id=wiring.ids().new(),
        at=wiring.clock().now(),
        by=made.by,
        act=DraftAct.DISCARDED,
        code=made.code,
        passage=made.passage,
        reason="its only coding was undone",
    )
    study.store.drafts.append([discarded])
    return True


def _free_id(study: Study) -> str:
    taken = {each.code for each in study.store.drafts.all()} | study.codebook.by_id.keys()
    while True:
        drawn = "N" + "".join(choice(_LETTERS) for _ in range(4))
        if drawn not in taken:
            return drawn
