"""Long texts on narrow screens: what follows on the next line stands under what it belongs to."""

from __future__ import annotations

import shutil
import textwrap

LEAST = 20


def hanging(text: str, indent: int, *, first: str = "") -> str:
    """`first`, then the text, every further line set in by `indent` columns, within the screen's width."""
    width = max(shutil.get_terminal_size().columns, indent + LEAST)
    return textwrap.fill(
        " ".join(text.split()),
        width=width,
        initial_indent=first.ljust(indent),
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
