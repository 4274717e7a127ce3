"""The work behind the screen: which card is open, which row the cursor is on, what a key does to the record.

It knows no terminal, so that every rule of it can be tested without one.
"""

from __future__ import annotations

from collections.abc import Callable

from cothemes.errors import StateConflict, UsageError
from cothemes.records.review import Action
from cothemes.stages.review.card import Card
from cothemes.stages.review.queue import Progress
from cothemes.stages.review.session import Attributes, Span
from cothemes.stages.review.taken_back import undo_told, undone
from cothemes.tui.desk import ReviewDesk
from cothemes.tui.pace import Pace
from cothemes.tui.rows import Row, rows_of


class Triage:
    """One sitting. Methods raise CothemesError where nothing was recorded; else `said` tells what was."""

    def __init__(self, desk: ReviewDesk, now: Callable[[], float]) -> None:
        self.desk = desk
        self.book = desk.codebook
        self.pace = Pace(now())
        self.kept = 0
        """Records of this sitting."""
        self.said = ""
        """Sentence about the last act."""
        self.flagged: list[str] = []
        """Passages flagged in this sitting."""
        self.card: Card | None = None
        self.rows: tuple[Row, ...] = ()
        self.cursor = 0
        self.opened = now()
        """Time when the card came."""
        self._now = now
        self._put_off: set[str] = set()
        self.go_on()

    @property
    def progress(self) -> Progress:
        """Return how far the reviewer is."""
        return self.desk.progress

    @property
    def row(self) -> Row | None:
        """The one under the cursor."""
        return self.rows[self.cursor] if self.rows else None

    @property
    def open_card(self) -> Card:
        """The card, where there is one. Raises StateConflict at the end."""
        if self.card is None:
            raise StateConflict("nothing waits", hint="u takes back the last act, q quits.")
        return self.card

    def go_on(self) -> None:
        """The next card, or none."""
        passage = self.desk.next_passage(self._put_off)
        self._open(self.desk.card(passage) if passage else None)

    def move(self, by: int) -> None:
        """The cursor, kept within the rows."""
        self.cursor = min(max(self.cursor + by, 0), max(len(self.rows) - 1, 0))

    def accept(self) -> None:
        """The code under the cursor applies; the cursor goes to what is open."""
        row = self._row()
        self._decide(row, Action.ACCEPT if row.suggestion else Action.ADD)
        self._to_open()

    def reject(self) -> None:
        """The code under the cursor does not apply."""
        self._decide(self._row(), Action.REJECT)
        self._to_open()

    def toggle(self, number: int) -> None:
        """Row `number`, counted from 1: what applies is rejected, what does not is given."""
        if not 1 <= number <= len(self.rows):
            raise UsageError(f"there is no row {number}", hint="c finds any code.")
        self.cursor = number - 1
        row = self.rows[self.cursor]
        self._decide(row, Action.REJECT if row.applies else Action.ACCEPT if row.suggestion else Action.ADD)

    def give(self, code: str) -> None:
        """Any code of the codebook; one that is suggested counts as accepted."""
        card = self.open_card
        held = card.coded.get(code)
        if held is not None:
            raise StateConflict(f"{code} applies already", hint="x on its row takes it away.")
        action = Action.ACCEPT if card.suggestion_for(code) else Action.ADD
        self._record(self.desk.decide(card, code, action), f"{action.value} {code}")
        self.cursor = next(i for i, row in enumerate(self.rows) if row.code == code)

    def describe(self, attributes: Attributes, span: Span | None = None) -> None:
        """Attributes or a span of the code under the cursor."""
        row = self._row()
        what = "words" if span else "attributes"
        self._record(self.desk.describe(self.open_card, row.code, attributes, span), f"{what} of {row.code}")

    def applying(self) -> Row:
        """The row under the cursor, if its code applies; else StateConflict."""
        if self.card is not None and not self.rows:
            raise UsageError("no code is under the cursor", hint="c finds one and gives it.")
        row = self._row()
        if not row.applies:
            raise StateConflict(f"{row.code} does not apply here yet", hint="a accepts it first.")
        return row

    def note(self, text: str) -> None:
        """Store a remark."""
        self._record(self.desk.note(self.open_card, text), "note")

    def memo(self, text: str) -> None:
        """Write a memo on the passage."""
        self._record(self.desk.memo(self.open_card, text), "memo")

    def flag(self) -> None:
        """Mark the passage as worth a second look, or take the mark back."""
        card = self.desk.flag(self.open_card)
        if card.standing.flag:
            self.flagged.append(card.passage.id)
        else:
            self._unflag(card.passage.id)
        self._record(card, "flagged for a second look" if card.standing.flag else "flag taken back")

    def like_previous(self) -> None:
        """Give the codes of the passage finished last."""
        before = self.open_card.coded
        card, previous = self.desk.like_previous(self.open_card)
        given = [code for code in card.coded if code not in before]
        self._record(card, f"{', '.join(given)} as on {previous}", len(given))

    def skip(self) -> None:
        """Put the passage off to the end; it comes back in this sitting only by undo."""
        card = self.open_card
        self._record(self.desk.skip(card), f"skip {card.passage.id}")
        self._put_off.add(card.passage.id)
        self.go_on()

    def none(self) -> None:
        """No code applies; done."""
        self._finish(self.desk.none, "none")

    def done(self) -> None:
        """The reading is finished; what is unanswered is rejected, marked as implicit."""
        self._finish(self.desk.done, "done")

    def undo(self) -> None:
        """Take back the last act that holds and go to its passage."""
        locked = self.desk.locked_last()
        taken = self.desk.undo()
        if taken.action is Action.DONE:
            self.pace.finish(-1)
        self._put_off.discard(taken.passage)
        if taken.action is Action.FLAG:
            self._unflag(taken.passage)
        self.kept += 1
        card = self.desk.card(taken.passage) if self.desk.waits(taken.passage) else None
        if card is not None:
            self._open(card, at=taken.code)
        else:
            self.go_on()
        self.said = undo_told(taken.passage, undone(taken, card.standing if card else None), locked)

    def _finish(self, finish: Callable[[Card], Card], word: str) -> None:
        card = self.open_card
        implicit = len(card.unanswered)
        ended = finish(card)
        said = f"{word} {card.passage.id}"
        if ended.standing.done:
            self.pace.finish()
        elif self.desk.waits(card.passage.id):
            said += "; blind codes locked, suggestions open"
        else:
            said += "; blind codes locked until a coder has coded the passage"
        self._record(ended, said, implicit + 1)
        self.go_on()

    def _unflag(self, passage: str) -> None:
        self.flagged = [flagged for flagged in self.flagged if flagged != passage]

    def _decide(self, row: Row, action: Action) -> None:
        card = self.desk.decide(self.open_card, row.code, action)
        self._record(card, f"{action.value} {row.code}")

    def _row(self) -> Row:
        card = self.open_card
        if not self.rows:
            blind = not card.standing.sees_suggestions
            raise UsageError(
                "this is a blind reading: nothing is suggested" if blind else "no code is here",
                hint="c finds a code, 0 says that none applies.",
            )
        return self.rows[self.cursor]

    def _record(self, card: Card, said: str, records: int = 1) -> None:
        self.kept += records
        self.said = f"recorded: {said}"
        self.card, self.rows = card, rows_of(card)
        self.move(0)

    def _open(self, card: Card | None, at: str | None = None) -> None:
        self.card = card
        self.rows = rows_of(card) if card else ()
        self.cursor = 0
        self.opened = self._now()
        self._to_open()
        if at is not None:
            self.cursor = next((i for i, row in enumerate(self.rows) if row.code == at), self.cursor)

    def _to_open(self) -> None:
        order = [*range(self.cursor, len(self.rows)), *range(self.cursor)]
        self.cursor = next((i for i in order if self.rows[i].answer is None), self.cursor)
