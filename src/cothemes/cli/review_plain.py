"""Review at a prompt: a card, a line typed, a record kept. Works from a pipe as from a keyboard."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from cothemes.app.review.review import Desk
from cothemes.cli.console import say_lines
from cothemes.cli.prompt import paragraph, told, typed_line
from cothemes.errors import CothemesError, UsageError
from cothemes.presentation.card_text import (
    card_lines,
    codebook_lines,
    definition_lines,
    quoted_lines,
    transcript_lines,
    words_in_place,
)
from cothemes.presentation.review_words import HELP, command_in, named_code, prompt_for, refusal
from cothemes.records.review import Action
from cothemes.stages.review.attributes import parsed_attributes
from cothemes.stages.review.card import Card
from cothemes.stages.review.taken_back import undo_told, undone

TURNS_AROUND = 10


class PlainReview:
    """Serves cards until nothing waits, the user quits or the input ends."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._book = desk.codebook
        self._put_off: set[str] = set()
        self._again: str | None = None
        self._leaving = False
        self._kept = 0
        self._finished = 0
        self._worded: dict[str, Callable[[Card, str], Card | None]] = {
            "a": self._accept,
            "x": self._reject,
            "c": self._add,
            "s": self._attributes,
            "w": self._words,
            "e": self._evidence,
            "v": self._in_place,
            "d": self._definition,
            "t": self._transcript,
            "n": self._note,
            "m": self._memo,
        }
        self._bare: dict[str, Callable[[Card], Card | None]] = {
            "=": self._like_previous,
            "codes": self._codes,
            "f": self._flag,
            "k": self._skip,
            "0": self._none,
            "done": self._done,
            "done?": self._done_if_answered,
            "u": self._undo,
            "?": self._help,
        }

    def run(self) -> None:
        """The whole session, with a summary at its end."""
        began = monotonic()
        paragraph(f"Reviewing as {self._desk.reviewer}. Type ? for help, q to quit.")
        try:
            while not self._leaving:
                passage_id = self._next()
                if passage_id is None:
                    break
                served = self._desk.card(passage_id)
                say_lines(card_lines(served, self._desk.progress, self._book))
                card: Card | None = served
                while card is not None and not self._leaving:
                    card = self._obey(card)
        finally:
            self._summary(monotonic() - began)

    def _next(self) -> str | None:
        again, self._again = self._again, None
        if again is not None and self._desk.waits(again):
            return again
        return self._desk.next_passage(self._put_off)

    def _obey(self, card: Card) -> Card | None:
        """One line typed; None where the card is finished with."""
        typed = typed_line(prompt_for(card), paragraph)
        word, rest = command_in(typed or "") if typed is not None else ("q", "")
        if word == "q":
            self._leaving = True
            return None
        try:
            if word in self._worded:
                return self._worded[word](card, rest)
            if word in self._bare and not rest:
                return self._bare[word](card)
        except CothemesError as error:
            paragraph(refusal(error))
            return card
        paragraph(f"{(typed or '').strip()!r} is no command. Type ? for help.")
        return card

    def _recorded(self, card: Card, what: str) -> Card:
        self._kept += 1
        told(f"recorded: {what}")
        return card

    def _accept(self, card: Card, rest: str) -> Card:
        codes = self._suggested(card, rest)
        left = [code for code in codes if code in card.source_corrected] if len(codes) > 1 else []
        for code in codes:
            if code not in left:
                card = self._recorded(self._desk.decide(card, code, Action.ACCEPT), f"accept {code}")
        if left:
            paragraph(
                f"not recorded: {', '.join(left)}. The words quoted were corrected: accept each by itself."
            )
        return card

    def _reject(self, card: Card, rest: str) -> Card:
        for code in self._suggested(card, rest):
            card = self._recorded(self._desk.decide(card, code, Action.REJECT), f"reject {code}")
        return card

    def _add(self, card: Card, rest: str) -> Card:
        code = named_code(self._book, rest)
        meant, given = self._book.by_id[code], card.coded.get(code)
        labelled = f"{code} {meant.label}"
        if given is not None and given.code_hash == meant.text_hash:
            paragraph(f"not recorded: {labelled} is given here already. x {code} takes it away.")
            return card
        card = self._recorded(self._desk.decide(card, code, Action.ADD), f"add {labelled}")
        attributes = [attribute.name for attribute in self._book.attributes_of(code)]
        if attributes:
            paragraph(f"attributes of {code}: {', '.join(attributes)} (s {code} NAME=VALUE)")
        return card

    def _attributes(self, card: Card, rest: str) -> Card:
        words = rest.split()
        if len(words) < 2:
            raise UsageError("say which code and which attribute", hint="s CODE NAME=VALUE")
        code = self._one(card, words[0])
        given = parsed_attributes(words[1:])
        return self._recorded(
            self._desk.describe(card, code, given), f"attributes of {code}: {' '.join(words[1:])}"
        )

    def _words(self, card: Card, rest: str) -> Card:
        code_word, _, words = rest.partition(" ")
        words = words.strip()
        start = card.passage.text.find(words) if words else -1
        if start < 0:
            raise UsageError(
                "these words are not in the passage", hint="w CODE WORDS, as they are written there"
            )
        code = self._one(card, code_word)
        card = self._desk.describe(card, code, {}, (start, start + len(words)))
        return self._recorded(card, f"words of {code}")

    def _evidence(self, card: Card, rest: str) -> Card:
        found = self._marked(card, rest)
        for what, spans in found:
            say_lines(quoted_lines(card.passage, what, spans))
        if not found:
            paragraph("nothing to say: no words are marked here")
        return card

    def _in_place(self, card: Card, rest: str) -> Card:
        marks = [span for _, spans in self._marked(card, rest) for span in spans]
        if marks:
            say_lines([words_in_place(card.passage, marks, card.setting.cut)])
        else:
            paragraph("nothing to show: no words are marked here")
        return card

    def _marked(self, card: Card, rest: str) -> list[tuple[str, list[tuple[int, int]]]]:
        """Return what stands on which words, in code points of the document; `rest` names codes, else all."""
        codes = (
            set(self._suggested(card, rest)) if rest else {s.code for s in card.suggestions} | {*card.coded}
        )
        found = [
            (f"{s.code}, suggested on", [(e.start, e.end) for e in s.evidence])
            for s in card.suggestions
            if s.code in codes and s.evidence
        ]
        for code, answer in card.coded.items():
            if code in codes and answer.start is not None and answer.end is not None:
                found.append((f"{code}, your words", [(answer.start, answer.end)]))
        return found

    def _definition(self, card: Card, rest: str) -> Card:
        say_lines(definition_lines(self._book, self._one(card, rest)))
        return card

    def _codes(self, card: Card) -> Card:
        say_lines(codebook_lines(self._book))
        return card

    def _transcript(self, card: Card, rest: str) -> Card:
        turns = int(rest) if rest.isdecimal() else TURNS_AROUND
        say_lines(transcript_lines(self._desk.transcript(card, turns)))
        return card

    def _note(self, card: Card, rest: str) -> Card:
        return self._recorded(self._desk.note(card, rest), "note")

    def _memo(self, card: Card, rest: str) -> Card:
        return self._recorded(self._desk.memo(card, rest), "memo")

    def _flag(self, card: Card) -> Card:
        card = self._desk.flag(card)
        return self._recorded(card, "flagged for a second look" if card.standing.flag else "flag taken back")

    def _like_previous(self, card: Card) -> Card:
        before = card.coded
        card, previous = self._desk.like_previous(card)
        given = [code for code in card.coded if code not in before]
        return self._recorded(card, f"{', '.join(given)} as on {previous}")

    def _skip(self, card: Card) -> None:
        self._recorded(self._desk.skip(card), f"skip {card.passage.id}")
        self._put_off.add(card.passage.id)

    def _none(self, card: Card) -> None:
        self._finish(self._desk.none(card), "none, done")

    def _done_if_answered(self, card: Card) -> Card | None:
        if card.unanswered:
            codes = ", ".join(suggestion.code for suggestion in card.unanswered)
            paragraph(f"open: {codes}. a or x answers, done finishes nevertheless.")
            return card
        if card.empty:
            paragraph("no code given yet: c CODE gives one, 0 says that none applies.")
            return card
        return self._done(card)

    def _done(self, card: Card) -> Card | None:
        question = "No code given: finish with none? y/n " if card.empty else ""
        if card.unanswered:
            codes = ", ".join(suggestion.code for suggestion in card.unanswered)
            question = f"{codes} unanswered: record as rejected and finish? y/n "
        if question:
            answer = typed_line(question, paragraph)
            if answer is None or answer.strip().lower() not in ("y", "yes"):
                paragraph("not finished")
                return card
        self._finish(self._desk.done(card), "done")
        return None

    def _finish(self, card: Card, what: str) -> None:
        self._recorded(card, f"{what} {card.passage.id}")
        if card.standing.done:
            self._finished += 1
        elif card.standing.locked:
            paragraph("Your blind codes are locked.")

    def _undo(self, _: Card) -> None:
        locked = self._desk.locked_last()
        taken = self._desk.undo()
        self._kept += 1
        what = undone(taken, self._desk.standing(taken.passage))
        told(undo_told(taken.passage, what, locked))
        self._put_off.discard(taken.passage)
        self._again = taken.passage

    def _help(self, card: Card) -> Card:
        for text in HELP.splitlines():
            paragraph(text)
        return card

    def _suggested(self, card: Card, rest: str) -> list[str]:
        """Codes by number of their suggestion or by name; nothing named: the first open one."""
        if rest:
            return [self._one(card, word) for word in rest.replace(",", " ").split()]
        if not card.unanswered:
            raise UsageError("no suggestion is open", hint="c CODE gives a code, done finishes.")
        return [card.unanswered[0].code]

    def _one(self, card: Card, word: str) -> str:
        if word.isdecimal():
            number = int(word)
            if not 1 <= number <= len(card.suggestions):
                raise UsageError(f"there is no suggestion {number}", hint="The numbers are on the card.")
            return card.suggestions[number - 1].code
        return named_code(self._book, word)

    def _summary(self, seconds: float) -> None:
        progress = self._desk.progress
        paragraph("")
        paragraph(
            f"{self._kept} records kept, {self._finished} passages finished in {seconds / 60:.0f} min. "
            f"{progress.done} of {progress.total} done."
        )
        if progress.skipped:
            paragraph(f"{progress.skipped} skipped: open review again; they come after all else that waits.")
        if progress.held:
            paragraph(f"{progress.held} are coded blind; they come back once a coder has coded them.")
        if progress.waiting:
            told(f"Go on: cothemes review --as {self._desk.reviewer}")
        elif progress.total == 0:
            told(f"Nothing is assigned to you: cothemes route --reviewers {self._desk.reviewer}")
