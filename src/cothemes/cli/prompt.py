"""What a prompt prints and reads, from a keyboard as from a pipe."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from cothemes.cli.console import say_lines, typed
from cothemes.presentation.lines import Paragraph
from cothemes.records.text import shown_text
from cothemes.stages.review.sitting import Sitting, State, Step

TURNS_AROUND = 10
"""Turns that a transcript shows on either side of a passage, unless another number is typed."""


def paragraph(text: str, *, indent: int = 0, style: str = "") -> None:
    """Print a paragraph; an empty one is an empty line."""
    say_lines([Paragraph(text, indent, style)])


def told(text: str) -> None:
    """Print the result of an act: one line, whatever the width, so that no id in it is broken off its act."""
    typed(shown_text(text))


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


def answer(typed: str | None) -> bool | None:
    """Return what was answered to a question of yes or no; None where the line is no answer."""
    return {"y": True, "yes": True, "n": False, "no": False}.get((typed or "").strip().lower())


def look_again(sitting: Sitting[State], state: State, at: float) -> State:
    """Return the state after what changed in the codebook meanwhile, and print what did."""
    after = sitting.look(state, at)
    if after is not state:
        paragraph(after.said)
    return after


def print_step(step: Step[Any]) -> None:
    """Print what an act left: what was recorded, or the reason why nothing was."""
    said = step.state.said
    if said:
        (paragraph if step.refused else told)(said)


def print_summary(lines: Sequence[str]) -> None:
    """Print a sitting's summary; a line that names a command is never broken."""
    paragraph("")
    for line in lines:
        (told if "cothemes " in line else paragraph)(line)


@cache
def _edited() -> None:
    """Arrows move in the line and bring back what was typed before, where the system has a way to."""
    if find_spec("readline") is not None:
        import_module("readline")
