"""Codes that a coder makes while reading: a name, and the passage that it was made on."""

from __future__ import annotations

from secrets import choice

from cothemes.app import wiring
from cothemes.app.study import Study
from cothemes.errors import UsageError
from cothemes.records.code_operation import DraftAct, DraftRecord
from cothemes.records.codebook import Codebook

_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_LONGEST = 120
"""Characters of a label."""


def make_draft(study: Study, codebook: Codebook, name: str, *, by: str, passage: str) -> DraftRecord:
    """Store a draft code with this name as its label.

    `codebook` is what its author sees on the passage; `by` is registered, and the passage exists. The id is
    drawn by chance: it tells nothing of the passage, and nothing of other people's drafts. Raises UsageError
    for a name that is empty, too long or the label or id of a code that the author sees.
    """
    label = " ".join(name.split())
    if not label or len(label) > _LONGEST:
        what = "a code needs a name" if not label else f"the name has {len(label)} characters"
        raise UsageError(what, hint=f"Give it in a few words, up to {_LONGEST} characters.")
    for code in codebook.codes:
        if label.casefold() in (code.label.casefold(), code.id.casefold()):
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


def _free_id(study: Study) -> str:
    taken = {each.code for each in study.store.drafts.all()} | study.codebook.by_id.keys()
    while True:
        drawn = "N" + "".join(choice(_LETTERS) for _ in range(4))
        if drawn not in taken:
            return drawn
