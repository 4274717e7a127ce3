"""Vectors by embedder and text: the truth that the vector index is made from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert

from cothemes.adapters.sql.engine import Database
from cothemes.adapters.sql.rows import chunks, insert_all
from cothemes.adapters.sql.schema import embeddings
from cothemes.errors import StateConflict

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_FLOAT = "<f4"


class SqlEmbeddings:
    """`ports.EmbeddingStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def missing(self, embedder: str, text_hashes: Sequence[str]) -> list[str]:
        """Those without a vector, each once, in order."""
        wanted = dict.fromkeys(text_hashes)
        with self._database.reading() as connection:
            for chunk in chunks(list(wanted)):
                known = select(embeddings.c.text_hash).where(
                    embeddings.c.embedder == embedder, embeddings.c.text_hash.in_(chunk)
                )
                for text_hash in connection.execute(known).scalars():
                    del wanted[text_hash]
        return list(wanted)

    def add(self, embedder: str, text_hashes: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Store (texts × dimension) vectors, all or none; a text that has one keeps it."""
        if vectors.ndim != 2 or len(vectors) != len(text_hashes):
            raise ValueError(f"{len(text_hashes)} texts, but vectors of shape {vectors.shape}")
        import numpy as np

        flat = np.ascontiguousarray(vectors, dtype=_FLOAT)
        rows = (
            {"embedder": embedder, "text_hash": text_hash, "vector": vector.tobytes()}
            for text_hash, vector in zip(text_hashes, flat, strict=True)
        )
        with self._database.writing() as connection:
            insert_all(connection, insert(embeddings).on_conflict_do_nothing(), rows)

    def matrix(self, embedder: str, text_hashes: Sequence[str]) -> NDArray[np.float32]:
        """(texts × dimension) in the order asked, (0 × 0) for none; KeyError where one is missing."""
        import numpy as np

        found: dict[str, bytes] = {}
        with self._database.reading() as connection:
            for chunk in chunks(dict.fromkeys(text_hashes)):
                query = select(embeddings.c.text_hash, embeddings.c.vector).where(
                    embeddings.c.embedder == embedder, embeddings.c.text_hash.in_(chunk)
                )
                found.update((row.text_hash, row.vector) for row in connection.execute(query))
        if not text_hashes:
            return np.zeros((0, 0), dtype=np.float32)
        if len({len(vector) for vector in found.values()}) > 1:
            raise StateConflict(
                f"vectors of {embedder} have several lengths",
                where=str(self._database.path),
                hint="Give the embedder a new name whenever its vectors change.",
            )
        joined = b"".join(found[text_hash] for text_hash in text_hashes)
        return np.frombuffer(joined, dtype=_FLOAT).reshape(len(text_hashes), -1).astype(np.float32, copy=True)
