"""What a study's records say of how it was done, gathered for the methods paragraph."""

from __future__ import annotations

import platform
from collections import Counter
from statistics import median
from typing import Any

import cothemes
from cothemes.app.ratings import assignments_of, decisions_of, imported_ratings
from cothemes.app.study import Study
from cothemes.records.outcome_flag import FlagKind
from cothemes.records.price import amount
from cothemes.records.review import PUT_FORWARD, Action, Assignment
from cothemes.records.run import Run
from cothemes.records.study_facts import RoundFacts, RunFacts, StudyFacts
from cothemes.records.suggestion import OutcomeState
from cothemes.stages.review.reading_state import fold_all

PARAMETERS = ("temperature", "top_p", "seed", "max_completion_tokens", "max_tokens")
"""Of a request, told in the report."""


def study_facts(study: Study, *, agreement_units: int | None) -> StudyFacts:
    """Everything that the methods paragraph may say."""
    documents, passages = study.store.documents.heads(), study.store.passages.heads()
    words = [passage.words for passage in passages]
    cut = study.settings.segment
    return StudyFacts(
        documents=dict(sorted(Counter(document.kind.value for document in documents).items())),
        words=sum(words),
        formats=tuple(sorted({document.reader for document in documents if document.reader})),
        synthetic=sum(document.synthetic for document in documents),
        passages=len(passages),
        median_words=float(median(words)) if words else None,
        lowest_words=min(words, default=None),
        highest_words=max(words, default=None),
        segmentation=tuple(sorted({passage.segmentation for passage in passages})),
        aimed_words=(cut.minimum_words, cut.maximum_words, cut.target_words),
        codebook=study.codebook.id,
        codebook_version=study.codebook.version,
        codebook_hash=study.codebook.hash,
        codes=len(study.codebook.codes),
        themes=len(study.codebook.themes),
        codebook_status=str(study.codebook.meta.get("status", "")),
        runs=tuple(_run(study, run) for run in study.store.runs.all()),
        rounds=_rounds(study),
        acts=_acts(study),
        imported={rating.rater: rating.kind.value for rating in imported_ratings(study)},
        tradition=study.settings.study.tradition,
        deidentified=study.settings.privacy.deidentified,
        remote_models=study.settings.privacy.remote_models,
        agreement_units=agreement_units,
        version=cothemes.__version__,
        python=platform.python_version(),
    )


def _acts(study: Study) -> dict[str, int]:
    """Each person's last word on a code of a passage once, as `codings` lists it, however often it was said
    again, described or marked; and the passages that each has finished."""
    words: dict[tuple[str, str, str], Action] = {}
    finished: set[tuple[str, str]] = set()
    for standing in fold_all(assignments_of(study), decisions_of(study)):
        who, passage = standing.assignment.reviewer, standing.assignment.passage
        words.update({(who, passage, code): answer.action for code, answer in standing.answers.items()})
        if standing.done:
            finished.add((who, passage))
    counts = Counter(words.values())
    acts = {act.value: counts[act] for act in (Action.ACCEPT, Action.REJECT, Action.ADD) if counts[act]}
    return {**acts, Action.DONE.value: len(finished)} if finished else acts


def _run(study: Study, run: Run) -> RunFacts:
    outcomes = study.store.runs.outcomes(run.id)
    suggestions = study.store.runs.suggestions(run_id=run.id)
    statuses = Counter(s.quote_status.value for s in suggestions if s.quote_status is not None)
    refused = Counter(flag.detail for o in outcomes for flag in o.flagged(FlagKind.QUOTE_REJECTED))
    other = Counter(o.state.value for o in outcomes if o.state is not OutcomeState.CODED)
    return RunFacts(
        id=run.id,
        rater=run.rater,
        coder=run.coder,
        model=run.model,
        prompt=run.prompt,
        codebook_version=run.codebook_version,
        codebook_hash=run.codebook_hash,
        started=run.started,
        finished=run.finished,
        state=run.state.value,
        coded=sum(outcome.state is OutcomeState.CODED for outcome in outcomes),
        with_suggestion=len({suggestion.passage for suggestion in suggestions}),
        suggestions=len(suggestions),
        other_outcomes=dict(other),
        quotes=dict(statuses),
        refused=dict(refused),
        embedder=str(run.details.get("embedder", "")),
        **_asked(study, run),
    )


def _asked(study: Study, run: Run) -> dict[str, Any]:
    """What ledger and run keep of the requests; nothing for a coder that asks nobody."""
    tallies = [each for each in study.store.ledger.tallies() if each.run == run.id]
    if not tallies:
        return {}
    replied = [each for each in tallies if each.replied]
    currencies = {each.currency for each in replied}
    priced = len(currencies) == 1 and "" not in currencies and not any(each.unpriced for each in tallies)
    constant = run.details.get("constant")
    sent = constant if isinstance(constant, dict) else {}
    return {
        "answered_as": tuple(sorted({each.model for each in replied if each.model})),
        "endpoint": str(run.details.get("endpoint", "")),
        "parameters": {name: sent[name] for name in PARAMETERS if sent.get(name) is not None},
        "cost": amount(sum(each.cost_nanos for each in tallies), currencies.pop()) if priced else "",
    }


def _rounds(study: Study) -> tuple[RoundFacts, ...]:
    assignments = assignments_of(study)
    standings = fold_all(assignments, decisions_of(study))
    finished = [standing.assignment for standing in standings if standing.done]
    names = sorted({assignment.round for assignment in assignments})
    return tuple(
        _round(name, [a for a in assignments if a.round == name], [a for a in finished if a.round == name])
        for name in names
    )


def _round(name: str, assignments: list[Assignment], finished: list[Assignment]) -> RoundFacts:
    return RoundFacts(
        name=name,
        reviewers=tuple(dict.fromkeys(assignment.reviewer for assignment in assignments)),
        passages=len({assignment.passage for assignment in assignments}),
        assigned=len(assignments),
        arms=dict(Counter(assignment.arm.value for assignment in assignments)),
        double=len({assignment.passage for assignment in assignments if assignment.double}),
        lowest_probability=min(assignment.probability for assignment in assignments),
        highest_probability=max(assignment.probability for assignment in assignments),
        seeds=tuple(sorted({assignment.seed for assignment in assignments})),
        finished=len(finished),
        put_forward=dict(Counter(each.stream.value for each in assignments if each.stream in PUT_FORWARD)),
        put_forward_finished=sum(each.stream in PUT_FORWARD for each in finished),
    )
