"""Passages to vectors: what has none is embedded, and the vector store is brought to the current passages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from pydantic import Field

from cothemes.ports import Embedder, EmbeddingStore, Progress, VectorIndex
from cothemes.records.passage import Passage
from cothemes.records.record import Record, absent, content_hash

CHUNK = 512
"""Texts whose vectors are stored together: what a kill can cost."""
WINDOW = 4 * CHUNK
"""Passages held at once: enough for texts of near length to be found for every batch."""


class IndexReport(Record):
    """Result of an index run, in passages (`embedded` in different texts)."""

    embedded: int
    reused: int
    """Passages whose text had a vector before."""
    added: int
    """Passages new in the vector store, or with another text than there."""
    removed: int
    """Passages that are no longer current."""
    indexed: int
    """Passages in the vector store now."""
    withheld: dict[str, int] | None = Field(default=None, exclude_if=absent)
    """Reason → passages that may not be sent to an embedder on another machine, and are not in the store;
    absent for an embedder on this machine."""


def index_passages(
    passages: Iterable[Passage],
    embedder: Embedder,
    embeddings: EmbeddingStore,
    index: VectorIndex,
    progress: Progress = lambda _count: None,
) -> IndexReport:
    """Embed what has no vector yet; afterwards the store holds these passages and no others.

    Vectors are of the speaker's own words. Passages are taken once, a window at a time. Run twice it changes
    nothing. `progress` counts passages.
    Stopped at any point, the next run goes on.
    """
    stored = index.texts()
    current: set[str] = set()
    embedded = reused = added = 0
    left = iter(passages)
    while window := list(islice(left, WINDOW)):
        made, known = embed_missing([passage.spoken for passage in window], embedder, embeddings, progress)
        embedded, reused = embedded + made, reused + known
        current.update(passage.id for passage in window)
        hashes = {passage.id: content_hash(passage.spoken) for passage in window}
        # A corrected passage has its id and another text.
        new = [passage.id for passage in window if stored.get(passage.id) != hashes[passage.id]]
        added += len(new)
        for start in range(0, len(new), CHUNK):
            chunk = new[start : start + CHUNK]
            texts = [hashes[passage] for passage in chunk]
            index.add(chunk, embeddings.matrix(embedder.name, texts), texts)
        # Else this window would be held while the next one is read.
        window.clear()
        new.clear()
    if gone := sorted(stored.keys() - current):
        index.remove(gone)
    return IndexReport(embedded=embedded, reused=reused, added=added, removed=len(gone), indexed=len(current))


def embed_missing(
    texts: Sequence[str],
    embedder: Embedder,
    embeddings: EmbeddingStore,
    progress: Progress = lambda _count: None,
) -> tuple[int, int]:
    """Store a vector for every text that has none: (texts embedded now, texts that had one)."""
    by_hash = {content_hash(text): text for text in texts}
    missing = embeddings.missing(embedder.name, list(by_hash))
    progress(len(texts) - len(missing))
    # Near lengths run together, in and across chunks: little is padded and the last chunk is no slower.
    missing.sort(key=lambda digest: (len(by_hash[digest]), digest))
    for start in range(0, len(missing), CHUNK):
        chunk = missing[start : start + CHUNK]
        vectors = embedder.embed([by_hash[digest] for digest in chunk], progress)
        embeddings.add(embedder.name, chunk, vectors)
    return len(missing), len(texts) - len(missing)


def search(text: str, k: int, embedder: Embedder, index: VectorIndex) -> list[tuple[str, float]]:
    """The k passages nearest in meaning: (passage id, cosine), best first."""
    return index.nearest(embedder.embed([text])[0], k)
