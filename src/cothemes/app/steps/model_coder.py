"""The model coder on an open study: one event loop around the whole run, each reply kept as it comes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from cothemes.app import wiring
from cothemes.app.study import Study
from cothemes.records.passage import Passage
from cothemes.records.run import Run
from cothemes.records.suggestion import Outcome, Suggestion
from cothemes.settings import Settings
from cothemes.stages.propose.model.privacy import may_send
from cothemes.stages.propose.model.run import ModelCoder

Keep = Callable[[Sequence[Outcome], Sequence[Suggestion]], None]
"""Stores what came of some passages."""


class ModelProposer:
    """Proposes with the model that the settings name."""

    kind = "llm"

    def __init__(self, study: Study, settings: Settings) -> None:
        self._study = study
        self._coder = ModelCoder(
            model=wiring.chat_model(settings),
            prompt=wiring.prompt(study, "propose.v1"),
            codebook=study.codebook,
            settings=settings,
        )
        may_send(settings, self._coder.model.endpoint)

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
        return {"constant": self._coder.constant, "endpoint": self._coder.model.endpoint}

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
            async for outcome, suggestions in results:
                keep([outcome], suggestions)

        asyncio.run(whole_run())
