"""Stores what a coder's run brings, batch by batch, and counts it.

A model's outcomes are written beside the event loop, those that gather while one batch is being written in
the next. What a kill takes of them is derived again from the ledger, where every reply already stands.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, Protocol

from cothemes.ports import Progress, RunStore
from cothemes.records.candidate import Candidate
from cothemes.records.outcome_flag import FlagKind
from cothemes.records.suggestion import Outcome, OutcomeState, Suggestion

FINAL = frozenset({OutcomeState.CODED, OutcomeState.SKIPPED})
"""States that are not tried again."""
PARKED_AFTER = 3
"""Runs with an unusable reply after which a passage is left alone until it is asked for."""
BATCH = 256
"""Outcomes of one transaction, at most."""
PAUSE = 0.2
"""Seconds between two batches: fewer commits, and the ledger's go first."""


class Keep(Protocol):
    """Stores what came of some passages."""

    def __call__(
        self,
        outcomes: Sequence[Outcome],
        suggestions: Sequence[Suggestion],
        candidates: Sequence[Candidate] = (),
    ) -> None: ...


class Derived(Protocol):
    """Outcome of one passage, with its suggestions and candidates."""

    @property
    def outcome(self) -> Outcome: ...

    @property
    def suggestions(self) -> Sequence[Suggestion]: ...

    @property
    def candidates(self) -> Sequence[Candidate]: ...


@dataclass
class OutcomeRecorder:
    """The books of one call of propose."""

    runs: RunStore
    progress: Progress
    failures: Mapping[str, int] = field(default_factory=dict)
    """Passage → earlier runs with an unusable reply."""
    tell: Callable[[str, Mapping[str, Any]], None] = lambda _event, _facts: None
    """Takes events for the log."""
    states: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    """Reasons why passages have no usable reply: a fault of the service, or the state of the reply."""
    skipped: Counter[str] = field(default_factory=Counter)
    """Reasons why passages were skipped."""
    parked: int = 0
    """Passages that will not be tried again unasked."""
    suggestions: int = 0
    with_code: set[str] = field(default_factory=set)
    unverified: int = 0
    unrepaired: Counter[str] = field(default_factory=Counter)
    """Codes whose quotes were not asked for again, by why."""

    def __call__(
        self,
        outcomes: Sequence[Outcome],
        suggestions: Sequence[Suggestion],
        candidates: Sequence[Candidate] = (),
    ) -> None:
        """Store some outcomes with all that belongs to them, in one transaction."""
        counted = [self._counted(outcome) for outcome in outcomes]
        self.runs.record(counted, suggestions, candidates)
        self.states.update(outcome.state.value for outcome in outcomes)
        self.skipped.update(o.detail for o in outcomes if o.state is OutcomeState.SKIPPED)
        open_ = [outcome for outcome in counted if outcome.state not in FINAL]
        self.reasons.update(map(reason_of, open_))
        self.parked += sum(outcome.failures >= PARKED_AFTER for outcome in open_)
        self.unverified += sum(len(outcome.flagged(FlagKind.QUOTE_REJECTED)) for outcome in outcomes)
        self.unrepaired.update(
            flag.detail for outcome in outcomes for flag in outcome.flagged(FlagKind.UNREPAIRED)
        )
        self.suggestions += len(suggestions)
        self.with_code.update(suggestion.passage for suggestion in suggestions)
        self.progress(len(outcomes))

    async def keep_all(self, stream: AsyncGenerator[Derived, None]) -> None:
        """Store a stream as it comes; all of it is stored when this returns or raises."""
        waiting: list[Derived] = []
        ended = asyncio.Event()
        writer = asyncio.create_task(self._write(waiting, ended))
        try:
            async with aclosing(stream):
                async for derived in stream:
                    waiting.append(derived)
                    if writer.done():
                        break
        finally:
            ended.set()
            await writer
            self._store(waiting)

    async def _write(self, waiting: list[Derived], ended: asyncio.Event) -> None:
        while not ended.is_set():
            batch, waiting[:BATCH] = waiting[:BATCH], []
            if batch:
                await asyncio.to_thread(self._store, batch)
            try:
                await asyncio.wait_for(ended.wait(), PAUSE)
            except TimeoutError:
                continue

    def _store(self, derived: Sequence[Derived]) -> None:
        if derived:
            self(
                [one.outcome for one in derived],
                [suggestion for one in derived for suggestion in one.suggestions],
                [candidate for one in derived for candidate in one.candidates],
            )

    def _counted(self, outcome: Outcome) -> Outcome:
        if outcome.state in FINAL:
            return outcome
        before = self.failures.get(outcome.passage, 0)
        return outcome.model_copy(update={"failures": before + _blames_the_passage(outcome)})


def reason_of(outcome: Outcome) -> str:
    """Return why a passage has no usable reply, in a word: the service's fault where none came, else the
    state.
    """
    return (outcome.fault or outcome.state).value


def _blames_the_passage(outcome: Outcome) -> bool:
    """Return whether a reply came and was of no use, or was lost while others came: each try may have cost. A
    service that is down says nothing of the passage.
    """
    lost = bool(outcome.flagged(FlagKind.REPLY_LOST))
    return lost or outcome.fault is None or not outcome.fault.unheard
