"""Memos of a study: what is there, and further ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pydantic import Field

from cothemes.app import wiring
from cothemes.app.corpus.document_names import document_ids
from cothemes.app.corpus.passages import found_passage
from cothemes.app.ratings import keep_codebook
from cothemes.app.reviewers import only_reviewer, registered
from cothemes.app.study import Study
from cothemes.errors import StateConflict, UsageError
from cothemes.records.memo import MemoKind
from cothemes.records.passage import Passage
from cothemes.records.record import Listing, Moment, Record, absent
from cothemes.stages.review.memos import Kept, MemoWriter, found_memo, kept_memos
from cothemes.stages.review.session import unknown_code


@dataclass(frozen=True)
class About:
    """Subject of memos; what is empty holds nothing back."""

    document: str = ""
    passage: str = ""
    code: str = ""
    study: bool = False
    """Only those about the study as a whole."""


class MemoVersion(Record):
    """One version of a memo."""

    at: Moment
    by: str
    text: str
    """Empty if the memo was removed."""


class MemoReport(Record):
    """A memo with all its versions."""

    memo: str
    """The memo's id, the same for all its versions."""
    short: str
    """The end of the id, which people type."""
    document: str | None
    passage: str | None
    code: str | None
    by: str
    """Author of the last version."""
    at: Moment
    text: str
    versions: tuple[MemoVersion, ...]
    """The oldest first."""
    summary_of: tuple[str, ...] | None = Field(default=None, exclude_if=absent)
    """Of a summary, the documents of its case; absent for other memos."""
    theme: str | None = Field(default=None, exclude_if=absent)
    """Theme that a summary is on; absent for other memos, and for summaries on a code."""
    about: str = Field(default="", exclude=True)
    """`study`, `talk-1`, `talk-1.0004`, `A2`, `A2 on talk-1.0004`; `T in talk-1` of a summary."""


class MemoList(Listing[MemoReport]):
    """Memos in the order in which they were begun."""


def memo_list(study: Study, about: About, *, by: str = "") -> MemoList:
    """Return the memos that `memos_of` finds."""
    document = document_ids(study, [about.document])[0] if about.document else ""
    passage = found_passage(study, about.passage).id if about.passage else ""
    about = replace(about, document=document, passage=passage)
    return MemoList(tuple(_report(memo) for memo in memos_of(study, about, by=by)))


def code_memos(study: Study, codes: Sequence[str]) -> MemoList:
    """Return the memos on these codes alone, in the order of the codes."""
    found = [memo for memo in memos_of(study) if not memo.last.document and not memo.summary]
    return MemoList(tuple(_report(memo) for code in codes for memo in found if memo.last.code == code))


def memo_report(study: Study, word: str) -> MemoReport:
    """Return one memo by the end of its id, also one that was removed. Raises UsageError."""
    return _report(_memo(study, word))


def memos_of(study: Study, about: About | None = None, *, by: str = "") -> list[Kept]:
    """Return memos that were not removed, in the order they were begun. A document's include those on its
    passages.
    """
    wanted = about or About()
    found = [memo for memo in kept_memos(study.store.memos.all()) if not memo.gone]
    return [memo for memo in found if _fits(memo, wanted) and (not by or memo.last.by == by)]


def add_memo(study: Study, text: str, about: About, by: str = "") -> MemoReport:
    """Write a memo. Raises UnknownReviewer, UnknownPassage, UnknownCode, UsageError."""
    document, passage = about.document, None
    if about.passage:
        passage = found_passage(study, about.passage)
        document = passage.document
    elif document:
        [document] = document_ids(study, [document])
    if about.code and about.code not in study.codebook.by_id:
        raise unknown_code(study.codebook, about.code)
    made = _writer(study, by).new(
        text, document=document or None, passage=passage.id if passage else None, code=about.code or None
    )
    keep_codebook(study)
    study.store.memos.append(made)
    return _report(Kept((made,)))


def summaries(study: Study) -> list[Kept]:
    """Return the summaries of cases that were not removed, in the order they were begun."""
    return [memo for memo in memos_of(study) if memo.summary]


def write_summary(
    study: Study,
    text: str,
    documents: Sequence[str],
    *,
    kind: MemoKind,
    theme: str | None = None,
    code: str | None = None,
    by: str = "",
) -> MemoReport:
    """Write what the documents of a case say on a theme or code, as a further version where it is written.

    Raises UnknownReviewer, UsageError for an empty text.
    """
    found = [
        memo
        for memo in summaries(study)
        if memo.last.kind is kind
        and (memo.last.theme, memo.last.code) == (theme, code)
        and set(documents) & set(memo.last.documents)
    ]
    writer = _writer(study, by)
    if found and not text.strip():
        raise UsageError(
            "the summary would be empty", hint=f"To take it away: cothemes memo remove {found[-1].short}"
        )
    made = (
        writer.again(found[-1], text).model_copy(update={"documents": tuple(documents)})
        if found
        else writer.new(text, document=documents[0], code=code, theme=theme, kind=kind, documents=documents)
    )
    keep_codebook(study)
    study.store.memos.append(made)
    return _report(Kept((*(found[-1].versions if found else ()), made)))


def edit_memo(study: Study, word: str, text: str, by: str = "") -> MemoReport:
    """Write a further version; an empty text removes the memo. Raises UsageError, StateConflict."""
    memo = _memo(study, word)
    if memo.gone and not text.strip():
        raise StateConflict(
            f"{memo.short} is taken away already", hint="`cothemes memo show` has its versions."
        )
    made = _writer(study, by).again(memo, text)
    keep_codebook(study)
    study.store.memos.append(made)
    return _report(Kept((*memo.versions, made)))


def memos_by_place(study: Study) -> dict[tuple[str, str], list[str]]:
    """Passage and code → what memos on it say; the code is empty where one is on the whole passage."""
    found: dict[tuple[str, str], list[str]] = {}
    for memo in memos_of(study):
        if memo.last.passage:
            found.setdefault((memo.last.passage, memo.last.code or ""), []).append(memo.last.text)
    return found


def _memo(study: Study, word: str) -> Kept:
    return found_memo(kept_memos(study.store.memos.all()), word)


def _report(memo: Kept) -> MemoReport:
    last = memo.last
    return MemoReport(
        memo=memo.id,
        short=memo.short,
        document=last.document,
        passage=last.passage,
        code=last.code,
        by=last.by,
        at=last.at,
        text=last.text,
        versions=tuple(MemoVersion(at=one.at, by=one.by, text=one.text) for one in memo.versions),
        summary_of=last.documents if memo.summary else None,
        theme=last.theme,
        about=memo.about,
    )


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
    if about.study and (last.document or last.code or last.theme):
        return False
    return all(not asked or asked == held for asked, held in wanted)


class OwnMemos:
    """Memos of one registered person."""

    def __init__(self, study: Study, reviewer: str) -> None:
        self._study = study
        self._reviewer = reviewer
        self._writer = MemoWriter(reviewer, study.codebook.hash, wiring.clock(), wiring.ids())

    def on(self, passage_id: str) -> tuple[str, ...]:
        """Return what they say of a passage."""
        own = kept_memos(self._study.store.memos.all(by=self._reviewer, passage=passage_id))
        return tuple(memo.last.text for memo in own if not memo.gone)

    def write(self, passage: Passage, text: str, code: str | None = None) -> str:
        """Store a memo; return its text as it was kept. Raises UsageError for an empty one."""
        made = self._writer.new(text, document=passage.document, passage=passage.id, code=code)
        keep_codebook(self._study)
        self._study.store.memos.append(made)
        return made.text
