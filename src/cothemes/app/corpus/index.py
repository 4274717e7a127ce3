"""Passages to vectors, and questions to passages."""

from __future__ import annotations

import math
from collections import Counter

from pydantic import Field

from cothemes.app import wiring
from cothemes.app.corpus.passages import StudyPassages, passages_of
from cothemes.app.privacy.embedding import RemoteEmbedder, embedder_of, is_remote
from cothemes.app.study import Study
from cothemes.errors import StateConflict
from cothemes.ports import Embedder, Progress
from cothemes.records.passage import Passage
from cothemes.records.price import NANOS
from cothemes.records.record import Listing, Record, content_hash
from cothemes.stages.index.passages import IndexReport, index_passages
from cothemes.stages.index.passages import search as nearest
from cothemes.stages.propose.model.estimate import BYTES_PER_TOKEN


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


class IndexForecast(Record):
    """What an index run would embed, and what that would cost."""

    embedder: str
    endpoint: str | None
    """None for an embedder on this machine, which costs nothing."""
    passages: int
    """Passages that would be in the vector store."""
    to_embed: int
    """Different texts without a vector."""
    requests: int
    input_tokens: tuple[int, int]
    """Low and high, from the bytes of the requests."""
    cost: tuple[float, float] | None
    """In whole units of the currency; None where no price is known."""
    currency: str | None
    withheld: dict[str, int]
    """Reason → passages that may not be sent."""


def index(
    study: Study,
    *,
    rebuild: bool = False,
    progress: Progress = lambda _count: None,
    budget: float | None = None,
) -> IndexReport:
    """Embeds what has no vector yet; the vector store then holds the current passages and no others.

    With an embedder on another machine, passages that may not be sent there are left out. Raises what stops
    it, as `propose` does: BudgetReached, ModelError, StateConflict. What was answered until then is kept.
    """
    embedder = embedder_of(study, budget)
    passages, withheld = _going(study, embedder)
    with wiring.vector_index(study.vectors) as vectors:
        if rebuild:
            vectors.clear()
        report = index_passages(passages, embedder, study.store.embeddings, vectors, progress)
    return report.model_copy(update={"withheld": withheld}) if is_remote(study) else report


def index_forecast(study: Study) -> IndexForecast:
    """Return what `index` would embed and cost. Nothing is sent."""
    embedder = embedder_of(study)
    passages, withheld = _going(study, embedder)
    texts = {content_hash(passage.spoken): passage.spoken for passage in passages}
    missing = study.store.embeddings.missing(embedder.name, list(texts))
    if not isinstance(embedder, RemoteEmbedder):
        return IndexForecast(
            embedder=embedder.name, endpoint=None, passages=len(passages), to_embed=len(missing),
            requests=0, input_tokens=(0, 0), cost=None, currency=None, withheld={},
        )  # fmt: skip
    requests = embedder.requests([texts[digest] for digest in missing])
    size = sum(request.size for request in requests)
    tokens = (math.ceil(size / BYTES_PER_TOKEN[0]), math.ceil(size / BYTES_PER_TOKEN[1]))
    price = embedder.price
    return IndexForecast(
        embedder=embedder.name,
        endpoint=embedder.endpoint,
        passages=len(passages),
        to_embed=len(missing),
        requests=len(requests),
        input_tokens=tokens,
        cost=(price.at_most(tokens[0], 0) / NANOS, price.at_most(tokens[1], 0) / NANOS) if price else None,
        currency=price.currency if price else None,
        withheld=withheld,
    )


def _going(study: Study, embedder: Embedder) -> tuple[StudyPassages, dict[str, int]]:
    """Return the passages that may be embedded, and reason → passages that may not."""
    passages = passages_of(study.store.passages)
    refused = embedder.refusals() if isinstance(embedder, RemoteEmbedder) else {}
    staying = Counter(refused[head.document] for head in passages.heads if head.document in refused)
    return passages.where(lambda head: head.document not in refused), dict(staying)


def search(study: Study, text: str, k: int) -> Hits:
    """Return the k nearest passages, best first. Raises StateConflict where nothing is indexed.

    With an embedder on another machine the text is sent there, with the study's pseudonyms.
    """
    with wiring.vector_index(study.vectors) as vectors:
        if not vectors.ids():
            raise StateConflict("nothing is indexed yet", hint="Type `cothemes index` first.")
        found = nearest(text, k, embedder_of(study), vectors)
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
