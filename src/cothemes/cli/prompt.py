"""A line typed at a prompt, from a keyboard as from a pipe."""

from __future__ import annotations

import sys
from collections.abc import Callable


def typed_line(prompt: str, say: Callable[[str], None]) -> str | None:
    """The line, or None where the input ends. What comes from a pipe is said, so that a log reads whole."""
    try:
        typed = input(prompt)
    except EOFError:
        return None
    if not sys.stdin.isatty():
        say(typed)
    return typed
