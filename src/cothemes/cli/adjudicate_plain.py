"""Adjudication at a prompt: a case, a line typed, a record kept. Works from a pipe as from a keyboard."""

from __future__ import annotations

from collections.abc import Callable

from cothemes.app.review.adjudicate import Adjudication
from cothemes.cli.console import say_lines
from cothemes.cli.prompt import paragraph, told, typed_line
from cothemes.errors import CothemesError, UsageError
from cothemes.presentation.card_text import codebook_lines, definition_lines, quoted_lines, transcript_lines
from cothemes.presentation.dispute_text import dispute_lines, tally_lines
from cothemes.presentation.review_words import command_in, named_code, refusal
from cothemes.stages.review.attributes import parsed_attributes
from cothemes.stages.review.discussion import Dispute
from cothemes.stages.review.taken_back import ruling_undone, undo_told

TURNS_AROUND = 10
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
        self._book = table.codebook
        self._put_off: set[str] = set()
        self._again: str | None = None
        self._leaving = False
        self._kept = 0
        self._commands: dict[str, Callable[[Dispute, str], Dispute | None]] = {
            "a": lambda dispute, rest: self._rule(dispute, rest, applies=True),
            "x": lambda dispute, rest: self._rule(dispute, rest, applies=False),
            "s": self._attributes,
            "w": self._words,
            "e": self._evidence,
            "n": self._note,
            "d": self._definition,
            "codes": self._codes,
            "t": self._transcript,
            "k": self._skip,
            "done?": self._next,
            "u": self._undo,
            "?": self._help,
        }

    def run(self) -> None:
        """The whole sitting, with a summary at its end."""
        paragraph(f"Adjudicating as {self._table.by}. Readers have no names here. ? for help, q to quit.")
        try:
            while not self._leaving:
                again, self._again = self._again, None
                passage = again or self._table.next_case(self._put_off)
                if passage is None:
                    break
                dispute: Dispute | None = self._table.dispute(passage)
                assert dispute is not None
                say_lines(dispute_lines(dispute, self._table.tally, self._book))
                while dispute is not None and not self._leaving:
                    dispute = self._obey(dispute)
        finally:
            self._summary()

    def _obey(self, dispute: Dispute) -> Dispute | None:
        ways = "a applies, x does not" if dispute.left else "enter goes on, u undoes"
        typed = typed_line(f"{ways}, k puts off, ? all: ", paragraph)
        word, rest = command_in(typed) if typed is not None else ("q", "")
        if word == "q":
            self._leaving = True
            return None
        if word not in self._commands:
            paragraph(f"{(typed or '').strip()!r} is no command. Type ? for help.")
            return dispute
        try:
            return self._commands[word](dispute, rest)
        except CothemesError as error:
            paragraph(refusal(error))
            return dispute

    def _recorded(self, dispute: Dispute, what: str) -> Dispute:
        self._kept += 1
        left = (
            f"left: {', '.join(dispute.left)}" if dispute.left else "all adjudicated; an empty line goes on"
        )
        told(f"recorded: {what} ({left})")
        return dispute

    def _rule(self, dispute: Dispute, rest: str, *, applies: bool) -> Dispute:
        words = rest.replace(",", " ").split()
        if not words and not dispute.left:
            raise UsageError("everything is adjudicated here", hint="An empty line goes on; a N rules again.")
        for code in [self._one(dispute, word) for word in words] or [dispute.left[0]]:
            dispute = self._table.rule(dispute, code, applies)
            dispute = self._recorded(dispute, f"{code} {'applies' if applies else 'does not apply'}")
        return dispute

    def _attributes(self, dispute: Dispute, rest: str) -> Dispute:
        words = rest.split()
        if len(words) < 2:
            raise UsageError("say which code and which attribute", hint="s CODE NAME=VALUE")
        code = self._one(dispute, words[0])
        ruled = self._table.rule(dispute, code, True, attributes=parsed_attributes(words[1:]))
        return self._recorded(ruled, f"{code} applies with {' '.join(words[1:])}")

    def _words(self, dispute: Dispute, rest: str) -> Dispute:
        word, _, words = rest.partition(" ")
        start = dispute.case.passage.text.find(words.strip()) if words.strip() else -1
        if start < 0:
            raise UsageError(
                "these words are not in the passage", hint="w CODE WORDS, as they are written there"
            )
        code = self._one(dispute, word)
        ruled = self._table.rule(dispute, code, True, span=(start, start + len(words.strip())))
        return self._recorded(ruled, f"{code} applies on these words")

    def _evidence(self, dispute: Dispute, rest: str) -> Dispute:
        wanted = {self._one(dispute, word) for word in rest.split()} or set(dispute.case.by_code)
        marked = [
            (one.code, answer)
            for one in dispute.case.codes
            if one.code in wanted
            for answer in one.answers
            if answer.span is not None
        ]
        for code, answer in marked:
            assert answer.span is not None
            say_lines(quoted_lines(dispute.case.passage, f"{code}, reader {answer.reader}", [answer.span]))
        if not marked:
            paragraph("nobody marked words here")
        return dispute

    def _note(self, dispute: Dispute, rest: str) -> Dispute:
        word, _, text = rest.partition(" ")
        if word.isdecimal() and text.strip():
            code = self._one(dispute, word)
            return self._recorded(self._table.remark(dispute, code, text), f"note on {code}")
        return self._recorded(self._table.remark(dispute, "", rest), "note")

    def _definition(self, dispute: Dispute, rest: str) -> Dispute:
        say_lines(definition_lines(self._book, self._one(dispute, rest)))
        return dispute

    def _codes(self, dispute: Dispute, _: str) -> Dispute:
        say_lines(codebook_lines(self._book))
        return dispute

    def _transcript(self, dispute: Dispute, rest: str) -> Dispute:
        turns = int(rest) if rest.isdecimal() else TURNS_AROUND
        say_lines(transcript_lines(self._table.transcript(dispute, turns)))
        return dispute

    def _skip(self, dispute: Dispute, _: str) -> None:
        self._put_off.add(dispute.case.passage.id)

    def _next(self, dispute: Dispute, _: str) -> Dispute | None:
        if not dispute.left:
            return None
        paragraph(f"open: {', '.join(dispute.left)}. a or x rules, k puts the passage off.")
        return dispute

    def _undo(self, _: Dispute, __: str) -> None:
        taken = self._table.undo()
        self._kept += 1
        told(undo_told(taken.passage, ruling_undone(taken)))
        self._put_off.discard(taken.passage)
        self._again = taken.passage

    def _help(self, dispute: Dispute, _: str) -> Dispute:
        for text in HELP.splitlines():
            paragraph(text)
        return dispute

    def _one(self, dispute: Dispute, word: str) -> str:
        if not word.isdecimal():
            return named_code(self._book, word)
        codes = dispute.case.codes
        if not 1 <= int(word) <= len(codes):
            raise UsageError(f"there is no code {word} on the card", hint="The numbers are before the codes.")
        return codes[int(word) - 1].code

    def _summary(self) -> None:
        paragraph("")
        for text in (f"{self._kept} records kept.", *tally_lines(self._table.tally, self._table.round)):
            paragraph(text)
        if self._table.tally.open:
            paragraph(f"Go on: cothemes adjudicate --as {self._table.by}")
