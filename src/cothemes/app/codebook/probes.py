"""The study's codebook tried on its model, with nothing but the codebook's own texts."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from cothemes.app.coders.driver import Driver
from cothemes.app.coders.model import model_coder
from cothemes.app.coders.model_coder import ModelCoder
from cothemes.app.coders.passage_coding import Aids
from cothemes.app.figures.stability import reordered
from cothemes.app.runs.call_policy import terms
from cothemes.app.runs.stopping import Stop
from cothemes.app.study import Study
from cothemes.ports import Progress
from cothemes.records.record import Record, content_hash
from cothemes.settings import Settings
from cothemes.stages.propose.model.probes import CodeProbed, Probe, probed, probes_of

ORDER = 1
"""Seed of the other order."""


class CodeTrial(Record):
    """Answers to one code's texts, as (passed, answered)."""

    code: str
    definition: tuple[int, int]
    examples: tuple[int, int]
    near_misses: tuple[int, int]
    near_misses_to_their_code: tuple[int, int]
    order: tuple[int, int]
    """Texts with the same answer in both orders of the codes."""
    failed: tuple[str, ...]


class CodebookTrial(Record):
    """A codebook's own texts, tried on a model."""

    run: str
    """The run under which the calls are in the ledger."""
    model: str
    probes: int
    unanswered: int
    """Answers that could not be used, over both orders."""
    codes: tuple[CodeTrial, ...]


def try_codebook(
    study: Study,
    settings: Settings,
    *,
    budget: float | None = None,
    progress: Progress = lambda _count: None,
) -> CodebookTrial:
    """Ask about every text of the codebook in two orders of the codes; what is known is not bought again.

    Raises BudgetReached and ModelError as `propose` does.
    """
    coder = replace(model_coder(study, settings).coder, aids=lambda _passage: Aids(), aided="")
    # As it is sent: with pseudonyms, where the model is a remote one.
    probes = probes_of(coder.codebook)
    run = f"check-{content_hash(coder.configuration)[:8]}"
    coders = [replace(coder, codebook=reordered(coder.codebook, seed)) for seed in (0, ORDER)]
    own, other = asyncio.run(_all(study, coder.settings, run, coders, probes, budget, progress))
    unanswered = sum(codes is None for given in (own, other) for codes in given.values())
    found = probed(coder.codebook, probes, own, other)
    return CodebookTrial(
        run=run,
        model=coder.model.name,
        probes=len(probes),
        unanswered=unanswered,
        codes=tuple(map(_trial, found)),
    )


def _trial(each: CodeProbed) -> CodeTrial:
    return CodeTrial(
        code=each.code,
        definition=each.definition,
        examples=each.examples,
        near_misses=each.near_misses,
        near_misses_to_their_code=each.instead,
        order=each.order,
        failed=each.failed,
    )


async def _all(
    study: Study,
    settings: Settings,
    run: str,
    coders: Sequence[ModelCoder],
    probes: Sequence[Probe],
    budget: float | None,
    progress: Progress,
) -> list[dict[str, frozenset[str] | None]]:
    documents = {probe.id: probe.document for probe in probes}
    found = []
    for coder in coders:
        agreed = terms(study, settings, coder.model.endpoint, run=run, budget=budget, stop=Stop())
        passages = [probe.passage for probe in probes]
        driver = Driver(study, coder)
        found.append(await driver.codes_given(passages, documents, agreed, run=run, progress=progress))
    return found
