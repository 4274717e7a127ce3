"""What a study knows of its passages when a queue is put in order: runs, blind readings so far, vectors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cothemes.app.corpus.passages import passages_of
from cothemes.app.ratings import human_ratings
from cothemes.app.runs.probabilities import probabilities_of
from cothemes.app.study import Study
from cothemes.records.record import content_hash
from cothemes.records.review import Arm
from cothemes.records.suggestion import Outcome, OutcomeState, Suggestion, Verdict
from cothemes.stages.route.design import Design, ServingOrder
from cothemes.stages.route.order import Worth
from cothemes.stages.route.uncertainty import Signs, flips, nearness, precisions, score, thresholds
from cothemes.stages.route.value import Valuation, expected_errors

RUNS = 5
"""So many of the latest runs under the present codebook are compared."""


@dataclass(frozen=True)
class _Left:
    """What the latest run left on a passage."""

    outcome: Outcome
    suggested: Sequence[Suggestion]
    right: Mapping[str, float]
    """Code → probability that its suggestion is right: the suggestion's own where its coder is calibrated,
    else the share of the code's suggestions that blind readers confirmed."""
    uncertainty: float

    @property
    def given(self) -> set[str]:
        return _given(self.suggested)


def study_worth(study: Study, design: Design) -> Worth:
    """Return what the design's order asks for; passages that no run has coded are not in it."""
    if design.serving in (ServingOrder.DOCUMENT, ServingOrder.RANDOM):
        return Worth()
    left = _left(study)
    uncertainty = {passage: each.uncertainty for passage, each in left.items()}
    if design.serving is ServingOrder.UNCERTAINTY:
        return Worth(uncertainty)
    return Worth(uncertainty, _valuation(study, left))


def _left(study: Study) -> dict[str, _Left]:
    """Passage → what its latest run left there."""
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
    known = probabilities_of(study, [each for _, suggested in latest.values() for each in suggested])
    found = {}
    for passage, (outcome, suggested) in latest.items():
        right = borne_out | {each.code: known[each.id] for each in suggested if each.id in known}
        signs = Signs(
            suggested=suggested,
            flips=flips(answers[passage]),
            flags=outcome.flags,
            near=nearness(outcome.scores, limits[outcome.run]),
        )
        found[passage] = _Left(outcome, suggested, right, score(signs, right))
    return found


def _valuation(study: Study, left: dict[str, _Left]) -> Valuation:
    """Expected errors from probabilities of every code; where a run gave none, the uncertainty is their
    estimate, and only the suggested codes are likely."""
    codes = [code.id for code in study.codebook.codes]
    likely = np.zeros((len(left), len(codes)))
    applied = np.zeros(likely.shape, bool)
    scored = np.zeros(len(left), bool)
    for row, each in enumerate(left.values()):
        given, scores = each.given, each.outcome.scores
        scored[row] = bool(scores)
        applied[row] = [code in given for code in codes]
        likely[row] = [
            scores.get(code, 0.0) if scores else each.right.get(code, 0.0) * (code in given) for code in codes
        ]
    uncertain = np.array([each.uncertainty for each in left.values()])
    return Valuation(
        passages=tuple(left),
        errors=np.where(scored, expected_errors(likely, applied), uncertain),
        likely=likely,
        positives=_positives(study, codes),
        vectors=_vectors(study, list(left)),
    )


def _positives(study: Study, codes: Sequence[str]) -> list[int]:
    """Passages to which anyone gave each code."""
    found: dict[str, set[str]] = {code: set() for code in codes}
    for rating in human_ratings(study).ratings:
        if rating.value and rating.code in found:
            found[rating.code].add(rating.unit)
    return [len(found[code]) for code in codes]


def _vectors(study: Study, wanted: Sequence[str]) -> NDArray[np.float32]:
    """Unit rows of the passages whose vectors are stored; others are zero, and so no one's twin."""
    embedder, store = study.embedder, study.store.embeddings
    texts = {each.id: content_hash(each.spoken) for each in passages_of(study.store.passages).among(wanted)}
    missing = set(store.missing(embedder.name, list(texts.values())))
    known = {passage: text for passage, text in texts.items() if text not in missing}
    rows = dict(zip(known, store.matrix(embedder.name, list(known.values())), strict=True)) if known else {}
    found = np.zeros((len(wanted), len(next(iter(rows.values()), ()))), np.float32)
    for row, passage in enumerate(wanted):
        if passage in rows:
            found[row] = rows[passage]
    return found


def _given(suggestions: Sequence[Suggestion]) -> set[str]:
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
