"""Memos of a study: what is there, and further ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cothemes.app import wiring
from cothemes.app.corpus.passages import found_passage
from cothemes.app.ratings import keep_codebook
from cothemes.app.reviewers import only_reviewer, registered
from cothemes.app.study import Study
from cothemes.errors import StateConflict, UsageError
from cothemes.records.passage import Passage
from cothemes.stages.review.memos import Kept, MemoWriter, found_memo, kept_memos
from cothemes.stages.review.session import unknown_code


@dataclass(frozen=True)
class About:
    """What memos are about; what is empty holds nothing back."""

    document: str = ""
    passage: str = ""
    code: str = ""
    study: bool = False
    """Only those about the study as a whole."""


def memos_of(study: Study, about: About | None = None, *, by: str = "") -> list[Kept]:
    """Memos that stand, in the order they were begun. A document's are those on its passages too."""
    wanted = about or About()
    found = [memo for memo in kept_memos(study.store.memos.all()) if not memo.gone]
    return [memo for memo in found if _fits(memo, wanted) and (not by or memo.last.by == by)]


def memo_of(study: Study, word: str) -> Kept:
    """One memo by the end of its id, also one that was taken away. Raises UsageError."""
    return found_memo(kept_memos(study.store.memos.all()), word)


def add_memo(study: Study, text: str, about: About, by: str = "") -> Kept:
    """Writes a memo. Raises UnknownReviewer, UnknownPassage, UnknownCode, UsageError."""
    document, passage = about.document, None
    if about.passage:
        passage = found_passage(study, about.passage)
        document = passage.document
    elif document and study.store.documents.get(document) is None:
        known = ", ".join(each.slug for each in study.store.documents.heads()[:20])
        raise UsageError(f"no document is called {document!r}", hint=f"Documents: {known}.")
    if about.code and about.code not in study.codebook.by_id:
        raise unknown_code(study.codebook, about.code)
    made = _writer(study, by).new(
        text, document=document or None, passage=passage.id if passage else None, code=about.code or None
    )
    keep_codebook(study)
    study.store.memos.append(made)
    return Kept((made,))


def edit_memo(study: Study, word: str, text: str, by: str = "") -> Kept:
    """A further version; an empty text takes the memo away. Raises UsageError, StateConflict."""
    memo = memo_of(study, word)
    if memo.gone and not text.strip():
        raise StateConflict(
            f"{memo.short} is taken away already", hint="`cothemes memo show` has its versions."
        )
    made = _writer(study, by).again(memo, text)
    keep_codebook(study)
    study.store.memos.append(made)
    return Kept((*memo.versions, made))


def memos_by_place(study: Study) -> dict[tuple[str, str], list[str]]:
    """Passage and code → what memos on it say; the code is empty where one is on the whole passage."""
    found: dict[tuple[str, str], list[str]] = {}
    for memo in memos_of(study):
        if memo.last.passage:
            found.setdefault((memo.last.passage, memo.last.code or ""), []).append(memo.last.text)
    return found


def _writer(study: Study, by: str) -> MemoWriter:
    if by:
        registered(study, [by])
    elif study.store.reviews.reviewers():
        by = only_reviewer(study)
    return MemoWriter(by, study.codebook.hash, wiring.clock(), wiring.ids())


def _fits(memo: Kept, about: About) -> bool:
    last = memo.last
    wanted: Sequence[tuple[str, str | None]] = (
        (about.document, last.document),
        (about.passage, last.passage),
        (about.code, last.code),
    )
    if about.study and (last.document or last.code):
        return False
    return all(not asked or asked == held for asked, held in wanted)


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
