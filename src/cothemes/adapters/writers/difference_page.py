"""The map of differences as one HTML page that needs nothing else. No coefficient stands on it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cothemes.adapters.writers.report_page import environment, style
from cothemes.adapters.writers.whole_file import whole_file


def write_difference_page(path: Path, context: Mapping[str, Any]) -> None:
    """`context` holds title, version, made, map and synthetic; everything in it is escaped. Raises InputError
    where it cannot be written."""
    page = environment().get_template("difference_page.html.jinja")
    with whole_file(path) as handle:
        handle.write(page.render({**context, "style": style()}))
