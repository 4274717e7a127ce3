"""The work behind the screen of adjudication: which case is open, where the cursor is, what a key records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cothemes.errors import StateConflict
from cothemes.stages.review.discussion import Dispute
from cothemes.stages.review.ruling import Span
from cothemes.stages.review.taken_back import ruling_undone, undo_told
from cothemes.tui.table import DiscussionTable


class Discussion:
    """One sitting. Methods raise CothemesError where nothing was recorded; else `said` tells what was."""

    def __init__(self, table: DiscussionTable) -> None:
        self.table = table
        self.book = table.codebook
        self.said = ""
        self.kept = 0
        """Records of this sitting."""
        self.dispute: Dispute | None = None
        self.rows: tuple[str, ...] = ()
        """Codes on the card: what readers gave, then what was ruled besides."""
        self.cursor = 0
        self._put_off: set[str] = set()
        self.go_on()

    @property
    def code(self) -> str:
        """The one under the cursor; empty where none is."""
        return self.rows[self.cursor] if self.rows else ""

    @property
    def open_dispute(self) -> Dispute:
        """The case, where there is one. Raises StateConflict at the end."""
        if self.dispute is None:
            raise StateConflict("nothing is in dispute any more", hint="u takes back the last act, q quits.")
        return self.dispute

    def go_on(self) -> None:
        """The next case, or none. Raises StateConflict while codes of this one wait."""
        if self.dispute is not None and self.dispute.left:
            left = ", ".join(self.dispute.left)
            raise StateConflict(f"{left} not adjudicated", hint="a or x rules, space puts the passage off.")
        self._open(self.table.next_case(self._put_off))

    def put_off(self) -> None:
        """Leave the case for another sitting."""
        passage = self.open_dispute.case.passage.id
        self._put_off.add(passage)
        self._open(self.table.next_case(self._put_off))
        self.said = f"put off: {passage}"

    def move(self, by: int) -> None:
        """The cursor, kept within the rows."""
        self.cursor = min(max(self.cursor + by, 0), max(len(self.rows) - 1, 0))

    def rule(self, applies: bool) -> None:
        """Settle the code under the cursor; move the cursor to what is open."""
        code = self.settled_code()
        dispute = self.table.rule(self.open_dispute, code, applies)
        self._record(dispute, f"{code} {'applies' if applies else 'does not apply'}")
        self._to_open()

    def toggle(self, number: int) -> None:
        """Row `number`, counted from 1: what applies does not, and the reverse."""
        if not 1 <= number <= len(self.rows):
            raise StateConflict(f"there is no row {number}", hint="c finds any code.")
        self.cursor = number - 1
        code = self.rows[self.cursor]
        applies = not self.open_dispute.settled.applies(code)
        dispute = self.table.rule(self.open_dispute, code, applies)
        self._record(dispute, f"{code} {'applies' if applies else 'does not apply'}")

    def give(self, code: str) -> None:
        """Any code of the codebook applies."""
        self._record(self.table.rule(self.open_dispute, code, True), f"{code} applies")
        self.cursor = self.rows.index(code)

    def describe(self, attributes: Mapping[str, Sequence[str]], span: Span | None = None) -> None:
        """The code under the cursor applies, with these attributes or words."""
        dispute = self.open_dispute
        code = self.settled_code()
        held = dispute.settled.rulings.get(code)
        if held is not None:
            # What was adopted or dismissed before stays, unless it is given anew.
            attributes = {**held.attributes, **attributes}
            if span is None and held.start is not None and held.end is not None:
                start = dispute.case.passage.start
                span = (held.start - start, held.end - start)
        note = held.note if held is not None else ""
        made = self.table.rule(dispute, code, True, attributes=attributes, span=span, note=note)
        self._record(made, f"{code} applies, described")

    def note(self, text: str) -> None:
        """A note of the discussion: with the code under the cursor where it is settled."""
        on = self.code if self.code in self.open_dispute.settled.rulings else ""
        self._record(self.table.remark(self.open_dispute, on, text), f"note on {on or 'the passage'}")

    def undo(self) -> None:
        """Take back the last act that holds and go to its passage."""
        taken = self.table.undo()
        self._put_off.discard(taken.passage)
        self.kept += 1
        self._open(taken.passage)
        if taken.code in self.rows:
            self.cursor = self.rows.index(taken.code)
        self.said = undo_told(taken.passage, ruling_undone(taken))

    def settled_code(self) -> str:
        """The code under the cursor. Raises StateConflict where there is none."""
        if not self.code:
            raise StateConflict("no code is here", hint="c finds any code.")
        return self.code

    def _record(self, dispute: Dispute, said: str) -> None:
        self.kept += 1
        self.said = f"recorded: {said}" + ("" if dispute.left else "; all adjudicated, enter goes on")
        self._hold(dispute)

    def _open(self, passage: str | None) -> None:
        self.cursor = 0
        if passage is None:
            self.dispute, self.rows = None, ()
            return
        self._hold(self.table.dispute(passage))
        self._to_open()

    def _hold(self, dispute: Dispute) -> None:
        given = dispute.case.by_code
        self.dispute = dispute
        # What is in dispute comes first; a row never moves while its case is open.
        disputed = [code for code in given if given[code].differences]
        agreed = [code for code in given if not given[code].differences]
        besides = [code for code in dispute.settled.rulings if code not in given]
        self.rows = (*disputed, *agreed, *besides)

    def _to_open(self) -> None:
        left = self.open_dispute.left
        order = [*range(self.cursor, len(self.rows)), *range(self.cursor)]
        self.cursor = next((i for i in order if self.rows[i] in left), self.cursor)
