"""Gives a person's open passages on, by the rules of `stages/route/reassign`."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import ConfigDict, Field

from cothemes.app.corpus.document_names import document_ids
from cothemes.app.reviewers import able, registered
from cothemes.app.study import Study
from cothemes.errors import UsageError
from cothemes.records.record import Record
from cothemes.records.review import Arm
from cothemes.stages.review.reading_state import fold_all
from cothemes.stages.route.reassign import Stays, hand_on


class MovedPassage(Record):
    """A passage that the other reviewer now has."""

    passage: str
    arm: Arm


class Reassigned(Record):
    """Open passages that moved from one reviewer to another, or would."""

    model_config = ConfigDict(serialize_by_alias=True, validate_by_name=True, validate_by_alias=True)

    source: str = Field(alias="from")
    target: str = Field(alias="to")
    stored: bool
    moved: tuple[MovedPassage, ...]
    stayed: dict[Stays, tuple[str, ...]]
    """Reason → passages that stay with the first reviewer."""
    revealed: int = Field(default=0, exclude=True)
    """Moved passages that were assisted and are now coded blind first."""


def reassign(
    study: Study, source: str, target: str, *, documents: Sequence[str] = (), dry_run: bool = False
) -> Reassigned:
    """Move a reviewer's open passages to another. Seeded readings and checks stay, since they were drawn for
    their reader; so do
    passages to be read once more, which were the reader's own.

    Raises UnknownReviewer, StateConflict where the other pauses, UsageError for one and the same person or a
    document that is not there.
    """
    source = registered(study, [source])[0]
    target = able(study, [target])[0].name
    if source == target:
        raise UsageError(f"{source} has these passages already", hint="Name another person as TO.")
    documents = document_ids(study, documents)
    reviews = study.store.reviews
    own = [
        each
        for each in reviews.assignments()
        if each.reviewer == source and not each.codes and (not documents or each.document in documents)
    ]
    current = set(study.store.passages.find(""))
    standings = [s for s in fold_all(own, reviews.decisions(reviewer=source)) if not s.done]
    open_ = [s.assignment for s in standings if s.assignment.passage in current]
    begun = {s.assignment.passage for s in standings if s.answers or s.locked}
    found = hand_on(
        open_,
        target,
        begun=begun,
        has=reviews.assignments(reviewer=target),
        saw=_saw(study, target),
    )
    given = found.moved if dry_run else tuple(reviews.give_on(found.moved))
    stayed = dict(found.stayed)
    # Someone may have begun a passage since the queue was read.
    if late := tuple(each.passage for each in found.moved if each not in given):
        stayed[Stays.BEGUN] = (*stayed.get(Stays.BEGUN, ()), *late)
    return Reassigned(
        source=source,
        target=target,
        stored=not dry_run,
        moved=tuple(MovedPassage(passage=each.passage, arm=each.arm) for each in given),
        stayed=stayed,
        revealed=found.revealed,
    )


def _saw(study: Study, target: str) -> set[str]:
    """Passages whose readers' codes the person was shown as adjudicator, or as one of those who discussed."""
    shown = {passage for passage, readers in study.store.settlements.readers().items() if target in readers}
    return shown | {each.passage for each in study.store.settlements.all() if each.by == target}
