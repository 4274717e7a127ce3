"""Passages to vectors, and questions to passages."""

from __future__ import annotations

from pydantic import Field

from cothemes.app import wiring
from cothemes.app.corpus.passages import passages_of
from cothemes.app.study import Study
from cothemes.errors import StateConflict
from cothemes.ports import Progress
from cothemes.records.passage import Passage
from cothemes.records.record import Listing, Record
from cothemes.stages.index.passages import IndexReport, index_passages
from cothemes.stages.index.passages import search as nearest


class Hit(Record):
    """A passage near to a question."""

    passage: str
    cosine: float
    """To four decimals."""
    speaker: str
    text: str
    """The speaker's own words; what another voice says between them is marked […]."""
    found: Passage | None = Field(default=None, exclude=True)
    """The passage itself."""


class Hits(Listing[Hit]):
    """The nearest passages, best first."""


def index(study: Study, *, rebuild: bool = False, progress: Progress = lambda _count: None) -> IndexReport:
    """Embeds what has no vector yet; the vector store then holds the current passages and no others."""
    passages = passages_of(study.store.passages)
    with wiring.vector_index(study.vectors) as vectors:
        if rebuild:
            vectors.clear()
        return index_passages(passages, study.embedder, study.store.embeddings, vectors, progress)


def search(study: Study, text: str, k: int) -> Hits:
    """Return the k nearest passages, best first. Raises StateConflict where nothing is indexed."""
    with wiring.vector_index(study.vectors) as vectors:
        if not vectors.ids():
            raise StateConflict("nothing is indexed yet", hint="Type `cothemes index` first.")
        found = nearest(text, k, study.embedder, vectors)
    hits = []
    for passage_id, cosine in found:
        passage = study.store.passages.get(passage_id)
        if passage is not None:
            hits.append(
                Hit(
                    passage=passage.id,
                    cosine=round(cosine, 4),
                    speaker=passage.speaker,
                    text=passage.own_text(),
                    found=passage,
                )
            )
    return Hits(tuple(hits))
