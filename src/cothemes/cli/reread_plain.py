"""A code's passages read again at a prompt, in the order they were decided."""

from __future__ import annotations

from cothemes.app.findings.rereading import Rereading
from cothemes.cli.console import say_lines
from cothemes.cli.prompt import paragraph, told, typed_line
from cothemes.errors import CothemesError
from cothemes.presentation.card_text import definition_lines, set_passage_lines, transcript_lines
from cothemes.presentation.passage_text import attributes_line
from cothemes.presentation.review_words import refusal

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
TURNS_AROUND = 10


class PlainRereading:
    """Serves passages until the last, the user quits or the input ends."""

    def __init__(self, shelf: Rereading) -> None:
        self._shelf = shelf
        self._place = 0
        self._named = True

    def run(self) -> None:
        """Ask about the passages from the first to the last."""
        if not self._shelf.items:
            paragraph(f"No passage with {self._shelf.code} can be shown to you yet.")
        shown = -1
        while self._place < len(self._shelf.items):
            if shown != self._place:
                self._show()
                shown = self._place
            typed = typed_line("enter goes on, b goes back, ? all: ", paragraph)
            if typed is None or typed.strip() == "q":
                break
            word, _, rest = typed.strip().partition(" ")
            try:
                self._obey(word, rest.strip())
            except CothemesError as error:
                paragraph(refusal(error))
        again = [item.passage.id for item in self._shelf.items if item.reopened]
        if again:
            paragraph(f"Reopened: {', '.join(again)}. Go on: cothemes review --as {self._shelf.reviewer}")

    def _obey(self, word: str, rest: str) -> None:
        shelf, place = self._shelf, self._place
        if word in ("", "k"):
            self._place += 1
        elif word == "b":
            self._place = max(place - 1, 0)
        elif word == "h":
            self._named = not self._named
            paragraph("names are shown" if self._named else "names are hidden")
        elif word in ("n", "m"):
            (shelf.note if word == "n" else shelf.memo)(place, rest)
            told("recorded: note" if word == "n" else "recorded: memo")
        elif word == "o":
            shelf.reopen(place)
            told("recorded: reopened; it waits in review")
        elif word == "d":
            say_lines(definition_lines(shelf.codebook, shelf.items[place].coding.code))
        elif word == "t":
            say_lines(transcript_lines(shelf.transcript(place, TURNS_AROUND)))
        else:
            for line in HELP.splitlines():
                paragraph(line)

    def _show(self) -> None:
        item = self._shelf.items[self._place]
        coding = item.coding
        who = coding.by if self._named else f"coder {item.number}"
        facts = (
            f"{self._place + 1} of {len(self._shelf.items)}",
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
