"""A review card as lines of at most 80 columns, made to be heard as well as read.

Whoever listens to a screen hears every sign read out and sees neither colour nor bold. So words place things
(`before`, `passage`, `open`), commas and colons part them, no line is drawn, and evidence stands between
quotation marks. The passage comes before anything that was said of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from cothemes.cli.codebook import code_lines
from cothemes.records.text import shown_text
from cothemes.stages.review.card import Card, reason_shown

if TYPE_CHECKING:
    from cothemes.records.codebook import Codebook
    from cothemes.records.passage import Passage
    from cothemes.records.suggestion import Suggestion
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

    def line(self, text: str, *, indent: int = 0, style: str = "") -> None:
        """One paragraph; an empty one is an empty line."""
        if text:
            self._wrapped(Text(shown_text(text), style=style), indent)
        else:
            self._console.print()

    def _wrapped(self, text: Text, indent: int) -> None:
        for line in text.wrap(self._console, max(self._console.width - indent, 10)):
            line.rstrip()
            self._console.print(Text(" " * indent if line else "").append_text(line), soft_wrap=True)

    def told(self, text: str) -> None:
        """What became of an act: one line, whatever the width, so that no id in it is broken off its act."""
        self._console.print(Text(shown_text(text)), soft_wrap=True)

    def card(self, card: Card, progress: Progress) -> None:
        """Everything that the arm allows, evidence apart."""
        assignment = card.standing.assignment
        facts = (
            f"{progress.done} of {progress.total} done",
            f"{progress.skipped} skipped" if progress.skipped else "",
            f"round {assignment.round}",
            assignment.arm.value,
            "second reading" if card.standing.locked else "",
        )
        self.line("")
        self.line(", ".join(filter(None, facts)), style="dim")
        self.set_passage(card.passage, card.setting)
        self.suggestions(card)
        self.codes(card)
        if card.standing.flag:
            self.line("flagged by you for a second look")
        for note in card.standing.current.notes:
            self.line(f"your note: {note}", style="dim")
        for memo in card.memos:
            self.line(f"your memo: {memo}", style="dim")

    def set_passage(self, passage: Passage, setting: Setting, marks: Sequence[tuple[int, int]] = ()) -> None:
        """The passage in its place: document, what was said before, who speaks, the words."""
        self.line(", ".join(filter(None, (passage.id, setting.title, *passage.headings[-2:]))))
        for turn in setting.context:
            self.context(turn)
        head = ", ".join(filter(None, ("passage", passage.speaker, _role(passage), passage.time)))
        self.line(f"{head}:", style="bold")
        self.passage(passage, marks, setting.cut)

    def context(self, turn: Context) -> None:
        """A stretch before the passage, and whether more of its turn stands before it."""
        self.line(f"before, {_speaker(turn)}{'… ' if turn.cut else ''}{turn.text}", indent=2, style="dim")

    def passage(
        self, passage: Passage, marks: Sequence[tuple[int, int]] = (), cut: Cut | None = None
    ) -> None:
        """The words, with `marks` (code points of the document) between signs, and where the turn goes on."""
        body = Text("… " if cut and cut.before else "")
        place = 0
        for start, end in _merged(marks, passage):
            body.append(shown_text(passage.text[place:start]))
            words = shown_text(passage.text[start:end])
            body.append(f"{OPENING}{words}{CLOSING}", style="bold underline")
            place = end
        body.append(shown_text(passage.text[place:]) + (" …" if cut and cut.after else ""))
        self._wrapped(body, 2)

    def suggestions(self, card: Card) -> None:
        """Numbered in the codebook's order, with what was said of each."""
        if not card.standing.sees_suggestions:
            self.line("blind: code it yourself; codes lists them")
            if card.standing.assignment.arm.value == "reveal":
                self.line("done locks your codes; then the suggestions are shown")
            return
        for remark in card.remarks:
            self.line(f"remark: {remark}", style="bold")
        if not card.suggestions:
            self.line("no code is suggested" if card.proposed else "no coder has spoken on this passage yet")
            return
        self.line(f"suggested by {card.suggestions[0].rater}:")
        for number, suggestion in enumerate(card.suggestions, start=1):
            self.suggestion(number, suggestion, _state(card, suggestion))

    def suggestion(self, number: int, suggestion: Suggestion, state: str) -> None:
        """One of them: number, code, label, reason."""
        label = self._codebook.by_id[suggestion.code].label
        borderline = ", borderline" if suggestion.verdict.value == "borderline" else ""
        self.line(f"{number}. {suggestion.code}, {label}{borderline}: {state}", indent=1)
        attributes = attributes_line(suggestion.attributes)
        for text in (reason_shown(suggestion), attributes):
            if text:
                self.line(text, indent=4)

    def codes(self, card: Card) -> None:
        """What the reviewer has given so far."""
        given = []
        for code, answer in card.coded.items():
            marked = "words marked" if answer.start is not None else ""
            said = "; ".join(filter(None, (attributes_line(answer.attributes), marked)))
            given.append(f"{code}{f' ({said})' if said else ''}")
        if given:
            self.line(f"your codes: {', '.join(given)}")

    def codebook(self) -> None:
        """All codes, a line each."""
        for code in self._codebook.codes:
            self.line(f"{code.id}  {code.label}", indent=1)

    def definition(self, code: str) -> None:
        """Definition, rules, near-misses."""
        for text in code_lines(self._codebook, code):
            self.line(text.strip(), indent=0 if not text.startswith(" ") else 2)

    def words(self, passage: Passage, what: str, spans: Sequence[tuple[int, int]]) -> None:
        """Words of the passage by themselves; `spans` are code points of the document."""
        for start, end in _merged(spans, passage):
            self.line(f"{what}: “{' '.join(passage.text[start:end].split())}”")

    def transcript(self, turns: Sequence[Turn]) -> None:
        """What stands around the passage; its own words are said to be its own."""
        for turn in turns:
            speaker = _speaker(turn)
            for text, own in turn.parts:
                if own:
                    self.line(f"this passage{f', {speaker}' if speaker else ': '}{text}")
                else:
                    self.line(f"{speaker}{text}", indent=2, style="dim")
                speaker = "after it: " if own else ""
        if not turns:
            self.line("The document has changed since this passage was cut; it cannot be shown around.")


def attributes_line(attributes: Mapping[str, Sequence[str]]) -> str:
    """`valence: helps; status: experienced, intended`."""
    return "; ".join(f"{name}: {', '.join(values)}" for name, values in attributes.items())


def _speaker(turn: Context | Turn) -> str:
    return f"{turn.speaker or turn.role.value}: " if turn.role.value != "none" else ""


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
    return "" if passage.role.value in ("none", "participant") else passage.role.value


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
