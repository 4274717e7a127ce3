"""One passage from its first request to its last: proposals, quotes asked for again, the critic's say.

Every request goes through the run's Caller with the name of its stage, so that ledger, budgets and replay see
each. Where one of them gets no reply, nothing is recorded of the passage but that it failed: what was paid
for is in the ledger, and the next run goes on from there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from cothemes.records.document import Document
from cothemes.records.outcome_flag import FlagKind, OutcomeFlag, flag
from cothemes.records.passage import Passage
from cothemes.records.suggestion import OutcomeState, Suggestion
from cothemes.stages.propose.grounding import Target
from cothemes.stages.propose.instructions import instructions_in
from cothemes.stages.propose.model import critic, repair
from cothemes.stages.propose.model.answers import Quote, Unusable
from cothemes.stages.propose.model.calling import Caller, NotAsked
from cothemes.stages.propose.model.context import Context, context_of
from cothemes.stages.propose.model.critic import Critique, parse_critique
from cothemes.stages.propose.model.deriving import Derivation, Speaker, derive
from cothemes.stages.propose.model.joining import joined, judged, noted
from cothemes.stages.propose.model.mending import Mending, reads
from cothemes.stages.propose.model.parsing import parse_reply
from cothemes.stages.propose.model.phrasing import Asking, Phrasing
from cothemes.stages.propose.model.reply import Reply

_MENDABLE = (OutcomeState.MALFORMED, OutcomeState.INVALID)


@dataclass(frozen=True)
class Aids:
    """What a passage's requests hold besides the passage; chosen beforehand, the same on every rerun."""

    codes: tuple[str, ...] | None = None
    """The codes that are asked about; None for all."""
    examples: tuple[dict[str, Any], ...] = ()
    """Passages of other documents with what people said of them."""
    notes: tuple[OutcomeFlag, ...] = ()
    """Flags that say of an outcome what was chosen."""


@dataclass(frozen=True)
class PassageCoding:
    """Codes passages on behalf of one run."""

    phrasing: Phrasing
    caller: Caller
    speaker: Speaker
    mend_form: bool = False
    """Whether a reply that is not of the form is asked for once more: where no schema binds the model."""
    repairs_per_passage: int | None = None
    """Quotes of one passage that are asked for again, at most; None for all."""

    async def code(self, document: Document, passage: Passage, aids: Aids) -> Derivation:
        """What came of the passage. Raises ModelError and NotAsked as `Caller.ask` does."""
        context = context_of(document, passage)
        target = Target(document.text, passage, context.neighbours)
        mending = Mending(self.phrasing, self.caller, document, passage, target, self.repairs_per_passage)
        parts = await self.caller.every(
            partial(self._proposed, asking, document, passage, context, target, aids, mending)
            for asking in self.phrasing.askings(aids.codes)
        )
        derivation = await self._criticised(joined(parts), document, passage, context)
        return noted(derivation, *aids.notes, *_own_flags(document, passage, context))

    async def _proposed(
        self,
        asking: Asking,
        document: Document,
        passage: Passage,
        context: Context,
        target: Target,
        aids: Aids,
        mending: Mending,
    ) -> Derivation:
        messages = asking.task.messages(document, passage, context, aids.examples)

        def answers(reply: Reply) -> bool:
            return reads(lambda: parse_reply(reply, self.phrasing.codebook, asking.codes))

        key, reply = await self.caller.ask(passage.id, messages, asking.schema, usable=answers)

        def derived(reply: Reply, repairs: dict[str, Sequence[Quote]] | None = None) -> Derivation:
            return derive(
                reply, passage, target, self.phrasing.codebook, self.speaker,
                call=key, codes=asking.codes, repairs=repairs,
            )  # fmt: skip

        first = derived(reply)
        notes: tuple[OutcomeFlag, ...] = ()
        if self.mend_form and first.outcome.state in _MENDABLE:
            reason = Unusable(first.outcome.state, first.outcome.detail)
            again = repair.formal_repair(messages, reply, reason)
            _, second = await self.caller.ask(passage.id, again, asking.schema, repair.STAGE, answers)
            mended = derived(second)
            if mended.outcome.state is OutcomeState.CODED:
                first, reply, notes = mended, second, (flag(FlagKind.FORM_REPAIRED),)
        repairs = await mending.again(first.unfound)
        return noted(derived(reply, repairs) if repairs else first, *notes, *mending.notes(first.unfound))

    async def _criticised(
        self, derivation: Derivation, document: Document, passage: Passage, context: Context
    ) -> Derivation:
        async def ruled(suggestion: Suggestion) -> tuple[str, Critique | Unusable]:
            task = self.phrasing.critics[suggestion.code]
            messages = task.messages(document, passage, context, suggestion)
            try:
                _, reply = await self.caller.ask(passage.id, messages, critic.SCHEMA, critic.STAGE, _rules)
            except NotAsked:
                if passage.id not in self.caller.terms.recorded:
                    raise
                return suggestion.code, Unusable(OutcomeState.FAILED, "not asked about these words")
            try:
                return suggestion.code, parse_critique(reply)
            except Unusable as reason:
                return suggestion.code, reason

        critics = derivation.suggestions if self.phrasing.critics else ()
        said = dict(await self.caller.every(partial(ruled, suggestion) for suggestion in critics))
        return judged(derivation, said) if said else derivation


def _rules(reply: Reply) -> bool:
    return reads(lambda: parse_critique(reply))


def _own_flags(document: Document, passage: Passage, context: Context) -> list[OutcomeFlag]:
    """What is seen in everything that is sent of the document, whatever the model says of it."""
    around = [document.text[s.start : s.end] for s in (*context.before, *context.after)]
    found = instructions_in("\n".join([passage.text, *passage.headings, *around]))
    rules = [flag(FlagKind.READS_LIKE, detail=rule) for rule in found]
    return [flag(FlagKind.INSTRUCTION_LIKE), *rules] if found else []
