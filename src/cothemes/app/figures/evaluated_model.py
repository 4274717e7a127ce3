"""A model as the harness asks for it: real calls through the ledger of the study that pays."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from cothemes.app import wiring
from cothemes.app.coders.driver import Driver, codes_of
from cothemes.app.coders.model import CRITIC, REPAIR
from cothemes.app.coders.model_coder import ModelCoder
from cothemes.app.coders.structured_output import bound_by_schema, resolve_output_mode
from cothemes.app.figures.gold_context import gold_talk
from cothemes.app.figures.stability import Design, refuse_foreign, reordered
from cothemes.app.privacy.outbound import refuse_held
from cothemes.app.runs.call_policy import price_of, terms
from cothemes.app.runs.stopping import Stop
from cothemes.app.study import Study
from cothemes.errors import StateConflict, UsageError
from cothemes.ports import Progress
from cothemes.records.endpoint import is_loopback
from cothemes.records.passage import Passage
from cothemes.records.price import NANOS
from cothemes.records.record import content_hash
from cothemes.records.suggestion import OutcomeState, Suggestion, Verdict
from cothemes.records.suite import CoderRow, GoldPassage, Suite
from cothemes.settings import Settings, StudySettings
from cothemes.stages.deidentify.codebook import quoted_in
from cothemes.stages.evaluate.coding.coders import Bools, Floats
from cothemes.stages.evaluate.coding.report import Asked
from cothemes.stages.evaluate.stability import Labels, Variation, stability
from cothemes.stages.evaluate.stability_figures import Steadiness, steadiness
from cothemes.stages.propose.model.deriving import Derivation
from cothemes.stages.propose.model.estimate import Estimate, estimate

MEASURED = 200
"""Requests that are made up and measured, to stand for all."""
BORDERLINE = 0.499
"""The most that a borderline answer scores: it does not apply the code."""


@dataclass(frozen=True)
class Payer:
    """The study on whose account a model is asked."""

    study: Study
    loop: asyncio.Runner
    """One event loop for all rows: clients do not survive theirs."""
    budget: float | None = None


class EvaluatedModel:
    """One row's model. What was bought before is read from the ledger; a repeat is bought as one."""

    name = "llm"

    def __init__(self, suite: Suite, row: CoderRow, payer: Payer) -> None:
        """Raise UsageError where no model is named, StateConflict where the passages may not be sent."""
        self._suite, self._row, self._payer = suite, row, payer
        self._settings = _settings(suite, row, payer.study)
        self._talk = gold_talk(suite)
        self._scores: dict[str, dict[str, float]] = {}
        self._states: dict[str, OutcomeState] = {}
        self._progress: Progress = lambda _count: None
        self.stability: Steadiness | None = None

    @cached_property
    def coder(self) -> ModelCoder:
        """The row's own way of asking, without anything learnt."""
        study, settings = self._payer.study, self._settings
        made = ModelCoder(
            model=wiring.chat_model(settings),
            prompt=wiring.prompt(study.root, settings.coder.prompt),
            codebook=self._suite.codebook,
            settings=settings,
            critic=wiring.prompt(study.root, CRITIC) if settings.coder.critic else None,
            repair=wiring.prompt(study.root, REPAIR) if settings.coder.repair else None,
            mend_form=not bound_by_schema(settings),
        )
        if is_loopback(made.model.endpoint):
            return made
        if not settings.privacy.remote_models:
            raise StateConflict(
                f"the passages of {self._suite.name} may not be sent to a remote model",
                where=made.model.endpoint,
                hint="A study's own review says nothing of them: where they may leave this machine, set "
                "`remote_models = true` under [privacy] of the study that pays.",
            )
        texts = [each.text for each in self._suite.passages]
        refuse_held(study, self._suite.name, [*texts, *quoted_in(self._suite.codebook)])
        return made

    @property
    def version(self) -> str:
        """Hash of everything that decides what the model says."""
        return self.coder.configuration[:16]

    @property
    def model(self) -> str:
        """The model's name as asked for."""
        return self.coder.model.name

    @property
    def prompt(self) -> str:
        """Name and hash of the template."""
        return f"{self.coder.prompt.name}:{self.coder.prompt.hash}"

    @property
    def run(self) -> str:
        """Name under which its calls are in the ledger."""
        return f"evaluate-{content_hash([self._suite.name, self.coder.configuration])[:8]}"

    @property
    def thresholds(self) -> Floats:
        """A yes scores .5 or more, all else less."""
        return np.full(len(self._suite.codebook.codes), 0.5)

    @property
    def asked(self) -> Asked:
        """Return what this run ever asked and cost."""
        tallies = [each for each in self._payer.study.store.ledger.tallies() if each.run == self.run]
        currencies = {each.currency for each in tallies if each.replied}
        known = len(currencies) == 1 and "" not in currencies and not any(each.unpriced for each in tallies)
        states = list(self._states.values())
        return Asked(
            run=self.run,
            passages=len(states),
            unanswered=sum(state is not OutcomeState.CODED for state in states),
            failed=states.count(OutcomeState.FAILED),
            calls=sum(each.calls for each in tallies),
            cost=sum(each.cost_nanos for each in tallies) / NANOS if known else None,
            currency=currencies.pop() if known else "",
        )

    def watched(self, progress: Progress) -> None:
        """Counts its answers for whoever watches."""
        self._progress = progress

    @property
    def design(self) -> Design:
        """Return what is varied."""
        row = self._row
        return Design(row.sample, row.repeats, row.paraphrases, row.orders)

    def learn(self, passages: Sequence[GoldPassage], labels: Bools) -> EvaluatedModel:  # noqa: ARG002
        """Return the model as it is: it is shown no example."""
        return self

    def score(self, passages: Sequence[GoldPassage]) -> Floats:
        """Its confidence, a yes from .5 up; 0 for what it left out, and where no usable reply came."""
        codes = [code.id for code in self._suite.codebook.codes]
        return np.array([[self._scores[each.id].get(code, 0.0) for code in codes] for each in passages])

    def expect(self, passages: Sequence[GoldPassage]) -> None:
        """Ask about all of them, in one order for every seed. Raises BudgetReached and ModelError as
        `propose` does; what came is in the ledger, and the same command goes on from there.
        """
        self._payer.loop.run(self._whole(self._talk.of(passages)))

    def answers(self, passages: int) -> int:
        """Return how many answers are wanted for so many passages."""
        ways = len(self.design.variations(self.coder.prompt.name)) if self._row.varied else 1
        return passages + (ways - 1) * min(self._row.sample, passages)

    def forecast(self, passages: Sequence[GoldPassage]) -> Estimate:
        """Return what all of it costs; what is in the ledger is not bought again."""
        talk = self._talk.of(passages)
        measured = talk[:: max(1, -(-len(talk) // MEASURED))]
        study = self._payer.study
        sizes = self._payer.loop.run(Driver(study, self.coder).request_sizes(measured, self._talk.documents))
        return estimate(
            sizes,
            self.answers(len(passages)) / len(sizes) if sizes else 0.0,
            price=price_of(study, self._settings, self.coder.model.endpoint),
            codes=len(self._suite.codebook.codes),
            output_limit=self._settings.model.max_output_tokens,
            critic=self._settings.coder.critic,
            tallies=[each for each in study.store.ledger.tallies() if each.run == self.run],
            known=sizes,
        )

    async def _whole(self, passages: Sequence[Passage]) -> None:
        own = Variation(self.coder.prompt.name, 0, 0)
        for each in await self._asked(own, passages):
            self._states[each.outcome.passage] = each.outcome.state
            self._scores[each.outcome.passage] = {one.code: _score(one) for one in each.suggestions}
        if self._row.varied:
            await self._steadiness(passages)

    async def _steadiness(self, passages: Sequence[Passage]) -> None:
        count = min(self._row.sample, len(passages))
        sample = random.Random(self.design.seed).sample(sorted(passages, key=lambda each: each.id), count)
        runs: list[tuple[Variation, Labels]] = []
        plan = self.design.variations(self.coder.prompt.name)
        refuse_foreign(
            self.coder.prompt, [wiring.prompt(self._payer.study.root, variation.prompt) for variation in plan]
        )
        for variation in plan:
            labels = {
                each.outcome.passage: codes_of(each) if each.outcome.state is OutcomeState.CODED else None
                for each in await self._asked(variation, sample)
            }
            runs.append((variation, labels))
        documents = {passage.id: passage.document for passage in sample}
        codes = [code.id for code in self._suite.codebook.codes]
        self.stability = steadiness(stability(codes, runs, documents), len(set(documents.values())))

    async def _asked(self, variation: Variation, passages: Sequence[Passage]) -> list[Derivation]:
        study, payer = self._payer.study, self._payer
        coder = replace(
            self.coder,
            prompt=wiring.prompt(study.root, variation.prompt),
            codebook=reordered(self._suite.codebook, variation.order),
        )
        endpoint = coder.model.endpoint
        agreed = terms(study, self._settings, endpoint, run=self.run, budget=payer.budget, stop=Stop())
        stream = Driver(study, coder).ask(
            passages, self._talk.documents, agreed, run=self.run, repeat=variation.repeat
        )
        found = []
        async for each in stream:
            found.append(each)
            self._progress(1)
        return found


def _settings(suite: Suite, row: CoderRow, study: Study) -> Settings:
    own = study.settings
    named = {name: value for name in ("model", "base_url") if (value := getattr(row, name))}
    named = {"name" if key == "model" else key: value for key, value in named.items()}
    settings = own.model_copy(
        update={
            "model": own.model.model_copy(update=named),
            # What the paying study says of itself is none of these passages' context.
            "study": StudySettings(title=suite.name),
        }
    )
    if not settings.model.name:
        raise UsageError(
            "no model is named",
            where=suite.path,
            hint="Write `model: PROVIDER:NAME` beside `coder: llm`, or set `name` under [model] of the "
            "study that pays.",
        )
    return resolve_output_mode(study, settings)


def _score(suggestion: Suggestion) -> float:
    sure = 0.5 if suggestion.confidence is None else suggestion.confidence
    return 0.5 + sure / 2 if suggestion.verdict is Verdict.YES else min(sure / 2, BORDERLINE)
