"""Memos for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.text import Text

from cothemes.records.text import shown_text

if TYPE_CHECKING:
    from cothemes.app.review.memos import MemoReport
    from cothemes.presentation.lines import Line


def memo_lines(memo: MemoReport, *, versions: bool = False) -> Iterator[Line]:
    """Yield the memo as it is now, or all its versions: a heading, then the text."""
    count = len(memo.versions)
    for number, one in enumerate(memo.versions, start=1):
        if not versions and number < count:
            continue
        parts = [memo.short, f"about {memo.about}", one.by, f"{one.at:%Y-%m-%d %H:%M}"]
        if count > 1:
            parts.append(f"version {number} of {count}")
        yield Text(shown_text(" | ".join(filter(None, parts))), style="bold")
        yield Padding(Text(shown_text(one.text) or "(taken away)"), (0, 0, 1, 2), expand=False)
