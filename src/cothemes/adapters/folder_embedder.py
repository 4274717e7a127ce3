"""Texts to vectors with a sentence embedder in a folder, laid out as sentence-transformers does it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cothemes.adapters.onnx_texts import OnnxTexts, Pooling
from cothemes.errors import WeightsMissing

if TYPE_CHECKING:
    from cothemes.ports import Progress

GRAPHS = ("onnx/model.onnx", "model.onnx")
"""Places of the graph in the folder, the preferred one first."""
POOLINGS: Mapping[str, Pooling] = {
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_cls_token": "cls",
    "pooling_mode_max_tokens": "max",
}
"""Keys of 1_Pooling/config.json."""
MAX_TOKENS = 512
"""Tokens read where the folder names no limit."""
NEEDED = "The folder needs tokenizer.json and onnx/model.onnx (or model.onnx)."


@dataclass(frozen=True)
class Layout:
    """What a folder says of its model."""

    graph: Path
    tokenizer: Path
    max_tokens: int
    pooling: Pooling
    normalize: bool


class FolderEmbedder:
    """The Embedder port. Files are read when the embedder is made, the graph before the first text."""

    def __init__(self, folder: Path, *, device: str = "auto") -> None:
        """Raise WeightsMissing where the folder holds no embedder that can be run."""
        self._layout = read_layout(folder)
        self._folder = folder
        self._texts = OnnxTexts(
            self._layout.graph,
            self._layout.tokenizer,
            self._layout.max_tokens,
            pooling=self._layout.pooling,
            normalize=self._layout.normalize,
            device=device,
            hint=NEEDED,
        )

    @cached_property
    def name(self) -> str:
        """Folder, tokens read, pooling and a hash of the graph and the tokenizer: other files, other name."""
        digest = hashlib.sha256()
        for path in (
            self._layout.graph,
            self._layout.graph.with_suffix(".onnx_data"),
            self._layout.tokenizer,
        ):
            if path.is_file():
                with path.open("rb") as file:
                    digest.update(hashlib.file_digest(file, "sha256").digest())
        layout = self._layout
        shape = f"{layout.max_tokens}/{layout.pooling}{'' if layout.normalize else '/scaled here'}"
        return f"{self._folder.resolve().name}/{shape}/{digest.hexdigest()[:12]}"

    @cached_property
    def dimension(self) -> int:
        """Length of a vector, found with one short text."""
        return int(self._texts.embed(["a"]).shape[1])

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float32]:
        """Return texts × dimension, rows of length 1, in the order of `texts`.

        Raises WeightsMissing where the graph cannot be run, SettingsError for a device that is not there.
        """
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        vectors = self._texts.embed(texts, progress)
        # The index and the coder take cosines as dot products, whatever the folder says of its last step.
        lengths = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
        unit: NDArray[np.float32] = (vectors / lengths).astype(np.float32)
        return unit


def read_layout(folder: Path) -> Layout:
    """Return what the files of a sentence-transformers folder say; raises WeightsMissing naming what is not
    there or cannot be read.
    """
    graph = next((folder / each for each in GRAPHS if (folder / each).is_file()), None)
    tokenizer = folder / "tokenizer.json"
    if not folder.is_dir():
        raise WeightsMissing("is no folder", where=str(folder), hint="Correct [embedding] model.")
    if graph is None or not tokenizer.is_file():
        missing = "tokenizer.json" if graph else "onnx/model.onnx"
        raise WeightsMissing(f"holds no {missing}", where=str(folder), hint=NEEDED)
    pooling = _facts(folder / "1_Pooling" / "config.json")
    asked = [name for key, name in POOLINGS.items() if pooling.get(key)]
    if pooling and len(asked) != 1:
        raise WeightsMissing(
            "pools tokens in a way that is not known here",
            where=str(folder / "1_Pooling" / "config.json"),
            hint="Use a model with mean, cls or max pooling.",
        )
    limit = _facts(folder / "sentence_bert_config.json").get("max_seq_length")
    reach = _facts(folder / "config.json").get("max_position_embeddings")
    known = [each for each in (limit, reach) if isinstance(each, int) and each > 0]
    modules = _facts(folder / "modules.json")
    steps = modules.get("list", []) if isinstance(modules, dict) else []
    normalize = any("Normalize" in str(each.get("type", "")) for each in steps if isinstance(each, dict))
    return Layout(graph, tokenizer, min(known, default=MAX_TOKENS), asked[0] if asked else "mean", normalize)


def _facts(path: Path) -> dict[str, Any]:
    """Return a JSON object, or a list under the key `list`; empty where there is no such file."""
    if not path.is_file():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise WeightsMissing(
            "cannot be read as JSON", where=str(path), hint="Fetch the model anew."
        ) from error
    return found if isinstance(found, dict) else {"list": found}
