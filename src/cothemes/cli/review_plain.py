"""Review at a prompt: a card, a line typed, a record kept. Works from a pipe as from a keyboard."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from cothemes.app.review.review import Desk
from cothemes.cli.console import say_lines
from cothemes.cli.prompt import (
    TURNS_AROUND,
    answer,
    look_again,
    paragraph,
    print_step,
    print_summary,
    typed_line,
)
from cothemes.errors import CothemesError, UnknownCode, UsageError
from cothemes.presentation.card_text import (
    card_lines,
    codebook_lines,
    definition_lines,
    quoted_lines,
    transcript_lines,
    words_in_place,
)
from cothemes.presentation.lines import Paragraph
from cothemes.presentation.review_words import HELP, command_in, marked_words, named_code, prompt_for
from cothemes.stages.review.attributes import parsed_attributes
from cothemes.stages.review.card import Card
from cothemes.stages.review.sitting import Act, Verb, refusal
from cothemes.stages.review.triage import Triage

BARE = {
    "=": Verb.LIKE,
    "f": Verb.FLAG,
    "k": Verb.SKIP,
    "0": Verb.NONE,
    "done": Verb.FINISH,
    "": Verb.FINISH,
    "u": Verb.UNDO,
}
"""Commands that take nothing."""


class PlainReview:
    """Serves cards until nothing waits, the user quits or the input ends."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._triage = Triage(desk, settle=0)
        self._state = self._triage.begin(monotonic())
        self._leaving = False
        self._acts: dict[str, Callable[[Card, str], list[Act]]] = {
            "a": lambda card, rest: self._answers(card, rest, Verb.ACCEPT),
            "x": lambda card, rest: self._answers(card, rest, Verb.REJECT),
            "c": lambda _, rest: [Act(verb=Verb.GIVE, code=self._named(rest))],
            "new": lambda _, rest: [Act(verb=Verb.DRAFT, text=rest)],
            "i": self._in_vivo,
            "s": self._attributes,
            "w": self._words,
            "n": lambda _, rest: [Act(verb=Verb.NOTE, text=rest)],
            "m": lambda _, rest: [Act(verb=Verb.MEMO, text=rest)],
        }
        self._shows: dict[str, Callable[[Card, str], None]] = {
            "e": self._evidence,
            "v": self._in_place,
            "d": self._definition,
            "t": self._transcript,
            "codes": lambda *_: say_lines(codebook_lines(self._triage.book(self._state))),
            "?": lambda *_: say_lines(Paragraph(line) for line in HELP.splitlines()),
        }

    def run(self) -> None:
        """The whole session, with a summary at its end."""
        paragraph(f"Reviewing as {self._desk.reviewer}. Type ? for help, q to quit.")
        shown = 0
        try:
            while self._state.card is not None and not self._leaving:
                if self._state.served != shown:
                    shown = self._state.served
                    say_lines(
                        card_lines(self._state.card, self._triage.progress, self._triage.book(self._state))
                    )
                self._ask(self._state.card)
                self._state = look_again(self._triage, self._state, monotonic())
        finally:
            print_summary(self._triage.summary(self._state))

    def _ask(self, card: Card) -> None:
        question = self._state.question
        typed = typed_line(f"{question.words} y/n " if question else prompt_for(card), paragraph)
        said = answer(typed) if question else None
        if said is not None:
            self._do([Act(verb=Verb.YES if said else Verb.CANCEL)])
            return
        word, rest = command_in(typed) if typed is not None else ("q", "")
        if word == "q":
            self._leaving = True
            return
        try:
            if word in BARE and not rest:
                self._do([Act(verb=BARE[word])])
            elif word in self._acts:
                self._do(self._acts[word](card, rest))
            elif word in self._shows and not (rest and word in ("codes", "?")):
                self._shows[word](card, rest)
            else:
                paragraph(f"{(typed or '').strip()!r} is no command. Type ? for help.")
        except CothemesError as error:
            paragraph(refusal(error))

    def _do(self, acts: list[Act]) -> None:
        for act in acts:
            step = self._triage.step(self._state, act, monotonic())
            self._state = step.state
            print_step(step)
            if act.verb is Verb.GIVE and step.records:
                self._tell_attributes(act.code)

    def _tell_attributes(self, code: str) -> None:
        attributes = [attribute.name for attribute in self._triage.book(self._state).attributes_of(code)]
        if attributes:
            paragraph(f"attributes of {code}: {', '.join(attributes)} (s {code} NAME=VALUE)")

    def _answers(self, card: Card, rest: str, verb: Verb) -> list[Act]:
        codes = self._suggested(card, rest)
        left = [code for code in codes if code in card.source_corrected] if len(codes) > 1 else []
        if left and verb is Verb.ACCEPT:
            paragraph(
                f"not recorded: {', '.join(left)}. The words quoted were corrected: accept each by itself."
            )
            codes = [code for code in codes if code not in left]
        return [Act(verb=verb, code=code) for code in codes]

    def _attributes(self, card: Card, rest: str) -> list[Act]:
        words = rest.split()
        if len(words) < 2:
            raise UsageError("say which code and which attribute", hint="s CODE NAME=VALUE")
        given = {name: tuple(values) for name, values in parsed_attributes(words[1:]).items()}
        return [Act(verb=Verb.DESCRIBE, code=self._one(card, words[0]), attributes=given)]

    def _words(self, card: Card, rest: str) -> list[Act]:
        word, _, words = rest.partition(" ")
        held = card.coded.get(self._one(card, word)) if words.strip() else None
        span = marked_words(card.passage, words.strip(), held.spans if held else ())
        return [Act(verb=Verb.MARK, code=self._one(card, word), spans=(span,))]

    def _in_vivo(self, card: Card, rest: str) -> list[Act]:
        return [Act(verb=Verb.DRAFT, text=rest, spans=(marked_words(card.passage, rest),))]

    def _named(self, rest: str) -> str:
        try:
            return named_code(self._triage.book(self._state), rest)
        except UnknownCode as error:
            if not self._triage.makes_codes(self._state):
                raise
            raise UnknownCode(
                error.message, hint=f"{error.hint} To make it a code of your own: new {rest.strip()}"
            ) from error

    def _evidence(self, card: Card, rest: str) -> None:
        found = self._marked(card, rest)
        for what, spans in found:
            say_lines(quoted_lines(card.passage, what, spans))
        if not found:
            paragraph("nothing to say: no words are marked here")

    def _in_place(self, card: Card, rest: str) -> None:
        marks = [span for _, spans in self._marked(card, rest) for span in spans]
        if marks:
            say_lines([words_in_place(card.passage, marks, card.setting.cut)])
        else:
            paragraph("nothing to show: no words are marked here")

    def _marked(self, card: Card, rest: str) -> list[tuple[str, list[tuple[int, int]]]]:
        """Return codes with marked words, in code points of the document; `rest` names codes, else all."""
        codes = (
            set(self._suggested(card, rest)) if rest else {s.code for s in card.suggestions} | {*card.coded}
        )
        found = [
            (f"{s.code}, suggested on", [(e.start, e.end) for e in s.evidence])
            for s in card.suggestions
            if s.code in codes and s.evidence
        ]
        for code, given in card.coded.items():
            if code in codes and given.spans:
                found.append((f"{code}, your words", list(given.spans)))
        return found

    def _definition(self, card: Card, rest: str) -> None:
        say_lines(definition_lines(self._triage.book(self._state), self._one(card, rest)))

    def _transcript(self, card: Card, rest: str) -> None:
        turns = int(rest) if rest.isdecimal() else TURNS_AROUND
        say_lines(transcript_lines(self._desk.transcript(card, turns)))

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
        return named_code(self._triage.book(self._state), word)
