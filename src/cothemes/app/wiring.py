"""The only place that joins adapters to ports."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cothemes.app.study import Study
    from cothemes.ports import Clock, Embedder, VectorIndex


def clock() -> Clock:
    """The system's clock, in UTC."""
    from cothemes.adapters.clock import SystemClock

    return SystemClock()


def embedder() -> Embedder:
    """The default embedder; raises WeightsMissing with the line to type."""
    from cothemes.adapters.onnx_embedder import OnnxEmbedder

    return OnnxEmbedder.open()


@contextmanager
def vector_index(study: Study) -> Iterator[VectorIndex]:
    """The study's vector store, locked while it is open."""
    from cothemes.adapters.chroma import ChromaIndex

    with ChromaIndex.open(study.records / "vectors") as index:
        yield index
