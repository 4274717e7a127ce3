"""Memos as an appendix of the report: who wrote what on what, when, in which version."""

from __future__ import annotations

from datetime import datetime

from cothemes.app.privacy.published import Published
from cothemes.app.review.memos import memos_of
from cothemes.app.study import Study
from cothemes.records.record import Record
from cothemes.stages.review.memos import Kept

STUDY, CODES, TEXTS = "study", "codes", "texts"
"""What memos are about, in the order of the appendix."""


class ReportMemo(Record):
    """One memo as it stands."""

    about: str
    label: str = ""
    """Of the code, where it is about one."""
    by: str
    begun: datetime
    at: datetime
    """Of the version that stands."""
    version: int
    text: str


class MemoGroup(Record):
    """Memos on the same kind of thing."""

    about: str
    memos: tuple[ReportMemo, ...]


class MemoAppendix(Record):
    """Nothing where none was written, or none was asked for."""

    groups: tuple[MemoGroup, ...] = ()
    pseudonyms: bool = False
    """Names are replaced as in what leaves the machine."""


def memo_appendix(study: Study, published: Published) -> MemoAppendix:
    """Those on the study first, then on codes in the codebook's order, then on documents and passages.

    They are shown as `published` has words; what people wrote stays as it is.
    """
    found = [memo for memo in memos_of(study) if not memo.summary]
    if not found:
        return MemoAppendix()
    groups: dict[str, list[Kept]] = {STUDY: [], CODES: [], TEXTS: []}
    for memo in found:
        groups[TEXTS if memo.last.document else CODES if memo.last.code else STUDY].append(memo)
    order = {code.id: at for at, code in enumerate(study.codebook.codes)}

    def place(memo: Kept) -> tuple[str, str, int, str]:
        code = memo.last.code or ""
        return memo.last.document or "", memo.last.passage or "", order.get(code, len(order)), code

    return MemoAppendix(
        groups=tuple(
            MemoGroup(
                about=about,
                memos=tuple(_shown(study, memo, published) for memo in sorted(memos, key=place)),
            )
            for about, memos in groups.items()
            if memos
        ),
        pseudonyms=published.pseudonyms,
    )


def _shown(study: Study, memo: Kept, published: Published) -> ReportMemo:
    last = memo.last
    code = study.codebook.by_id.get(last.code or "")
    return ReportMemo(
        about=memo.about,
        label=code.label if code else "",
        by=last.by,
        begun=memo.versions[0].at,
        at=last.at,
        version=len(memo.versions),
        text=published.words(last.text, last.document or ""),
    )
