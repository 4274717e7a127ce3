"""The framework: cases by themes or codes, with the quotes of each cell and what people wrote to sum it up.

A case is a document, or a participant with all of their documents. Quotes are those of the report: codes that
findings count. A summary is a memo that people write on a cell, kept in versions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from pydantic import Field

from cothemes.app.corpus.document_names import document_ids, documents_named
from cothemes.app.figures.decided import decided_ratings
from cothemes.app.findings.evidence import Spans, with_evidence
from cothemes.app.findings.passage_filter import QueryOutcome, codes_named, filtered, study_query
from cothemes.app.privacy.published import Published
from cothemes.app.ratings import reads_once
from cothemes.app.review.left_out import left_out_of
from cothemes.app.review.memos import MemoReport, memos_of, summaries, write_summary
from cothemes.app.study import Study
from cothemes.errors import StateConflict, UsageError
from cothemes.records.combine import Combine
from cothemes.records.document import DocumentHead, Kind
from cothemes.records.left_out import LeftOut
from cothemes.records.memo import MemoKind
from cothemes.records.passage import Passage
from cothemes.records.rating import Rating
from cothemes.records.record import Moment, Record, absent
from cothemes.records.text import shown_text
from cothemes.stages.exchange.basis import Source, basis_of, settle
from cothemes.stages.exchange.quotes import shortened, stretches_of
from cothemes.stages.exchange.report import may_carry_a_code
from cothemes.stages.review.field_names import META
from cothemes.stages.review.memos import Kept
from cothemes.stages.review.selection import Purpose


class CaseBy(StrEnum):
    """What makes a case."""

    DOCUMENT = "document"
    PARTICIPANT = "participant"
    """All documents of a participant; a document of nobody is a case of its own."""


_KINDS = {CaseBy.DOCUMENT: MemoKind.DOCUMENT_SUMMARY, CaseBy.PARTICIPANT: MemoKind.PARTICIPANT_SUMMARY}


@dataclass(frozen=True)
class FrameworkOptions:
    """Which cases and columns are asked for."""

    by: CaseBy = CaseBy.DOCUMENT
    columns: Sequence[str] = ()
    """Themes or codes; all themes where none is named, or all codes of a codebook without themes."""
    kind: Kind | None = None
    where: Mapping[str, str] = field(default_factory=dict)
    """A column of the metadata → its value."""
    query: str = ""
    """Which passages are quoted; see stages/review/passage_query.py."""
    combine: Combine = Combine.ANY
    most: int = 3
    """Quotes of a cell; 0 for all."""
    originals: bool = False
    """Real names in place of pseudonyms."""


class FrameworkColumn(Record):
    """A theme or a code."""

    id: str
    label: str
    theme: bool
    codes: tuple[str, ...]
    """The codes of a theme, or the code itself."""


class FrameworkQuote(Record):
    """Words of a case with a code of the column."""

    text: str
    passage: str
    code: str
    speaker: str
    by: tuple[str, ...]
    whole_passage: bool
    """True if nobody marked any words."""


class FrameworkNote(Record):
    """What a person wrote on a cell: its summary, or a memo on the document and a code of the column."""

    memo: str
    """The end of its id, which `cothemes memo` takes."""
    text: str
    by: str
    at: Moment
    version: int


class FrameworkCell(Record):
    """One case on one theme or code."""

    column: str
    passages: int
    quotes: tuple[FrameworkQuote, ...]
    more: int
    """Quotes that are not among them."""
    summaries: tuple[FrameworkNote, ...]
    """One, unless several were written before two participants became one."""
    memos: tuple[FrameworkNote, ...]

    @property
    def empty(self) -> bool:
        """Return whether nothing is in it."""
        return not (self.passages or self.summaries or self.memos)


class FrameworkCase(Record):
    """One row."""

    case: str
    """Document or participant."""
    title: str
    documents: tuple[str, ...]
    metadata: dict[str, str]
    """What all documents of the case say alike."""
    cells: tuple[FrameworkCell, ...]
    """In the order of the columns."""


class Framework(Record):
    """Cases by themes or codes."""

    by: CaseBy
    columns: tuple[FrameworkColumn, ...]
    cases: tuple[FrameworkCase, ...]
    basis: Source
    sentence: str
    """Whose decisions are quoted, in words."""
    pseudonyms: bool
    purpose: Purpose = Purpose.FINDINGS
    combined_by: Combine
    left_out: tuple[LeftOut, ...]
    query: QueryOutcome | None = Field(default=None, exclude_if=absent)
    title: str = Field(default="", exclude=True)
    """The study's title."""
    synthetic: bool = Field(default=False, exclude=True)


class _Case(NamedTuple):
    name: str
    heads: tuple[DocumentHead, ...]

    @property
    def documents(self) -> tuple[str, ...]:
        return tuple(head.slug for head in self.heads)


class _Quoted(NamedTuple):
    """One stretch with one code, and who gave it."""

    passage: Passage
    code: str
    spans: Spans
    by: tuple[str, ...]


@reads_once
def framework(study: Study, wanted: FrameworkOptions) -> Framework:
    """Return the framework. Raises UnknownCode, UsageError, StateConflict where there are no documents."""
    columns = _columns(study, wanted.columns)
    cases = _cases(study, wanted)
    passages = {each.id: each for each in study.store.passages.all() if may_carry_a_code(each)}
    ratings = [
        each
        for each in with_evidence(study, decided_ratings(study).ratings)
        if each.unit in passages
    ]  # fmt: skip
    basis = basis_of(ratings, combine=wanted.combine)
    order = tuple(study.codebook.by_id)
    settled = settle(ratings, basis, order, wanted.combine)
    codings: Sequence[Rating] = settled.codings
    within = None
    if wanted.query:
        within = filtered(study, study_query(study, wanted.query), list(passages.values()), settled)
        codings = [each for each in codings if each.unit in within]
    quoted = _quoted(codings, passages)
    notes = _Notes(study, wanted.by, Published(study, originals=wanted.originals))
    rows = tuple(_row(case, columns, quoted, notes, wanted.most) for case in cases)
    return Framework(
        by=wanted.by,
        columns=columns,
        cases=rows,
        basis=basis.source,
        sentence=basis.sentence,
        pseudonyms=notes.published.pseudonyms,
        combined_by=wanted.combine,
        left_out=left_out_of(
            study, codes={code for each in columns for code in each.codes}, combine=wanted.combine
        ).entries,
        query=within.outcome if within else None,
        title=study.settings.study.title,
        synthetic=basis.source is Source.SYNTHETIC or any(h.synthetic for case in cases for h in case.heads),
    )


def summarise(
    study: Study, case: str, column: str, text: str, *, by: CaseBy = CaseBy.DOCUMENT, name: str = ""
) -> MemoReport:
    """Write the summary of one cell, as a further version where one is written.

    Raises UnknownCode, UnknownReviewer, UsageError for a case that is not there or an empty text.
    """
    (found,) = _columns(study, [column])
    documents = _documents_of(study, case, by)
    return write_summary(
        study,
        text,
        documents,
        kind=_KINDS[by],
        theme=found.id if found.theme else None,
        code=None if found.theme else found.id,
        by=name,
    )


def summary_text(study: Study, case: str, column: str, *, by: CaseBy = CaseBy.DOCUMENT) -> str:
    """Return the present summary of a cell; empty where none is written. Raises as `summarise` does."""
    (found,) = _columns(study, [column])
    heads = {head.slug: head for head in study.store.documents.heads()}
    documents = _documents_of(study, case, by)
    asked = _Case(case, tuple(heads[slug] for slug in documents))
    kept = _Notes(study, by, Published(study, originals=True)).summaries(asked, found)
    return kept[-1].last.text if kept else ""


def _documents_of(study: Study, case: str, by: CaseBy) -> tuple[str, ...]:
    if by is CaseBy.DOCUMENT:
        return tuple(document_ids(study, [case]))
    cases = {each.name: each for each in _grouped(study.store.documents.heads(), by)}
    heads = documents_named(study.store.documents.heads(), case) if case not in cases else []
    slug = heads[0].slug if heads else ""
    named = cases.get(case) or next((each for each in cases.values() if slug in each.documents), None)
    if named is None:
        raise UsageError(
            f"no participant is {case!r}", hint=f"Participants: {', '.join(sorted(cases)[:12])}."
        )
    return named.documents


def _columns(study: Study, words: Sequence[str]) -> tuple[FrameworkColumn, ...]:
    """Return the themes and codes that are named, in that order. Raises UnknownCode."""
    book = study.codebook
    if not words:
        used = [theme.id for theme in book.themes if any(code.theme == theme.id for code in book.codes)]
        words = used or list(book.by_id)
        # Codes without a theme would be in no column.
        words = [*words, *(c.id for c in book.codes if used and (not c.theme or c.theme not in used))]
    found = []
    for word in dict.fromkeys(words):
        codes = codes_named(study, [word])
        of_theme = any(code.theme == word for code in book.codes)
        named = book.theme_by_id.get(word) if of_theme else book.by_id[word]
        found.append(
            FrameworkColumn(
                id=word,
                label=named.label if named else "",
                theme=of_theme,
                codes=tuple(each for each in book.by_id if each in codes),
            )
        )
    return tuple(found)


def _cases(study: Study, wanted: FrameworkOptions) -> list[_Case]:
    heads = study.store.documents.heads()
    if not heads:
        raise StateConflict(
            "holds no documents yet", where=str(study.root), hint="Read some first: cothemes ingest FILES"
        )
    columns = sorted({name for head in heads for name in head.metadata})
    for name in wanted.where:
        if name.removeprefix(META) not in columns:
            raise UsageError(f"no document has a column {name!r}", hint=f"Columns: {', '.join(columns)}.")
    chosen = [head for head in heads if _fits(head, wanted)]
    return list(_grouped(chosen, wanted.by))


def _fits(head: DocumentHead, wanted: FrameworkOptions) -> bool:
    if wanted.kind is not None and head.kind is not wanted.kind:
        return False
    return all(
        head.metadata.get(name.removeprefix(META), "").casefold() == value.casefold()
        for name, value in wanted.where.items()
    )


def _grouped(heads: Sequence[DocumentHead], by: CaseBy) -> Iterator[_Case]:
    cases: dict[str, list[DocumentHead]] = defaultdict(list)
    for head in sorted(heads, key=lambda each: each.slug):
        cases[head.slug if by is CaseBy.DOCUMENT else head.cluster].append(head)
    for name in sorted(cases):
        yield _Case(name, tuple(cases[name]))


def _quoted(
    codings: Sequence[Rating], passages: Mapping[str, Passage]
) -> dict[tuple[str, str], list[_Quoted]]:
    """Document and code → stretches in document order; the same words are one, whoever marked them."""
    who: dict[tuple[str, str, Spans], dict[str, None]] = defaultdict(dict)
    for each in codings:
        who[each.unit, each.code, each.spans][each.rater] = None
    marked_places = {(unit, code) for unit, code, spans in who if spans}
    found: dict[tuple[str, str], list[_Quoted]] = defaultdict(list)
    for (unit, code, spans), people in who.items():
        # Where someone marked words, the whole passage says nothing more.
        if spans or (unit, code) not in marked_places:
            found[passages[unit].document, code].append(_Quoted(passages[unit], code, spans, tuple(people)))
    for quotes in found.values():
        quotes.sort(key=lambda each: (each.passage.position, each.spans))
    return found


def _row(
    case: _Case,
    columns: Sequence[FrameworkColumn],
    quoted: Mapping[tuple[str, str], Sequence[_Quoted]],
    notes: _Notes,
    most: int,
) -> FrameworkCase:
    published = notes.published
    shown = [
        {name: published.words(value, head.slug) for name, value in head.metadata.items()}
        for head in case.heads
    ]
    common = {
        name: value for name, value in shown[0].items() if all(each.get(name) == value for each in shown)
    }
    titles = [published.words(head.title, head.slug) for head in case.heads]
    cells = []
    for column in columns:
        found = [
            each
            for document in case.documents
            for code in column.codes
            for each in quoted.get((document, code), ())
        ]
        found.sort(key=lambda each: (case.documents.index(each.passage.document), each.passage.position))
        listed = found[:most] if most else found
        cells.append(
            FrameworkCell(
                column=column.id,
                passages=len({each.passage.id for each in found}),
                quotes=tuple(_quote(each, published) for each in listed),
                more=len(found) - len(listed),
                summaries=tuple(map(notes.note, notes.summaries(case, column))),
                memos=tuple(map(notes.note, notes.memos(case, column))),
            )
        )
    return FrameworkCase(
        case=notes.name(case),
        title="; ".join(dict.fromkeys(filter(None, titles))),
        documents=case.documents,
        metadata=common,
        cells=tuple(cells),
    )


def _quote(each: _Quoted, published: Published) -> FrameworkQuote:
    words = stretches_of(each.passage, each.spans, published.quote).strip()
    return FrameworkQuote(
        text=shown_text(words if each.spans else shortened(words)),
        passage=each.passage.id,
        code=each.code,
        speaker=published.words(each.passage.speaker, each.passage.document),
        by=each.by,
        whole_passage=not each.spans,
    )


class _Notes:
    """What people wrote on cells."""

    def __init__(self, study: Study, by: CaseBy, published: Published) -> None:
        self.published = published
        self._by = by
        self._summaries = summaries(study)
        self._memos = [
            each
            for each in memos_of(study)
            if not each.summary and each.last.document and each.last.code and not each.last.passage
        ]

    def name(self, case: _Case) -> str:
        """The case as it may be read; a document's id stays as it is."""
        if self._by is CaseBy.DOCUMENT:
            return case.name
        return self.published.words(case.name, case.documents[0])

    def summaries(self, case: _Case, column: FrameworkColumn) -> list[Kept]:
        """Of this sort of case; where a case is one document, also those of the other sort."""
        here = [
            each
            for each in self._summaries
            if (each.last.theme if column.theme else each.last.code) == column.id
            and (column.theme or each.last.theme is None)
            and set(each.last.documents) & set(case.documents)
        ]
        own = [each for each in here if each.last.kind is _KINDS[self._by]]
        if own or len(case.documents) > 1:
            return own
        return [each for each in here if len(each.last.documents) == 1]

    def memos(self, case: _Case, column: FrameworkColumn) -> list[Kept]:
        """On a document of the case and a code of the column."""
        return [
            each
            for each in self._memos
            if each.last.document in case.documents and each.last.code in column.codes
        ]

    def note(self, memo: Kept) -> FrameworkNote:
        """A memo as it may be read."""
        return FrameworkNote(
            memo=memo.short,
            text=self.published.words(memo.last.text, memo.last.document or ""),
            by=memo.last.by,
            at=memo.last.at,
            version=len(memo.versions),
        )


def written_summaries(study: Study, published: Published) -> tuple[FrameworkCase, ...]:
    """Return the cases of which something was summed up, with these cells alone, for the report."""
    themes = [each.id for each in study.codebook.themes]
    used = [name for name in themes if any(code.theme == name for code in study.codebook.codes)]
    columns = _columns(study, [*used, *study.codebook.by_id])
    found: list[FrameworkCase] = []
    for by in CaseBy:
        notes = _Notes(study, by, published)
        for case in _grouped(study.store.documents.heads(), by):
            row = _row(case, columns, {}, notes, 1)
            cells = tuple(cell.model_copy(update={"memos": ()}) for cell in row.cells if cell.summaries)
            if cells:
                found.append(row.model_copy(update={"cells": cells}))
    # A participant with one document is the same case twice.
    return tuple({(each.documents, each.cells): each for each in found}.values())
