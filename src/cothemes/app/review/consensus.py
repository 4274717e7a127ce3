"""A study's disagreements and what was settled of them, and the ratings of `consensus` that follow."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from cothemes.app.corpus.passages import passages_of
from cothemes.app.ratings import (
    free_name,
    history_of,
    kinds_of_reviewers,
    made_once,
    meanings_of,
    same_wordings,
)
from cothemes.app.study import Study
from cothemes.records.adjudication import Settlement
from cothemes.records.rating import RaterKind, Rating
from cothemes.records.review import Assignment
from cothemes.stages.exchange.ratings_rows import with_values
from cothemes.stages.review.consensus import CaseState, consensus_ratings, open_codes, settled_of
from cothemes.stages.review.disputes import Case, Span, cases_of
from cothemes.stages.review.ratings import read_ratings
from cothemes.stages.review.reading_state import ReadingState, fold_all
from cothemes.stages.review.selection import Purpose, selection

PEOPLE = (RaterKind.HUMAN, RaterKind.SYNTHETIC)
Place = tuple[str, str]
"""Passage and round."""


@dataclass(frozen=True)
class Readings:
    """Passages that several people read, and the readers who have not finished them."""

    cases: tuple[Case, ...]
    unfinished: dict[str, frozenset[str]]
    """Passage → people who have it open, in whatever round."""


@dataclass(frozen=True)
class Consensus:
    """Codes that were adjudicated."""

    ratings: tuple[Rating, ...]
    left: dict[str, int]
    """Round → passages on which codes are in dispute still, of rounds in which settling has begun."""
    notes: dict[tuple[str, str, str], str] = field(default_factory=dict)
    """Passage, round and code → why it was settled so."""


@made_once
def readings(study: Study, passage_id: str | None = None) -> Readings:
    """Passages that at least two people have finished, or whose ratings by two were imported; or one of them.

    Passages for which a consensus was imported are left out: they are settled elsewhere.
    """
    assignments = study.store.reviews.assignments(passage=passage_id)
    per_place = Counter((a.passage, a.round) for a in assignments)
    several = [a for a in assignments if per_place[(a.passage, a.round)] > 1]
    told = {a.passage for a in several} | {rating.unit for rating in study.store.ratings.all()}
    asked = passages_of(study.store.passages).among(told if passage_id is None else {passage_id})
    passages = {passage.id: passage for passage in asked}
    history = history_of(study, several)
    meanings = meanings_of(study)
    read = read_ratings(
        selection(Purpose.AGREEMENT, replace(history, current=passages), meanings, arm=None),
        several,
        meanings,
        passages.values(),
        study.store.documents.heads(),
        kinds=kinds_of_reviewers(study),
    )
    people = [rating for rating in read.ratings if rating.kind in PEOPLE]
    read_by = {
        (s.assignment.passage, s.assignment.round, s.assignment.reviewer): s
        for s in fold_all(several, history.decisions)
    }
    found = cases_of(
        [*people, *_imported(study, passages)],
        passages,
        study.codebook,
        {place: _notes(reading) for place, reading in read_by.items()},
        {place: _several_stretches(reading) for place, reading in read_by.items()},
    )
    return Readings(
        cases=tuple(found),
        unfinished=_unfinished(study, assignments, {case.passage.id for case in found}),
    )


def settled_places(study: Study, settlements: Sequence[Settlement]) -> dict[Place, CaseState]:
    """Passage and round → what was settled."""
    heaps: dict[Place, list[Settlement]] = defaultdict(list)
    for settlement in settlements:
        heaps[(settlement.passage, settlement.round)].append(settlement)
    same = same_wordings(study)
    return {place: settled_of(heap, study.codebook, same) for place, heap in heaps.items()}


@made_once
def consensus(study: Study, passage_id: str | None = None) -> Consensus:
    """The ratings of `consensus`, of every round in which something was settled, on all passages or one."""
    settlements = study.store.settlements.all()
    if not settlements:
        return Consensus((), {})
    cases = readings(study, passage_id).cases
    settled = settled_places(study, settlements)
    clusters = {document.slug: document.cluster for document in study.store.documents.heads()}
    begun = {round_name for (_, round_name), one in settled.items() if one.rulings}
    left = Counter(
        case.round
        for case in cases
        if case.round in begun
        and open_codes(case, settled.get((case.passage.id, case.round), CaseState()), attributes=False)
    )
    ratings = consensus_ratings(cases, settled, study.codebook, free_name(study), clusters)
    notes = {
        (*place, code): ruling.note
        for place, one in settled.items()
        for code, ruling in one.rulings.items()
        if ruling.note
    }
    return Consensus(tuple(ratings), dict(left), notes)


def _imported(study: Study, passages: Collection[str]) -> list[Rating]:
    rows = [rating for rating in study.store.ratings.all() if rating.unit in passages]
    settled = {(r.unit, r.round) for r in rows if r.kind is RaterKind.CONSENSUS}
    people = [r for r in rows if r.kind in PEOPLE and (r.unit, r.round) not in settled]
    return list(with_values(people, tuple(study.codebook.by_id)))


def _unfinished(
    study: Study, assignments: Sequence[Assignment], passages: Collection[str]
) -> dict[str, frozenset[str]]:
    here = [a for a in assignments if a.passage in passages]
    found: dict[str, set[str]] = defaultdict(set)
    for standing in fold_all(here, study.store.reviews.decisions(passages=passages)):
        if not standing.done:
            found[standing.assignment.passage].add(standing.assignment.reviewer)
    return {passage: frozenset(names) for passage, names in found.items()}


def _several_stretches(standing: ReadingState) -> dict[str, tuple[Span, ...]]:
    """Return code → its marked words, where they are more than one stretch."""
    return {code: answer.spans for code, answer in standing.coded.items() if len(answer.spans) > 1}


def _notes(standing: ReadingState) -> tuple[str, ...]:
    return (*standing.first.notes, *standing.second.notes)
