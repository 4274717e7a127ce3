"""Errors and notes in the words of the browser: where there is a page for it, no command of the terminal is
advised; any other command is said to be one of the machine of the study.
"""

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
    (r"cothemes ingest (?!.*--re)", "Add files under “Documents”."),
    (r"cothemes codebook drafts", "“Codebook” lists the drafts that wait."),
    (r"comes back into the queue after", "It comes back into your queue once a coder has coded it."),
    (r"cothemes disagreements", "“Disagreements” lists what readers see differently, to talk over."),
    (r"^Name them: --reviewers", "Choose reviewers on the page."),
    (r"--blind or --overlap", "Raise one of the two shares."),
    (r"--arm (and|or) --round", "Choose other decisions or another round on the page."),
    (r"Choose one with --arm", "Choose one under “Decisions”."),
    (r"Leave --arm out", "Choose “all” under “Decisions”: all rows are counted then."),
    (r"--arm all counts", "“all” counts every arm; that is agreement under suggestions and not reliability."),
    (r"--arm ", "Other decisions measure agreement under suggestions, not reliability."),
    (r"--raters ", "Others can be compared by a program, over the API."),
    (r"--round ", "Choose a round on the page."),
)
"""Pattern of a sentence that advises a command → what to do in the browser."""
_COMMAND = re.compile(r"\bcothemes [a-z]")
_ID = re.compile(r"\d|_|\w[./]\w|\w-\w+-\w")
"""Found in the id of a passage, document, run or event, and in no word that begins a message."""
ON_THE_MACHINE = "(on the machine of the study)"


def for_pages(hint: str) -> str:
    """Return a hint for whoever is in the browser."""
    told = (_on_page(sentence) for sentence in _SENTENCE_END.split(hint))
    return " ".join(dict.fromkeys(told))


def sentence(words: str) -> str:
    """Return a message with a capital first letter and its full stop; all other letters stay. A first word
    that is an id, such as `talk-1.0002`, keeps its small letter: ids are told apart by it.
    """
    first = words.split(maxsplit=1)[0] if words.strip() else ""
    begun = words if _ID.search(first) else f"{words[:1].upper()}{words[1:]}"
    return f"{begun}{'' if words[-1:] in '.?!' else '.'}"


def _on_page(words: str) -> str:
    found = next((advice for pattern, advice in PAGES if re.search(pattern, words)), words)
    if not _COMMAND.search(found):
        return found
    return f"{found.removesuffix('.')} {ON_THE_MACHINE}{'.' if found.endswith('.') else ''}"
