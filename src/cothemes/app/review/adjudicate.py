"""A registered person settling disagreements: cases come out without names, rulings go in.

Blindness is kept here. A case is served only where everybody to whom the passage was given in the round has
finished it, and where the adjudicator has it open in no round. That a case was opened is recorded, and from
then on its readers cannot take back or reopen what they decided: agreement stays that of before the talk.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from cothemes.app import wiring
from cothemes.app.corpus.passages import found_passage
from cothemes.app.ratings import keep_codebook, same_wordings
from cothemes.app.review.codebook_watch import CodebookWatch
from cothemes.app.review.consensus import Place, readings, settled_places
from cothemes.app.reviewers import registered
from cothemes.app.study import Study
from cothemes.errors import StateConflict, UsageError
from cothemes.records.adjudication import Settlement
from cothemes.records.codebook import Codebook
from cothemes.records.document import Document
from cothemes.records.review import Assignment
from cothemes.stages.review.consensus import CaseState, open_codes, settled_of
from cothemes.stages.review.context import Turn, around, setting_of
from cothemes.stages.review.discussion import Dispute, Tally
from cothemes.stages.review.disputes import Case
from cothemes.stages.review.ruling import Chair, Span


class Adjudication:
    """One round on the table.

    Raises UnknownReviewer, UsageError where a round must be named, StateConflict where no passage was
    finished by two people.
    """

    def __init__(self, study: Study, by: str, round_name: str = "", *, attributes: bool = True) -> None:
        self._study = study
        self.by = registered(study, [by])[0]
        self._attributes = attributes
        self._watch = CodebookWatch(study)
        self._read(round_name)

    def _read(self, round_name: str) -> None:
        study = self._study
        self._book = self._watch.book
        self.chair = Chair(self.by, self._book, wiring.clock(), wiring.ids())
        found = readings(study)
        rounds = list(dict.fromkeys(case.round for case in found.cases))
        self.round = _round_of(rounds, round_name, study)
        self._settlements = [s for s in study.store.settlements.all() if s.round == self.round]
        self._settled: dict[Place, CaseState] = settled_places(study, self._settlements)
        self._same = same_wordings(study)
        here = [case for case in found.cases if case.round == self.round]
        self._held = {case.passage.id for case in here if found.unfinished.get(case.passage.id)}
        seen = [case for case in here if case.passage.id not in self._held]
        self._cases: Mapping[str, Case] = {
            case.passage.id: case
            for case in seen
            if case.disputed or (self._attributes and case.described_otherwise)
        }
        self._agreed = len(seen) - len(self._cases)
        self._document: Document | None = None
        self._codebook_kept = False

    @property
    def codebook(self) -> Codebook:
        """Return what is coded by."""
        return self._book

    def look(self) -> str:
        """Take up what changed in the codebook meanwhile; see `CodebookWatch.look`."""
        said = self._watch.look()
        if self._watch.book.hash != self._book.hash:
            self._read(self.round)
        return said

    @property
    def passages(self) -> Sequence[str]:
        """Return the passages of the cases that may be seen, in the order of the documents."""
        return list(self._cases)

    def left(self, passage_id: str) -> tuple[str, ...]:
        """Codes of a case that wait for a ruling. Counting them shows nobody's codes."""
        case = self._cases[passage_id]
        settled = self._settled.get((passage_id, self.round), CaseState())
        return open_codes(case, settled, attributes=self._attributes)

    @property
    def tally(self) -> Tally:
        """Counted as it stands."""
        waiting = sum(bool(self.left(passage)) for passage in self._cases)
        return Tally(len(self._cases) - waiting, waiting, len(self._held), self._agreed)

    def next_case(self, put_off: Collection[str] = ()) -> str | None:
        """The first that waits and is not among `put_off`."""
        return next((p for p in self._cases if p not in put_off and self.left(p)), None)

    def dispute(self, passage_id: str) -> Dispute:
        """The case; that it was opened is recorded. Raises UnknownPassage, StateConflict."""
        passage = found_passage(self._study, passage_id)
        case = self._cases.get(passage.id)
        if case is None:
            if passage.id in self._held:
                raise StateConflict(
                    f"somebody still has {passage.id} open",
                    hint="It can be adjudicated once everybody to whom it was assigned has said done.",
                )
            raise StateConflict(
                f"nothing is in dispute on {passage.id} in the round {self.round or 'without a name'}",
                hint="`cothemes adjudicate --list` lists what is.",
            )
        settled = self._settled.get((passage.id, self.round), CaseState())
        if not settled.opened:
            self._append([self.chair.open(case)])
        return self._dispute(case)

    def rule(
        self,
        dispute: Dispute,
        code: str,
        applies: bool,
        *,
        attributes: Mapping[str, Sequence[str]] | None = None,
        span: Span | None = None,
        note: str = "",
    ) -> Dispute:
        """Settle one code; see `Chair.rule`."""
        held = dispute.settled.rulings.get(code)
        made = self.chair.rule(
            dispute.case, code, applies, attributes=attributes, span=span, note=note, held=held
        )
        return self.keep(dispute, made)

    def remark(self, dispute: Dispute, code: str, note: str) -> Dispute:
        """Store a note of the discussion; `code` may be empty."""
        return self.keep(dispute, self.chair.remark(dispute.case, dispute.settled, code, note))

    def keep(self, dispute: Dispute, made: Settlement) -> Dispute:
        """Store a record on the case; return the case as it is after it."""
        self._append([made])
        return self._dispute(dispute.case)

    def undo(self) -> Settlement:
        """Take back the person's last record of the round that holds; return what was taken back."""
        made = self.chair.undo(self._settlements)
        self._append([made])
        return next(record for record in self._settlements if record.id == made.undoes)

    def transcript(self, dispute: Dispute, turns: int) -> tuple[Turn, ...]:
        """The document around the passage. Empty where the document has changed since it was cut."""
        document = self._document_of(dispute.case)
        if document.version != dispute.case.passage.version:
            return ()
        return around(document, dispute.case.passage, turns)

    def _dispute(self, case: Case) -> Dispute:
        return Dispute(
            case=case,
            settled=self._settled.get((case.passage.id, self.round), CaseState()),
            left=self.left(case.passage.id),
            setting=setting_of(self._document_of(case), case.passage),
        )

    def _append(self, made: Sequence[Settlement]) -> None:
        if not self._codebook_kept:
            keep_codebook(self._study, self._book)
            self._codebook_kept = True
        self._study.store.settlements.append(made)
        self._settlements += made
        for passage in {record.passage for record in made}:
            records = [record for record in self._settlements if record.passage == passage]
            self._settled[(passage, self.round)] = settled_of(records, self.codebook, self._same)

    def _document_of(self, case: Case) -> Document:
        if self._document is None or self._document.slug != case.passage.document:
            self._document = self._study.store.documents.get(case.passage.document)
        assert self._document is not None
        return self._document


def discussed_by(study: Study, reviewer: str, assignments: Iterable[Assignment]) -> set[str]:
    """Return the passages that were opened for adjudication; where a passage is read again, in that later
    round. What was decided there stays as it is.

    `assignments` are the reviewer's own. No code is loaded: a blind reader may ask this.
    """
    settlements = study.store.settlements
    found = {passage for passage, readers in settlements.readers().items() if reviewer in readers}
    again = {each for each in assignments if each.codes}
    for round_name in {each.round for each in again}:
        seen = settlements.readers(round_name=round_name)
        own = {each.passage for each in again if each.round == round_name}
        found -= {passage for passage in own if reviewer not in seen.get(passage, ())}
    return found


def _round_of(rounds: Sequence[str], wanted: str, study: Study) -> str:
    known = ", ".join(name or "(without a name)" for name in rounds)
    if not rounds:
        raise StateConflict(
            "no passage was finished by two people, so nothing can be in dispute",
            where=str(study.root),
            hint="Let two people code the same passages: cothemes route, then cothemes review.",
        )
    if wanted:
        if wanted not in rounds:
            raise UsageError(f"nothing was finished by two in a round {wanted!r}", hint=f"Rounds: {known}.")
        return wanted
    if len(rounds) > 1:
        raise UsageError(f"there are several rounds: {known}", hint=f"Choose one: --round {rounds[-1]}.")
    return rounds[0]
