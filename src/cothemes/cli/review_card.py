"""A review card as lines of at most 80 columns, readable without colour and by a screen reader."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from cothemes.records.text import shown_text
from cothemes.stages.review.card import reason_shown

if TYPE_CHECKING:
    from cothemes.records.codebook import Codebook
    from cothemes.records.passage import Passage
    from cothemes.records.suggestion import Suggestion
    from cothemes.stages.review.card import Card
    from cothemes.stages.review.context import Context, Cut, Setting, Turn
    from cothemes.stages.review.queue import Progress

WIDTH = 80
OPENING, CLOSING = "«", "»"


class CardPrinter:
    """Prints cards and what belongs to them."""

    def __init__(self, codebook: Codebook) -> None:
        self._codebook = codebook
        console = Console(highlight=False, markup=False, emoji=False)
        self._console = Console(
            highlight=False, markup=False, emoji=False, soft_wrap=False, width=min(WIDTH, console.width)
        )
        self.marks_by_sign = not self._console.is_terminal or "NO_COLOR" in os.environ
        """Whether evidence is put between signs: bold and underline may not be seen."""

    def line(self, text: str, *, indent: int = 0, style: str = "") -> None:
        """One paragraph; an empty one is an empty line."""
        if not text:
            self._console.print()
            return
        self._console.print(Padding(Text(shown_text(text), style=style), (0, 0, 0, indent), expand=False))

    def told(self, text: str) -> None:
        """What became of an act: one line, whatever the width, so that no id in it is broken off its act."""
        self._console.print(Text(shown_text(text)), soft_wrap=True)

    def card(self, card: Card, progress: Progress) -> None:
        """Everything that the arm allows, evidence apart."""
        passage, assignment = card.passage, card.standing.assignment
        self._console.print()
        self.line(
            f"{progress.done} of {progress.total} done"
            + (f", {progress.skipped} skipped" if progress.skipped else "")
            + f" | round {assignment.round} | {assignment.arm.value}"
            + (", second reading" if card.standing.locked else ""),
            style="dim",
        )
        self.set_passage(passage, card.setting)
        self.suggestions(card)
        self.codes(card)
        if card.standing.flag:
            self.line("flagged by you for a second look")
        for memo in card.memos:
            self.line(f"memo: {memo}", style="dim")

    def set_passage(self, passage: Passage, setting: Setting, marks: Sequence[tuple[int, int]] = ()) -> None:
        """The passage in its place: document, what was said before, who speaks, the words."""
        place = (passage.id, setting.title, *passage.headings[-2:])
        self.line(" | ".join(part for part in place if part))
        for turn in setting.context:
            self.context(turn)
        head = " | ".join(part for part in (passage.speaker, _role(passage), passage.time) if part)
        if head:
            self.line(head, style="bold")
        self.passage(passage, marks, setting.cut)

    def context(self, turn: Context) -> None:
        """A stretch before the passage, and whether more of its turn stands before it."""
        speaker = f"{turn.speaker or turn.role.value}: " if turn.role.value != "none" else ""
        self.line(f"context | {speaker}{'… ' if turn.cut else ''}{turn.text}", indent=2, style="dim")

    def passage(
        self, passage: Passage, marks: Sequence[tuple[int, int]] = (), cut: Cut | None = None
    ) -> None:
        """The words, with `marks` (code points of the document) made visible, and where the turn goes on."""
        body = Text("… " if cut and cut.before else "")
        place = 0
        for start, end in _merged(marks, passage):
            body.append(shown_text(passage.text[place:start]))
            words = shown_text(passage.text[start:end])
            body.append(f"{OPENING}{words}{CLOSING}" if self.marks_by_sign else words, style="bold underline")
            place = end
        body.append(shown_text(passage.text[place:]) + (" …" if cut and cut.after else ""))
        self._console.print(Padding(body, (0, 0, 0, 2), expand=False))

    def suggestions(self, card: Card) -> None:
        """Numbered in the codebook's order, with what was said of each."""
        if not card.standing.sees_suggestions:
            self.line("blind: code it yourself. c CODE gives a code, codes lists them, 0 says none.")
            if card.standing.assignment.arm.value == "reveal":
                self.line("done locks your codes; then the suggestions are shown.")
            return
        for remark in card.remarks:
            self.line(f"note: {remark}", style="bold")
        if not card.suggestions:
            self.line("no code is suggested" if card.proposed else "no coder has spoken on this passage yet")
            return
        self.line(f"suggested by {card.suggestions[0].rater}:")
        for number, suggestion in enumerate(card.suggestions, start=1):
            self.suggestion(number, suggestion, _state(card, suggestion))

    def suggestion(self, number: int, suggestion: Suggestion, state: str) -> None:
        """One of them: number, code, label, reason."""
        label = self._codebook.by_id[suggestion.code].label
        borderline = " (borderline)" if suggestion.verdict.value == "borderline" else ""
        self.line(f"{number}  {suggestion.code}  {label}{borderline}  [{state}]", indent=1)
        attributes = attributes_line(suggestion.attributes)
        for text in (reason_shown(suggestion), attributes):
            if text:
                self.line(text, indent=4)

    def codes(self, card: Card) -> None:
        """What the reviewer has given so far."""
        given = []
        for code, answer in card.coded.items():
            attributes = attributes_line(answer.attributes)
            given.append(f"{code}{f' ({attributes})' if attributes else ''}")
        if given:
            self.line(f"your codes: {', '.join(given)}")

    def codebook(self) -> None:
        """All codes, a line each."""
        for code in self._codebook.codes:
            self.line(f"{code.id}  {code.label}", indent=1)

    def definition(self, code: str) -> None:
        """Definition, rules, near-misses."""
        from cothemes.cli.codebook import code_lines

        for text in code_lines(self._codebook, code):
            self.line(text.strip(), indent=0 if not text.startswith(" ") else 2)

    def transcript(self, turns: Sequence[Turn]) -> None:
        """What stands around the passage; every line of its own words is marked."""
        for turn in turns:
            speaker = f"{turn.speaker or turn.role.value}: " if turn.role.value != "none" else ""
            for text, own in turn.parts:
                if own:
                    self._ruled(f"{speaker}{text}")
                else:
                    self.line(f"{speaker}{text}", indent=2, style="dim")
                speaker = ""

    def _ruled(self, text: str) -> None:
        for line in Text(shown_text(text)).wrap(self._console, self._console.width - 2):
            self._console.print(Text("> ").append(line.plain.rstrip()))


def attributes_line(attributes: Mapping[str, Sequence[str]]) -> str:
    """`valence: helps; status: experienced, intended`."""
    return "; ".join(f"{name}: {', '.join(values)}" for name, values in attributes.items())


def _state(card: Card, suggestion: Suggestion) -> str:
    standing = card.standing
    answer = standing.answers.get(suggestion.code)
    if answer is None:
        return "open"
    blind = standing.locked and suggestion.code in standing.first.coded
    if blind and suggestion.code not in standing.second.answers:
        return "you gave it blind"
    word = "rejected" if answer.action.value == "reject" else "accepted"
    return f"{word}, given blind" if blind else word


def _role(passage: Passage) -> str:
    return "" if passage.role.value in ("none", "participant") else f"({passage.role.value})"


def _merged(marks: Sequence[tuple[int, int]], passage: Passage) -> list[tuple[int, int]]:
    """Marks in code points of the passage's text, within it, joined where they overlap."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(marks):
        start, end = max(start - passage.start, 0), min(end - passage.start, len(passage.text))
        if start >= end:
            continue
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
