"""The model coder on an open study: one event loop around the whole run, each reply kept as it comes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

from cothemes.app import wiring
from cothemes.app.study import Study
from cothemes.records.candidate import Candidate
from cothemes.records.passage import Passage
from cothemes.records.run import Run
from cothemes.records.suggestion import Outcome, Suggestion
from cothemes.settings import Settings
from cothemes.stages.propose.model.privacy import may_send
from cothemes.stages.propose.model.run import ModelCoder

CRITIC, REPAIR = "critic.v1", "repair.v1"


class Keep(Protocol):
    """Stores what came of some passages."""

    def __call__(
        self,
        outcomes: Sequence[Outcome],
        suggestions: Sequence[Suggestion],
        candidates: Sequence[Candidate] = (),
    ) -> None: ...


def model_coder(study: Study, settings: Settings) -> ModelCoder:
    """The configuration that the settings describe. Raises StateConflict where nothing may be sent there."""
    coder = settings.coder
    made = ModelCoder(
        model=wiring.chat_model(settings),
        prompt=wiring.prompt(study, coder.prompt),
        codebook=study.codebook,
        settings=settings,
        critic=wiring.prompt(study, CRITIC) if coder.critic else None,
        repair=wiring.prompt(study, REPAIR) if coder.repair else None,
    )
    may_send(settings, made.model.endpoint)
    return made


class ModelProposer:
    """Proposes with the model that the settings name."""

    kind = "llm"

    def __init__(self, study: Study, settings: Settings) -> None:
        self._study = study
        self._coder = model_coder(study, settings)

    @property
    def model(self) -> str:
        """As asked for."""
        return self._coder.model.name

    @property
    def configuration(self) -> str:
        """Another one is another rater."""
        return self._coder.configuration

    @property
    def prompt(self) -> str:
        """Name and hash of the template."""
        return f"{self._coder.prompt.name}:{self._coder.prompt.hash}"

    @property
    def spoken(self) -> str:
        """Who speaks, in words for people."""
        return f"{self.model} at {self._coder.model.endpoint}"

    def details(self) -> dict[str, object]:
        """What the run has to keep so that its calls can be read again."""
        coder = self._coder
        prompts = [prompt for prompt in (coder.prompt, coder.critic, coder.repair) if prompt]
        return {
            "constant": coder.constant,
            "constants": coder.constants[1:],
            "endpoint": coder.model.endpoint,
            "prompts": {f"{prompt.name}:{prompt.hash}": prompt.text for prompt in prompts},
            "coder": coder.settings.coder.model_dump(mode="json"),
        }

    def rater(self, run_id: str) -> str:
        """The name its ratings carry."""
        return self._coder.rater(run_id)

    def propose(self, run: Run, passages: Sequence[Passage], keep: Keep) -> None:
        """Codes the passages; raises ModelError where every further call would fail alike."""
        slugs = {passage.document for passage in passages}
        documents = {d.slug: d for d in self._study.store.documents.all() if d.slug in slugs}

        async def whole_run() -> None:
            results = self._coder.propose(
                passages, documents, run=run.id, ledger=self._study.store.ledger, clock=wiring.clock()
            )
            async for result in results:
                keep([result.outcome], result.suggestions, result.candidates)

        asyncio.run(whole_run())
