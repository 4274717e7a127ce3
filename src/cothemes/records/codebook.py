"""The codebook as people wrote it: codes, themes, attributes, probes, research questions."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Self

from pydantic import Field

from cothemes.records.record import Record, content_hash

NONE_CODE = "none"
"""Reserved: a near miss that belongs to no code, a passage that carries none."""


class _Named(Record):
    """A record that keeps what it works out about itself: a changed copy works it out anew."""

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Copy as pydantic does, which would pass on the hash and the tables of the original."""
        copied = super().model_copy(update=update, deep=deep)
        for name in copied.__dict__.keys() - type(copied).model_fields.keys():
            del copied.__dict__[name]
        return copied


class Example(Record):
    """A passage that the code applies to."""

    text: str
    kind: str = "illustrative"
    """`illustrative` (invented) or `quotation` (from the data)."""


class NearMiss(Record):
    """A passage that looks like the code and is not."""

    text: str
    code: str
    """The code it belongs to instead, or `none`."""
    kind: str = "illustrative"

    @property
    def belongs(self) -> str:
        """Return where it belongs, in words."""
        return "no code" if self.code == NONE_CODE else f"it is {self.code}"


class Attribute(Record):
    """Something noted about a coding, such as whether a thing helps or hinders."""

    name: str
    values: tuple[str, ...]
    applies_to: tuple[str, ...]
    """Ids of codes or themes."""
    many: bool = False
    """True if one coding may hold several values."""
    definition: str = ""


class Theme(Record):
    """A group of codes, tied to research questions."""

    id: str
    label: str
    rq: tuple[str, ...] = ()


class Code(_Named):
    """One code, with the fields of MacQueen et al. (1998)."""

    id: str
    label: str
    definition: str
    theme: str | None = None
    parent: str | None = None
    brief: str = ""
    include_when: tuple[str, ...] = ()
    exclude_when: tuple[str, ...] = ()
    examples: tuple[Example, ...] = ()
    near_misses: tuple[NearMiss, ...] = ()
    line: int | None = Field(default=None, exclude=True)
    """Line in its file; no part of its identity."""

    @cached_property
    def text_hash(self) -> str:
        """The identity of the code's wording: decisions under another hash are never pooled unasked."""
        return content_hash(self.model_dump())

    @cached_property
    def substance_hash(self) -> str:
        """Return the hash without label, theme and parent: a change of these alone asks for no other
        coding.
        """
        return content_hash(self.model_dump(exclude={"label", "theme", "parent"}))


class Codebook(_Named):
    """A whole codebook. Order of codes is the order people wrote."""

    id: str
    version: str = ""
    """A label for people; the hash is the identity."""
    title: str = ""
    codes: tuple[Code, ...]
    themes: tuple[Theme, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    research_questions: dict[str, str] = {}
    general_rules: tuple[str, ...] = ()
    lexical_probes: dict[str, str] = {}
    """Name → regular expression, matched without regard to case."""
    meta: dict[str, Any] = {}
    """Whatever else stands in the `codebook:` block."""

    @cached_property
    def hash(self) -> str:
        """sha256 of what a coder reads: no version label, no notes of its makers, no layout of the file."""
        return content_hash(self.model_dump(exclude={"meta", "version"}))

    @cached_property
    def by_id(self) -> dict[str, Code]:
        """Codes by their permanent id."""
        return {code.id: code for code in self.codes}

    @cached_property
    def theme_by_id(self) -> dict[str, Theme]:
        """Themes by id."""
        return {theme.id: theme for theme in self.themes}

    def attributes_of(self, code: str) -> tuple[Attribute, ...]:
        """The attributes that may be set on a coding with this code."""
        theme = self.by_id[code].theme
        return tuple(a for a in self.attributes if code in a.applies_to or (theme and theme in a.applies_to))

    def questions_of(self, code: str) -> tuple[str, ...]:
        """The research questions that the code's theme serves."""
        theme = self.by_id[code].theme
        return self.theme_by_id[theme].rq if theme in self.theme_by_id else ()
