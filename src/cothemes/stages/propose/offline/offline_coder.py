"""Passages to suggestions without a model: a thin shell over the ports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from cothemes.ports import Embedder, EmbeddingStore
from cothemes.records.codebook import Codebook
from cothemes.records.passage import Passage
from cothemes.records.record import content_hash
from cothemes.records.suggestion import Outcome, Suggestion
from cothemes.stages.propose.offline.coder import OfflineCoder
from cothemes.stages.propose.offline.reviewed import Reviewed

CHUNK = 256
"""Passages scored together; what is yielded can be recorded before the next are begun."""


def propose_offline(
    passages: Iterable[Passage],
    codebook: Codebook,
    embedder: Embedder,
    embeddings: EmbeddingStore,
    reviewed: Sequence[Reviewed],
    run_id: str,
) -> Iterator[tuple[Outcome, list[Suggestion]]]:
    """Yield (outcome, suggestions) for every passage, in order.

    Passages are taken as they are needed. Vectors that are stored are used; others are made and stored. The
    same passage gets the same suggestions whichever others are asked about with it.
    """
    coder = OfflineCoder(codebook, embedder)
    if reviewed:
        coder = coder.fit(
            reviewed, _vectors([each.passage.spoken for each in reviewed], embedder, embeddings)
        )
    left = iter(passages)
    while chunk := list(islice(left, CHUNK)):
        vectors = _vectors([passage.spoken for passage in chunk], embedder, embeddings)
        yield from coder.propose(chunk, run_id, vectors)


def _vectors(texts: Sequence[str], embedder: Embedder, embeddings: EmbeddingStore) -> NDArray[np.float32]:
    hashes = [content_hash(text) for text in texts]
    by_hash = dict(zip(hashes, texts, strict=True))
    if missing := embeddings.missing(embedder.name, hashes):
        embeddings.add(embedder.name, missing, embedder.embed([by_hash[digest] for digest in missing]))
    return embeddings.matrix(embedder.name, hashes)
