"""Quotes of one passage that are nowhere in it, asked for once more as long as that is worth its price."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from cothemes.records.document import Document
from cothemes.records.outcome_flag import FlagKind, OutcomeFlag, flag
from cothemes.records.passage import Passage
from cothemes.stages.propose.grounding import Target
from cothemes.stages.propose.model import repair
from cothemes.stages.propose.model.answers import Answer, Quote, Unusable
from cothemes.stages.propose.model.calling import Caller, NotAsked
from cothemes.stages.propose.model.phrasing import Phrasing
from cothemes.stages.propose.model.repairs import Unrepaired, ranked
from cothemes.stages.propose.model.reply import Reply


@dataclass
class Mending:
    """Of one passage, over all parts of the codebook that it is asked about."""

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
        found = await self.caller.every(partial(self._mended, *each) for each in ranked(unfound))
        return {code: quotes for code, quotes in found if quotes is not None}

    def notes(self, unfound: Sequence[tuple[str, Answer]]) -> list[OutcomeFlag]:
        """Flags for what was not asked about."""
        left = ((code, self.unrepaired.get(code)) for code, _ in unfound)
        return [flag(FlagKind.UNREPAIRED, code, why) for code, why in left if why is not None]

    async def _mended(self, code: str, answer: Answer) -> tuple[str, Sequence[Quote] | None]:
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
        if caller.gathers and caller.recall(*of_it) is None and not so_far.may_take_down():
            raise NotAsked
        try:
            return (await caller.ask(*of_it, _repairs))[1]
        except NotAsked:
            if self.passage.id not in caller.terms.recorded:
                raise
            return None

    def _heed(self, stood: bool) -> None:
        terms = self.caller.terms
        if not terms.replay and terms.repairs.heed(stood):
            so_far = terms.repairs
            facts = {"run": self.caller.run, "asked": so_far.asked, "stood": so_far.stood}
            terms.tell("repairs_given_up", facts)


def reads(parse: Callable[[], object]) -> bool:
    """Whether a reply can be parsed."""
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
