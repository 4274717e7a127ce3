"""Scores for the share of a queue that goes by doubt: gathered from runs and from blind readings so far."""

from __future__ import annotations

from collections import defaultdict

from cothemes.app.ratings import human_ratings
from cothemes.app.study import Study
from cothemes.records.review import Arm
from cothemes.records.suggestion import Outcome, OutcomeState, Suggestion, Verdict
from cothemes.stages.route.uncertainty import Signs, flips, nearness, precisions, score, thresholds

RUNS = 5
"""So many of the latest runs under the present codebook are compared."""


def priority_scores(study: Study) -> dict[str, float]:
    """Passage → how uncertain its suggestions are; passages that no run has coded are not in it."""
    runs = [run for run in study.store.runs.all() if run.codebook_hash == study.codebook.hash][-RUNS:]
    latest: dict[str, tuple[Outcome, list[Suggestion]]] = {}
    answers: dict[str, list[set[str]]] = defaultdict(list)
    limits: dict[str, dict[str, float]] = {}
    for run in runs:
        by_passage: dict[str, list[Suggestion]] = defaultdict(list)
        for suggestion in study.store.runs.suggestions(run_id=run.id):
            by_passage[suggestion.passage].append(suggestion)
        outcomes = [o for o in study.store.runs.outcomes(run.id) if o.state is OutcomeState.CODED]
        given = {o.passage: _given(by_passage[o.passage]) for o in outcomes}
        limits[run.id] = thresholds({o.passage: o.scores for o in outcomes}, given)
        for outcome in outcomes:
            latest[outcome.passage] = outcome, by_passage[outcome.passage]
            answers[outcome.passage].append(given[outcome.passage])
    borne_out = precisions(_said(study, latest), _read(study))
    return {
        passage: score(
            Signs(
                suggested=suggested,
                flips=flips(answers[passage]),
                flags=outcome.flags,
                near=nearness(outcome.scores, limits[outcome.run]),
            ),
            borne_out,
        )
        for passage, (outcome, suggested) in latest.items()
    }


def _given(suggestions: list[Suggestion]) -> set[str]:
    return {suggestion.code for suggestion in suggestions if suggestion.verdict is Verdict.YES}


def _said(study: Study, latest: dict[str, tuple[Outcome, list[Suggestion]]]) -> dict[str, dict[str, int]]:
    said: dict[str, dict[str, int]] = {code.id: {} for code in study.codebook.codes}
    for passage, (_, suggested) in latest.items():
        for code in _given(suggested) & said.keys():
            said[code][passage] = 1
    return said


def _read(study: Study) -> dict[str, dict[str, float]]:
    """Code → passage → share of its blind readers who gave it."""
    values: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for rating in human_ratings(study).ratings:
        if rating.arm == Arm.BLIND.value and rating.value is not None:
            values[rating.code][rating.unit].append(rating.value)
    return {
        code: {unit: sum(given) / len(given) for unit, given in units.items()}
        for code, units in values.items()
    }
