"""The synthetic study that travels with the package, and the codings of its two synthetic raters."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path

TITLE = "Co-production in integrated health and social care: a synthetic sample study"

SEGMENTATION = """
[segment]
# The codings that come with this study were made on passages in which every turn is a unit.
answer_words = 0
"""
"""Settings of a study that takes the sample's codings, in TOML: they name passages by id."""


@contextmanager
def sample_folder() -> Iterator[Path]:
    """The folder `study`: interviews/, policies/, metadata.csv, ratings.csv, DATASHEET.md."""
    with as_file(files("cothemes.sample") / "study") as folder:
        yield folder
