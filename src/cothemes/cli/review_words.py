"""What a line typed at the review prompt means: a command, a code by its id or part of its label."""

from __future__ import annotations

import re

from cothemes.errors import UsageError
from cothemes.records.codebook import Codebook
from cothemes.stages.review.session import unknown_code

SHORT = {"skip": "k", "undo": "u", "quit": "q", "help": "?", "none": "0", "": "done?"}
MOST_LISTED = 8


def named_code(codebook: Codebook, text: str) -> str:
    """A code by its id, or by a part of its label that no other has. Raises UnknownCode, UsageError."""
    wanted = text.strip().casefold()
    if not wanted:
        raise UsageError("say which code", hint="Its id or part of its label; codes lists them.")
    for code in codebook.codes:
        if code.id.casefold() == wanted:
            return code.id
    found = [code for code in codebook.codes if wanted in code.label.casefold()]
    if not found:
        found = [code for code in codebook.codes if code.id.casefold().startswith(wanted)]
    if len(found) > 1:
        listed = "; ".join(f"{code.id} {code.label}" for code in found[:MOST_LISTED])
        raise UsageError(f"{text.strip()!r} fits {len(found)} codes", hint=f"Type more of one: {listed}")
    if not found:
        raise unknown_code(codebook, text.strip())
    return found[0].id


def command_in(typed: str) -> tuple[str, str]:
    """The command and what follows; `a1` is `a 1`."""
    text = typed.strip()
    joined = re.fullmatch(r"([axde])(\d+)", text)
    if joined:
        return joined[1], joined[2]
    word, _, rest = text.partition(" ")
    return SHORT.get(word, word), rest.strip()
