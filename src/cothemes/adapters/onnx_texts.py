"""Texts to vectors with an ONNX graph of a transformer: batches, pooling and the device."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from cothemes.errors import SettingsError, WeightsMissing
from cothemes.ports import Progress

BATCH = 8
"""Texts in one call on a processor. Larger batches take more memory and are no faster there."""
DEVICE_BATCH = 128
"""Texts in one call on a graphics card, which is idle for most of the time with fewer."""
WINDOW = 512
"""Texts whose tokens are held at once."""
THREADS_VARIABLE = "COTHEMES_THREADS"
PROVIDERS = {
    "cuda": ("CUDAExecutionProvider", "ROCMExecutionProvider", "MIGraphXExecutionProvider"),
    "directml": ("DmlExecutionProvider",),
    "coreml": ("CoreMLExecutionProvider",),
}
"""Execution providers of onnxruntime by device, the preferred one first."""
CPU = "CPUExecutionProvider"

Pooling = Literal["mean", "cls", "max"]


@dataclass
class OnnxTexts:
    """A graph and its tokenizer. Nothing is loaded before the first text."""

    graph: Path
    tokenizer: Path
    max_tokens: int
    """Tokens read; the rest of a longer text is not seen."""
    pooling: Pooling = "mean"
    normalize: bool = True
    device: str = "cpu"
    """`cpu`, `auto` (the first device that onnxruntime offers here) or a key of PROVIDERS."""
    batch: int | None = None
    """Texts in one call; None for what suits the device."""
    hint: str = ""
    """What to do where the graph cannot be loaded."""
    environment: Mapping[str, str] | None = None
    _padding: int = field(default=0, init=False)

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float32]:
        """Return texts × dimension, in the order of `texts`; rows have length 1 where `normalize` is set.

        Texts run in order of length, so that little is padded. Raises WeightsMissing where the graph cannot
        be loaded, SettingsError for COTHEMES_THREADS or a device that is not there.
        """
        vectors: NDArray[np.float32] | None = None
        for rows, ids in self._batches(texts):
            made = self._forward(ids)
            if vectors is None:
                vectors = np.empty((len(texts), made.shape[1]), np.float32)
            vectors[rows] = made
            if progress is not None:
                progress(len(rows))
        return np.empty((0, 0), np.float32) if vectors is None else vectors

    def _batches(self, texts: Sequence[str]) -> Iterator[tuple[list[int], list[list[int]]]]:
        size = self.batch or (BATCH if self.providers == [CPU] else DEVICE_BATCH)
        order = sorted(range(len(texts)), key=lambda row: (len(texts[row]), row))
        for start in range(0, len(order), WINDOW):
            window = order[start : start + WINDOW]
            encoded = self.tokens.encode_batch_fast([texts[row] for row in window])
            tokens = sorted(
                zip(window, (e.ids for e in encoded), strict=True), key=lambda t: (len(t[1]), t[0])
            )
            for first in range(0, len(tokens), size):
                batch = tokens[first : first + size]
                yield [row for row, _ in batch], [ids for _, ids in batch]

    def _forward(self, ids: list[list[int]]) -> NDArray[np.float32]:
        width = max(len(row) for row in ids)
        padded = np.full((len(ids), width), self._padding, np.int64)
        mask = np.zeros((len(ids), width), np.int64)
        for row, tokens in enumerate(ids):
            padded[row, : len(tokens)] = tokens
            mask[row, : len(tokens)] = 1
        given = {"input_ids": padded, "attention_mask": mask, "token_type_ids": np.zeros_like(padded)}
        states = self._session.run(None, {name: given[name] for name in self._inputs})[0]
        pooled = self._pooled(np.asarray(states, np.float32), mask)
        if self.normalize:
            pooled = pooled / np.maximum(np.linalg.norm(pooled, axis=1, keepdims=True), 1e-12)
        unit: NDArray[np.float32] = pooled.astype(np.float32)
        return unit

    def _pooled(self, states: NDArray[np.float32], mask: NDArray[np.int64]) -> NDArray[np.float32]:
        """Vectors of texts from those of tokens (Reimers & Gurevych 2019). A graph may pool by itself."""
        pooled: NDArray[np.float32]
        if states.ndim == 2:
            return states
        if self.pooling == "cls":
            pooled = states[:, 0]
        elif self.pooling == "max":
            pooled = np.where(mask[:, :, None] == 1, states, -np.inf).max(axis=1)
        else:
            weights = mask.astype(np.float32)
            pooled = np.einsum("ijk,ij->ik", states, weights) / weights.sum(axis=1, keepdims=True)
        return pooled

    @cached_property
    def tokens(self) -> Any:
        """The tokenizer, cut at `max_tokens`."""
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self.tokenizer))
        tokenizer.enable_truncation(self.max_tokens)
        # Some models derive positions from the id of the padding, so the mask alone is not enough.
        padding = tokenizer.padding
        self._padding = int(padding["pad_id"]) if padding else 0
        tokenizer.no_padding()
        return tokenizer

    @cached_property
    def _inputs(self) -> list[str]:
        known = {"input_ids", "attention_mask", "token_type_ids"}
        wanted = [each.name for each in self._session.get_inputs()]
        if unknown := sorted(set(wanted) - known):
            raise WeightsMissing(
                f"the model wants {', '.join(unknown)}, which no text embedder is given",
                where=str(self.graph),
                hint="Name the folder of a sentence embedder in [embedding] model.",
            )
        return wanted

    @cached_property
    def providers(self) -> list[str]:
        """The execution providers to use, in order; raises SettingsError for a device that is not there."""
        import onnxruntime

        if self.device == "cpu":
            return [CPU]
        offered = onnxruntime.get_available_providers()
        asked = [each for names in PROVIDERS.values() for each in names]
        if self.device != "auto":
            asked = list(PROVIDERS[self.device])
        found = [each for each in asked if each in offered]
        if not found and self.device != "auto":
            raise SettingsError(
                f"onnxruntime offers no {self.device} here (it offers {', '.join(offered)})",
                where="[embedding] device",
                hint="Install the onnxruntime package for that device, or set device to auto or cpu.",
            )
        return [*found[:1], CPU]

    @cached_property
    def _session(self) -> Any:
        import onnxruntime
        from onnxruntime.capi import onnxruntime_pybind11_state as native

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = thread_count(
            os.environ if self.environment is None else self.environment
        )
        # Waiting threads that spin take the cores from whatever else runs: beside eleven busy processes on
        # four cores, embedding took three times as long with it.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 4
        try:
            return onnxruntime.InferenceSession(str(self.graph), options, providers=self.providers)
        except (native.Fail, native.InvalidGraph, native.InvalidProtobuf, native.NoSuchFile) as error:
            raise WeightsMissing(
                f"onnxruntime cannot read the model: {error}", where=str(self.graph), hint=self.hint
            ) from error


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
