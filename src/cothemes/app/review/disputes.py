"""Adjudication as reports: what is in dispute, one case without names, a ruling taken back."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import Field

from cothemes.app.review.adjudicate import Adjudication
from cothemes.records.adjudication import Ruling, Settlement
from cothemes.records.codebook import Codebook
from cothemes.records.record import Record
from cothemes.stages.review.context import Context
from cothemes.stages.review.discussion import Dispute, State
from cothemes.stages.review.disputes import Answer, Difference
from cothemes.stages.review.taken_back import ruling_undone, undo_told

Attributes = dict[str, tuple[str, ...]]
Span = tuple[int, int]


class ReaderAnswer(Record):
    """Answer of one reader about a code."""

    reader: int
    """Number of the reader; readers have no names here."""
    applies: bool
    attributes: Attributes
    span: Span | None
    """Half-open code points of the passage's text, from the first to the last word marked."""
    spans: tuple[Span, ...]
    """Each stretch that was marked."""


class RulingReport(Record):
    """Ruling on a code."""

    applies: bool
    attributes: Attributes
    span: Span | None
    """Half-open code points of the passage's text."""
    note: str | None
    by: str


class DisputedCode(Record):
    """A code that readers gave, or that was ruled on."""

    code: str
    label: str
    differences: tuple[Difference, ...]
    answers: tuple[ReaderAnswer, ...]
    ruling: RulingReport | None


class ReaderNote(Record):
    """A note of one reader on the passage."""

    reader: int
    note: str


class DisputeReport(Record):
    """A passage that was read differently, and what was settled."""

    passage: str
    document: str
    round: str
    state: State
    left: tuple[str, ...]
    """Codes that wait for a ruling."""
    readers: int
    text: str
    context: tuple[Context, ...]
    codes: tuple[DisputedCode, ...]
    readers_notes: tuple[ReaderNote, ...]
    discussion: tuple[str, ...]
    """Notes of the discussion."""


class RulingUndone(Record):
    """A ruling or note that was taken back."""

    undone: Ruling
    code: str | None
    passage: str
    told: str = Field(default="", exclude=True)
    """The ruling in a sentence."""
    left: tuple[str, ...] = Field(default=(), exclude=True)
    """Codes of the passage that wait for a ruling."""


class DisputeLine(Record):
    """A passage in dispute, without anyone's codes."""

    passage: str
    state: State
    left: int
    """Codes that wait for a ruling."""


class DisputeList(Record):
    """The passages of a round that are in dispute."""

    by: str
    round: str
    settled: int
    open: int
    held: int
    """Passages that somebody still has open."""
    agreed: int
    """Passages on which all readers said the same."""
    cases: tuple[DisputeLine, ...]


def dispute_list(table: Adjudication) -> DisputeList:
    """Return the passages in dispute, and how far the round is."""
    tally = table.tally
    left = {passage: len(table.left(passage)) for passage in table.passages}
    return DisputeList(
        by=table.by,
        round=table.round,
        settled=tally.settled,
        open=tally.open,
        held=tally.held,
        agreed=tally.agreed,
        cases=tuple(
            DisputeLine(passage=passage, state=State.OPEN if count else State.SETTLED, left=count)
            for passage, count in left.items()
        ),
    )


def dispute_report(dispute: Dispute, codebook: Codebook) -> DisputeReport:
    """Return a case without names. Codes that were ruled on though nobody gave them come last."""
    case, ruled = dispute.case, dispute.settled.rulings
    start = case.passage.start

    def described(code: str, differences: Iterable[Difference], answers: Iterable[Answer]) -> DisputedCode:
        ruling = ruled.get(code)
        return DisputedCode(
            code=code,
            label=codebook.by_id[code].label,
            differences=tuple(differences),
            answers=tuple(_answer(each, start) for each in answers),
            ruling=_ruling(ruling, start) if ruling is not None else None,
        )

    return DisputeReport(
        passage=case.passage.id,
        document=case.passage.document,
        round=case.round,
        state=dispute.state,
        left=dispute.left,
        readers=len(case.readers),
        text=case.passage.text,
        context=dispute.setting.context,
        codes=(
            *(described(one.code, one.differences, one.answers) for one in case.codes),
            *(described(code, (), ()) for code in ruled if code not in case.by_code),
        ),
        readers_notes=tuple(ReaderNote(reader=reader, note=note) for reader, note in case.notes),
        discussion=tuple(dispute.settled.notes),
    )


def undo_ruling(table: Adjudication) -> RulingUndone:
    """Take back the person's last ruling or note of the round."""
    taken = table.undo()
    return RulingUndone(
        undone=taken.ruling,
        code=taken.code,
        passage=taken.passage,
        told=undo_told(taken.passage, ruling_undone(taken)),
        left=table.left(taken.passage) if taken.passage in table.passages else (),
    )


def _answer(answer: Answer, start: int) -> ReaderAnswer:
    return ReaderAnswer(
        reader=answer.reader,
        applies=answer.applies,
        attributes=dict(answer.attributes),
        span=(answer.span[0] - start, answer.span[1] - start) if answer.span else None,
        spans=tuple((first - start, last - start) for first, last in answer.spans),
    )


def _ruling(ruling: Settlement, start: int) -> RulingReport:
    marked = ruling.start is not None and ruling.end is not None
    return RulingReport(
        applies=ruling.ruling is Ruling.YES,
        attributes=dict(ruling.attributes),
        span=((ruling.start or 0) - start, (ruling.end or 0) - start) if marked else None,
        note=ruling.note or None,
        by=ruling.by,
    )
