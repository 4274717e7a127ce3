"""The model coder on an open study: one event loop around the whole run, each reply kept as it comes."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping, Sequence

from cothemes.app import wiring
from cothemes.app.steps.aids import StudyAids
from cothemes.app.steps.cancel import heed_cancel
from cothemes.app.steps.keeping import Keeping
from cothemes.app.steps.structure import bound_by_schema, settled
from cothemes.app.steps.terms import terms
from cothemes.app.study import Study
from cothemes.records.document import Document
from cothemes.records.passage import Passage
from cothemes.records.run import Run
from cothemes.settings import Settings
from cothemes.stages.propose.model.privacy import may_send
from cothemes.stages.propose.model.run import ModelCoder
from cothemes.stages.propose.model.stopping import Stop

CRITIC, REPAIR = "critic.v1", "repair.v1"


def model_coder(study: Study, settings: Settings) -> ModelCoder:
    """The configuration that the settings describe. Raises StateConflict where nothing may be sent there."""
    settings = settled(study, settings)
    coder = settings.coder
    aids = StudyAids(study, settings)
    made = ModelCoder(
        model=wiring.chat_model(settings),
        prompt=wiring.prompt(study, coder.prompt),
        codebook=study.codebook,
        settings=settings,
        critic=wiring.prompt(study, CRITIC) if coder.critic else None,
        repair=wiring.prompt(study, REPAIR) if coder.repair else None,
        mend_form=not bound_by_schema(settings),
        aids=aids,
        aided=aids.name,
    )
    may_send(settings, made.model.endpoint)
    return made


class ModelProposer:
    """Proposes with the model that the settings name."""

    kind = "llm"

    def __init__(self, study: Study, settings: Settings, budget: float | None = None) -> None:
        self._study = study
        self.settings = settings
        self._budget = budget
        self.coder = model_coder(study, settings)

    @property
    def model(self) -> str:
        """As asked for."""
        return self.coder.model.name

    @property
    def configuration(self) -> str:
        """Another one is another rater."""
        return self.coder.configuration

    @property
    def prompt(self) -> str:
        """Name and hash of the template."""
        return f"{self.coder.prompt.name}:{self.coder.prompt.hash}"

    @property
    def spoken(self) -> str:
        """Who speaks, in words for people."""
        return f"{self.model} at {self.coder.model.endpoint}"

    def details(self) -> dict[str, object]:
        """What the run has to keep so that its calls can be read again."""
        coder = self.coder
        prompts = [prompt for prompt in (coder.prompt, coder.critic, coder.repair) if prompt]
        return {
            "constant": coder.constant,
            "constants": coder.constants[1:],
            "endpoint": coder.model.endpoint,
            "prompts": {f"{prompt.name}:{prompt.hash}": prompt.text for prompt in prompts},
            "coder": coder.settings.coder.model_dump(mode="json"),
            "aids": coder.aids.details() if isinstance(coder.aids, StudyAids) else {},
        }

    def rater(self, run_id: str) -> str:
        """The name its ratings carry."""
        return self.coder.rater(run_id)

    def propose(self, run: Run, passages: Sequence[Passage], keep: Keeping) -> None:
        """Codes the passages; raises what ended the run, once everything that came is stored."""
        slugs = {passage.document for passage in passages}
        documents = {d.slug: d for d in self._study.store.documents.all() if d.slug in slugs}
        asyncio.run(self._whole_run(run, passages, documents, keep))

    async def _whole_run(
        self, run: Run, passages: Sequence[Passage], documents: Mapping[str, Document], keep: Keeping
    ) -> None:
        stop = Stop()
        agreed = terms(
            self._study, self.settings, self.coder.model.endpoint,
            run=run.id, budget=self._budget, retries=keep.failures, stop=stop, tell=keep.tell,
        )  # fmt: skip
        sys.setswitchinterval(0.0005)
        work = asyncio.current_task()
        assert work is not None
        watcher = asyncio.create_task(heed_cancel(self._study, run.id, stop, work))
        stream = self.coder.propose(
            passages,
            documents,
            run=run.id,
            ledger=self._study.store.ledger,
            clock=wiring.clock(),
            terms=agreed,
        )
        try:
            await keep.keep_all(stream)
        except asyncio.CancelledError:
            if stop.reason is None:
                raise
            raise stop.reason from None
        finally:
            watcher.cancel()
