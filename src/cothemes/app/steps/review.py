"""A reviewer at work on an open study: cards come out, decisions go in and are durable at once.

Blindness is kept here, in the query. In a blind reading neither suggestions nor runs are asked for, and no
decision of anyone else is ever loaded: every query for decisions names the reviewer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from cothemes.app import wiring
from cothemes.app.steps.passage import found_passage
from cothemes.app.steps.ratings import keep_codebook
from cothemes.app.steps.remarks import remarks_on
from cothemes.app.steps.reviewers import registered
from cothemes.app.study import Study
from cothemes.records.codebook import Codebook
from cothemes.records.review import Action, Assignment, Decision
from cothemes.records.suggestion import OutcomeState, Suggestion
from cothemes.stages.review.card import Card, card_of
from cothemes.stages.review.context import Turn, around
from cothemes.stages.review.folding import Standing, fold
from cothemes.stages.review.queue import Queue, queue_of
from cothemes.stages.review.session import Attributes, Session, Span, unassigned


class Desk:
    """One registered person's work. Raises UnknownReviewer for any other name."""

    def __init__(self, study: Study, reviewer: str) -> None:
        self._study = study
        self.reviewer = registered(study, [reviewer])[0]
        self._session = Session(study.codebook, wiring.clock(), wiring.ids())
        self._decisions: list[Decision] = []
        self._by_passage: dict[str, list[Decision]] = defaultdict(list)
        self._remember(study.store.reviews.decisions(reviewer=self.reviewer))
        self._standings = {
            assignment.passage: fold(assignment, self._by_passage[assignment.passage])
            for assignment in study.store.reviews.assignments(reviewer=self.reviewer)
        }
        self._codebook_kept = False
        self._current: dict[str, frozenset[str]] = {}

    @property
    def codebook(self) -> Codebook:
        """What is coded by."""
        return self._study.codebook

    @property
    def standings(self) -> Sequence[Standing]:
        """Everything that is assigned to the reviewer, by position."""
        return list(self._standings.values())

    def queue(self) -> Queue:
        """What waits, what is done. Passages of an earlier cut of their document are set aside."""
        locked = [pid for pid, standing in self._standings.items() if standing.locked and not standing.done]
        spoken = set(latest_runs(self._study, locked)) if locked else set()
        return queue_of(self.standings, spoken, self._is_current)

    def card(self, passage_id: str) -> Card:
        """The passage as the reviewer may see it now.

        Raises UnknownPassage, and StateConflict for what is not assigned to the reviewer.
        """
        passage = found_passage(self._study, passage_id)
        standing = self._standings.get(passage_id)
        if standing is None:
            raise unassigned(self.reviewer, passage_id, [s.assignment for s in self.standings])
        document = self._study.store.documents.get(passage.document)
        assert document is not None
        if not standing.sees_suggestions:
            return card_of(standing, passage, document, codebook=self.codebook)
        suggestions, proposed = self._suggestions(passage_id)
        return card_of(
            standing,
            passage,
            document,
            suggestions=suggestions,
            codebook=self.codebook,
            proposed=proposed,
            remarks=self.remarks([standing]).get(passage_id, ()),
        )

    def remarks(self, standings: Iterable[Standing]) -> dict[str, tuple[str, ...]]:
        """Passage → what the coder noticed of it; nothing is asked about passages read blind."""
        seen = [standing.assignment.passage for standing in standings if standing.sees_suggestions]
        return remarks_on(self._study, latest_runs(self._study, seen), seen)

    def transcript(self, card: Card, turns: int) -> tuple[Turn, ...]:
        """The document around the passage. Empty where the document has changed since it was cut."""
        document = self._study.store.documents.get(card.passage.document)
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
        span: Span | None = None,
        note: str = "",
    ) -> Card:
        """Accepts, rejects or adds one code; see `Session.decide`."""
        made = self._session.decide(card, code, action, attributes=attributes, span=span, note=note)
        return self._keep(card, [made])

    def describe(self, card: Card, code: str, attributes: Attributes, span: Span | None = None) -> Card:
        """Adds attributes or a span to a code that applies."""
        return self._keep(card, [self._session.describe(card, code, attributes, span)])

    def done(self, card: Card) -> Card:
        """Finishes the reading; unanswered suggestions are rejected, marked as implicit."""
        return self._keep(card, self._session.done(card))

    def none(self, card: Card) -> Card:
        """Says that no code applies, and finishes."""
        return self._keep(card, self._session.none(card))

    def skip(self, card: Card) -> Card:
        """Puts the passage off."""
        return self._keep(card, [self._session.skip(card)])

    def note(self, card: Card, text: str) -> Card:
        """Keeps a remark."""
        return self._keep(card, [self._session.note(card, text)])

    def reopen(self, card: Card) -> Card:
        """Takes up a finished passage again."""
        return self._keep(card, [self._session.reopen(card.standing)])

    def undo(self) -> Decision:
        """Takes back the last act that still holds, on whatever passage; returns what was taken back."""
        made = self._session.undo(self._decisions, self._standings)
        self._append([made])
        return next(decision for decision in self._decisions if decision.id == made.undoes)

    def _keep(self, card: Card, made: Sequence[Decision]) -> Card:
        self._append(made)
        return card.with_standing(self._standings[card.passage.id])

    def _append(self, made: Sequence[Decision]) -> None:
        if not self._codebook_kept:
            keep_codebook(self._study)
            self._codebook_kept = True
        self._study.store.reviews.append(made)
        self._remember(made)
        for passage_id in {decision.passage for decision in made}:
            if passage_id in self._standings:
                assignment = self._standings[passage_id].assignment
                self._standings[passage_id] = fold(assignment, self._by_passage[passage_id])

    def _remember(self, made: Sequence[Decision]) -> None:
        for decision in made:
            self._decisions.append(decision)
            self._by_passage[decision.passage].append(decision)

    def _is_current(self, assignment: Assignment) -> bool:
        if assignment.document not in self._current:
            passages = self._study.store.passages.of(assignment.document)
            self._current[assignment.document] = frozenset(passage.id for passage in passages)
        return assignment.passage in self._current[assignment.document]

    def _suggestions(self, passage_id: str) -> tuple[list[Suggestion], bool]:
        """Those of the latest run that coded the passage, and whether there is one."""
        run = latest_runs(self._study, [passage_id]).get(passage_id)
        if run is None:
            return [], False
        return self._study.store.runs.suggestions(run_id=run, passages=[passage_id]), True


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
