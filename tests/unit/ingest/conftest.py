"""Texts to documents by way of a file."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.ingest.reading import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Writes files, reads them and understands them."""
    return Desk(tmp_path)
