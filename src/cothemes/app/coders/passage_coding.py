"""One passage from its first request to its last: proposals, quotes asked for again, the critic's say.

Every request goes through the run's Caller with the name of its stage, so that ledger, budgets and replay see
each. Where one of them gets no reply, nothing is recorded of the passage but that it failed: what was paid
for is in the ledger, and the next run goes on from there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from cothemes.app.runs.calling import Caller
from cothemes.app.runs.strategies import NotAsked
from cothemes.records.document import Document
from cothemes.records.outcome_flag import FlagKind, OutcomeFlag, flag
from cothemes.records.passage import Passage
from cothemes.records.suggestion import OutcomeState, Suggestion
from cothemes.stages.propose.grounding import Target
from cothemes.stages.propose.instructions import instructions_in
from cothemes.stages.propose.model import critic, repair
from cothemes.stages.propose.model.context import Context, context_of
from cothemes.stages.propose.model.critic import Critique, parse_critique
from cothemes.stages.propose.model.deriving import Derivation, Speaker, derive, joined, judged, noted
from cothemes.stages.propose.model.parsing import parse_reply
from cothemes.stages.propose.model.phrasing import Asking, Phrasing
from cothemes.stages.propose.model.repairs import Unrepaired, ranked
from cothemes.stages.propose.model.reply import Answer, Quote, Reply, Unusable


@dataclass
class PassageRepairs:
    """Repairs of one passage, over all parts of the codebook that it is asked about."""

    phrasing: Phrasing
    caller: Caller
    document: Document
    passage: Passage
    target: Target
    left: int | None
    """Repairs that may still be asked for; None for all."""
    unrepaired: dict[str, Unrepaired] = field(default_factory=dict)
    """Codes that are not asked about, and why."""

    async def again(self, unfound: Sequence[tuple[str, Answer]]) -> dict[str, Sequence[Quote]]:
        """Other words, by code; nothing for those that are not asked about."""
        if self.phrasing.repairing is None:
            return {}
        found = await self.caller.every(partial(self._repaired, *each) for each in ranked(unfound))
        return {code: quotes for code, quotes in found if quotes is not None}

    def notes(self, unfound: Sequence[tuple[str, Answer]]) -> list[OutcomeFlag]:
        """Flags for what was not asked about."""
        left = ((code, self.unrepaired.get(code)) for code, _ in unfound)
        return [flag(FlagKind.UNREPAIRED, code, why) for code, why in left if why is not None]

    async def _repaired(self, code: str, answer: Answer) -> tuple[str, Sequence[Quote] | None]:
        if self.left is not None and not self.left:
            self.unrepaired[code] = Unrepaired.CAP
            return code, None
        self.left = None if self.left is None else self.left - 1
        reply = await self._asked(code, answer)
        if reply is None:
            self.unrepaired[code] = Unrepaired.GIVEN_UP
            return code, None
        quotes = _quotes(reply)
        self._heed(any(self.target.ground(quote.text, quote.sentences).status.verified for quote in quotes))
        return code, quotes

    async def _asked(self, code: str, answer: Answer) -> Reply | None:
        """None where repairs are given up and none is in the ledger."""
        task, caller, so_far = self.phrasing.repairing, self.caller, self.caller.terms.repairs
        assert task is not None
        messages = task.messages(self.document, self.passage, self.phrasing.codebook.by_id[code], answer)
        of_it = (self.passage.id, messages, repair.SCHEMA, repair.STAGE)
        if so_far.given_up:
            return caller.recall(*of_it)
        if caller.takes_down and caller.recall(*of_it) is None and not so_far.may_take_down():
            raise NotAsked
        try:
            return (await caller.ask(*of_it, _repairs, self.passage.version))[1]
        except NotAsked:
            if not caller.terms.strategy.does_without(self.passage.id):
                raise
            return None

    def _heed(self, stood: bool) -> None:
        terms = self.caller.terms
        if terms.strategy.judges and terms.repairs.heed(stood):
            so_far = terms.repairs
            facts = {"run": self.caller.run, "asked": so_far.asked, "stood": so_far.stood}
            terms.tell("repairs_given_up", facts)


def reads(parse: Callable[[], object]) -> bool:
    """Return whether a reply can be parsed."""
    try:
        parse()
    except Unusable:
        return False
    return True


def _quotes(reply: Reply) -> Sequence[Quote]:
    try:
        return repair.parse_repair(reply)
    except Unusable:
        # As good as no words: the code is left out, and counted, for want of a quote.
        return ()


def _repairs(reply: Reply) -> bool:
    return reads(lambda: repair.parse_repair(reply))


_MENDABLE = (OutcomeState.MALFORMED, OutcomeState.INVALID)


@dataclass(frozen=True)
class Aids:
    """Additions to a passage's requests; chosen beforehand, the same on every rerun."""

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
    """True if a reply that is not of the form is asked for once more: where no schema binds the model."""
    repairs_per_passage: int | None = None
    """Quotes of one passage that are asked for again, at most; None for all."""

    async def code(self, document: Document, passage: Passage, aids: Aids) -> Derivation:
        """Return what came of the passage. Raises ModelError and NotAsked as `Caller.ask` does."""
        context = context_of(document, passage)
        target = Target(document.text, passage, context.neighbours)
        repairing = PassageRepairs(
            self.phrasing, self.caller, document, passage, target, self.repairs_per_passage
        )
        parts = await self.caller.every(
            partial(self._proposed, asking, document, passage, context, target, aids, repairing)
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
        repairing: PassageRepairs,
    ) -> Derivation:
        messages = asking.task.messages(document, passage, context, aids.examples)

        def answers(reply: Reply) -> bool:
            return reads(lambda: parse_reply(reply, self.phrasing.codebook, asking.codes))

        key, reply = await self.caller.ask(
            passage.id, messages, asking.schema, usable=answers, text_version=passage.version
        )

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
            _, second = await self.caller.ask(
                passage.id, again, asking.schema, repair.STAGE, answers, passage.version
            )
            mended = derived(second)
            if mended.outcome.state is OutcomeState.CODED:
                first, reply, notes = mended, second, (flag(FlagKind.FORM_REPAIRED),)
        repairs = await repairing.again(first.unfound)
        return noted(derived(reply, repairs) if repairs else first, *notes, *repairing.notes(first.unfound))

    async def _criticised(
        self, derivation: Derivation, document: Document, passage: Passage, context: Context
    ) -> Derivation:
        async def ruled(suggestion: Suggestion) -> tuple[str, Critique | Unusable]:
            task = self.phrasing.critics[suggestion.code]
            messages = task.messages(document, passage, context, suggestion)
            try:
                _, reply = await self.caller.ask(
                    passage.id, messages, critic.SCHEMA, critic.STAGE, _rules, passage.version
                )
            except NotAsked:
                if not self.caller.terms.strategy.does_without(passage.id):
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
    """Return what is seen in everything that is sent of the document, whatever the model says of it."""
    around = [document.text[s.start : s.end] for s in (*context.before, *context.after)]
    found = instructions_in("\n".join([passage.text, *passage.headings, *around]))
    rules = [flag(FlagKind.READS_LIKE, detail=rule) for rule in found]
    return [flag(FlagKind.INSTRUCTION_LIKE), *rules] if found else []
