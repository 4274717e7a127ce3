"""What a figure leaves out, a line a reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cothemes.records.left_out import LeftOut


def left_out_lines(entries: Iterable[LeftOut]) -> Iterator[str]:
    """`Left out: 3 decisions, retired passage (D4, D6) → COMMAND`."""
    for entry in entries:
        back = f" → {entry.include_with}" if entry.include_with else ""
        yield f"Left out: {entry.words}{back}"


def say_left_out(entries: Iterable[LeftOut]) -> None:
    """Prints the lines."""
    from cothemes.cli.console import say

    for line in left_out_lines(entries):
        say(line)


def left_out_as_json(entries: Iterable[LeftOut]) -> list[dict[str, Any]]:
    """As scripts read it."""
    return [entry.model_dump(mode="json") for entry in entries]
