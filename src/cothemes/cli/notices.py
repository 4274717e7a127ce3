"""Notices broken between words: a terminal breaks them within, and takes commands apart that people copy."""

from __future__ import annotations

import re

_COMMAND = re.compile(r"`[^`\n]+`\S*|\bcothemes [a-z-].*?(?=\.(?:\s|$)|[;,)](?:\s|$)|$)")
"""A command in a notice, up to where its sentence ends: it stays on one line."""
_HELD = "\0"


def wrapped(text: str, width: int) -> str:
    """The text in lines of at most `width` characters, broken at blanks alone.

    Commands stay whole, and so does every word (a path, an id), however long. Lines of the text stay lines;
    what is left of one goes on under its own indent.
    """
    return "\n".join(_line(line, width) for line in text.split("\n"))


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
