"""The store as someone may see it who still has passages to code blind.

Of these passages nothing is given out that a coder proposed or another person said, whatever command asks.
The person's own records are there as ever.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator

from sqlalchemy import Select

from cothemes.adapters.sql.discussions import SqlMemos, SqlSettlements
from cothemes.adapters.sql.engine import Database
from cothemes.adapters.sql.ratings import SqlRatings
from cothemes.adapters.sql.reviews import SqlReviews, private_drafts
from cothemes.adapters.sql.runs import SqlRuns
from cothemes.records.adjudication import Settlement
from cothemes.records.candidate import Candidate
from cothemes.records.memo import Memo
from cothemes.records.rating import Rating
from cothemes.records.review import Action, Decision
from cothemes.records.suggestion import Outcome, OutcomeState, Suggestion


class BlindReviews(SqlReviews):
    """Others' decisions on hidden passages are not there; those on the person's own drafts are."""

    def __init__(self, database: Database, reviewer: str, hidden: Collection[str]) -> None:
        super().__init__(database)
        self.reviewer, self.hidden = reviewer, hidden

    def decisions(
        self,
        *,
        reviewer: str | None = None,
        passage: str | None = None,
        passages: Iterable[str] | None = None,
        acts: Collection[Action] | None = None,
        last: int | None = None,
        as_coded: bool = False,
        with_drafts: bool = False,
    ) -> list[Decision]:
        """Return the decisions, in the order they were stored."""
        found = super().decisions(
            reviewer=reviewer,
            passage=passage,
            passages=passages,
            acts=acts,
            last=last,
            as_coded=as_coded,
            with_drafts=with_drafts,
        )
        return [d for d in found if d.reviewer == self.reviewer or d.passage not in self.hidden]

    def _private(self) -> Select[str]:
        """Return the draft codes of others."""
        return private_drafts(but=self.reviewer)


class BlindRuns(SqlRuns):
    """Runs without what they said of hidden passages."""

    def __init__(self, database: Database, hidden: Collection[str]) -> None:
        super().__init__(database)
        self._hidden = hidden

    def outcomes(self, run_id: str, *, passages: Iterable[str] | None = None) -> list[Outcome]:
        """Return the outcomes, by passage."""
        found = super().outcomes(run_id, passages=passages)
        return [outcome for outcome in found if outcome.passage not in self._hidden]

    def each_outcome(self, run_id: str) -> Iterator[Outcome]:
        """Yield the outcomes, by passage."""
        return (outcome for outcome in super().each_outcome(run_id) if outcome.passage not in self._hidden)

    def states(self, run_id: str) -> dict[OutcomeState, int]:
        """Return the number of outcomes in each state, hidden passages left out."""
        return dict(Counter(outcome.state for outcome in self.each_outcome(run_id)))

    def suggestions(
        self,
        *,
        run_id: str | None = None,
        passages: Iterable[str] | None = None,
        as_coded: bool = False,
    ) -> list[Suggestion]:
        """Return the suggestions, in the order they were stored."""
        found = super().suggestions(run_id=run_id, passages=passages, as_coded=as_coded)
        return [suggestion for suggestion in found if suggestion.passage not in self._hidden]

    def each_suggestion(self, run_id: str) -> Iterator[Suggestion]:
        """Yield the suggestions, in the order they were stored."""
        return (found for found in super().each_suggestion(run_id) if found.passage not in self._hidden)

    def suggested(self, run_id: str) -> dict[str, int]:
        """Return how many codes a run suggested for each passage, hidden ones left out."""
        found = super().suggested(run_id)
        return {passage: count for passage, count in found.items() if passage not in self._hidden}

    def candidates(self, *, run_id: str | None = None) -> list[Candidate]:
        """Return the candidates, in the order they were stored."""
        return [each for each in super().candidates(run_id=run_id) if each.passage not in self._hidden]


class BlindRatings(SqlRatings):
    """Imported ratings of hidden passages are not there."""

    def __init__(self, database: Database, hidden: Collection[str]) -> None:
        super().__init__(database)
        self._hidden = hidden

    def all(self) -> list[Rating]:
        """Return all ratings, in the order in which they came."""
        return [rating for rating in super().all() if rating.unit not in self._hidden]


class BlindSettlements(SqlSettlements):
    """Rulings without those on hidden passages."""

    def __init__(self, database: Database, hidden: Collection[str]) -> None:
        super().__init__(database)
        self._hidden = hidden

    def all(self, *, passage: str | None = None) -> list[Settlement]:
        """Return all rulings, in the order they were stored."""
        return [each for each in super().all(passage=passage) if each.passage not in self._hidden]


class BlindMemos(SqlMemos):
    """Others' memos on hidden passages are not there, nor those on documents that hold such passages."""

    def __init__(self, database: Database, reviewer: str, hidden: Collection[str]) -> None:
        super().__init__(database)
        self._reviewer, self._hidden = reviewer, hidden
        self._documents = {passage.rpartition(".")[0] for passage in hidden}

    def all(self, *, by: str | None = None, passage: str | None = None) -> list[Memo]:
        """Every version, in the order they were stored."""
        found = super().all(by=by, passage=passage)
        return [memo for memo in found if memo.by == self._reviewer or not self._tells(memo)]

    def _tells(self, memo: Memo) -> bool:
        if memo.passage:
            return memo.passage in self._hidden
        return not self._documents.isdisjoint({memo.document, *memo.documents})
