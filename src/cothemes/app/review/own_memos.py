"""One person's memos on passages: all that a desk has, since another's could tell what is coded."""

from __future__ import annotations

from cothemes.app import wiring
from cothemes.app.ratings import keep_codebook
from cothemes.app.study import Study
from cothemes.records.passage import Passage
from cothemes.stages.review.memos import MemoWriter, kept_memos


class OwnMemos:
    """Of one registered person."""

    def __init__(self, study: Study, reviewer: str) -> None:
        self._study = study
        self._reviewer = reviewer
        self._writer = MemoWriter(reviewer, study.codebook.hash, wiring.clock(), wiring.ids())

    def on(self, passage_id: str) -> tuple[str, ...]:
        """What they say of a passage."""
        own = kept_memos(self._study.store.memos.all(by=self._reviewer, passage=passage_id))
        return tuple(memo.last.text for memo in own if not memo.gone)

    def write(self, passage: Passage, text: str, code: str | None = None) -> str:
        """Keeps a memo; gives its text as it was kept. Raises UsageError for an empty one."""
        made = self._writer.new(text, document=passage.document, passage=passage.id, code=code)
        keep_codebook(self._study)
        self._study.store.memos.append(made)
        return made.text
