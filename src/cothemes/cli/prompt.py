"""A line typed at a prompt, from a keyboard as from a pipe."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from importlib import import_module
from importlib.util import find_spec


def typed_line(prompt: str, say: Callable[[str], None]) -> str | None:
    """The line, or None where the input ends. What comes from a pipe is said, so that a log reads whole."""
    if sys.stdin.isatty():
        _edited()
    try:
        typed = input(prompt)
    except EOFError:
        return None
    if not sys.stdin.isatty():
        say(typed)
    return typed


@cache
def _edited() -> None:
    """Arrows move in the line and bring back what was typed before, where the system has a way to."""
    if find_spec("readline") is not None:
        import_module("readline")
