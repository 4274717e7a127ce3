"""Errors in the words of the browser: where there is a page for it, no command of the terminal is advised."""

from __future__ import annotations

import re

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")

PAGES: tuple[tuple[str, str], ...] = (
    (r"--reopen", "Open it and press “Take it up again”."),
    (r"at the prompt", "Give it yourself: choose it from the codebook on the card."),
    (r"^x \S+ takes it away", "“Take away” at the code takes it away."),
    (r"or type done", "Reject or undo it first, or press “Done”."),
    (r"after the command", "Write it in the field."),
    (r"cothemes queue", "“My passages” lists what is assigned to you."),
    (r"cothemes adjudicate --list", "“Adjudication” lists what is in dispute."),
    (r"cothemes adjudicate", "Disagreements are settled under “Adjudication”."),
    (r"cothemes route", "The lead assigns passages under “Routing”."),
    (r"cothemes review ", "Finish that passage first, under “My passages”."),
    (r"cothemes (reviewers add|users invite)", "The lead invites people under “People”."),
    (r"cothemes ingest", "Add files under “Documents”."),
    (r"cothemes codebook drafts", "“Codebook” lists the drafts that wait."),
    (r"cothemes propose", "It comes back into your queue once a coder has coded it."),
    (r"--round ", "Choose a round on the page."),
)
"""Pattern of a sentence that advises a command → what to do in the browser."""


def for_pages(hint: str) -> str:
    """Return a hint for whoever is in the browser."""
    told = (_on_page(sentence) for sentence in _SENTENCE_END.split(hint))
    return " ".join(dict.fromkeys(told))


def sentence(words: str) -> str:
    """Return a message with a capital first letter and its full stop; all other letters stay."""
    return f"{words[:1].upper()}{words[1:]}{'' if words[-1:] in '.?!' else '.'}"


def _on_page(words: str) -> str:
    return next((advice for pattern, advice in PAGES if re.search(pattern, words)), words)
