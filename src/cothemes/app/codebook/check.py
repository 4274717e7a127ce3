"""What a check of the codebook found, and codes looked up by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from cothemes.app.codebook.probes import CodebookTrial
from cothemes.errors import CodebookError, UnknownCode, UsageError
from cothemes.records.codebook import Code, Codebook
from cothemes.records.problem import Problem
from cothemes.records.record import Listing, Record, absent


class CodebookFaults(Record):
    """Faults that keep a codebook from being used."""

    ok: Literal[False] = False
    problems: tuple[str, ...]
    """Each with its path and line."""


class CodebookCheck(Record):
    """A codebook that can be used, with its doubtful points."""

    ok: Literal[True] = True
    id: str
    version: str
    hash: str
    codes: int
    problems: tuple[Problem, ...]
    """Warnings."""
    with_model: CodebookTrial | None = Field(default=None, exclude_if=absent)
    """The codebook's own texts, tried on a model."""
    themes: int = Field(default=0, exclude=True)
    drafts: tuple[str, ...] = Field(default=(), exclude=True)
    """Codes without a definition."""
    thin: dict[str, tuple[str, ...]] = Field(default={}, exclude=True)
    """Field of a code → the codes that lack it, which leaves coders to guess."""


class CodeList(Listing[Code]):
    """Codes in the order in which they were asked for."""


def codebook_faults(error: CodebookError) -> CodebookFaults:
    """Return the problems of a codebook that could not be read."""
    return CodebookFaults(problems=tuple(map(str, error.problems)))


def codebook_check(
    codebook: Codebook, warnings: Sequence[Problem], trial: CodebookTrial | None = None
) -> CodebookCheck:
    """Return what is doubtful in a codebook that can be used."""
    fields = ("exclude_when", "examples", "near_misses")
    defined = codebook.defined.codes
    lacking = {name: tuple(c.id for c in defined if not getattr(c, name)) for name in fields}
    return CodebookCheck(
        id=codebook.id,
        version=codebook.version,
        hash=codebook.hash,
        codes=len(codebook.codes),
        problems=tuple(warnings),
        with_model=trial,
        themes=len(codebook.themes),
        drafts=tuple(code.id for code in codebook.codes if code.draft),
        thin={name: codes for name, codes in lacking.items() if codes},
    )


def chosen_codes(codebook: Codebook, names: Sequence[str], theme: str = "") -> CodeList:
    """Return the codes of these names. Raises UnknownCode, and UsageError for an unknown theme."""
    for name in names:
        if name not in codebook.by_id:
            raise UnknownCode(
                f"{name} is no code of {codebook.id}", hint=f"Codes: {', '.join(codebook.by_id)}."
            )
    if theme and theme not in codebook.theme_by_id:
        known = ", ".join(codebook.theme_by_id) or "none"
        raise UsageError(f"{theme} is no theme of {codebook.id}", hint=f"Themes: {known}.")
    return CodeList(tuple(codebook.by_id[name] for name in names))
