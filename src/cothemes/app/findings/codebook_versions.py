"""Two versions of the codebook side by side: what was there, and what is there instead."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from cothemes.app.codebook.diff import reasons_between
from cothemes.app.codebook.versions import NamedVersion, last_used, named_now, version_named
from cothemes.app.study import Study
from cothemes.records.codebook import Code, Codebook
from cothemes.records.record import Record
from cothemes.records.revision import Revision
from cothemes.stages.codebook_change.difference import Difference, TextChange, difference

Words = tuple[tuple[Literal["same", "gone", "new"], str], ...]
"""Stretches of words in reading order, and what became of them."""


class FieldPair(Record):
    """One text in both versions."""

    field: str
    words: Words
    """Without what is `new`, the old text; without what is `gone`, the new one."""

    @property
    def old(self) -> Words:
        """Return the text as it was; empty where there was none."""
        return tuple(each for each in self.words if each[0] != "new")

    @property
    def new(self) -> Words:
        """Return the text as it is; empty where there is none."""
        return tuple(each for each in self.words if each[0] != "gone")


class CodePair(Record):
    """One code in both versions, with the texts that differ."""

    code: str
    label: str
    what: str
    """`added`, `removed`, or the kinds of the change."""
    fields: tuple[FieldPair, ...]


class CodebookPair(Record):
    """Two versions of a codebook, with all that differs."""

    codebook: str
    old: NamedVersion
    new: NamedVersion
    same: bool
    codes: tuple[CodePair, ...]
    """Added, then removed, then changed."""
    around: tuple[FieldPair, ...]
    """The same for what is beside the codes: rules, attributes, themes."""
    reasons: tuple[Revision, ...]
    title: str = Field(default="", exclude=True)
    """The study's title."""


def codebook_pair(study: Study, old: str = "", new: str = "") -> CodebookPair:
    """Compare `old` (else the version of the last decisions) with `new` (else codebook.yaml now).

    Raises UsageError for a version that is not there, CodebookError for a file that is none.
    """
    before: Codebook = version_named(study, old) if old else last_used(study)
    after: Codebook = version_named(study, new) if new else study.codebook
    found = difference(named_now(study, before), named_now(study, after))
    return CodebookPair(
        codebook=after.id,
        old=NamedVersion.of(before),
        new=NamedVersion.of(after),
        same=found.same,
        codes=tuple(code_pairs(found)),
        around=tuple(map(_pair, found.around)),
        reasons=reasons_between(study, before, after),
        title=study.settings.study.title,
    )


def code_pairs(found: Difference) -> Iterator[CodePair]:
    """Yield the codes that were added, removed or changed. A code that came or went has all of its texts."""
    for code in found.added:
        yield CodePair(code=code.id, label=code.label, what="added", fields=tuple(_texts(code, "new")))
    for code in found.removed:
        yield CodePair(code=code.id, label=code.label, what="removed", fields=tuple(_texts(code, "gone")))
    for change in found.changed:
        yield CodePair(
            code=change.id,
            label=change.new.label,
            what=", ".join(change.kinds),
            fields=tuple(map(_pair, change.texts)),
        )


def around_pairs(found: Difference) -> tuple[FieldPair, ...]:
    """Return what differs beside the codes."""
    return tuple(map(_pair, found.around))


def _pair(text: TextChange) -> FieldPair:
    return FieldPair(field=text.field, words=tuple((each.fate, " ".join(each.words)) for each in text.words))


def _texts(code: Code, fate: Literal["gone", "new"]) -> Iterator[FieldPair]:
    texts = {
        "definition": code.definition,
        "include_when": "; ".join(code.include_when),
        "exclude_when": "; ".join(code.exclude_when),
        "examples": "; ".join(each.text for each in code.examples),
        "near_misses": "; ".join(f"{each.text} → {each.code}" for each in code.near_misses),
    }
    for name, text in texts.items():
        if text.strip():
            yield FieldPair(field=name, words=((fate, " ".join(text.split())),))
