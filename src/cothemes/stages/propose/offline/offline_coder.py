"""Passages to suggestions without a model: a thin shell over the ports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from cothemes.ports import Embedder, EmbeddingStore
from cothemes.records.codebook import Codebook
from cothemes.records.passage import Passage
from cothemes.records.record import content_hash
from cothemes.records.suggestion import Outcome, Suggestion
from cothemes.stages.propose.offline.coder import OfflineCoder
from cothemes.stages.propose.offline.material import Embed, Material
from cothemes.stages.propose.offline.reviewed import Reviewed

CHUNK = 256
"""Passages from which a batch of whole documents is scored; what is yielded can be recorded before the next
is begun."""
STORED = 512
"""Texts whose vectors are stored together: what a kill can cost."""
Whole = Callable[[str], Sequence[Passage]]
"""All current passages of a document."""


def propose_offline(
    passages: Iterable[Passage],
    codebook: Codebook,
    embedder: Embedder,
    embeddings: EmbeddingStore,
    reviewed: Sequence[Reviewed],
    run_id: str,
    whole: Whole,
) -> Iterator[tuple[Outcome, list[Suggestion]]]:
    """Yield (outcome, suggestions) for every passage, in order.

    Passages are taken as they are needed, and the other passages of their documents are read by `whole`:
    neighbours are part of a score. Vectors that are stored are used; others are made and stored. The same
    passage gets the same suggestions whichever others are asked about with it.
    """
    embed = remembered(embedder, embeddings)
    coder = OfflineCoder(codebook, embedder)
    if reviewed:
        coder = coder.fit(reviewed, lessons_of(reviewed, whole, embed))
    for batch in _batches(passages):
        yield from coder.propose(batch, run_id, Material.of(completed(batch, whole), embed))


def lessons_of(reviewed: Sequence[Reviewed], whole: Whole, embed: Embed) -> Material:
    """Return the whole documents of reviewed passages."""
    return Material.of(completed([each.passage for each in reviewed], whole), embed)


def completed(passages: Sequence[Passage], whole: Whole) -> list[Passage]:
    """Return all passages of these passages' documents; of a passage that is current no more, itself too."""
    asked = {each.id: each for each in passages}
    every = {each.id: each for name in _documents(passages) for each in whole(name)}
    # A passage is scored in the words in which it was asked about.
    return list((every | asked).values())


def remembered(embedder: Embedder, embeddings: EmbeddingStore) -> Embed:
    """Return a function that makes vectors of texts and stores them, each text once."""

    def embed(texts: Sequence[str]) -> NDArray[np.float32]:
        by_hash = {content_hash(text): text for text in texts}
        missing = embeddings.missing(embedder.name, list(by_hash))
        # Near lengths run together: little is padded.
        missing.sort(key=lambda digest: (len(by_hash[digest]), digest))
        for start in range(0, len(missing), STORED):
            some = missing[start : start + STORED]
            embeddings.add(embedder.name, some, embedder.embed([by_hash[digest] for digest in some]))
        if not texts:
            return np.zeros((0, embedder.dimension), np.float32)
        return embeddings.matrix(embedder.name, [content_hash(text) for text in texts])

    return embed


def _documents(passages: Iterable[Passage]) -> list[str]:
    return list(dict.fromkeys(each.document for each in passages))


def _batches(passages: Iterable[Passage]) -> Iterator[list[Passage]]:
    """Passages in batches that end with a document."""
    batch: list[Passage] = []
    for each in passages:
        if len(batch) >= CHUNK and each.document != batch[-1].document:
            yield batch
            batch = []
        batch.append(each)
    if batch:
        yield batch
