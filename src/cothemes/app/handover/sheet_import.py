"""Rows of a filled-in sheet against the study as it is now: taken in, known already, left open, or refused.

A row is refused rather than fitted: what its coder saw when she filled it in is no longer what would be
recorded beside her codes. Nothing that was decided elsewhere meanwhile is overwritten.
"""

from __future__ import annotations

from cothemes.app import wiring
from cothemes.app.handover.pack import study_id
from cothemes.app.review.review import Desk
from cothemes.app.study import Study
from cothemes.errors import StateConflict, UsageError
from cothemes.records.review import Arm, Decision
from cothemes.records.sheet import Entry, RowFault
from cothemes.stages.exchange.converted import STAYS, as_number, same_numbers
from cothemes.stages.exchange.sheet import Stamp, cell_text, read_stamp, seal_of, stamped, text_mark
from cothemes.stages.review.card import Card
from cothemes.stages.review.reading_state import Reading, ReadingState, fold
from cothemes.stages.review.session import Session
from cothemes.stages.review.sheet_answers import decisions_for, says_already, standing_as_json

CHANGED, CONFLICT, UNREADABLE = "changed", "conflict", "unreadable"


def stamp_of(study: Study, reviewer: str, card: Card) -> Stamp:
    """The stamp that a row of this card bears now."""
    return stamped(
        study_id(study),
        reviewer,
        card.passage.id,
        card.standing.arm.value,
        text=cell_text(card.passage.own_text()),
        codebook=study.codebook.hash,
        suggestions=card.shown,
        standing=standing_as_json(card.standing),
    )


class Intake:
    """Takes rows one by one; nothing is stored by it."""

    def __init__(self, study: Study, desk: Desk) -> None:
        self._study = study
        self._desk = desk
        self._session = Session(study.codebook, wiring.clock(), wiring.ids())
        self._current = set(study.store.passages.find(""))
        self._assigned = {standing.assignment.passage for standing in desk.standings}
        self._numbers = same_numbers(sorted(self._assigned))
        self.made: list[Decision] = []
        """What is to be stored, in the order of the rows."""
        self.faults: list[RowFault] = []
        self.taken = 0
        self.done = 0
        self.known = 0
        self.open = 0

    def take(self, entry: Entry) -> None:
        """Adds to `made`, to `faults`, or to a count."""
        entry = self._with_its_passage(entry)
        if entry.passage not in self._assigned or entry.passage not in self._current:
            self._refuse_strange(entry)
            return
        card = self._desk.card(entry.passage)
        then, now = read_stamp(entry.stamp), stamp_of(self._study, self._desk.reviewer, card)
        moved = then is not None and then.standing != now.standing
        if then is None or then.seal != self._seal(entry, then):
            self._refuse(
                entry,
                CHANGED,
                "has a stamp that belongs to another row, person or study",
                "Sort whole rows, never one column; export the sheet anew where that cannot be undone.",
            )
        elif moved and entry.blank:
            self.open += 1
        elif says_already(entry, _reading(entry, card.standing), taken_in=moved):
            self.known += moved
            self.open += not moved
        elif change := _change(entry, then, now):
            self._refuse(entry, CHANGED, change, self._anew(card.standing))
        elif entry.lost and not entry.blank:
            self._refuse(
                entry,
                CHANGED,
                f"has lost the column for {', '.join(entry.lost)}: what was ticked there would count as no",
                STAYS,
            )
        elif moved:
            stands = f"What was decided there stands. {self._anew(card.standing)}"
            self._refuse(entry, CONFLICT, _meanwhile(card.standing), stands)
        else:
            self._decide(entry, card)

    def _with_its_passage(self, entry: Entry) -> Entry:
        """The row under the passage it was written for: a program may have made 3.001 of `03.0010`, and the
        seal tells which one it was."""
        then = read_stamp(entry.stamp)
        number = as_number(entry.passage)
        if then is None or number is None or entry.passage in self._assigned:
            return entry
        for passage in self._numbers.get(number, ()):
            written = entry.model_copy(update={"passage": passage})
            if self._seal(written, then) == then.seal:
                return written
        return entry

    def _decide(self, entry: Entry, card: Card) -> None:
        passage = entry.passage
        earlier = self._study.store.reviews.decisions(reviewer=self._desk.reviewer, passage=passage)
        assignment = card.standing.assignment
        try:
            made = decisions_for(
                entry, card, self._session, lambda added: fold(assignment, [*earlier, *added])
            )
        except (UsageError, StateConflict) as error:
            self._refuse(entry, UNREADABLE, error.message, error.hint)
            return
        self.made += made
        self.taken += 1
        self.done += entry.done

    def _seal(self, entry: Entry, then: Stamp) -> str:
        who = self._desk.reviewer
        return seal_of(study_id(self._study), who, entry.passage, entry.reading, then.parts)

    def _anew(self, standing: ReadingState) -> str:
        """How to decide on the passage all the same."""
        who, passage = self._desk.reviewer, standing.assignment.passage
        if standing.done:
            return f'To take it up again: cothemes done {passage} --as "{who}" --reopen'
        return f'Code it in a new sheet: cothemes export sheet OUT --as "{who}"'

    def _refuse_strange(self, entry: Entry) -> None:
        name = self._desk.reviewer
        if entry.passage in self._assigned:
            what = "is of an earlier cut of its document"
        elif self._study.store.passages.get(entry.passage) is None:
            what = "is no passage of this study"
        else:
            what = f"is not assigned to {name}"
        self._refuse(entry, CHANGED, what, f"`cothemes queue --as {name}` lists what is.")

    def _refuse(self, entry: Entry, kind: str, what: str, hint: str) -> None:
        self.faults.append(RowFault(row=entry.row, passage=entry.passage, kind=kind, what=what, hint=hint))


def _reading(entry: Entry, standing: ReadingState) -> Reading:
    """What the row is about: of a passage read twice, the first reading where the row was written blind."""
    if standing.assignment.arm is Arm.REVEAL and entry.reading == Arm.BLIND.value:
        return standing.first
    notes = (*standing.first.notes, *standing.second.notes)
    return Reading(answers=standing.answers, done=standing.current.done, notes=notes)


def _change(entry: Entry, then: Stamp, now: Stamp) -> str:
    """What is otherwise than when the row was written; empty where nothing is."""
    if then.text not in (text_mark(entry.text), text_mark(wiring.unguarded(entry.text))):
        return "has another text than was written"
    if then.text != now.text:
        return "has a text that the study does not have any more"
    if then.codebook != now.codebook:
        return "was written under another codebook than today's"
    # Of a reading that is over by now, what is in view today says nothing.
    if then.suggestions != now.suggestions and then.standing == now.standing:
        return "was written when other codes were suggested"
    return ""


def _meanwhile(standing: ReadingState) -> str:
    codes = ", ".join(standing.coded) or "none"
    return f"was decided elsewhere after the sheet was written (codes there: {codes})"
