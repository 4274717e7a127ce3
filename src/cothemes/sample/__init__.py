"""The synthetic study that travels with the package, and the codings of its two synthetic raters."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path

TITLE = "Co-production in integrated health and social care: a synthetic sample study"


@contextmanager
def sample_folder() -> Iterator[Path]:
    """The folder `study`: interviews/, policies/, metadata.csv, ratings.csv, DATASHEET.md."""
    with as_file(files("cothemes.sample") / "study") as folder:
        yield folder
