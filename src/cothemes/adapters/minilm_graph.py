"""all-MiniLM-L6-v2 as an ONNX graph, built from its safetensors file so that torch is never needed.

The graph is made once into the user's cache. Its file name carries the hash of the weights and the version
of this recipe, and it appears there by an atomic rename, so two processes at once cannot harm each other.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

RECIPE = 1
"""Raised whenever the graph below changes."""
HEADS = 12
LAYERS = 6
EPSILON = 1e-12
HIDDEN = 384
_OPSET = 17
_DTYPES = {"F32": np.float32, "F16": np.float16, "I64": np.int64}


def read_safetensors(path: Path) -> dict[str, NDArray[Any]]:
    """Tensors by name, as views of the file mapped into memory.

    Format: 8 bytes little-endian length, a JSON header (dtype, shape, data_offsets), then the raw data.
    Raises ValueError where the file is not so.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if not 2 <= length <= size - 8:
            raise ValueError(f"{path} is not a safetensors file")
        header = json.loads(file.read(length))
    data = np.memmap(path, dtype=np.uint8, mode="r", offset=8 + length)
    tensors: dict[str, NDArray[Any]] = {}
    for name, entry in header.items():
        if name != "__metadata__":
            start, end = entry["data_offsets"]
            tensors[name] = data[start:end].view(_DTYPES[entry["dtype"]]).reshape(entry["shape"])
    return tensors


def build_graph(tensors: dict[str, NDArray[Any]]) -> Any:
    """The model: (input_ids, attention_mask) of texts × tokens to last_hidden_state, texts × tokens × 384.

    Attention and its neighbours are the fused operators that onnxruntime would else have to find by itself.
    """
    from onnx import TensorProto, helper

    parts = _Parts(tensors)
    parts.embeddings()
    state = "embedded"
    for layer in range(LAYERS):
        state = parts.layer(layer, state)
    ids = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["texts", "tokens"])
        for name in ("input_ids", "attention_mask")
    ]
    out = helper.make_tensor_value_info(state, TensorProto.FLOAT, ["texts", "tokens", HIDDEN])
    graph = helper.make_graph(parts.nodes, "all-MiniLM-L6-v2", ids, [out], parts.constants)
    opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid("com.microsoft", 1)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8, producer_name="cothemes")


def graph_path(digest: str, folder: Path) -> Path:
    """Return where the graph of the weights with this sha256 is kept."""
    return folder / f"all-MiniLM-L6-v2.{digest[:16]}.v{RECIPE}.onnx"


def build_into(path: Path, weights: Path) -> None:
    """Build the graph and move it to `path` in one step. Raises OSError where it cannot be kept."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(build_graph(read_safetensors(weights)).SerializeToString())
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)


class _Parts:
    """Nodes and constants as they are added."""

    def __init__(self, tensors: dict[str, NDArray[Any]]) -> None:
        self.tensors = tensors
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, name: str, value: NDArray[Any]) -> str:
        from onnx import numpy_helper

        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(
        self, kind: str, inputs: list[str], output: str, *, domain: str = "com.microsoft", **attributes: Any
    ) -> str:
        from onnx import helper

        self.nodes.append(helper.make_node(kind, inputs, [output], output, domain=domain, **attributes))
        return output

    def norm(self, prefix: str) -> list[str]:
        return [
            self.constant(f"{prefix}.{part}", self.tensors[f"{prefix}.{part}"]) for part in ("weight", "bias")
        ]

    def embeddings(self) -> None:
        words = self.constant("words", self.tensors["embeddings.word_embeddings.weight"])
        # One segment only, so its type vector is the same everywhere and can be added beforehand.
        places = (
            self.tensors["embeddings.position_embeddings.weight"]
            + self.tensors["embeddings.token_type_embeddings.weight"][0]
        )
        table = self.constant("places", places[np.newaxis])
        self.constant("zero", np.array([0], np.int64))
        self.constant("one", np.array([1], np.int64))
        self.node("Gather", [words, "input_ids"], "word_vectors", domain="")
        self.node("Shape", ["input_ids"], "tokens", domain="", start=1, end=2)
        self.node("Slice", [table, "zero", "tokens", "one"], "place_vectors", domain="")
        self.node("Add", ["word_vectors", "place_vectors"], "summed", domain="")
        norm = self.norm("embeddings.LayerNorm")
        self.node("LayerNormalization", ["summed", *norm], "embedded", domain="", epsilon=EPSILON, axis=-1)
        # Padding stands on the right, so the number of real tokens says it all.
        self.node("Cast", ["attention_mask"], "mask", domain="", to=6)
        self.node("ReduceSum", ["mask", "one"], "lengths", domain="", keepdims=0)

    def layer(self, number: int, state: str) -> str:
        prefix = f"encoder.layer.{number}"
        heads = [f"{prefix}.attention.self.{part}" for part in ("query", "key", "value")]
        weight = self.constant(
            f"{prefix}.qkv.weight", np.hstack([self.tensors[f"{h}.weight"].T for h in heads])
        )
        bias = self.constant(f"{prefix}.qkv.bias", np.hstack([self.tensors[f"{h}.bias"] for h in heads]))
        seen = self.node(
            "Attention", [state, weight, bias, "lengths"], f"{prefix}.attention", num_heads=HEADS
        )
        state = self.dense_skip(f"{prefix}.attention.output", seen, state)
        inner = f"{prefix}.intermediate.dense"
        wide = self.product(inner, state)
        wide = self.node(
            "BiasGelu", [wide, self.constant(f"{inner}.bias", self.tensors[f"{inner}.bias"])], f"{inner}.gelu"
        )
        last = "last_hidden_state" if number == LAYERS - 1 else f"{prefix}.state"
        return self.dense_skip(f"{prefix}.output", wide, state, last)

    def product(self, prefix: str, state: str) -> str:
        weight = self.constant(f"{prefix}.weight", self.tensors[f"{prefix}.weight"].T)
        return self.node("MatMul", [state, weight], f"{prefix}.product", domain="")

    def dense_skip(self, prefix: str, state: str, skip: str, output: str = "") -> str:
        product = self.product(f"{prefix}.dense", state)
        bias = self.constant(f"{prefix}.dense.bias", self.tensors[f"{prefix}.dense.bias"])
        norm = self.norm(f"{prefix}.LayerNorm")
        return self.node(
            "SkipLayerNormalization",
            [product, skip, *norm, bias],
            output or f"{prefix}.normed",
            epsilon=EPSILON,
        )
