"""A study of a few passages and a provider of batches, new for each test; no test waits for minutes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.doubles.batch_night import PASSAGES, batch_study
from tests.doubles.batch_server import BatchServer

from cothemes.app.runs import batch_session
from cothemes.app.study import Study


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COTHEMES_MODEL_PRICES", "prices.toml")
    monkeypatch.setattr(batch_session, "SETTLED_AFTER", timedelta(seconds=0.3))
    monkeypatch.setattr(batch_session, "LOOK_AGAIN", 0.05)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The study's folder, to be copied."""
    study = batch_study(tmp_path_factory.mktemp("batches"), PASSAGES)
    study.close()
    return study.root


@pytest.fixture
def study(template: Path, tmp_path: Path) -> Iterator[Study]:
    """With prices for the stub, at half of them in batches."""
    made = Study(Path(shutil.copytree(template, tmp_path / "study")))
    yield made
    made.close()


@pytest.fixture
def server() -> Iterator[BatchServer]:
    """A provider that answers honestly until it is told otherwise."""
    with BatchServer() as made:
        yield made
