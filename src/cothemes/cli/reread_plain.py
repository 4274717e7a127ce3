"""A code's passages read again at a prompt, in the order they were decided."""

from __future__ import annotations

from cothemes.app.findings.rereading import Rereading
from cothemes.cli.console import say_lines
from cothemes.cli.prompt import TURNS_AROUND, paragraph, print_step, print_summary, typed_line
from cothemes.presentation.card_text import definition_lines, set_passage_lines, transcript_lines
from cothemes.records.text import attributes_line
from cothemes.stages.review.rereading import Reread, RereadSitting
from cothemes.stages.review.sitting import Act, Verb

HELP = """\
(empty)   the next
b         the one before
h         hide who decided, or show it
n TEXT    keep a note with your own decision
m TEXT    write a memo: a note on the study
o         reopen your own passage: it waits in review then
d         the code's definition and near-misses
t         the transcript around
q         quit; everything is kept"""


BARE = {
    "": Verb.NEXT,
    "k": Verb.NEXT,
    "b": Verb.BACK,
    "h": Verb.NAMES,
    "o": Verb.REOPEN,
}
"""Commands that take nothing."""
WORDED = {"n": Verb.NOTE, "m": Verb.MEMO}


class PlainRereading:
    """Serves passages until the last, the user quits or the input ends."""

    def __init__(self, shelf: Rereading) -> None:
        self._shelf = shelf
        self._sitting = RereadSitting(shelf)
        self._state = self._sitting.begin()
        self._leaving = False

    def run(self) -> None:
        """Ask about the passages from the first to the last."""
        shown = -1
        while self._state.item is not None and not self._leaving:
            if shown != self._state.at:
                self._show(self._state.item)
                shown = self._state.at
            typed = typed_line("enter goes on, b goes back, ? all: ", paragraph)
            word, _, rest = (typed or "").strip().partition(" ")
            if typed is None or word == "q":
                break
            self._obey(word, rest.strip())
        print_summary(self._sitting.summary(self._state))

    def _obey(self, word: str, rest: str) -> None:
        shelf, state = self._shelf, self._state
        if word in BARE or word in WORDED:
            verb = WORDED.get(word) or BARE[word]
            self._leaving = verb is Verb.NEXT and state.at == len(shelf.items) - 1
            if not self._leaving:
                step = self._sitting.step(state, Act(verb=verb, text=rest))
                self._state = step.state
                print_step(step)
        elif word == "d" and state.item is not None:
            say_lines(definition_lines(shelf.codebook, state.item.coding.code))
        elif word == "t":
            say_lines(transcript_lines(shelf.transcript(state.at, TURNS_AROUND)))
        else:
            for line in HELP.splitlines():
                paragraph(line)

    def _show(self, item: Reread) -> None:
        coding = item.coding
        who = coding.by if self._state.named else f"coder {item.number}"
        facts = (
            f"{self._state.at + 1} of {len(self._shelf.items)}",
            f"{coding.at:%Y-%m-%d %H:%M}" if coding.at else "",
            coding.code,
            who,
            coding.status.value,
            coding.arm.value if coding.arm else "",
            "" if item.current_wording else "earlier wording",
        )
        paragraph("")
        paragraph(", ".join(filter(None, facts)), style="bold")
        say_lines(set_passage_lines(item.passage, item.setting, coding.spans))
        attributes = attributes_line(coding.attributes)
        words = [attributes, *(f"note: {note}" for note in item.notes), *(f"memo: {m}" for m in item.memos)]
        for line in filter(None, words):
            paragraph(line, indent=2)
