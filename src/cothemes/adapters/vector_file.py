"""Vectors of data that belong to no study, kept in one file of the user's cache so that a rerun is quick."""

from __future__ import annotations

import os
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cothemes.errors import VectorsError


class VectorFile:
    """The EmbeddingStore port on one .npz file. One that cannot be read is made anew: it is only a cache."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._rows: dict[tuple[str, str], NDArray[np.float32]] = {}
        if path.is_file():
            self._load()

    def missing(self, embedder: str, text_hashes: Sequence[str]) -> list[str]:
        """Those without a vector, each once, in order."""
        return [digest for digest in dict.fromkeys(text_hashes) if (embedder, digest) not in self._rows]

    def add(self, embedder: str, text_hashes: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Kept when it returns; raises VectorsError where the file cannot be written."""
        for digest, vector in zip(text_hashes, vectors, strict=True):
            self._rows[embedder, digest] = vector
        try:
            self._save()
        except OSError as error:
            raise VectorsError(
                f"cannot be written: {error.strerror}",
                where=str(self._path),
                hint="Make room there, or set COTHEMES_CACHE to a folder you can write to.",
            ) from error

    def matrix(self, embedder: str, text_hashes: Sequence[str]) -> NDArray[np.float32]:
        """(texts × dimension) in the order asked; KeyError where one is missing."""
        return np.array([self._rows[embedder, digest] for digest in text_hashes], np.float32)

    def _load(self) -> None:
        try:
            with np.load(self._path, allow_pickle=False) as stored:
                names, vectors = stored["names"], stored["vectors"]
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return
        for name, vector in zip(names.tolist(), vectors, strict=True):
            embedder, _, digest = name.rpartition("\t")
            self._rows[embedder, digest] = vector

    def _save(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        names = np.array([f"{embedder}\t{digest}" for embedder, digest in self._rows])
        handle, part = tempfile.mkstemp(dir=self._path.parent, prefix=self._path.name, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                np.savez(file, names=names, vectors=np.array(list(self._rows.values()), np.float32))
            Path(part).replace(self._path)
        finally:
            Path(part).unlink(missing_ok=True)
