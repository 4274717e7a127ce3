"""What several of the command line's test files share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.doubles.embedder import RememberingEmbedder

from cothemes.adapters.onnx_embedder import OnnxEmbedder


@pytest.fixture(scope="session")
def _embedder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> RememberingEmbedder:
    own = tmp_path_factory.getbasetemp()
    folder = (own if worker_id == "master" else own.parent) / "vectors"
    folder.mkdir(exist_ok=True)
    return RememberingEmbedder(OnnxEmbedder(), folder)


@pytest.fixture(scope="module")
def sample_vectors(_embedder: RememberingEmbedder) -> Iterator[None]:
    """The shipped embedder for files that read the sample study; the first of them has its texts embedded."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cothemes.app.wiring.embedder", lambda: _embedder)
        yield
