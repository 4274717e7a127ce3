"""The one way to ask a model about passages: to propose, to replay, to test a codebook, to estimate a price.

Who asks says which coder, which passages and on what terms; the strategy of these terms says whether requests
are sent, taken down for a batch, read again or only measured (app/runs/strategies.py).
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import aclosing
from dataclasses import dataclass

from cothemes.app import wiring
from cothemes.app.coders.model_coder import ModelCoder
from cothemes.app.coders.model_input import ModelInput
from cothemes.app.runs.call_policy import CallPolicy
from cothemes.app.runs.strategies import DryRun
from cothemes.app.study import Study
from cothemes.ports import Progress
from cothemes.records.document import Document
from cothemes.records.passage import Passage
from cothemes.records.suggestion import OutcomeState, Verdict
from cothemes.stages.propose.model.deriving import Derivation


@dataclass(frozen=True)
class Driver:
    """Asks a coder's model on behalf of a study, whose ledger pays."""

    study: Study
    coder: ModelCoder
    sending: ModelInput | None = None
    """Change of texts on their way to the model and back; None where they go as they are."""

    def ask(
        self,
        passages: Iterable[Passage],
        documents: Mapping[str, Document],
        policy: CallPolicy,
        *,
        run: str,
        repeat: int = 0,
        gate: bool = True,
    ) -> AsyncGenerator[Derivation, None]:
        """Yield what comes of every passage, as it comes.

        `gate`: False asks also about what may not be sent now, where nothing is sent. Raises what ends the
        run, once everything in flight has been yielded.
        """
        ledger, clock = self.study.store.ledger, wiring.clock()
        if self.sending is None:
            return self.coder.propose(
                passages, documents, run=run, ledger=ledger, clock=clock, repeat=repeat, terms=policy
            )
        return self.sending.propose(
            self.coder, passages, documents, gate=gate,
            run=run, ledger=ledger, clock=clock, repeat=repeat, terms=policy,
        )  # fmt: skip

    async def codes_given(
        self,
        passages: Iterable[Passage],
        documents: Mapping[str, Document],
        policy: CallPolicy,
        *,
        run: str,
        repeat: int = 0,
        progress: Progress = lambda _count: None,
    ) -> dict[str, frozenset[str] | None]:
        """Return passage → the codes that the model gives it; None where no usable reply came."""
        given: dict[str, frozenset[str] | None] = {}
        async with aclosing(self.ask(passages, documents, policy, run=run, repeat=repeat)) as stream:
            async for each in stream:
                coded = each.outcome.state is OutcomeState.CODED
                given[each.outcome.passage] = codes_of(each) if coded else None
                progress(1)
        return given

    async def request_sizes(
        self, passages: Iterable[Passage], documents: Mapping[str, Document]
    ) -> list[int]:
        """Return the size of each first request in bytes; nothing is asked."""
        sizes: list[int] = []
        policy = CallPolicy(strategy=DryRun(lambda _stage, size: sizes.append(size)))
        async for _ in self.ask(passages, documents, policy, run="", gate=False):
            continue
        return sizes


def codes_of(derivation: Derivation) -> frozenset[str]:
    """Return the codes that a reply says yes to."""
    return frozenset(each.code for each in derivation.suggestions if each.verdict is Verdict.YES)
