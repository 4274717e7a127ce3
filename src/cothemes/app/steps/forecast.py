"""What a call of propose would cost, before anything is asked."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from cothemes.app import wiring
from cothemes.app.steps.model_coder import ModelProposer
from cothemes.app.steps.propose import Plan
from cothemes.app.steps.terms import caps
from cothemes.app.study import Study
from cothemes.records.passage import Passage
from cothemes.records.price import NANOS
from cothemes.records.suggestion import OutcomeState
from cothemes.stages.propose.model.estimate import Estimate, estimate
from cothemes.stages.propose.model.terms import Terms

SAMPLE = 200
"""Requests that are made up and measured, to stand for all."""


def forecast(study: Study, todo: Plan) -> Estimate | None:
    """None for a coder that costs nothing."""
    proposer = todo.proposer
    if not isinstance(proposer, ModelProposer):
        return None
    coder, settings = proposer.coder, proposer.settings
    sample = _sample(todo.to_code)
    run = study.store.runs.find(coder.configuration)
    tallies = [tally for tally in study.store.ledger.tallies() if run is not None and tally.run == run.id]
    known: list[int] = []
    if run is not None:
        coded = {o.passage for o in study.store.runs.outcomes(run.id) if o.state is OutcomeState.CODED}
        known = _sizes(study, proposer, _sample([p for p in study.store.passages.all() if p.id in coded]))
    return estimate(
        _sizes(study, proposer, sample),
        len(todo.to_code) / len(sample) if sample else 0.0,
        price=proposer.price,
        codes=len(study.codebook.codes),
        output_limit=settings.model.max_output_tokens,
        critic=settings.coder.critic,
        tallies=tallies,
        known=known,
    )


def forecast_as_json(made: Estimate, study: Study, budget: float | None) -> dict[str, Any]:
    """The same as one plain document; amounts in whole units."""
    return {
        "calls": made.calls,
        "all_calls": [round(made.all_calls.low), round(made.all_calls.high)],
        "input_tokens": [round(made.input_tokens.low), round(made.input_tokens.high)],
        "output_tokens": [round(made.output_tokens.low), round(made.output_tokens.high)],
        "cost": [made.cost.low / NANOS, made.cost.high / NANOS] if made.cost else None,
        "currency": made.currency or None,
        "seen": made.seen,
        "caps": {cap.scope.value: cap.nanos / NANOS for cap in caps(study.settings, budget)},
    }


def _sample(passages: Sequence[Passage]) -> list[Passage]:
    """Evenly over all, so that long documents count for what they are."""
    step = max(1, -(-len(passages) // SAMPLE))
    return list(passages[::step])


def _sizes(study: Study, proposer: ModelProposer, passages: Sequence[Passage]) -> list[int]:
    sizes: list[int] = []
    slugs = {passage.document for passage in passages}
    documents = {d.slug: d for d in study.store.documents.all() if d.slug in slugs}

    async def measured() -> None:
        agreed = Terms(measure=lambda _stage, size: sizes.append(size))
        stream = proposer.sending.propose(
            proposer.coder,
            passages,
            documents,
            run="",
            ledger=study.store.ledger,
            clock=wiring.clock(),
            terms=agreed,
        )
        async for _ in stream:
            continue

    asyncio.run(measured())
    return sizes
