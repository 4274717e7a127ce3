"""Adjudication at a prompt: a case, a line typed, a record kept. Works from a pipe as from a keyboard."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from cothemes.app.review.adjudicate import Adjudication
from cothemes.cli.console import say_lines
from cothemes.cli.prompt import TURNS_AROUND, look_again, paragraph, print_step, print_summary, typed_line
from cothemes.errors import CothemesError, UsageError
from cothemes.presentation.card_text import codebook_lines, definition_lines, quoted_lines, transcript_lines
from cothemes.presentation.dispute_text import dispute_lines
from cothemes.presentation.lines import Paragraph
from cothemes.presentation.review_words import command_in, marked_words, named_code
from cothemes.records.codebook import Codebook
from cothemes.stages.review.adjudication import Discussion
from cothemes.stages.review.attributes import parsed_attributes
from cothemes.stages.review.discussion import Dispute
from cothemes.stages.review.sitting import Act, Verb, refusal

HELP = """\
a N       code N applies (a CODE: also one that nobody gave; alone: the first open)
x N       code N does not apply
s N K=V   it applies, with these attributes; several values as K=V1,V2
w N WORDS   it applies, with these words as evidence
e N       say the words that readers marked for code N (e: for all)
n TEXT    keep a note of the discussion on the passage
n N TEXT  keep it with code N, once that is adjudicated
d N       definition, rules and near-misses (d CODE)
codes     list all codes
t         the transcript around (t 30: so many turns each way)
k         put it off
(empty)   the next, once everything is adjudicated
u         undo; again for the one before
q         quit; everything is kept"""


class PlainAdjudication:
    """Serves cases until none waits, the user quits or the input ends."""

    def __init__(self, table: Adjudication) -> None:
        self._table = table
        self._discussion = Discussion(table)
        self._state = self._discussion.begin()
        self._leaving = False
        self._acts: dict[str, Callable[[Dispute, str], list[Act]]] = {
            "a": lambda dispute, rest: self._rulings(dispute, rest, Verb.ACCEPT),
            "x": lambda dispute, rest: self._rulings(dispute, rest, Verb.REJECT),
            "s": self._attributes,
            "w": self._words,
            "n": self._note,
            "k": lambda *_: [Act(verb=Verb.SKIP)],
            "": lambda *_: [Act(verb=Verb.FINISH)],
            "u": lambda *_: [Act(verb=Verb.UNDO)],
        }
        self._shows: dict[str, Callable[[Dispute, str], None]] = {
            "e": self._evidence,
            "d": self._definition,
            "t": self._transcript,
            "codes": lambda *_: say_lines(codebook_lines(self._book)),
            "?": lambda *_: say_lines(Paragraph(line) for line in HELP.splitlines()),
        }

    def run(self) -> None:
        """The whole sitting, with a summary at its end."""
        paragraph(f"Adjudicating as {self._table.by}. Readers have no names here. ? for help, q to quit.")
        shown = 0
        try:
            while self._state.dispute is not None and not self._leaving:
                if self._state.served != shown:
                    shown = self._state.served
                    say_lines(dispute_lines(self._state.dispute, self._table.tally, self._book))
                self._ask(self._state.dispute)
                self._state = look_again(self._discussion, self._state, monotonic())
        finally:
            print_summary(self._discussion.summary(self._state))

    @property
    def _book(self) -> Codebook:
        return self._discussion.book(self._state)

    def _ask(self, dispute: Dispute) -> None:
        ways = "a applies, x does not" if dispute.left else "enter goes on, u undoes"
        typed = typed_line(f"{ways}, k puts off, ? all: ", paragraph)
        word, rest = command_in(typed) if typed is not None else ("q", "")
        if word == "q":
            self._leaving = True
            return
        try:
            if word in self._acts:
                self._do(self._acts[word](dispute, rest))
            elif word in self._shows:
                self._shows[word](dispute, rest)
            else:
                paragraph(f"{(typed or '').strip()!r} is no command. Type ? for help.")
        except CothemesError as error:
            paragraph(refusal(error))

    def _do(self, acts: list[Act]) -> None:
        for act in acts:
            step = self._discussion.step(self._state, act)
            self._state = step.state
            print_step(step)

    def _rulings(self, dispute: Dispute, rest: str, verb: Verb) -> list[Act]:
        words = rest.replace(",", " ").split()
        if not words and not dispute.left:
            raise UsageError("everything is adjudicated here", hint="An empty line goes on; a N rules again.")
        codes = [self._one(dispute, word) for word in words] or [dispute.left[0]]
        return [Act(verb=verb, code=code) for code in codes]

    def _attributes(self, dispute: Dispute, rest: str) -> list[Act]:
        words = rest.split()
        if len(words) < 2:
            raise UsageError("say which code and which attribute", hint="s CODE NAME=VALUE")
        given = {name: tuple(values) for name, values in parsed_attributes(words[1:]).items()}
        return [Act(verb=Verb.DESCRIBE, code=self._one(dispute, words[0]), attributes=given)]

    def _words(self, dispute: Dispute, rest: str) -> list[Act]:
        word, _, words = rest.partition(" ")
        span = marked_words(dispute.case.passage, words.strip())
        return [Act(verb=Verb.MARK, code=self._one(dispute, word), spans=(span,))]

    def _evidence(self, dispute: Dispute, rest: str) -> None:
        wanted = {self._one(dispute, word) for word in rest.split()} or set(dispute.case.by_code)
        marked = [
            (one.code, answer)
            for one in dispute.case.codes
            if one.code in wanted
            for answer in one.answers
            if answer.spans
        ]
        for code, answer in marked:
            say_lines(quoted_lines(dispute.case.passage, f"{code}, reader {answer.reader}", answer.spans))
        if not marked:
            paragraph("nobody marked words here")

    def _note(self, dispute: Dispute, rest: str) -> list[Act]:
        word, _, text = rest.partition(" ")
        if word.isdecimal() and text.strip():
            return [Act(verb=Verb.NOTE, code=self._one(dispute, word), text=text)]
        return [Act(verb=Verb.NOTE, text=rest, whole=True)]

    def _definition(self, dispute: Dispute, rest: str) -> None:
        say_lines(definition_lines(self._book, self._one(dispute, rest)))

    def _transcript(self, dispute: Dispute, rest: str) -> None:
        turns = int(rest) if rest.isdecimal() else TURNS_AROUND
        say_lines(transcript_lines(self._table.transcript(dispute, turns)))

    def _one(self, dispute: Dispute, word: str) -> str:
        if not word.isdecimal():
            return named_code(self._book, word)
        codes = dispute.case.codes
        if not 1 <= int(word) <= len(codes):
            raise UsageError(f"there is no code {word} on the card", hint="The numbers are before the codes.")
        return codes[int(word) - 1].code
