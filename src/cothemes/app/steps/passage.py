"""Finding a passage by its id, and saying what is near where it is not there."""

from __future__ import annotations

from cothemes.app.study import Study
from cothemes.errors import UnknownPassage
from cothemes.records.passage import Passage

NEAR = 5


def found_passage(study: Study, passage_id: str) -> Passage:
    """The passage, current or older. Raises UnknownPassage with ids that begin alike."""
    passage = study.store.passages.get(passage_id)
    if passage is not None:
        return passage
    slug, _, _ = passage_id.partition(".")
    near = (study.store.passages.find(passage_id) or study.store.passages.find(f"{slug}."))[:NEAR]
    hint = (
        f"Near it: {', '.join(near)}" if near else "Ids look like `interview-1.0042`; see `cothemes queue`."
    )
    raise UnknownPassage(f"there is no passage {passage_id!r}", hint=hint)
