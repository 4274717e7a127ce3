"""Texts to vectors with all-MiniLM-L6-v2 on onnxruntime: the default embedder, without torch or network."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cothemes.adapters.minilm_graph import HIDDEN, build_into, graph_path
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
from cothemes.errors import SettingsError, WeightsMissing

if TYPE_CHECKING:
    from cothemes.ports import Progress

MAX_TOKENS = 256
"""Tokens that the model was trained to read; the rest of a longer text is not seen."""
BATCH = 8
"""Texts in one call. Larger batches take more memory and are no faster on a processor."""
WINDOW = 512
"""Texts whose tokens are held at once."""
THREADS_VARIABLE = "COTHEMES_THREADS"
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
        batch: int = BATCH,
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        self._weights = weights
        self._batch = batch
        self._environment = environment
        self._checked = False

    @classmethod
    def open(cls) -> OnnxEmbedder:
        """The embedder with the weights found here; raises WeightsMissing now and not at the first text."""
        return cls(find_weights())

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float32]:
        """(texts × 384), each row of length 1, in the order of `texts`.

        Mean of the last hidden states over the real tokens, then scaled (Reimers & Gurevych 2019). Texts run
        in order of length, so that little is padded. Raises WeightsMissing, or SettingsError for
        COTHEMES_THREADS.
        """
        if self.source.is_graph and not self._checked:
            self._check_graph()
            self._checked = True
        return self._embed_unchecked(texts, progress)

    def _embed_unchecked(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float32]:
        vectors = np.empty((len(texts), HIDDEN), np.float32)
        for rows, ids in self._batches(texts):
            vectors[rows] = self._forward(ids)
            if progress is not None:
                progress(len(rows))
        return vectors

    @cached_property
    def source(self) -> Weights:
        """The files in use."""
        return self._weights or find_weights(self._environment)

    def _batches(self, texts: Sequence[str]) -> Iterator[tuple[list[int], list[list[int]]]]:
        order = sorted(range(len(texts)), key=lambda row: (len(texts[row]), row))
        for start in range(0, len(order), WINDOW):
            window = order[start : start + WINDOW]
            encoded = self._tokenizer.encode_batch_fast([texts[row] for row in window])
            tokens = sorted(
                zip(window, (e.ids for e in encoded), strict=True), key=lambda t: (len(t[1]), t[0])
            )
            for first in range(0, len(tokens), self._batch):
                batch = tokens[first : first + self._batch]
                yield [row for row, _ in batch], [ids for _, ids in batch]

    def _forward(self, ids: list[list[int]]) -> NDArray[np.float32]:
        width = max(len(row) for row in ids)
        padded = np.zeros((len(ids), width), np.int64)
        mask = np.zeros((len(ids), width), np.int64)
        for row, tokens in enumerate(ids):
            padded[row, : len(tokens)] = tokens
            mask[row, : len(tokens)] = 1
        given = {"input_ids": padded, "attention_mask": mask, "token_type_ids": np.zeros_like(padded)}
        states = self._session.run(None, {name: given[name] for name in self._inputs})[0]
        pooled = np.einsum("ijk,ij->ik", states, mask.astype(np.float32)) / mask.sum(axis=1, keepdims=True)
        unit: NDArray[np.float32] = (pooled / np.linalg.norm(pooled, axis=1, keepdims=True)).astype(
            np.float32
        )
        return unit

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        if not self.source.is_graph:
            check_hash(self.source.tokenizer, TOKENIZER_HASH)
        tokenizer = Tokenizer.from_file(str(self.source.tokenizer))
        tokenizer.enable_truncation(MAX_TOKENS)
        tokenizer.no_padding()
        return tokenizer

    @cached_property
    def _inputs(self) -> list[str]:
        return [each.name for each in self._session.get_inputs()]

    @cached_property
    def _session(self) -> Any:
        import onnxruntime
        from onnxruntime.capi import onnxruntime_pybind11_state as native

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = thread_count(self._environment)
        # Waiting threads that spin take the cores from whatever else runs: beside eleven busy processes on
        # four cores, embedding took three times as long with it.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 4
        path = self._graph()
        try:
            return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except (native.Fail, native.InvalidGraph, native.InvalidProtobuf, native.NoSuchFile) as error:
            raise WeightsMissing(
                f"onnxruntime cannot read the model: {error}",
                where=str(path),
                hint=f"Remove it; it is made anew from the weights. If they are missing, type: {TO_TYPE}",
            ) from error

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
        said = self._embed_unchecked([PROBE])[0, : len(PROBE_HEAD)]
        if not np.allclose(said, PROBE_HEAD, atol=1e-3):
            raise WeightsMissing(
                "does not answer as all-MiniLM-L6-v2 does",
                where=str(self.source.model),
                hint=f"Remove it and type: {TO_TYPE}",
            )


def thread_count(environment: Mapping[str, str] = os.environ) -> int:
    """COTHEMES_THREADS, else the cores that this process may use."""
    named = environment.get(THREADS_VARIABLE)
    if named is None:
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if not named.isdigit() or int(named) < 1:
        raise SettingsError(
            f"{THREADS_VARIABLE} is {named!r}, not a number of threads",
            hint=f"Set {THREADS_VARIABLE} to 1 or more, or unset it.",
        )
    return int(named)
