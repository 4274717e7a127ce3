"""What a figure leaves out, one line a reason, with the way to include it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from cothemes.records.combine import Combine
from cothemes.records.left_out import LeftOut
from cothemes.records.text import counted

if TYPE_CHECKING:
    from cothemes.app.findings.passage_filter import QueryOutcome

_TYPED = re.compile(r"(\bcothemes [^,;]+|^--[^,;]+)")
"""A command, or an option of the command that wrote the page; what follows a comma is an explanation."""


def combined_lines(by: Combine) -> Iterator[str]:
    """Yield the rule by which several readers of a passage count as one."""
    yield f"Several readers of a passage, by the rule {by.value!r}: a code counts where {by.words}."


def query_lines(found: QueryOutcome | None) -> Iterator[str]:
    """Yield how many passages a query selects, and for how many it cannot say; nothing without a query."""
    if found is None:
        return
    passages = counted(found.passages, "passage")
    yield f"{passages} selected by the query, from what people decided: {found.query}"
    if found.undetermined:
        yield (
            f"Undetermined, and left out: {counted(found.undetermined, 'passage')} that nobody has read "
            "for a code on which the query depends."
        )


def ways_back(text: str) -> list[tuple[str, bool]]:
    """Return the pieces of a way to include what is left out, each with True where it is typed as it is."""
    pieces = enumerate(_TYPED.split(text))
    return [(words, bool(at % 2)) for at, words in pieces if words]


def left_out_lines(entries: Iterable[LeftOut]) -> Iterator[str]:
    """Yield lines such as `Left out: 3 decisions, retired passage (D4, D6) → COMMAND`."""
    for entry in entries:
        back = f" → {entry.include_with}" if entry.include_with else ""
        yield f"Left out: {entry.words}{back}"
