"""The vector store on an embedded Chroma folder: a cache, made anew from the records whenever it fails.

Two processes on one folder corrupt it without a word, so a lock is held from opening to closing.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from cothemes.adapters.folder_lock import FolderLock
from cothemes.errors import VectorsError

if TYPE_CHECKING:
    from chromadb.api.models.Collection import Collection

COLLECTION = "passages"
TEXT = "text"
"""Key of a row's metadata that holds the hash of its text."""
BATCH = 5_000
"""Chroma takes at most 5,461 rows in one call."""
REBUILD = "It is a cache: type `cothemes index --rebuild` to make it anew."


class ChromaIndex:
    """The VectorIndex port. The folder is locked from `open` to `close`; Chroma is loaded at first use."""

    def __init__(self, folder: Path, lock: FolderLock) -> None:
        self._folder = folder
        self._lock = lock
        self._client: Any = None

    @classmethod
    def open(cls, folder: Path) -> ChromaIndex:
        """Locks the folder; raises VectorsError naming the process that has it."""
        lock = FolderLock(folder)
        try:
            holder = lock.take()
        except OSError as error:
            raise VectorsError(
                f"cannot be locked: {error.strerror}", where=str(lock.path), hint="Check the rights there."
            ) from error
        if holder is not None:
            raise VectorsError(
                f"the vector store is in use by process {holder}",
                where=str(folder),
                hint="Wait until it ends, then try again. Only one process at a time may open the folder.",
            )
        return cls(folder, lock)

    def add(self, ids: Sequence[str], vectors: NDArray[np.float32], texts: Sequence[str] = ()) -> None:
        """Store vectors, with the hashes of their texts; an id that is there keeps its new vector.

        Chroma ignores the `add` of a known id without a word, so known ones are removed first.
        """
        with self._guarded() as collection:
            for start in range(0, len(ids), BATCH):
                batch = list(ids[start : start + BATCH])
                known = collection.get(ids=batch, include=[])["ids"]
                if known:
                    collection.delete(ids=known)
                hashes = [{TEXT: each} for each in texts[start : start + BATCH]]
                collection.add(
                    ids=batch,
                    embeddings=cast(Any, vectors[start : start + BATCH]),
                    metadatas=cast(Any, hashes or None),
                )

    def remove(self, ids: Sequence[str]) -> None:
        """Unknown ids are passed over."""
        with self._guarded() as collection:
            for start in range(0, len(ids), BATCH):
                collection.delete(ids=list(ids[start : start + BATCH]))

    def nearest(self, vector: NDArray[np.float32], k: int) -> list[tuple[str, float]]:
        """Up to k (id, cosine), best first; equal ones by id."""
        with self._guarded() as collection:
            count = min(k, collection.count())
            if count < 1:
                return []
            found = collection.query(
                query_embeddings=cast(Any, [vector]), n_results=count, include=["distances"]
            )
            distances = (found["distances"] or [[]])[0]
            pairs = [(id_, 1.0 - float(d)) for id_, d in zip(found["ids"][0], distances, strict=True)]
            return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))

    def ids(self) -> set[str]:
        """All that are stored."""
        with self._guarded() as collection:
            return set(collection.get(include=[])["ids"])

    def texts(self) -> dict[str, str]:
        """Return id → hash of the text that its vector was made from; empty where it is not known."""
        with self._guarded() as collection:
            found = collection.get(include=["metadatas"])
            facts = found["metadatas"] or [{} for _ in found["ids"]]
            # A row that was stored without any has None.
            return {
                each: str((known or {}).get(TEXT, ""))
                for each, known in zip(found["ids"], facts, strict=True)
            }

    def clear(self) -> None:
        """Remove the folder's content without reading it, so that a broken one is mended too."""
        self._stop()
        try:
            if self._folder.exists():
                shutil.rmtree(self._folder)
        except OSError as error:
            raise VectorsError(
                f"cannot be removed: {error.strerror}",
                where=str(self._folder),
                hint="Check the rights there.",
            ) from error

    def close(self) -> None:
        """Release the folder."""
        self._stop()
        self._lock.release()

    def __enter__(self) -> ChromaIndex:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _stop(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    @contextmanager
    def _guarded(self) -> Iterator[Collection]:
        import sqlite3

        from chromadb.errors import ChromaError

        try:
            yield self._collection()
        except (ChromaError, ValueError, OSError, sqlite3.Error) as error:
            raise VectorsError(
                f"the vector store cannot be used: {error}", where=str(self._folder), hint=REBUILD
            ) from error

    def _collection(self) -> Collection:
        import chromadb
        from chromadb.api.shared_system_client import SharedSystemClient
        from chromadb.config import Settings

        if self._client is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            settings = Settings(anonymized_telemetry=False)
            opened = False
            try:
                self._client = chromadb.PersistentClient(str(self._folder), settings=settings)
                opened = True
            finally:
                # Chroma remembers the half-open system of a broken folder and would give it out again.
                if not opened:
                    SharedSystemClient.clear_system_cache()
        collection: Collection = self._client.get_or_create_collection(
            COLLECTION, configuration={"hnsw": {"space": "cosine"}}, embedding_function=None
        )
        return collection
