"""The model coder on an open study: one event loop around the whole run, each reply kept as it comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from dataclasses import dataclass, replace

from cothemes.app import wiring
from cothemes.app.coders.driver import Driver
from cothemes.app.coders.few_shot import StudyAids
from cothemes.app.coders.model_coder import ModelCoder
from cothemes.app.coders.model_input import ModelInput
from cothemes.app.coders.structured_output import bound_by_schema, resolve_output_mode
from cothemes.app.coders.texts_sent import Texts, texts_sent, versions_to_read
from cothemes.app.corpus.passages import StudyPassages
from cothemes.app.privacy.outbound import may_send
from cothemes.app.runs.call_policy import CallPolicy, EventSink, price_of, terms
from cothemes.app.runs.cancel import heed_cancel, heeding_signals
from cothemes.app.runs.outcomes import OutcomeRecorder
from cothemes.app.runs.run_chain import repeat_of
from cothemes.app.runs.stopping import Stop
from cothemes.app.runs.strategies import Resumed
from cothemes.app.study import Study
from cothemes.records.document import DocumentHead
from cothemes.records.price import Price
from cothemes.records.run import Run
from cothemes.settings import Settings
from cothemes.stages.propose.model.deriving import Derivation

CRITIC, REPAIR = "critic.v1", "repair.v1"


@dataclass(frozen=True)
class StudyCoder:
    """A configuration, and how the study's texts reach it and come back."""

    coder: ModelCoder
    sending: ModelInput
    aids: StudyAids


def model_coder(study: Study, settings: Settings) -> StudyCoder:
    """The configuration that the settings describe. Raises StateConflict where nothing may be sent there."""
    settings = resolve_output_mode(study, settings)
    coder = settings.coder
    model = wiring.chat_model(settings)
    may_send(settings, model.endpoint)
    sending = ModelInput(study, settings, model.endpoint)
    aids = StudyAids(study, settings, sending.words, sending.shows)
    made = ModelCoder(
        model=model,
        prompt=sending.template(wiring.prompt(study.root, coder.prompt)),
        codebook=sending.codebook(study.codebook.defined),
        settings=settings.model_copy(update={"study": sending.about(settings.study)}),
        critic=sending.template(wiring.prompt(study.root, CRITIC)) if coder.critic else None,
        repair=sending.template(wiring.prompt(study.root, REPAIR)) if coder.repair else None,
        mend_form=not bound_by_schema(settings),
        aids=lambda passage: aids(sending.source(passage)),
        aided=aids.name,
        changed=sending.scheme,
    )
    return StudyCoder(made, sending, aids)


class ModelProposer:
    """Proposes with the model that the settings name."""

    kind = "llm"
    batched = False
    learns = False
    learnt = None
    reviewed = 0

    def __init__(self, study: Study, settings: Settings, budget: float | None = None) -> None:
        self.study = study
        self.settings = settings
        self.budget = budget
        self.asks = model_coder(study, settings)
        self.coder = self.asks.coder
        self.sending = self.asks.sending

    @property
    def model(self) -> str:
        """The model's name as asked for."""
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
    def coder_description(self) -> str:
        """Return who speaks, in words for people."""
        return f"{self.model} at {self.coder.model.endpoint}"

    def refusal(self, document: DocumentHead) -> str | None:
        """None where the document may be sent, else why not."""
        return self.sending.refusal(document)

    def unsearched(self, documents: Iterable[DocumentHead]) -> tuple[str, ...]:
        """Documents that would go to a remote model though no names were searched in them."""
        return self.sending.unsearched(documents)

    def details(self) -> dict[str, object]:
        """Return what the run has to keep so that its calls can be read again."""
        coder = self.coder
        prompts = [prompt for prompt in (coder.prompt, coder.critic, coder.repair) if prompt]
        return {
            "constant": coder.constant,
            "constants": coder.constants[1:],
            "endpoint": coder.model.endpoint,
            "prompts": {f"{prompt.name}:{prompt.hash}": prompt.text for prompt in prompts},
            "coder": coder.settings.coder.model_dump(mode="json"),
            "aids": self.asks.aids.details(),
            **self._as_sent(),
        }

    def _as_sent(self) -> dict[str, object]:
        """Codebook, title and context, where they went out in other words than the study has."""
        if not self.sending.scheme:
            return {}
        about = self.coder.settings.study
        return {
            "sent_as": {
                "scheme": self.sending.scheme,
                "codebook": self.coder.codebook.model_dump(mode="json"),
                "study": {"title": about.title, "context": about.context},
            }
        }

    def rater(self, run_id: str) -> str:
        """The name its ratings carry."""
        return self.coder.rater(run_id)

    def tidy(self, tell: EventSink) -> None:
        """Do nothing: every reply is kept as it comes."""

    def propose(self, run: Run, passages: StudyPassages, keep: OutcomeRecorder) -> None:
        """Codes the passages; raises what ended the run, once everything that came is stored."""
        asyncio.run(self._whole_run(run, passages, keep))

    @property
    def price(self) -> Price | None:
        """Return what the model costs at its endpoint, where that is known."""
        return price_of(self.study, self.settings, self.coder.model.endpoint)

    async def stream(
        self, run: Run, passages: StudyPassages, agreed: CallPolicy
    ) -> AsyncGenerator[Derivation, None]:
        """Yield what comes of every passage, on these terms. What is paid for or under way already is read
        with the words that were sent, if it is found with them.
        """
        driver = Driver(self.study, self.coder, self.sending)
        sent = versions_to_read(self.study, run.id, passages)
        resumed = Resumed(agreed.strategy)
        for texts in texts_sent(self.study, passages, sent):
            policy = replace(agreed, strategy=resumed) if texts.earlier else agreed
            async with aclosing(self._asked(driver, run, texts, policy)) as stream:
                async for derivation in stream:
                    yield derivation
        if resumed.missing:
            for texts in texts_sent(self.study, passages.among(resumed.missing), {}):
                async with aclosing(self._asked(driver, run, texts, agreed)) as stream:
                    async for derivation in stream:
                        yield derivation

    def _asked(
        self, driver: Driver, run: Run, texts: Texts, policy: CallPolicy
    ) -> AsyncGenerator[Derivation, None]:
        # The present text of each document may be sent, and the earlier one was.
        return driver.ask(
            texts.passages, texts.documents, policy,
            run=run.id, repeat=repeat_of(run), gate=not texts.earlier,
        )  # fmt: skip

    async def _whole_run(self, run: Run, passages: StudyPassages, keep: OutcomeRecorder) -> None:
        stop = Stop()
        agreed = terms(
            self.study, self.settings, self.coder.model.endpoint,
            run=run.id, budget=self.budget, retries=keep.failures, stop=stop, tell=keep.tell,
        )  # fmt: skip
        work = asyncio.current_task()
        assert work is not None
        grace = self.settings.model.timeout
        watcher = asyncio.create_task(heed_cancel(self.study, run.id, stop, work, grace))

        def told(under_way: int) -> None:
            keep.tell("stopping", {"run": run.id, "under_way": under_way})

        try:
            with heeding_signals(stop, work, grace, told):
                await keep.keep_all(self.stream(run, passages, agreed))
        except asyncio.CancelledError:
            if stop.reason is None:
                raise
            raise stop.reason from None
        finally:
            watcher.cancel()
