"""Passages to a model and back: a thin shell over the ports; what it decides is decided in its siblings.

A bounded number of calls is in flight. What comes back is handed on one by one, in the order of arrival, so
that memory stays flat and a run that is stopped has lost nothing. It is one asynchronous generator for one
event loop: `asyncio.run` once around the whole run.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from cothemes.errors import ModelError, StateConflict
from cothemes.ports import ChatModel, Clock, Ledger
from cothemes.records.codebook import Codebook
from cothemes.records.document import Document, Role
from cothemes.records.passage import Passage
from cothemes.records.prompt import Prompt
from cothemes.records.record import content_hash
from cothemes.records.suggestion import Outcome, OutcomeState, Suggestion
from cothemes.settings import Settings
from cothemes.stages.propose.grounding import Target
from cothemes.stages.propose.identity import model_rater
from cothemes.stages.propose.model.calling import Caller, NotAsked
from cothemes.stages.propose.model.context import context_of
from cothemes.stages.propose.model.deriving import UNKNOWN_ROLE, Derivation, Speaker, derive
from cothemes.stages.propose.model.privacy import may_send
from cothemes.stages.propose.model.retry import Patience
from cothemes.stages.propose.model.schema import reply_schema
from cothemes.stages.propose.model.task import Task
from cothemes.stages.propose.model.terms import Terms

_NOT_CODED = (Role.INTERVIEWER, Role.OTHER)


@dataclass(frozen=True)
class ModelCoder:
    """A model with its words and settings: one configuration, one rater per run."""

    model: ChatModel
    prompt: Prompt
    codebook: Codebook
    settings: Settings
    patience: Patience = field(default_factory=Patience)

    @cached_property
    def task(self) -> Task:
        """The words. Raises InputError where the template cannot be filled."""
        return Task(self.prompt, self.codebook, self.settings.study)

    @cached_property
    def schema(self) -> dict[str, Any]:
        """The form of a reply."""
        return reply_schema(self.codebook)

    @property
    def configuration(self) -> str:
        """Hash of everything that decides what the coder says: endpoint, parameters, words, schema."""
        return content_hash(
            [self.model.name, self.model.endpoint, self.constant, self.prompt.hash, self.codebook.hash]
        )

    @property
    def constant(self) -> dict[str, Any]:
        """What all requests have in common: parameters, schema and system message.

        Rows of the ledger name these by hash alone (calling.py), so the run has to keep them.
        """
        return self.model.body([{"role": "system", "content": self.task.system}], self.schema)

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
        terms: Terms | None = None,
    ) -> AsyncIterator[tuple[Outcome, list[Suggestion]]]:
        """Yields (outcome, suggestions) of every passage as it comes.

        `documents` holds the passages' documents by slug. Raises StateConflict before the first call where
        passages may not be sent, and ModelError, after everything in flight has been handed on, where every
        further call would fail alike (key, quota, model). `terms` say what may be paid and what ends the run.
        """
        may_send(self.settings, self.model.endpoint)
        caller = Caller(self.model, ledger, clock, run, repeat, self.patience, terms or Terms())
        waiting = iter(passages)
        tasks: set[asyncio.Task[Derivation | None]] = set()
        try:
            while True:
                while not caller.stopping.is_set() and len(tasks) < self.settings.model.concurrency:
                    passage = next(waiting, None)
                    if passage is None:
                        break
                    tasks.add(asyncio.create_task(self._code(passage, documents, caller)))
                if not tasks:
                    break
                finished, tasks = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                for task in finished:
                    derivation = task.result()
                    if derivation is not None:
                        caller.heed(derivation.outcome)
                        yield derivation.outcome, list(derivation.suggestions)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            caller.close()
        if caller.reason is not None:
            raise caller.reason

    async def _code(
        self, passage: Passage, documents: Mapping[str, Document], caller: Caller
    ) -> Derivation | None:
        if passage.role in _NOT_CODED:
            return _without_reply(passage, caller.run, OutcomeState.SKIPPED, "not a participant's words")
        document = documents[passage.document]
        if document.version != passage.version:
            raise StateConflict(
                f"{passage.id} was cut from another version of its document",
                where=document.slug,
                hint="Run `cothemes ingest` again and then propose.",
            )
        context = context_of(document, passage)
        messages = self.task.messages(document, passage, context)
        try:
            key, reply = await caller.ask(passage.id, messages, self.schema)
        except NotAsked:
            return None
        except ModelError as error:
            detail = f"{error.fault.value}: {error.message}"
            return _without_reply(passage, caller.run, OutcomeState.FAILED, detail)
        target = Target(document.text, passage, context.neighbours)
        speaker = Speaker(caller.run, self.rater(caller.run))
        return derive(reply, passage, target, self.codebook, speaker, call=key)


def _without_reply(passage: Passage, run: str, state: OutcomeState, detail: str) -> Derivation:
    flags = (UNKNOWN_ROLE,) if passage.role is Role.UNKNOWN else ()
    return Derivation(Outcome(run=run, passage=passage.id, state=state, detail=detail, flags=flags))
