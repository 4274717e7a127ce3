"""What is typed at the review prompt: which commands there are, and which code or command is meant."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches

from cothemes.errors import UnknownCode, UsageError
from cothemes.records.codebook import Code, Codebook
from cothemes.records.passage import Passage
from cothemes.stages.review.card import Card
from cothemes.stages.review.marking import holds_own_words
from cothemes.stages.review.session import unknown_code

SHORT = {"skip": "k", "undo": "u", "quit": "q", "help": "?", "none": "0"}
MOST_LISTED = 8
LEAST_LETTERS = 3
"""A shorter word says nothing of what was meant."""


HELP = """\
a N       accept suggestion N (several: a 1 3; alone: the first open one)
x N       reject suggestion N; also takes away a code that you gave: x CODE
c CODE    give a code; part of its label will do
new NAME  make a code of your own with this name, and give it
i WORDS   words of the passage become the name of a code of your own, and support it
s CODE K=V   set attributes of a code, several values as K=V1,V2
w CODE WORDS   mark words that support a code; again for further words
e         show the words that support codes (e N: one code)
v         the passage with these words between signs (v N: of one)
d CODE    definition, rules and near-misses of a code
=         give the codes of the passage finished before
codes     list all codes
t         the transcript around (t 30: so many turns each way)
n TEXT    keep a note with your decisions
m TEXT    write a memo: a note on the study
f         flag the passage for a second look; again takes it back
k         skip: the passage comes last
0         no code applies; done
done      finish the passage (an empty line does the same); asks about what is unanswered
u         undo; again for the one before
q         quit; everything is kept"""


def prompt_for(card: Card) -> str:
    """The commands that do something on the card as it is, the likeliest first."""
    ways = ["a accepts", "x rejects"] if card.unanswered else []
    if not card.unanswered and not card.empty:
        ways.append("enter finishes")
    ways.append("c CODE gives")
    if not card.coded:
        ways.append("0 none")
    return f"{', '.join([*ways, 'k skips', '? all'])}: "


def marked_words(passage: Passage, words: str, marked: Sequence[tuple[int, int]] = ()) -> tuple[int, int]:
    """Return where words stand in a passage's text, in code points; of several places, the first that is
    the speaker's own and not `marked` (in code points of the document). Raises UsageError."""
    places = [found.start() for found in re.finditer(re.escape(words), passage.text)] if words else []
    if not places:
        raise UsageError("these words are not in the passage", hint="w CODE WORDS, as they are written there")
    places = [at for at in places if holds_own_words(passage, (at, at + len(words)))] or places
    taken = {start - passage.start for start, _ in marked}
    start = next((place for place in places if place not in taken), places[0])
    return start, start + len(words)


def named_code(codebook: Codebook, text: str) -> str:
    """A code by its id, or by a part of its label that no other has. Raises UnknownCode, UsageError."""
    wanted = text.strip().casefold()
    if not wanted:
        raise UsageError("say which code", hint="Its id or part of its label; codes lists them.")
    for code in codebook.codes:
        if code.id.casefold() == wanted:
            return code.id
    words = re.findall(r"\w+", wanted)
    found = [code for code in codebook.codes if wanted in code.label.casefold()]
    if not found:
        found = [code for code in codebook.codes if code.id.casefold().startswith(wanted)]
    if not found:
        found = [code for code in codebook.codes if words and _shared(code, words) == len(words)]
    if len(found) > 1:
        listed = "; ".join(f"{code.id} {code.label}" for code in found[:MOST_LISTED])
        raise UsageError(f"{text.strip()!r} fits {len(found)} codes", hint=f"Type more of one: {listed}")
    if not found:
        raise _unknown(codebook, text.strip(), words)
    return found[0].id


def _shared(code: Code, words: Sequence[str]) -> int:
    """Return how many of the words begin a word of the label."""
    return sum(any(own.startswith(word) for own in _words(code)) for word in words)


def _words(code: Code) -> list[str]:
    return re.findall(r"\w+", code.label.casefold())


def _resembles(code: Code, word: str) -> bool:
    return _shared(code, [word]) > 0 or bool(get_close_matches(word, _words(code), n=1, cutoff=0.75))


def _unknown(codebook: Codebook, text: str, words: Sequence[str]) -> UnknownCode:
    """The error that names codes whose labels are near, with the labels."""
    meant = [word for word in words if len(word) >= LEAST_LETTERS]
    near = {code.id: sum(_resembles(code, word) for word in meant) for code in codebook.codes}
    best = sorted((code for code in codebook.codes if near[code.id]), key=lambda code: -near[code.id])
    if not best:
        return unknown_code(codebook, text)
    listed = "; ".join(f"{code.id} {code.label}" for code in best[:MOST_LISTED])
    return UnknownCode(f"{text!r} is no code of {codebook.id}", hint=f"Near it: {listed}. codes lists all.")


def command_in(typed: str) -> tuple[str, str]:
    """The command and what follows; `a1` is `a 1`."""
    text = typed.strip()
    joined = re.fullmatch(r"([axdev])(\d+)", text)
    if joined:
        return joined[1], joined[2]
    word, _, rest = text.partition(" ")
    return SHORT.get(word, word), rest.strip()
