"""One reviewer's readings as reports: what waits, where a passage is, and what an act changed."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from pydantic import Field

from cothemes.app.review.review import Desk
from cothemes.records.document import Role
from cothemes.records.passage import Passage
from cothemes.records.record import Record, absent
from cothemes.records.review import PUT_FORWARD, Action, Arm, Stream
from cothemes.stages.review.card import Card
from cothemes.stages.review.context import Context, Setting
from cothemes.stages.review.queue import Progress, Queue
from cothemes.stages.review.reading_state import ReadingState
from cothemes.stages.review.session import Attributes, Span
from cothemes.stages.review.taken_back import undo_told, undone


class ReadingStage(StrEnum):
    """Stages of a reviewer's work on a passage."""

    NEW = "new"
    BEGUN = "begun"
    SKIPPED = "skipped"
    SUGGESTIONS_OPEN = "suggestions open"
    """The blind codes are locked; the second reading is open."""
    DONE = "done"


class PassagePlace(Record):
    """A passage's words and where they are."""

    passage: str
    document: str
    speaker: str
    role: Role
    headings: tuple[str, ...]
    start: int
    """Half-open code points of the document's text."""
    end: int
    text: str
    context: tuple[Context, ...]
    """Turns before the passage."""


class WaitingPassage(Record):
    """A passage that a reviewer has to read."""

    passage: str
    document: str
    round: str
    arm: Arm
    reading: Arm
    """The arm of the reading that is next: `blind` before the suggestions of a reveal passage are shown."""
    double: bool
    """True if at least two people code it, all of them blind."""
    state: ReadingStage
    codes: tuple[str, ...]
    """Codes given so far."""
    flagged: bool
    remarks: tuple[str, ...]
    """Remarks of the coder; empty for a passage that is read blind."""
    put_forward: Stream | None = Field(default=None, exclude_if=absent)
    """What a score put it forward for; absent where chance chose the place. Only a passage that shows its
    suggestions from the start can be."""


class ReviewQueue(Record):
    """Passages that wait for a reviewer, in the order in which it is served."""

    reviewer: str
    done: int
    held: int
    """Reveal passages that are locked while no coder has suggested codes for them."""
    aside: int
    """Unfinished passages of an earlier cut of their document."""
    total: int
    waiting: tuple[WaitingPassage, ...]
    not_listed: int = Field(default=0, exclude=True)
    """Waiting passages after the last one listed."""


class AppliedCode(Record):
    """A code that a reviewer has given."""

    action: Action
    attributes: dict[str, tuple[str, ...]]


class ReadingReport(Record):
    """Codes and remarks of a reviewer on a passage so far."""

    passage: str
    reviewer: str
    arm: Arm
    reading: Arm
    state: ReadingStage
    codes: dict[str, AppliedCode]
    unanswered: tuple[str, ...]
    """Suggested codes that the reviewer has not answered."""
    rejected: tuple[str, ...] = Field(default=(), exclude=True)
    """Suggested codes that finishing recorded as rejected, since they were not answered."""
    locked: bool = Field(default=False, exclude=True)
    """True if the blind codes are locked and the second reading is open."""


class CardSuggestion(Record):
    """A suggested code on a passage."""

    code: str
    by: str
    reason: str
    attributes: dict[str, tuple[str, ...]]
    spans: tuple[tuple[int, int], ...]
    """Half-open code points of the passage's text."""
    quote_status: str | None
    probability: float | None = None
    """Probability that a person gives the code; None where the coder is not calibrated."""


class CardReport(ReadingReport, PassagePlace):
    """A passage as a reviewer may see it now."""

    suggestions: tuple[CardSuggestion, ...]


class UndoReport(Record):
    """A reviewer's last act, taken back."""

    undone: Action
    what: str
    """Name of what was taken back, in words: attributes alone, for example."""
    passage: str
    code: str | None
    decision: str
    locked: str | None
    """Passage whose locked blind codes the undo stepped over."""
    state: ReadingStage | None
    """None if the passage is no longer assigned to the reviewer."""
    codes: tuple[str, ...] | None
    told: str = Field(default="", exclude=True)
    """The same act in a sentence."""


def review_queue(desk: Desk, limit: int = 0) -> ReviewQueue:
    """Return what waits, at most `limit` passages of it; 0 is no limit."""
    if limit:
        listed = desk.next_passages(limit)
        found: Queue | Progress = desk.progress
        not_listed = desk.progress.waiting - len(listed)
    else:
        found = whole = desk.queue()
        listed, not_listed = list(whole.waiting), 0
    remarks = desk.remarks(listed)
    return ReviewQueue(
        reviewer=desk.reviewer,
        done=found.done,
        held=found.held,
        aside=found.aside,
        total=found.total,
        waiting=tuple(_waiting(each, remarks.get(each.assignment.passage, ())) for each in listed),
        not_listed=not_listed,
    )


def decide(
    desk: Desk,
    passage: str,
    code: str,
    action: Action,
    *,
    attributes: Attributes | None = None,
    spans: Sequence[Span] = (),
    note: str = "",
) -> ReadingReport:
    """Accept, reject or add a code. Raises what `Desk.current_card` and `Desk.decide` raise."""
    card = desk.current_card(passage)
    return reading_report(desk.decide(card, code, action, attributes=attributes, spans=spans, note=note))


def decide_new(
    desk: Desk, passage: str, name: str, *, spans: Sequence[Span] = (), note: str = ""
) -> ReadingReport:
    """Make a draft code with this name, and give it. Raises what `Desk.draft` raises."""
    card = desk.current_card(passage)
    made = desk.draft(card, name, spans)
    return reading_report(desk.keep(card, [made.model_copy(update={"note": note})]))


def finish(desk: Desk, passage: str) -> ReadingReport:
    """Finish a passage; unanswered suggestions are recorded as rejected."""
    card = desk.current_card(passage)
    finished = desk.done(card)
    standing = finished.standing
    return reading_report(finished).model_copy(
        update={
            "rejected": tuple(suggestion.code for suggestion in card.unanswered),
            "locked": standing.locked and not standing.done,
        }
    )


def reopen(desk: Desk, passage: str) -> ReadingReport:
    """Reopen a finished passage. Raises StateConflict if it was opened for adjudication."""
    return reading_report(desk.reopen(desk.current_card(passage)))


def undo(desk: Desk) -> UndoReport:
    """Take back the reviewer's last act that still holds."""
    locked, before = desk.locked_last(), desk.codebook
    taken = desk.undo()
    standing = desk.standing(taken.passage)
    what = undone(taken, standing, before, desk.codebook)
    return UndoReport(
        undone=taken.action,
        what=what,
        passage=taken.passage,
        code=taken.code,
        decision=taken.id,
        locked=locked or None,
        state=stage_of(standing) if standing else None,
        codes=tuple(standing.coded) if standing else None,
        told=undo_told(taken.passage, what, locked),
    )


def reading_report(card: Card) -> ReadingReport:
    """Return where the reviewer is with the passage on the card."""
    assignment = card.standing.assignment
    return ReadingReport(
        passage=card.passage.id,
        reviewer=assignment.reviewer,
        arm=assignment.arm,
        reading=card.standing.arm,
        state=stage_of(card.standing),
        codes={
            code: AppliedCode(action=answer.action, attributes=answer.attributes)
            for code, answer in card.coded.items()
        },
        unanswered=tuple(suggestion.code for suggestion in card.unanswered),
    )


def card_report(card: Card) -> CardReport:
    """Return the card with the passage's words, and the suggestions that the arm allows."""
    passage = card.passage
    known = {**dict(place_of(passage, card.setting)), **dict(reading_report(card))}
    return CardReport(
        **known,
        suggestions=tuple(
            CardSuggestion(
                code=each.code,
                by=each.rater,
                reason=each.reason,
                attributes=each.attributes,
                spans=tuple((one.start - passage.start, one.end - passage.start) for one in each.evidence),
                quote_status=each.quote_status.value if each.quote_status else None,
                probability=card.probabilities.get(each.code),
            )
            for each in card.suggestions
        ),
    )


def place_of(passage: Passage, setting: Setting) -> PassagePlace:
    """Return the passage with what stands before it."""
    return PassagePlace(
        passage=passage.id,
        document=passage.document,
        speaker=passage.speaker,
        role=passage.role,
        headings=passage.headings,
        start=passage.start,
        end=passage.end,
        text=passage.text,
        context=setting.context,
    )


def stage_of(standing: ReadingState) -> ReadingStage:
    """Return how far a reviewer is with a passage."""
    if standing.done:
        return ReadingStage.DONE
    if standing.current.skipped:
        return ReadingStage.SKIPPED
    if standing.locked:
        return ReadingStage.SUGGESTIONS_OPEN
    return ReadingStage.BEGUN if standing.touched else ReadingStage.NEW


def _waiting(standing: ReadingState, remarks: tuple[str, ...]) -> WaitingPassage:
    assignment = standing.assignment
    return WaitingPassage(
        passage=assignment.passage,
        document=assignment.document,
        round=assignment.round,
        arm=assignment.arm,
        reading=standing.arm,
        double=assignment.double,
        state=stage_of(standing),
        codes=tuple(standing.coded),
        flagged=standing.flag is not None,
        remarks=remarks,
        put_forward=assignment.stream if assignment.stream in PUT_FORWARD else None,
    )
