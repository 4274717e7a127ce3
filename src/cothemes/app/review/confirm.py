"""Decisions on words that changed in substance: what waits for a person's word, and giving it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from pydantic import Field

from cothemes.app import wiring
from cothemes.app.coding_codebook import codebook_for
from cothemes.app.corpus.passages import found_passage
from cothemes.app.ratings import history_of, keep_codebook, meanings_under
from cothemes.app.reviewers import registered
from cothemes.app.study import Study
from cothemes.errors import StateConflict
from cothemes.records.record import Record
from cothemes.stages.review.reading_state import fold_all
from cothemes.stages.review.selection import Counted, Purpose, selection
from cothemes.stages.review.session import Session


class ToConfirm(Record):
    """One passage on which a person's decisions wait for confirmation."""

    passage: str
    codes: tuple[str, ...]
    """Codes that the person gave or rejected by name; closing the passage left the others out."""
    read: str
    """The passage as the person read it."""
    now: str
    """The passage as it is now."""


class ConfirmReport(Record):
    """Decisions that a person still has to confirm, and those confirmed just now."""

    reviewer: str
    confirmed: tuple[str, ...]
    """Passages confirmed just now."""
    waiting: tuple[ToConfirm, ...]
    others: dict[str, int] = Field(default={}, exclude=True)
    """Other people → their passages that wait."""


def confirm(
    study: Study, name: str, passages: Collection[str] = (), *, code: str | None = None, every: bool = False
) -> ConfirmReport:
    """Confirm a person's decisions on these passages, or on all that wait; without either, list what waits.

    A confirmation covers every round of the passage, or with `code` this code alone. Raises UnknownReviewer,
    and StateConflict for a passage on which nothing waits.
    """
    reviewer = registered(study, [name])[0]
    before = _waiting(study, reviewer)
    chosen = (
        list(before) if every else list(dict.fromkeys(found_passage(study, each).id for each in passages))
    )
    for passage in chosen:
        if passage not in before or (code is not None and code not in before[passage].to_confirm):
            what = f"{code} on {passage}" if code else passage
            raise StateConflict(
                f"nothing of {reviewer}'s waits to be confirmed for {what}",
                hint=f"cothemes confirm --as {reviewer} lists what does.",
            )
    if chosen:
        keep_codebook(study)
        book = codebook_for(study, reviewer)
        keep_codebook(study, book)
        session = Session(book, wiring.clock(), wiring.ids())
        assignments = [
            each for each in study.store.reviews.assignments(reviewer=reviewer) if each.passage in set(chosen)
        ]
        versions = {each.id: each.version for each in study.store.passages.read(chosen)}
        decisions = study.store.reviews.decisions(reviewer=reviewer)
        study.store.reviews.append(
            [
                session.confirm(standing, versions[standing.assignment.passage], code)
                for standing in fold_all(assignments, decisions)
                if standing.touched
            ]
        )
        before = _waiting(study, reviewer)
    return ConfirmReport(
        reviewer=reviewer,
        confirmed=tuple(chosen),
        waiting=tuple(_shown(study, before.values())),
        others=_others(study, reviewer),
    )


def _others(study: Study, reviewer: str) -> dict[str, int]:
    names = [each.name for each in study.store.reviews.reviewers() if each.name != reviewer]
    found = {name: len(_waiting(study, name)) for name in names}
    return {name: count for name, count in found.items() if count}


def _waiting(study: Study, reviewer: str) -> dict[str, Counted]:
    """Passage → the person's decisions on it, where some wait."""
    assignments = study.store.reviews.assignments(reviewer=reviewer)
    history = history_of(study, assignments, reader=reviewer)
    meanings = meanings_under(study, codebook_for(study, reviewer))
    found = selection(Purpose.FINDINGS, history, meanings, unfinished=True)
    return {each.passage: each for each in found.counted if each.rater == reviewer and each.to_confirm}


def _shown(study: Study, waiting: Collection[Counted]) -> Sequence[ToConfirm]:
    ids = [each.passage for each in waiting]
    now = {each.id: each.own_text() for each in study.store.passages.read(ids)}
    earlier: dict[str, dict[str, str]] = defaultdict(dict)
    for text in study.store.passages.earlier_texts(ids):
        earlier[text.id][text.version] = text.own_text()
    shown = []
    for each in waiting:
        read = [
            earlier[each.passage].get(answer.text_version)
            for code, answer in each.answers.items()
            if code in each.to_confirm
        ]
        read += list(earlier[each.passage].values())
        shown.append(
            ToConfirm(
                passage=each.passage,
                codes=tuple(code for code in each.answers if code in each.to_confirm),
                read=next((text for text in read if text), ""),
                now=now.get(each.passage, ""),
            )
        )
    return shown
