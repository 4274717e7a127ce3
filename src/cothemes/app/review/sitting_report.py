"""A sitting as a document: the card, its rows, the acts offered. Front ends that keep no state use it.

Every span counts code points of the passage's text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from cothemes.app.review.disputes import DisputeReport, dispute_report
from cothemes.app.review.readings import CardReport, card_report
from cothemes.records.adjudication import Settlement
from cothemes.records.codebook import Codebook
from cothemes.records.record import Record, content_hash
from cothemes.records.review import Decision
from cothemes.stages.review.adjudication import AdjudicationState, Discussion
from cothemes.stages.review.rows import Row
from cothemes.stages.review.sitting import Act, Ask, Key, Span, State, Step
from cothemes.stages.review.triage import Triage, TriageState

_NOT_ON_THE_CARD = {
    "said", "refused", "recorded", "done", "waiting", "total", "adjudicated", "open", "held",
    # These follow from the cursor and from the act that led here, which the next request does not have.
    "offered", "asking", "question",
}  # fmt: skip


class OfferedAct(Record):
    """An act that does something on the card as it is."""

    keys: tuple[str, ...]
    """Names of its keys on the screen, the first one the usual one."""
    act: Act
    """The act to pass to `step`. Verb `ask` only opens a question: another act answers it."""
    word: str
    help: str


class CardRow(Record):
    """A code on the card."""

    number: int
    """Position, counted from 1: the number of `toggle` and `point`."""
    code: str
    label: str
    applies: bool | None
    """None: not answered yet."""
    suggested: bool
    given_blind: bool
    """True if the reviewer gave the code before the suggestions were shown."""
    attributes: dict[str, tuple[str, ...]]
    spans: tuple[Span, ...]
    """Words that the reviewer marked."""


class SittingReport(Record):
    """Parts that triage and adjudication have in common."""

    passage: str
    """Empty where nothing waits."""
    offered: tuple[OfferedAct, ...]
    """The likeliest first."""
    asking: Ask | None
    question: str
    """Question to be answered with yes or cancel; empty where none is open."""
    said: str
    """Sentence about the last act."""
    refused: str
    """Kind of error that the last act met; empty where it was done. `said` has the reason and what to do."""
    recorded: tuple[str, ...]
    """Ids of the records that the last act stored, in order."""
    codebook: str
    """Hash of the codebook that the card is coded by."""
    tag: str = ""
    """Digest of what is on the card, which differs once anything on it has changed."""


class TriageReport(SittingReport):
    """A card of triage."""

    card: CardReport | None
    rows: tuple[CardRow, ...]
    remarks: tuple[str, ...]
    notes: tuple[str, ...]
    memos: tuple[str, ...]
    flagged: bool
    asked: tuple[str, ...]
    """The only codes that the round asks about; empty: all."""
    locked: bool
    """True if the blind codes are locked and the second reading is open."""
    done: int
    waiting: int
    total: int


class DiscussionReport(SittingReport):
    """A case of adjudication."""

    case: DisputeReport | None
    rows: tuple[str, ...]
    """Codes on the card, in the order of their numbers."""
    adjudicated: int
    open: int
    held: int


Report = TypeVar("Report", bound=SittingReport)


def triage_report(triage: Triage, state: TriageState, step: Step[TriageState] | None = None) -> TriageReport:
    """Return a state of triage as a document; `step` is what led to it."""
    card, progress, book = state.card, triage.progress, triage.book(state)
    start = card.passage.start if card else 0
    return _tagged(
        TriageReport(
            passage=state.place,
            offered=_offered(triage.offered(state)),
            asking=state.asking,
            question=state.question.words if state.question else "",
            said=state.said,
            refused=_refused(step),
            recorded=_recorded(step),
            codebook=book.hash,
            card=card_report(card) if card else None,
            rows=tuple(_row(n, row, book, start) for n, row in enumerate(state.rows, start=1)),
            remarks=card.remarks if card else (),
            notes=card.standing.current.notes if card else (),
            memos=card.memos if card else (),
            flagged=card is not None and card.standing.flag is not None,
            asked=card.asked if card else (),
            locked=card is not None and card.standing.locked,
            done=progress.done,
            waiting=progress.waiting,
            total=progress.total,
        )
    )


def discussion_report(
    discussion: Discussion, state: AdjudicationState, step: Step[AdjudicationState] | None = None
) -> DiscussionReport:
    """Return a state of adjudication as a document; `step` is what led to it."""
    book, tally = discussion.book(state), discussion.table.tally
    return _tagged(
        DiscussionReport(
            passage=state.place,
            offered=_offered(discussion.offered(state)),
            asking=state.asking,
            question=state.question.words if state.question else "",
            said=state.said,
            refused=_refused(step),
            recorded=_recorded(step),
            codebook=book.hash,
            case=dispute_report(state.dispute, book) if state.dispute else None,
            rows=state.rows,
            adjudicated=tally.settled,
            open=tally.open,
            held=tally.held,
        )
    )


def _offered(keys: Sequence[Key]) -> tuple[OfferedAct, ...]:
    return tuple(OfferedAct(keys=key.names, act=key.act, word=key.word, help=key.help) for key in keys)


def _refused(step: Step[State] | None) -> str:
    return type(step.refused).__name__ if step and step.refused else ""


def _recorded(step: Step[State] | None) -> tuple[str, ...]:
    records = step.records if step else ()
    return tuple(each.id for each in records if isinstance(each, Decision | Settlement))


def _row(number: int, row: Row, book: Codebook, start: int) -> CardRow:
    known = book.by_id.get(row.code)
    source = row.answer or row.suggestion
    marked = row.answer.spans if row.answer else ()
    return CardRow(
        number=number,
        code=row.code,
        label=known.label if known else row.code,
        applies=None if row.answer is None else row.applies,
        suggested=row.suggestion is not None,
        given_blind=row.blind,
        attributes=source.attributes if source else {},
        spans=tuple((first - start, last - start) for first, last in marked),
    )


def _tagged(report: Report) -> Report:
    fields = report.model_dump(mode="json", exclude=_NOT_ON_THE_CARD)
    return report.model_copy(update={"tag": content_hash(fields)})
