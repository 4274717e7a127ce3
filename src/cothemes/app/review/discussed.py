"""On which passages a reviewer's codes have stood beside another's: what was decided there stays as it is."""

from __future__ import annotations

from collections.abc import Iterable

from cothemes.app.study import Study
from cothemes.records.review import Assignment, Recoding


def discussed_by(study: Study, reviewer: str, assignments: Iterable[Assignment]) -> set[str]:
    """Passages that were opened for adjudication; where a passage is read again, in that later round.

    `assignments` are the reviewer's own. No code is loaded: a blind reader may ask this.
    """
    settlements = study.store.settlements
    found = {passage for passage, readers in settlements.readers().items() if reviewer in readers}
    again = {each for each in assignments if isinstance(each, Recoding)}
    for round_name in {each.round for each in again}:
        seen = settlements.readers(round_name=round_name)
        own = {each.passage for each in again if each.round == round_name}
        found -= {passage for passage in own if reviewer not in seen.get(passage, ())}
    return found
