"""One code's passages read again by a registered person, without breaking what is to be read blind.

Shown are the person's own codes and, of others, those on passages that were never given to that person: a
passage with readings by both is compared in adjudication, and nowhere before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cothemes.app.findings.codings import CodingFilter, Found, retrieve
from cothemes.app.review.memos import OwnMemos
from cothemes.app.review.review import Desk
from cothemes.app.study import Study
from cothemes.errors import StateConflict
from cothemes.records.codebook import Codebook
from cothemes.stages.review.context import Turn, around, setting_of
from cothemes.stages.review.rereading import Reread


class Rereading:
    """Codings of one code, the earliest first. Raises UnknownReviewer, UnknownCode."""

    def __init__(self, study: Study, reviewer: str, code: str) -> None:
        self.code = code
        self._study = study
        self._desk = Desk(study, reviewer)
        self._memos = OwnMemos(study, reviewer)
        own = {standing.assignment.passage for standing in self._desk.standings}
        decided = [
            one
            for one in retrieve(study, CodingFilter(codes=[code])).decided
            if one.coding.by == reviewer or one.passage.id not in own
        ]
        decided.sort(key=lambda one: (str(one.coding.at), one.passage.id))
        numbers = {name: n for n, name in enumerate(dict.fromkeys(one.coding.by for one in decided), start=1)}
        self._items = [self._item(one, numbers[one.coding.by]) for one in decided]

    @property
    def reviewer(self) -> str:
        """Who reads."""
        return self._desk.reviewer

    @property
    def codebook(self) -> Codebook:
        """What is coded by."""
        return self._desk.codebook

    @property
    def items(self) -> Sequence[Reread]:
        """As they stand."""
        return self._items

    def note(self, place: int, text: str) -> None:
        """Keeps a remark with the person's own decision. Raises StateConflict on another's, UsageError."""
        self._desk.note(self._desk.card(self._mine(place).passage.id), text)
        item = self._items[place]
        self._items[place] = replace(item, notes=(*item.notes, text.strip()))

    def memo(self, place: int, text: str) -> None:
        """Writes a memo on the passage with the code, on anybody's. Raises UsageError."""
        item = self._items[place]
        made = self._memos.write(item.passage, text, code=item.coding.code)
        self._items[place] = replace(item, memos=(*item.memos, made))

    def reopen(self, place: int) -> None:
        """Takes the person's own passage up again: it waits in review. Raises StateConflict."""
        item = self._mine(place)
        self._desk.reopen(self._desk.card(item.passage.id))
        self._items[place] = replace(item, reopened=True)

    def transcript(self, place: int, turns: int) -> tuple[Turn, ...]:
        """The document around the passage."""
        passage = self._items[place].passage
        document = self._study.store.documents.get(passage.document)
        if document is None or document.version != passage.version:
            return ()
        return around(document, passage, turns)

    def _mine(self, place: int) -> Reread:
        item = self._items[place]
        if not item.mine:
            raise StateConflict(
                "another person decided this", hint="m writes a memo; who decided it can reopen it."
            )
        return item

    def _item(self, one: Found, number: int) -> Reread:
        passage, document = one.passage, one.document
        mine = one.coding.by == self.reviewer
        notes = self._desk.card(passage.id).standing.current.notes if mine else one.coding.notes
        return Reread(
            coding=one.coding,
            passage=passage,
            setting=setting_of(document, passage),
            mine=mine,
            current_wording=one.current_wording,
            number=number,
            notes=notes,
            memos=self._memos.on(passage.id),
        )
