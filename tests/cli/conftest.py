"""What several of the command line's test files share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.doubles.embedder import RememberingEmbedder

from cothemes.adapters.onnx_embedder import OnnxEmbedder


@pytest.fixture(scope="session")
def _embedder() -> RememberingEmbedder:
    return RememberingEmbedder(OnnxEmbedder())


@pytest.fixture(scope="module")
def sample_vectors(_embedder: RememberingEmbedder) -> Iterator[None]:
    """The shipped embedder for files that read the sample study; the first of them has its texts embedded."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cothemes.app.wiring.embedder", lambda: _embedder)
        yield
