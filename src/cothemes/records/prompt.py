"""A versioned prompt: its name is the version, its hash the identity."""

from __future__ import annotations

from functools import cached_property

from cothemes.records.record import Record, content_hash

SHIPPED = "cothemes"
"""The origin of a template that comes with the package."""


class Prompt(Record):
    """A template as read, before anything is filled in."""

    name: str
    """e.g. `propose.v1`; a released version is never edited, its successor has the next number."""
    text: str
    origin: str = SHIPPED
    """The file of the study that overrides it, else `cothemes`."""

    @cached_property
    def hash(self) -> str:
        """sha256 of the text; it stands on every run."""
        return content_hash(self.text)

    @property
    def label(self) -> str:
        """Name and shortened hash, as raters carry it: `propose.v1-3fa9c2`."""
        return f"{self.name}-{self.hash[:6]}"
