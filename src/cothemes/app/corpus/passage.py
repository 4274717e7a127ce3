"""Finding a passage by its id, and saying what is near where it is not there."""

from __future__ import annotations

from cothemes.app.study import Study
from cothemes.errors import StateConflict, UnknownPassage
from cothemes.records.passage import Passage

NEAR = 5


def retired(study: Study, passage: Passage) -> str:
    """Why a passage is not current; empty for a current one."""
    if passage.id in {each.id for each in study.store.passages.of(passage.document)}:
        return ""
    return "its document was cut again since"


def found_passage(study: Study, passage_id: str) -> Passage:
    """The passage, current or older. Raises UnknownPassage with ids that begin alike, StateConflict for one
    of a document that was forgotten."""
    passage = study.store.passages.get(passage_id)
    if passage is not None and passage.text:
        return passage
    if passage is not None:
        grave = study.store.privacy.tombstone_of(passage.document)
        raise StateConflict(
            grave.told if grave else "its words were erased",
            where=passage_id,
            hint="Its words are gone for good; see cothemes forget --list.",
        )
    slug, _, _ = passage_id.partition(".")
    near = (study.store.passages.find(passage_id) or study.store.passages.find(f"{slug}."))[:NEAR]
    hint = (
        f"Near it: {', '.join(near)}" if near else "Ids look like `interview-1.0042`; see `cothemes queue`."
    )
    raise UnknownPassage(f"there is no passage {passage_id!r}", hint=hint)
