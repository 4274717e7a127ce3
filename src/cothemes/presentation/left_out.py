"""What a figure leaves out, one line a reason, with the way to include it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cothemes.records.combine import Combine
from cothemes.records.left_out import LeftOut


def combined_lines(by: Combine) -> Iterator[str]:
    """Yield the rule by which several readers of a passage count as one."""
    yield f"Several readers of a passage, by the rule {by.value!r}: a code counts where {by.words}."


def left_out_lines(entries: Iterable[LeftOut]) -> Iterator[str]:
    """Yield lines such as `Left out: 3 decisions, retired passage (D4, D6) → COMMAND`."""
    for entry in entries:
        back = f" → {entry.include_with}" if entry.include_with else ""
        yield f"Left out: {entry.words}{back}"
