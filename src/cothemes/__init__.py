"""Thematic coding with a codebook: proposals with verified quotes, people's decisions, honest agreement."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from cothemes.api import open as open


def __getattr__(name: str) -> Any:
    """Import the Python API when it is first asked for: the commands never need it."""
    if name == "open":
        return import_module("cothemes.api").open
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
