"""Adjudication by requests: a case is opened, and each act on it is done once however often it is sent."""

from __future__ import annotations

from cothemes.app.review.adjudicate import Adjudication
from cothemes.app.review.repeated_acts import RepeatedActs, SentAct
from cothemes.app.review.sitting_report import DiscussionReport, discussion_report
from cothemes.app.study import Study
from cothemes.errors import CardChanged, UsageError
from cothemes.records.adjudication import Settlement
from cothemes.records.record import Record
from cothemes.stages.review.adjudication import Discussion
from cothemes.stages.review.sitting import Verb

_ACTS = frozenset({Verb.ACCEPT, Verb.REJECT, Verb.GIVE, Verb.DESCRIBE, Verb.MARK, Verb.NOTE, Verb.UNDO})
"""Acts of a request; the others move about on a screen."""


class RuledCase(Record):
    """A case after it was opened or ruled on."""

    case: DiscussionReport
    said: str = ""
    """Sentence about the act."""
    recorded: tuple[str, ...] = ()
    """Ids of the records that the act stored; of an undo, the one that was taken back."""
    repeated: bool = False
    """True if the act had been done before under its key: nothing was stored now."""
    next: str = ""
    """Passage of the next case that waits; empty where none does."""


def ruled_case(study: Study, table: Adjudication, passage: str, asked: SentAct | None = None) -> RuledCase:
    """Open a case, do an act on it where one is asked for, and return the case after it.

    Call it in one transaction. Raises UnknownPassage, StateConflict, CardChanged, and what the act is refused
    with.
    """
    discussion, acts = Discussion(table), RepeatedActs(study, table.by)
    if asked is not None and asked.act.verb not in _ACTS:
        raise UsageError(f"{asked.act.verb} is no ruling", hint=f"Choose from: {', '.join(sorted(_ACTS))}.")
    if asked is not None and acts.done_before(asked):
        state = discussion.open(passage)
        return _made(table, discussion_report(discussion, state)).model_copy(update={"repeated": True})
    state = discussion.open(passage)
    before = discussion_report(discussion, state)
    if asked is None:
        return _made(table, before)
    if asked.tag and asked.tag != before.tag:
        raise CardChanged(f"{passage} is not as this card showed it", hint="Look at the case as it is now.")
    step = discussion.step(state, asked.act)
    if step.refused is not None:
        raise step.refused
    acts.keep(asked, state.place)
    after = discussion_report(discussion, step.state, step)
    stored = tuple(record.id for record in step.records if isinstance(record, Settlement))
    return _made(table, after).model_copy(update={"said": step.state.said, "recorded": stored})


def _made(table: Adjudication, case: DiscussionReport) -> RuledCase:
    return RuledCase(case=case, next=table.next_case({case.passage}) or "")
