"""The order in which a reviewer is served, with what it needs to know.

Suggestions are asked for only of passages that the reviewer reads with them, and nobody else's decision is:
so doubt is told from what runs left on those passages alone, and a routed share (`priority`) knows more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from cothemes.app.review.planted_on_cards import with_seeds
from cothemes.app.runs.probabilities import probabilities_of
from cothemes.app.study import Study
from cothemes.records.review import Arm
from cothemes.records.suggestion import Outcome, OutcomeState, Suggestion, Verdict
from cothemes.stages.review.card import presentable
from cothemes.stages.review.orders import By, by_code, by_document, by_passage, by_uncertainty
from cothemes.stages.review.queue import Order, as_routed
from cothemes.stages.review.reading_state import ReadingState
from cothemes.stages.route.uncertainty import Signs, flips, nearness, score, thresholds

RUNS = 5
"""So many of the latest runs under the present codebook are compared."""
Left = Mapping[str, tuple[Outcome, Sequence[Suggestion]]]
"""Passage → what a run left on it."""


def order_of(study: Study, by: By, standings: Sequence[ReadingState]) -> Order:
    """The order asked for, over one reviewer's passages."""
    assisted = [s.assignment.passage for s in standings if s.assignment.arm is Arm.ASSISTED]
    if by is By.DOCUMENT:
        in_order = sorted(standings, key=lambda standing: standing.assignment.position)
        documents = dict.fromkeys(standing.assignment.document for standing in in_order)
        return by_document(list(documents), {p.id: p.position for p in study.store.passages.heads()})
    if by is By.PASSAGE:
        return by_passage
    if by is By.CODE:
        latest: dict[str, Sequence[Suggestion]] = {}
        for left in _left_by_runs(study, assisted):
            latest |= {passage: suggested for passage, (_, suggested) in left.items()}
        for passage in _seeded(study, standings) & latest.keys():
            # A seed stands among the others of its code, or its place would give it away.
            latest[passage] = with_seeds(study, standings[0].assignment.reviewer, passage, latest[passage])
        shown = {passage: presentable(found, study.codebook) for passage, found in latest.items()}
        return by_code(study.codebook.by_id, shown)
    if by is By.UNCERTAINTY:
        return by_uncertainty(_doubts(study, _left_by_runs(study, assisted)[-RUNS:]))
    return as_routed


def _seeded(study: Study, standings: Sequence[ReadingState]) -> set[str]:
    reviewers = {standing.assignment.reviewer for standing in standings}
    return {seed.passage for name in reviewers for seed in study.store.reviews.seeds(reviewer=name)}


def _left_by_runs(study: Study, passages: Sequence[str]) -> list[Left]:
    """Return what every run under the present codebook left on these passages, the oldest run first."""
    found: list[Left] = []
    for run in study.store.runs.all():
        if run.codebook_hash != study.codebook.hash or not passages:
            continue
        heaps: dict[str, list[Suggestion]] = defaultdict(list)
        for suggestion in study.store.runs.suggestions(run_id=run.id, passages=passages):
            heaps[suggestion.passage].append(suggestion)
        outcomes = study.store.runs.outcomes(run.id, passages=passages)
        found.append({o.passage: (o, heaps[o.passage]) for o in outcomes if o.state is OutcomeState.CODED})
    return found


def _doubts(study: Study, runs: Sequence[Left]) -> dict[str, float]:
    """Passage → how uncertain its suggestions are: by their probabilities where the coder is calibrated, else
    nothing is known of how often a code was right."""
    answers: dict[str, list[set[str]]] = defaultdict(list)
    latest: dict[str, tuple[Outcome, Sequence[Suggestion], Mapping[str, float]]] = {}
    for left in runs:
        given = {
            passage: {s.code for s in suggested if s.verdict is Verdict.YES}
            for passage, (_, suggested) in left.items()
        }
        limits = thresholds({passage: outcome.scores for passage, (outcome, _) in left.items()}, given)
        for passage, (outcome, suggested) in left.items():
            answers[passage].append(given[passage])
            latest[passage] = (outcome, suggested, limits)
    known = probabilities_of(study, [s for _, suggested, _ in latest.values() for s in suggested])
    return {
        passage: score(
            Signs(suggested, flips(answers[passage]), outcome.flags, nearness(outcome.scores, limits)),
            {s.code: known[s.id] for s in suggested if s.id in known},
        )
        for passage, (outcome, suggested, limits) in latest.items()
    }
