"""Text wrapped to the width of a screen: between words, with commands and paths whole."""

from __future__ import annotations

import re
import shutil
import textwrap

LEAST = 20
"""Columns that a hanging text has at least, however narrow the screen."""
WIDTH = 79
"""Columns of a table's footnotes."""
_COMMAND = re.compile(r"`[^`\n]+`\S*|\bcothemes [a-z-].*?(?=\.(?:\s|$)|[;,)](?:\s|$)|$)")
"""A command in a notice, up to the end of its sentence: it stays on one line, because people copy it."""
_HELD = "\0"


def wrapped(text: str, width: int) -> str:
    """Return the text in lines of at most `width` characters, broken only at blanks.

    Commands stay whole, and so does every word (a path, an id), however long. Lines of the text stay lines;
    the rest of one continues under its own indent.
    """
    return "\n".join(_line(line, width) for line in text.split("\n"))


def wrapped_lines(text: str, indent: str, first: str = "") -> list[str]:
    """Return lines of 79 columns; the first begins with `first`, the others with `indent`."""
    lines = textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=indent, break_on_hyphens=False)
    return lines or [""]


def hanging(text: str, indent: int, *, first: str = "") -> str:
    """Return `first`, then the text, with every further line indented by `indent` columns."""
    width = max(shutil.get_terminal_size().columns, indent + LEAST)
    return textwrap.fill(
        " ".join(text.split()),
        width=width,
        initial_indent=first.ljust(indent),
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _line(line: str, width: int) -> str:
    if len(line) <= width:
        return line
    indent = line[: len(line) - len(line.lstrip(" "))]
    lines, now = [], indent
    for word in _COMMAND.sub(lambda found: found[0].replace(" ", _HELD), line.strip(" ")).split(" "):
        joined = now + word if now == indent else f"{now} {word}"
        # What is too long for any line gains nothing by one of its own.
        if len(joined) > width >= len(indent + word) and now != indent:
            lines.append(now)
            joined = indent + word
        now = joined
    return "\n".join([*lines, now]).replace(_HELD, " ")
