"""Codes that coders make while reading: private to their author until the lead publishes them.

A draft has a label and no definition. Its author codes by it at once; for everyone else it does not exist, so
that their readings say nothing about it. No coder proposes it.
"""

from __future__ import annotations

from pydantic import Field

from cothemes.app import wiring
from cothemes.app.codebook.operations import new_operation, refuse_used_id
from cothemes.app.codebook.reasons import keep
from cothemes.app.coding_codebook import DraftState, draft_states
from cothemes.app.review.blindness import open_blind
from cothemes.app.reviewers import LEAD, registered
from cothemes.app.study import Study
from cothemes.errors import StateConflict, UnknownCode, UsageError
from cothemes.records.code_operation import DraftAct, DraftRecord, Operation, OperationKind
from cothemes.records.codebook import Code
from cothemes.records.record import Moment, Record
from cothemes.stages.review.reading_state import CODED, live


class Draft(Record):
    """A draft as its author or the lead may see it."""

    code: Code
    """Without a definition."""
    by: str
    at: Moment
    passage: str
    """The passage that it was made on."""
    state: DraftAct
    codings: int = 0
    """Passages that its author gave it to."""


class DraftList(Record):
    """Drafts that a person may see."""

    drafts: tuple[Draft, ...]
    hidden: int = 0
    """Drafts made on passages that the person has still to code blind: no more is told of them."""
    others: int = Field(default=0, exclude=True)
    """Unpublished drafts of others that the person may list with `every`, and did not."""


class Published(Record):
    """A draft that became a code of the study."""

    code: Code
    where: str
    """`path:line` of the code."""
    draft: str
    """The id that it had as a draft."""
    by: str
    author: str
    codings: int
    old: str
    """Hash of the codebook before."""
    new: str


def drafts_for_lead(study: Study, who: str) -> DraftList:
    """Return the drafts of all for a person who leads the served study, registered or not."""
    return _of_all(study, who)


def drafts(study: Study, *, by: str, every: bool = False) -> DraftList:
    """Return a person's own drafts, or with `every` those of all, which the lead may see.

    Of drafts made on passages that the person has still to code blind, only the number is given.
    """
    who = registered(study, [by])[0]
    found = draft_states(study.store.drafts.all())
    if not every:
        own = tuple(_draft(study, each) for each in found if each.made.by == who)
        return DraftList(drafts=own, others=_waiting_of_others(study, who, found))
    _as_lead(study, who)
    return _of_all(study, who)


def _of_all(study: Study, who: str) -> DraftList:
    found = draft_states(study.store.drafts.all())
    others = [each for each in found if each.made.by != who]
    blind = open_blind(study, who) if others else frozenset[str]()
    hidden = [each for each in others if each.private and each.made.passage in blind]
    shown = [each for each in found if each not in hidden]
    return DraftList(drafts=tuple(_draft(study, each) for each in shown), hidden=len(hidden))


def _waiting_of_others(study: Study, who: str, found: list[DraftState]) -> int:
    """Return how many drafts of others wait to be published, for someone who may publish them."""
    if not _may_publish(study, who):
        return 0
    return sum(each.private and each.made.by != who for each in found)


def publish_draft(
    study: Study,
    code: str,
    *,
    by: str,
    new_id: str = "",
    label: str = "",
    definition: str = "",
    theme: str = "",
    reason: str = "",
    leads: bool = False,
) -> Published:
    """Write a draft into codebook.yaml, where everyone codes by it from now on; its decisions stay.

    `leads`: the person is a lead of the served study, whatever they are registered as.

    `new_id`: a visible id for it; none: the one it has. Without a definition it stays a draft that no coder
    proposes. Raises UsageError where the person is not the lead, the id was another code's or there is no
    such theme, StateConflict for a draft that is published or discarded, or on a passage that the person has
    still to code blind.
    """
    who = registered(study, [by])[0]
    if not leads:
        _as_lead(study, who)
    state = _private(study, code)
    if state.made.by != who and state.made.passage in open_blind(study, who):
        raise StateConflict(
            f"{code} was made on a passage that {who} has still to code blind",
            hint=f"Finish that passage first: cothemes review --as {who}",
        )
    before = study.codebook
    wanted = _published_as(state.code, new_id, label, definition, theme)
    if theme and theme not in before.theme_by_id:
        raise UsageError(
            f"there is no theme {theme!r}", hint=f"Themes: {', '.join(before.theme_by_id) or 'none'}."
        )
    if wanted.id != code:
        refuse_used_id(study, wanted.id)
    count = _codings(study, state)
    keep(study, before)
    after = wiring.add_code(study.codebook_path, wanted)
    made: list[Operation] = []
    if wanted.id != code:
        named = new_operation(OperationKind.RENAME, who, reason, (code,), (wanted.id,), before, after)
        made.append(named)
    made.append(new_operation(OperationKind.ADD, who, reason, (), (wanted.id,), before, after))
    study.store.operations.append(made)
    keep(study, after)
    study.store.drafts.append([_act(state, who, DraftAct.PUBLISHED, reason)])
    study.reread_codebook()
    return Published(
        code=wanted,
        where=f"{study.codebook_path}:{after.by_id[wanted.id].line}",
        draft=code,
        by=who,
        author=state.made.by,
        codings=count,
        old=before.hash,
        new=after.hash,
    )


def discard_draft(study: Study, code: str, *, by: str, reason: str = "", leads: bool = False) -> Draft:
    """Discard a draft: its author codes by it no longer, and its decisions count nowhere.

    The author may do it, and the lead; `leads` as in `publish_draft`. Raises StateConflict for a draft that
    is published or discarded.
    """
    who = registered(study, [by])[0]
    state = _private(study, code)
    if state.made.by != who and not leads:
        _as_lead(study, who)
    study.store.drafts.append([_act(state, who, DraftAct.DISCARDED, reason)])
    return _draft(study, DraftState(state.made, DraftAct.DISCARDED))


def _published_as(code: Code, new_id: str, label: str, definition: str, theme: str) -> Code:
    return code.model_copy(
        update={
            "id": new_id or code.id,
            "label": " ".join(label.split()) or code.label,
            "definition": " ".join(definition.split()),
            "theme": theme or None,
        }
    )


def _act(state: DraftState, who: str, act: DraftAct, reason: str) -> DraftRecord:
    return DraftRecord(
        id=wiring.ids().new(),
        at=wiring.clock().now(),
        by=who,
        act=act,
        code=state.made.code,
        passage=state.made.passage,
        reason=reason.strip(),
    )


def _private(study: Study, code: str) -> DraftState:
    found = draft_states(study.store.drafts.all())
    state = next((each for each in found if each.made.code == code), None)
    if state is None:
        raise UnknownCode(f"{code!r} is no draft", hint="List them: cothemes codebook drafts --as NAME")
    if not state.private:
        raise StateConflict(f"{code} was {state.act.value} before", hint="Nothing was changed.")
    return state


def _as_lead(study: Study, who: str) -> None:
    """Raise UsageError for a person who may not publish: anyone may where nobody is registered as lead."""
    if not _may_publish(study, who):
        raise UsageError(
            f"{who} is not the lead of this study",
            hint=f"Drafts are published by {' or '.join(_leads(study))}.",
        )


def _may_publish(study: Study, who: str) -> bool:
    leads = _leads(study)
    return not leads or who in leads


def _leads(study: Study) -> list[str]:
    return [each.name for each in study.store.reviews.reviewers() if each.role == LEAD]


def _draft(study: Study, state: DraftState) -> Draft:
    return Draft(
        code=state.code,
        by=state.made.by,
        at=state.made.at,
        passage=state.made.passage,
        state=state.act,
        codings=_codings(study, state),
    )


def _codings(study: Study, state: DraftState) -> int:
    """Passages on which the author's last word on the draft is that it applies."""
    said: dict[str, bool] = {}
    for each in live(study.store.reviews.decisions(reviewer=state.made.by, as_coded=True)):
        if each.code == state.made.code and each.action.value in ("accept", "add", "reject"):
            said[each.passage] = each.action in CODED
    return sum(said.values())
