"""A reviewer at work on an open study: cards come out, decisions go in and are durable at once.

Blindness is kept here, in the query. In a blind reading neither suggestions nor runs are asked for, and no
decision of anyone else is ever loaded: every query for decisions names the reviewer.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable, Sequence
from functools import cached_property

from cothemes.app import wiring
from cothemes.app.coding_codebook import codebook_with, draft_states
from cothemes.app.corpus.passages import corrected_away, found_passage, retired
from cothemes.app.corrected_texts import with_sources_checked
from cothemes.app.hand_edits import refuse_unexplained
from cothemes.app.ratings import keep_codebook
from cothemes.app.review.adjudicate import discussed_by
from cothemes.app.review.blindness import may_have_read_others
from cothemes.app.review.codebook_watch import CodebookWatch
from cothemes.app.review.memos import OwnMemos
from cothemes.app.review.new_codes import discard_unused, make_draft
from cothemes.app.review.own_readings import OwnReadings
from cothemes.app.review.planted_on_cards import disclosure, with_seeds
from cothemes.app.review.queue_order import order_of
from cothemes.app.review.remarks import accepted_remarks, remarks_on, repeated_remarks
from cothemes.app.reviewers import registered
from cothemes.app.runs.probabilities import probabilities_shown
from cothemes.app.study import Study
from cothemes.errors import StateConflict
from cothemes.records.code_operation import DraftRecord
from cothemes.records.codebook import Codebook
from cothemes.records.document import Document
from cothemes.records.passage import Passage
from cothemes.records.review import Action, Assignment, Decision, reordered_key
from cothemes.records.suggestion import OutcomeState, Suggestion
from cothemes.stages.review.card import Card, card_of
from cothemes.stages.review.context import Turn, around
from cothemes.stages.review.left_out import way_back
from cothemes.stages.review.orders import By
from cothemes.stages.review.queue import Progress, Queue, Serving, Untouched, queue_of
from cothemes.stages.review.reading_state import ReadingState, live_backwards
from cothemes.stages.review.session import Attributes, Session, Span, unassigned
from cothemes.stages.review.taken_back import stepped_over

CARDS = 4
"""Cards that a desk keeps: an act, the card after it and the next act are mostly on one passage."""


class Desk:
    """One registered person's work. Raises UnknownReviewer for any other name."""

    def __init__(self, study: Study, reviewer: str, *, by: By = By.ROUTED) -> None:
        refuse_unexplained(study)
        self._study = study
        self._by = by
        self.reviewer = registered(study, [reviewer])[0]
        self.reads_findings = False
        """True if the person may look at others' codings: what they coded blind is then final once another
        person has finished the passage.
        """
        self._watch = CodebookWatch(study)
        self._cards: OrderedDict[str, Card] = OrderedDict()
        self._cards_mark = ""
        self._drafts_mark = study.store.changes.mark()
        self._take_up(study.store.drafts.all())
        self._kept: set[str] = set()
        self._document: Document | None = None
        self._read()

    def _read(self) -> None:
        """Take up the person's decisions and assignments, under the names that codes have now."""
        study = self._study
        self._order = self._ordered()
        self._readings = OwnReadings(study, self.reviewer)
        self._memos = OwnMemos(study, self.reviewer)
        self.__dict__.pop("_serving", None)
        self.__dict__.pop("_current", None)

    @property
    def codebook(self) -> Codebook:
        """Return what the reviewer codes by: their own drafts are in it."""
        return self._book_on("")

    def codebook_on(self, standing: ReadingState) -> Codebook:
        """Return what the passage is coded by: a code that another made on it is left out of a blind
        reading.
        """
        blind = not standing.sees_suggestions and not standing.done
        passage = standing.assignment.passage
        return self._book_on(passage if blind and passage in self._made_on else "")

    def _book_on(self, passage: str) -> Codebook:
        if passage not in self._books:
            self._books[passage] = codebook_with(self._book, self._drafts, self.reviewer, passage)
        return self._books[passage]

    @property
    def _made_on(self) -> set[str]:
        """Return the passages that codes were made on."""
        return {draft.made.passage for draft in self._drafts}

    def look(self) -> str:
        """Take up what changed in the codebook meanwhile; see `CodebookWatch.look`."""
        before = self._book.hash
        said = self._watch.look()
        mark = self._study.store.changes.mark()
        ordered = self._order
        if mark != self._drafts_mark or self._watch.book.hash != before:
            acts = self._study.store.drafts.all()
            if len(acts) != self._acts or self._watch.book.hash != before:
                self._take_up(acts)
            self._drafts_mark = mark
            ordered = self._ordered()
        if self._book.hash != before or ordered != self._order:
            self._read()
        return said

    def _ordered(self) -> str | None:
        """Return a word that differs once the open passages were put in another order."""
        return self._study.store.meta.get(reordered_key(self.reviewer))

    def _take_up(self, acts: Sequence[DraftRecord]) -> None:
        self._book, self._acts, self._drafts = self._watch.book, len(acts), draft_states(acts)
        self._books: dict[str, Codebook] = {}
        self._cards.clear()

    @property
    def standings(self) -> Sequence[ReadingState]:
        """The last round of every passage that is assigned to the reviewer."""
        return self._readings.loaded

    @property
    def assignments(self) -> Sequence[Assignment]:
        """Every round of every passage that is assigned to the reviewer."""
        return self._readings.assignments

    def standing(self, passage_id: str) -> ReadingState | None:
        """Return where the reviewer stands with a passage; None where it is not, or no longer, assigned."""
        return self._readings.get(passage_id)

    def queue(self) -> Queue:
        """Return what waits, what is done. Passages of an earlier cut of their document are set aside."""
        return queue_of(self.standings, self._spoken(self.standings), self._is_current)

    @property
    def progress(self) -> Progress:
        """Return how far the reviewer is; kept up to date, never counted anew."""
        return self._serving.progress

    def next_passage(self, put_off: Collection[str] = ()) -> str | None:
        """Return what is served next, unless it is among `put_off`. Held passages are asked about once more
        before the answer is nothing: a coder may have spoken since.
        """
        found = self._serving.next(put_off)
        if found is None and self._serving.held:
            self._ask_about_held()
            found = self._serving.next(put_off)
        return found

    def next_passages(self, limit: int) -> list[ReadingState]:
        """Return the states of what is served first, at most `limit` passages."""
        self._ask_about_held()
        return self._readings.several(self._serving.first(limit))

    def _ask_about_held(self) -> None:
        for passage_id in latest_runs(self._study, self._serving.held):
            self._serving.put(self._readings[passage_id], spoken=True)

    def waits(self, passage_id: str) -> bool:
        """Return whether the passage can be served now."""
        return self._serving.waits(passage_id)

    @cached_property
    def _serving(self) -> Serving:
        if self._by is not By.ROUTED:
            order = order_of(self._study, self._by, self.standings)
            return Serving(self.standings, self._spoken(self.standings), self._is_current, order)
        touched = self._readings.put_in_place()
        known = {standing.assignment.passage for standing in touched}
        untouched = (
            Untouched(place.position, place.passage, place.passage in self._current)
            for place in self._readings.places.values()
            if place.passage not in known
        )
        return Serving(touched, self._spoken(touched), self._is_current, untouched=untouched)

    def _spoken(self, standings: Iterable[ReadingState]) -> set[str]:
        locked = [each.assignment.passage for each in standings if each.locked and not each.done]
        return set(latest_runs(self._study, locked)) if locked else set()

    def card(self, passage_id: str) -> Card:
        """The passage as the reviewer may see it now.

        Raises UnknownPassage, and StateConflict for what is not assigned to the reviewer.
        """
        # The mark first: what is written while the card is made is then looked up the next time.
        mark = self._study.store.changes.mark()
        if mark != self._cards_mark:
            self._cards.clear()
            self._cards_mark = mark
        kept, standing = self._cards.get(passage_id), self._readings.get(passage_id)
        if (
            kept is not None
            and standing is not None
            and _shows_the_same(kept.standing, standing)
            # Anybody's word on the passage replaces what was accepted unread: that is looked up each time.
            and not (kept.proposed and self._study.store.acceptances.on(passage_id))
        ):
            return kept.with_standing(standing)
        made = self._made_card(passage_id)
        self._cards[made.passage.id] = made
        while len(self._cards) > CARDS:
            self._cards.popitem(last=False)
        return made

    def _made_card(self, passage_id: str) -> Card:
        passage = found_passage(self._study, passage_id)
        passage_id = passage.id
        standing = self._readings.get(passage_id)
        if standing is None:
            raise unassigned(self.reviewer, passage_id, self._readings)
        document = self._document_of(passage)
        assert document is not None
        if not standing.sees_suggestions:
            memos = self._memos.on(passage_id)
            book = self.codebook_on(standing)
            return card_of(standing, passage, document, codebook=book, memos=memos)
        suggestions, proposed = self._suggestions(passage)
        return card_of(
            standing,
            passage,
            document,
            suggestions=suggestions,
            codebook=self.codebook,
            proposed=proposed,
            remarks=(
                *self.remarks([standing]).get(passage_id, ()),
                *disclosure(self._study, standing.assignment.round),
                *accepted_remarks(self._study, passage_id),
                *repeated_remarks(self._study, passage_id),
            ),
            memos=self._memos.on(passage_id),
            probabilities=probabilities_shown(self._study, self.reviewer, suggestions),
        )

    def remarks(self, standings: Iterable[ReadingState]) -> dict[str, tuple[str, ...]]:
        """Passage → what the coder noticed of it; nothing is asked about passages read blind."""
        seen = [standing.assignment.passage for standing in standings if standing.sees_suggestions]
        return remarks_on(self._study, latest_runs(self._study, seen), seen)

    def session(self, card: Card) -> Session:
        """Return what makes the reviewer's decisions on a card."""
        return Session(self.codebook_on(card.standing), wiring.clock(), wiring.ids())

    def transcript(self, card: Card, turns: int) -> tuple[Turn, ...]:
        """The document around the passage. Empty where the document has changed since it was cut."""
        document = self._document_of(card.passage)
        if document is None or document.version != card.passage.version:
            return ()
        return around(document, card.passage, turns)

    def decide(
        self,
        card: Card,
        code: str,
        action: Action,
        *,
        attributes: Attributes | None = None,
        spans: Sequence[Span] = (),
        note: str = "",
    ) -> Card:
        """Accept, reject or add one code; see `Session.decide`."""
        made = self.session(card).decide(card, code, action, attributes=attributes, spans=spans, note=note)
        return self.keep(card, [made])

    def done(self, card: Card) -> Card:
        """Finish the reading; unanswered suggestions are rejected, marked as implicit."""
        return self.keep(card, self.session(card).done(card))

    def note(self, card: Card, text: str) -> Card:
        """Store a remark."""
        return self.keep(card, [self.session(card).note(card, text)])

    def keep(self, card: Card, made: Sequence[Decision]) -> Card:
        """Store decisions on the card; return it as it is after them."""
        self._append(made)
        return card.with_standing(self._readings[card.passage.id])

    def memo(self, card: Card, text: str) -> Card:
        """Write a memo on the passage: a note on the study, which no undo of a decision takes back."""
        return card.with_memo(self._memos.write(card.passage, text))

    def draft(self, card: Card, name: str, spans: Sequence[Span] = ()) -> Decision:
        """Make a draft code with this name, which the reviewer alone codes by; return the decision that gives
        it on the card, to be kept.

        Raises UsageError for a name that is empty, too long or another code's, and what
        `Session.check_new_code` raises.
        """
        self.session(card).check_new_code(card, spans)
        book = self.codebook_on(card.standing)
        made = make_draft(self._study, book, name, by=self.reviewer, passage=card.passage.id)
        self._take_up(self._study.store.drafts.all())
        return self.session(card).decide(card, made.code, Action.ADD, spans=spans)

    def finished_before(self, card: Card) -> ReadingState | None:
        """Return the reading that the reviewer finished last, on another passage."""
        found = (
            self._readings[decision.passage]
            for decision in live_backwards(self._in_hand)
            if decision.action is Action.DONE
            and decision.passage != card.passage.id
            and decision.passage in self._readings
        )
        return next(found, None)

    def current_card(self, passage_id: str) -> Card:
        """The card of a passage that can be worked on. Raises StateConflict for one of an earlier cut too."""
        card = self.card(passage_id)
        if not self._is_current(card.standing.assignment):
            corrected = corrected_away(self._study, [card.passage])
            raise StateConflict(
                f"{card.passage.id} is retired: {retired(self._study, card.passage)}",
                hint=f"To bring it back: {way_back([card.passage.document], corrected)}",
            )
        return card

    def reopen(self, card: Card) -> Card:
        """Take up a finished passage again. Raises StateConflict where it is final."""
        final = self.final(card.passage.id)
        if final is not None:
            raise final
        return self.keep(card, [self.session(card).reopen(card.standing)])

    def final(self, passage: str) -> StateConflict | None:
        """Return why a finished passage cannot be taken up again; None where it can."""
        if passage in self._discussed():
            return StateConflict(
                f"{passage} was opened for adjudication: what its readers decided stays as it was",
                hint=f"Adjudicate it: cothemes adjudicate --passage {passage}",
            )
        standing = self._readings.get(passage)
        if standing is not None and self.reads_findings and may_have_read_others(self._study, standing):
            return StateConflict(
                f"you coded {passage} blind, and another person has finished it since",
                hint="You can read what they decided, so your blind codes stay as they are. "
                "If you see it differently now, write a memo, or ask the lead to have it adjudicated.",
            )
        return None

    def locked_last(self) -> str:
        """The passage whose locked blind codes the next undo steps over; empty where it steps over none."""
        return stepped_over(self._in_hand, self._readings, self._discussed())

    def undo(self) -> Decision:
        """Take back the last act that still holds, on whatever passage; return what was taken back.

        A code that was made by the act, and was given nowhere else, is discarded with it.
        """
        made = Session(self.codebook, wiring.clock(), wiring.ids()).undo(
            self._in_hand, self._readings, self._discussed()
        )
        final = self.final(made.passage)
        if final is not None:
            raise final
        self._append([made])
        taken = next(each for each in reversed(self._readings.acts) if each.id == made.undoes)
        if discard_unused(self._study, self._drafts, self._readings.acts, taken):
            self._take_up(self._study.store.drafts.all())
        return taken

    def _discussed(self) -> set[str]:
        """Passages on which the reviewer's codes stood beside another's. None of those codes is loaded."""
        return discussed_by(self._study, self.reviewer, self._readings.recoded)

    @property
    def _in_hand(self) -> Sequence[Decision]:
        """Decisions of the readings that can be gone on with; a passage's earlier round is closed."""
        return self._readings.in_hand()

    def _append(self, made: Sequence[Decision]) -> None:
        for decision in made:
            if decision.codebook_hash not in self._kept:
                self._keep_codebook(decision)
        self._study.store.reviews.append(made)
        for standing in self._readings.add(made):
            if "_serving" in self.__dict__:
                waits_for_coder = standing.locked and not standing.done
                spoken = waits_for_coder and bool(latest_runs(self._study, [standing.assignment.passage]))
                self._serving.put(standing, spoken=spoken)

    def _keep_codebook(self, decision: Decision) -> None:
        standing = self._readings.get(decision.passage)
        books = [self.codebook, *([self.codebook_on(standing)] if standing else [])]
        for book in books:
            keep_codebook(self._study, book)
            self._kept.add(book.hash)

    def _is_current(self, assignment: Assignment) -> bool:
        return assignment.passage in self._current

    @cached_property
    def _current(self) -> frozenset[str]:
        return frozenset(self._study.store.passages.find(""))

    def _document_of(self, passage: Passage) -> Document | None:
        """The last one is kept: passages are mostly read in document order, and a transcript is long."""
        kept = self._document
        if kept is None or (kept.slug, kept.version) != (passage.document, passage.version):
            kept = self._document = self._study.store.documents.get(passage.document)
        return kept

    def _suggestions(self, passage: Passage) -> tuple[list[Suggestion], bool]:
        """Those of the latest run that coded the passage, and whether there is one."""
        passage_id = passage.id
        run = latest_runs(self._study, [passage_id]).get(passage_id)
        if run is None:
            return [], False
        found = self._study.store.runs.suggestions(run_id=run, passages=[passage_id])
        found = with_sources_checked(self._study, found, {passage_id: passage})
        return with_seeds(self._study, self.reviewer, passage_id, found), True


def _shows_the_same(before: ReadingState, now: ReadingState) -> bool:
    """Return whether a card of one state shows what a card of the other does, but for the reviewer's own
    decisions."""
    return (before.assignment, before.sees_suggestions, before.done) == (
        now.assignment,
        now.sees_suggestions,
        now.done,
    )


def latest_runs(study: Study, passage_ids: Iterable[str]) -> dict[str, str]:
    """Passage → the latest run that coded it. Passages that no run has coded are not in it, and nothing is
    asked about passages that are not named."""
    missing = set(passage_ids)
    found: dict[str, str] = {}
    for run in reversed(study.store.runs.all()):
        if not missing:
            break
        for outcome in study.store.runs.outcomes(run.id, passages=missing):
            if outcome.state is OutcomeState.CODED:
                found[outcome.passage] = run.id
        missing -= found.keys()
    return found
