"""The study's model on a fixed sample, asked again in other words and another order, and just again."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import product

from cothemes.app import wiring
from cothemes.app.coders.driver import Driver
from cothemes.app.coders.model import model_coder
from cothemes.app.coders.model_coder import ModelCoder
from cothemes.app.coders.model_input import ModelInput
from cothemes.app.corpus.passages import documents_of
from cothemes.app.runs.call_policy import terms
from cothemes.app.runs.stopping import Stop
from cothemes.app.study import Study
from cothemes.errors import InputError, StateConflict, UsageError
from cothemes.ports import Progress
from cothemes.records.codebook import Codebook
from cothemes.records.document import Role
from cothemes.records.passage import Passage
from cothemes.records.prompt import SHIPPED, Prompt
from cothemes.records.record import Record, content_hash
from cothemes.settings import Settings
from cothemes.stages.evaluate.stability import Labels, Variation, stability
from cothemes.stages.evaluate.stability_figures import Steadiness, steadiness

PARAPHRASES = ("a", "b")
"""Other wordings of the proposing prompt that ship with cothemes: `propose.v3.a`, …"""


@dataclass(frozen=True)
class Design:
    """Variations to ask for."""

    sample: int = 30
    repeats: int = 2
    paraphrases: int = len(PARAPHRASES)
    """Other wordings beside the prompt itself."""
    orders: int = 2
    """Orders of the codes, the codebook's own being the first."""
    seed: int = 1
    """Random seed of the sample and of the orders."""

    def variations(self, prompt: str) -> list[Variation]:
        """All combinations, the study's own way of asking first."""
        prompts = [prompt, *(f"{prompt}.{letter}" for letter in PARAPHRASES[: self.paraphrases])]
        orders = [0, *(self.seed * 1000 + n for n in range(1, self.orders))]
        return [Variation(*each) for each in product(prompts, orders, range(self.repeats))]


class Asked(Record):
    """The model that was asked, and the place of its calls."""

    run: str
    """The run of the calls in the ledger."""
    model: str


class StabilityReport(Steadiness, Asked):
    """Steadiness of a model's codes."""


class StabilityPlan(Record):
    """Number of calls that measuring takes."""

    ways: int
    """Ways of asking."""
    answers: int
    critic: bool
    """True where a critic also reads each suggestion."""


def stability_plan(study: Study, settings: Settings, design: Design) -> StabilityPlan:
    """Return how many calls it takes; nothing is asked. Raises UsageError where no model is named."""
    if not settings.model.name:
        raise UsageError("no model is named", hint="Give --model PROVIDER:NAME.")
    ways = len(design.variations(settings.coder.prompt))
    return StabilityPlan(
        ways=ways, answers=ways * len(sample_of(study, design)), critic=settings.coder.critic
    )


def sample_of(study: Study, design: Design, sending: ModelInput | None = None) -> list[Passage]:
    """Passages a coder may code and be sent, drawn at random; the same seed draws the same.

    Raises StateConflict where there is none.
    """
    open_to = [p for p in study.store.passages.heads() if p.role not in (Role.INTERVIEWER, Role.OTHER)]
    if not open_to:
        raise StateConflict("there is no passage to code", hint="Read some first: cothemes ingest FILES")
    if sending is not None:
        refused = {d.slug: sending.refusal(d) for d in study.store.documents.heads()}
        open_to = [passage for passage in open_to if refused[passage.document] is None]
        if not open_to:
            reason = next(reason for reason in refused.values() if reason)
            raise StateConflict(
                f"no document may be sent to a remote model: {reason}",
                hint="`cothemes deidentify` shows the state of each document. A model on this machine may "
                "read them all.",
            )
    drawn = random.Random(design.seed).sample(open_to, min(design.sample, len(open_to)))
    return study.store.passages.read(sorted(head.id for head in drawn))


def measure(
    study: Study,
    settings: Settings,
    design: Design,
    *,
    budget: float | None = None,
    progress: Progress = lambda _count: None,
) -> StabilityReport:
    """Asks, and compares. What was bought before is not bought again; a repeat is.

    Raises StateConflict in a reflexive study, and BudgetReached and ModelError as `propose` does: what came
    is in the ledger, and the same command goes on from there.
    """
    if study.settings.study.tradition == "reflexive":
        raise StateConflict(
            "is a reflexive study: no model codes in it, so there is nothing to be steady",
            where=str(study.root),
            hint="[study] tradition in cothemes.toml says which it is.",
        )
    made = model_coder(study, settings)
    coder = made.coder
    passages = sample_of(study, design, made.sending)
    plan = design.variations(settings.coder.prompt)
    prompts = {each.prompt: made.sending.template(wiring.prompt(study.root, each.prompt)) for each in plan}
    refuse_foreign(prompts[settings.coder.prompt], prompts.values())
    facts = [coder.configuration, [p.hash for p in prompts.values()], design.seed, design.orders]
    run = f"stability-{content_hash([*facts, design.repeats, [p.id for p in passages]])[:8]}"
    coders = [
        (
            each,
            replace(coder, prompt=prompts[each.prompt], codebook=reordered(coder.codebook, each.order)),
        )
        for each in plan
    ]
    runs = asyncio.run(_all(study, made.sending, coder.settings, run, coders, passages, budget, progress))
    documents = {passage.id: passage.document for passage in passages}
    result = stability([code.id for code in study.codebook.codes], runs, documents)
    figures = steadiness(result, len(set(documents.values())))
    return StabilityReport(run=run, model=coder.model.name, **dict(figures))


def refuse_foreign(own: Prompt, others: Iterable[Prompt]) -> None:
    """Raise InputError where a study asks in its own words, and others stand only as they ship."""
    foreign = [other.name for other in others if other.origin == SHIPPED] if own.origin != SHIPPED else []
    if foreign:
        raise InputError(
            "this study has words of its own, and no other wording of them",
            where=own.origin,
            hint=f"Write {', '.join(f'prompts/{name}.jinja' for name in foreign)}, or give --paraphrases 0.",
        )


def reordered(codebook: Codebook, seed: int) -> Codebook:
    """Return the same codes in another order; 0 leaves it."""
    if not seed:
        return codebook
    codes = list(codebook.codes)
    random.Random(seed).shuffle(codes)
    return codebook.model_copy(update={"codes": tuple(codes)})


async def _all(
    study: Study,
    sending: ModelInput,
    settings: Settings,
    run: str,
    coders: Sequence[tuple[Variation, ModelCoder]],
    passages: Sequence[Passage],
    budget: float | None,
    progress: Progress,
) -> list[tuple[Variation, Labels]]:
    documents = documents_of(study.store.documents, {p.document: p.version for p in passages})
    found: list[tuple[Variation, Labels]] = []
    for variation, coder in coders:
        agreed = terms(study, settings, coder.model.endpoint, run=run, budget=budget, stop=Stop())
        labels = await Driver(study, coder, sending).codes_given(
            passages, documents, agreed, run=run, repeat=variation.repeat, progress=progress
        )
        found.append((variation, labels))
    return found
