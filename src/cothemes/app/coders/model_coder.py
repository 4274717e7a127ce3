"""Passages to a model and back: a thin shell over the ports; what it decides is decided in its siblings.

A bounded number of calls is in flight. What comes back is handed on one by one, in the order of arrival, so
that memory stays flat and a run that is stopped has lost nothing. It is one asynchronous generator for one
event loop: `asyncio.run` once around the whole run.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from cothemes.app.coders.passage_coding import Aids, PassageCoding
from cothemes.app.privacy.outbound import may_send
from cothemes.app.runs.call_policy import CallPolicy
from cothemes.app.runs.calling import Caller
from cothemes.app.runs.strategies import NotAsked
from cothemes.errors import ModelError, StateConflict
from cothemes.ports import ChatModel, Clock, Ledger
from cothemes.records.codebook import Codebook
from cothemes.records.document import Document, Role
from cothemes.records.outcome_flag import FlagKind, flag
from cothemes.records.passage import Passage
from cothemes.records.prompt import Prompt
from cothemes.records.record import content_hash
from cothemes.records.suggestion import Outcome, OutcomeState
from cothemes.settings import Settings
from cothemes.stages.propose.identity import model_rater
from cothemes.stages.propose.model.deriving import Derivation, Speaker
from cothemes.stages.propose.model.phrasing import Phrasing
from cothemes.stages.propose.model.retry import Patience

_NOT_CODED = (Role.INTERVIEWER, Role.OTHER)


def _no_aids(_passage: Passage) -> Aids:
    return Aids()


@dataclass(frozen=True)
class ModelCoder:
    """A model with its words and settings: one configuration, one rater per run."""

    model: ChatModel
    prompt: Prompt
    codebook: Codebook
    settings: Settings
    patience: Patience = field(default_factory=Patience)
    critic: Prompt | None = None
    """The words of the second stage; None leaves it out."""
    repair: Prompt | None = None
    """The words that ask once more for a quote that is not found; None leaves it out."""
    mend_form: bool = False
    """True if a reply that is not of the form is asked for once more: where no schema binds the model."""
    aids: Callable[[Passage], Aids] = _no_aids
    """Additions to a passage's requests; the same passage always gets the same."""
    aided: str = ""
    """Names what `aids` chooses from; another name is another configuration."""
    changed: str = ""
    """Names how texts were changed before they came here; another name is another configuration."""

    @cached_property
    def phrasing(self) -> Phrasing:
        """The words. Raises InputError where a template cannot be filled."""
        return Phrasing(
            self.prompt,
            self.codebook,
            self.settings.study,
            critic=self.critic,
            repair=self.repair,
            codes_per_call=self.settings.coder.codes_per_call,
        )

    @cached_property
    def configuration(self) -> str:
        """Hash of everything that decides what the coder says: endpoint, parameters, words, schema."""
        prompts = [prompt.hash for prompt in (self.prompt, self.critic, self.repair) if prompt]
        decides = [self.model.name, self.model.endpoint, self.constants, prompts, self.codebook.hash]
        changed = [self.changed] if self.changed else []
        cap = self.settings.coder.repairs_per_passage
        capped = [f"repairs:{cap}"] if self.repair is not None and cap is not None else []
        return content_hash([*decides, self.mend_form, self.aided, *changed, *capped])

    @property
    def constant(self) -> dict[str, Any]:
        """Return what all proposing requests have in common: parameters, schema and system message."""
        return self.constants[0]

    @cached_property
    def constants(self) -> list[dict[str, Any]]:
        """Return what all requests of each kind have in common, the first proposing one first.

        Rows of the ledger name these by hash alone (app/runs/calling.py), so the run has to keep them.
        """
        return [
            self.model.body([{"role": "system", "content": system}], schema)
            for system, schema in self.phrasing.constants()
        ]

    def rater(self, run: str) -> str:
        """The name its ratings carry."""
        return model_rater(self.model.name, self.prompt, run)

    async def propose(
        self,
        passages: Iterable[Passage],
        documents: Mapping[str, Document],
        *,
        run: str,
        ledger: Ledger,
        clock: Clock,
        repeat: int = 0,
        terms: CallPolicy | None = None,
        still: Callable[[Passage], bool] = lambda _passage: True,
    ) -> AsyncGenerator[Derivation, None]:
        """Yield what came of every passage, as it comes: outcome, suggestions, candidates.

        `documents` holds the passages' documents by slug; each is asked for when its passage's turn has come.
        Raises StateConflict before the first call where passages may not be sent, and ModelError, after all
        that was in flight has been handed on, where every further call would fail alike (key, quota, model).
        `terms` say what may be paid and what ends the run. `still` says whether a passage may be sent once
        more that was sent before.
        """
        may_send(self.settings, self.model.endpoint)
        caller = Caller(self.model, ledger, clock, run, repeat, self.patience, terms or CallPolicy())
        waiting = iter(passages)
        lost: dict[str, tuple[Passage, Derivation]] = {}
        tasks: set[asyncio.Task[tuple[Passage | None, Derivation | None]]] = set()
        finished: set[asyncio.Task[tuple[Passage | None, Derivation | None]]] = set()
        try:
            while True:
                while not caller.stopping.is_set() and len(tasks) < self.settings.model.concurrency:
                    passage = next(waiting, None)
                    if passage is None:
                        break
                    document = None if passage.role in _NOT_CODED else documents[passage.document]
                    tasks.add(asyncio.create_task(self._code(passage, document, caller)))
                if not tasks:
                    again = caller.ask_again(key for key, (passage, _) in lost.items() if still(passage))
                    waiting = iter([lost.pop(key)[0] for key in again])
                    for key, (_, derivation) in lost.items():
                        caller.heed(derivation.outcome)
                        yield _flagged(derivation) if caller.lost_alone(key) else derivation
                    lost.clear()
                    if not again:
                        break
                    continue
                finished, tasks = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                for task in finished:
                    failed, derivation_ = task.result()
                    if derivation_ is None:
                        continue
                    if failed is not None and caller.lost(failed.id):
                        # Whether the service went down with it is known later.
                        lost[failed.id] = failed, derivation_
                        continue
                    caller.heed(derivation_.outcome, invented=_invented(derivation_))
                    yield derivation_
        finally:
            for task in tasks:
                task.cancel()
            # Those that failed beside the one that ends the run are heard too: else Python prints them.
            await asyncio.gather(*tasks, *finished, return_exceptions=True)
            caller.close()
        if caller.reason is not None:
            raise caller.reason

    async def _code(
        self, passage: Passage, document: Document | None, caller: Caller
    ) -> tuple[Passage | None, Derivation | None]:
        """The derivation, and the passage only where it failed: a finished task holds what it returned."""
        derivation = await self._coded(passage, document, caller)
        failed = derivation is not None and derivation.outcome.state is OutcomeState.FAILED
        return passage if failed else None, derivation

    async def _coded(self, passage: Passage, document: Document | None, caller: Caller) -> Derivation | None:
        if document is None:
            return _without_reply(passage, caller.run, OutcomeState.SKIPPED, "not a participant's words")
        if document.version != passage.version:
            raise StateConflict(
                f"{passage.id} was cut from another version of its document",
                where=document.slug,
                hint="Run `cothemes ingest` again and then propose.",
            )
        speaker = Speaker(caller.run, self.rater(caller.run))
        cap = self.settings.coder.repairs_per_passage
        coding = PassageCoding(self.phrasing, caller, speaker, self.mend_form, cap)
        try:
            return await coding.code(document, passage, self.aids(passage))
        except NotAsked:
            return None
        except ModelError as error:
            detail = f"{error.fault.value}: {error.message}"
            return _without_reply(passage, caller.run, OutcomeState.FAILED, detail)


def _invented(derivation: Derivation) -> bool:
    """Return whether codes were proposed and every one fell for want of a quote that stands."""
    outcome = derivation.outcome
    fell, dropped = outcome.flagged(FlagKind.QUOTE_REJECTED), outcome.flagged(FlagKind.CRITIC_DROPPED)
    return bool(fell) and not derivation.suggestions and not dropped


def _flagged(derivation: Derivation) -> Derivation:
    return Derivation(derivation.outcome.with_flags(flag(FlagKind.REPLY_LOST)))


def _without_reply(passage: Passage, run: str, state: OutcomeState, detail: str) -> Derivation:
    flags = (flag(FlagKind.UNKNOWN_ROLE),) if passage.role is Role.UNKNOWN else ()
    return Derivation(
        Outcome(
            run=run, passage=passage.id, text_version=passage.version, state=state, detail=detail, flags=flags
        )
    )
