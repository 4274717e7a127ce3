"""Texts to vectors with all-MiniLM-L6-v2 on onnxruntime: the default embedder, without torch or network."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cothemes.adapters.minilm_graph import HIDDEN, build_into, graph_path
from cothemes.adapters.onnx_texts import OnnxTexts
from cothemes.adapters.weights import (
    CACHE_VARIABLE,
    TO_TYPE,
    TOKENIZER_HASH,
    WEIGHTS_HASH,
    Weights,
    cache_folder,
    check_hash,
    find_weights,
)
from cothemes.errors import WeightsMissing

if TYPE_CHECKING:
    from cothemes.ports import Progress

MAX_TOKENS = 256
"""Tokens that the model was trained to read; the rest of a longer text is not seen."""
PROBE = "People who use services helped to design the new rota."
PROBE_HEAD = (-0.05594, 0.05817, -0.08694, -0.05579, -0.10280, -0.03065)
"""The first values of the probe's vector: a graph that someone else built must say the same."""


class OnnxEmbedder:
    """The Embedder port. Nothing is loaded before the first text."""

    name = "all-MiniLM-L6-v2/256/mean"
    """Model, tokens read, pooling: the same vectors to 1e-5 from every source of its weights."""
    dimension = HIDDEN

    def __init__(
        self,
        weights: Weights | None = None,
        *,
        batch: int | None = None,
        device: str = "cpu",
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        self._weights = weights
        self._batch = batch
        self._device = device
        self._environment = environment
        self._checked = False

    @classmethod
    def open(cls) -> OnnxEmbedder:
        """The embedder with the weights found here; raises WeightsMissing now and not at the first text."""
        return cls(find_weights())

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float32]:
        """(texts × 384), each row of length 1, in the order of `texts`.

        Raises WeightsMissing, or SettingsError for COTHEMES_THREADS.
        """
        if self.source.is_graph and not self._checked:
            self._check_graph()
            self._checked = True
        if not texts:
            return np.empty((0, HIDDEN), np.float32)
        return self._texts.embed(texts, progress)

    @cached_property
    def source(self) -> Weights:
        """The files in use."""
        return self._weights or find_weights(self._environment)

    @cached_property
    def _texts(self) -> OnnxTexts:
        if not self.source.is_graph:
            check_hash(self.source.tokenizer, TOKENIZER_HASH)
        return OnnxTexts(
            self._graph(),
            self.source.tokenizer,
            MAX_TOKENS,
            device=self._device,
            batch=self._batch,
            hint=f"Remove it; it is made anew from the weights. If they are missing, type: {TO_TYPE}",
            environment=self._environment,
        )

    def _graph(self) -> Path:
        source = self.source
        if source.is_graph:
            return source.model
        folder = cache_folder(self._environment)
        path = graph_path(WEIGHTS_HASH, folder)
        if path.is_file():
            return path
        check_hash(source.model, WEIGHTS_HASH)
        try:
            build_into(path, source.model)
        except OSError as error:
            raise WeightsMissing(
                f"the model's graph cannot be kept: {error}",
                where=str(folder),
                hint=f"Make room there, or set {CACHE_VARIABLE} to a folder you can write to.",
            ) from error
        return path

    def _check_graph(self) -> None:
        """Exporters differ, so a ready graph has no hash to pin: it must answer as the model does."""
        said = self._texts.embed([PROBE])[0, : len(PROBE_HEAD)]
        if not np.allclose(said, PROBE_HEAD, atol=1e-3):
            raise WeightsMissing(
                "does not answer as all-MiniLM-L6-v2 does",
                where=str(self.source.model),
                hint=f"Remove it and type: {TO_TYPE}",
            )
