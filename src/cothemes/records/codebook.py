"""The codebook as people wrote it: codes, themes, attributes, probes, research questions."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Self

from pydantic import Field

from cothemes.records.record import Record, content_hash

NONE_CODE = "none"
"""Reserved: a near miss that belongs to no code, a passage that carries none."""

PATH = " > "
"""Between the labels of a code and of the code below it."""


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
    kept_hash: str | None = Field(default=None, exclude=True)
    """Hash of the text that decisions name, where the code has another id now or words of it were erased."""

    @property
    def draft(self) -> bool:
        """True for a code without a definition: people may use it, and no coder proposes it."""
        return not self.definition.strip()

    @cached_property
    def text_hash(self) -> str:
        """The identity of the code's wording: decisions under another hash are never pooled unasked."""
        return self.kept_hash or content_hash(self.model_dump())

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
    def children(self) -> dict[str, tuple[str, ...]]:
        """Code → the codes directly below it; codes without any are not in it."""
        found: dict[str, list[str]] = {}
        for code in self.codes:
            if code.parent:
                found.setdefault(code.parent, []).append(code.id)
        return {code: tuple(below) for code, below in found.items()}

    def below(self, code: str) -> tuple[str, ...]:
        """The code and every code below it, at any depth."""
        found = [code]
        for each in found:
            found += [child for child in self.children.get(each, ()) if child not in found]
        return tuple(found)

    @cached_property
    def branches(self) -> dict[str, tuple[str, ...]]:
        """Each code with others below it → itself and all of these."""
        return {code: self.below(code) for code in self.by_id if code in self.children}

    def above(self, code: str) -> tuple[str, ...]:
        """The codes above one, the topmost first."""
        found: list[str] = []
        parent = self.by_id[code].parent
        while parent and parent in self.by_id and parent not in found:
            found.insert(0, parent)
            parent = self.by_id[parent].parent
        return tuple(found)

    def path(self, code: str) -> str:
        """The labels of the codes above one and its own: `Resources > Money`."""
        return PATH.join(self.by_id[each].label for each in (*self.above(code), code))

    @property
    def defined(self) -> Codebook:
        """The codebook without drafts: what coders propose from."""
        if not any(code.draft for code in self.codes):
            return self
        return self.model_copy(update={"codes": tuple(code for code in self.codes if not code.draft)})

    def renamed(self, names: Mapping[str, str]) -> Codebook:
        """The same codebook with other visible ids (old → new), wherever one stands; texts keep the hash that
        decisions name.
        """
        if not names:
            return self
        codes = tuple(
            code.model_copy(
                update={
                    "id": names.get(code.id, code.id),
                    "parent": names.get(code.parent, code.parent) if code.parent else None,
                    "near_misses": tuple(
                        miss.model_copy(update={"code": names.get(miss.code, miss.code)})
                        for miss in code.near_misses
                    ),
                    "kept_hash": code.text_hash,
                }
            )
            for code in self.codes
        )
        # A theme may have the id of a code: it keeps it.
        attributes = tuple(
            each.model_copy(
                update={
                    "applies_to": tuple(
                        name if name in self.theme_by_id else names.get(name, name)
                        for name in each.applies_to
                    )
                }
            )
            for each in self.attributes
        )
        return self.model_copy(update={"codes": codes, "attributes": attributes})

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
