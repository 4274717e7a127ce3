"""The whole story of a passage in order: its cut and corrections, who was given it, and what was said of it.

Each decision has its state: whether findings count it now, and if not, why.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from cothemes.app import wiring
from cothemes.app.auto_accepted import accepted_codings
from cothemes.app.corpus.passages import found_passage, retired
from cothemes.app.corpus.text_versions import times_current
from cothemes.app.ratings import history_of, meanings_of
from cothemes.app.study import Study
from cothemes.records.left_out import Dropped, Reason
from cothemes.records.passage import Passage
from cothemes.records.record import Moment, Record
from cothemes.records.review import PUT_FORWARD, Action, Decision
from cothemes.stages.review.consensus import RULED
from cothemes.stages.review.reading_state import ANSWERS, live
from cothemes.stages.review.selection import History, Purpose, Selection, selection
from cothemes.stages.revise.classification import classify

CURRENT = "current"
IMPLIED = "implied"
"""State of a suggestion that nobody answered and `done` settled as rejected."""


class Event(StrEnum):
    """What happened to a passage."""

    CUT = "cut"
    CORRECTED = "corrected"
    RETIRED = "retired"
    """Its words were no longer in the text."""
    BACK = "back"
    ASSIGNED = "assigned"
    CODED = "coded"
    """A coder read it and suggested nothing, or gave no usable answer."""
    SUGGESTED = "suggested"
    DECIDED = "decided"
    CONFIRMED = "confirmed"
    MEMO = "memo"
    RULING = "ruling"
    ACCEPTED = "auto-accepted"
    """Accepted under a certificate and read by nobody."""
    RATED = "rated"
    """An imported rating."""


class AuditEntry(Record):
    """One thing that happened to a passage."""

    at: Moment | None
    """None if it was not noted."""
    event: Event
    by: str
    """Person or coder; empty for what a file brought."""
    round: str | None
    arm: str | None
    code: str | None
    action: str | None
    """What was done; the verdict of a suggestion, the outcome of a coder's reading, the value of a rating."""
    state: str | None
    """Of a decision or ruling: `current`, `to confirm`, or the reason why findings leave it out."""
    text_version: str
    """Version of the document that was read; empty if it is not on record."""
    quote: str
    """The words that were marked or quoted, as they were then."""
    note: str
    """A note, a memo's text, a coder's reason, or why a correction is one of substance."""
    before: str | None
    """Of a correction: the passage until then."""
    after: str | None
    """Of a correction or a cut: the passage from then on."""


class Audit(Record):
    """The whole story of one passage."""

    passage: str
    document: str
    text: str
    text_version: str
    retired: str | None
    """Why it is not current; None for a current passage."""
    entries: tuple[AuditEntry, ...]


def audit(study: Study, passage_id: str) -> Audit:
    """Return everything on record about a passage, in order. Raises UnknownPassage."""
    passage = found_passage(study, passage_id)
    texts = {each.version: each for each in study.store.passages.earlier_texts([passage.id])}
    texts[passage.version] = passage
    gone = retired(study, passage) or None
    entries = [
        *_texts(study, passage, texts),
        *_assignments(study, passage.id),
        *_suggestions(study, passage.id, texts),
        *_decisions(study, passage.id, texts),
        *_memos(study, passage.id),
        *_accepted(study, passage.id),
    ]
    entries = [each for each in entries if not _tells(study, passage, each, gone)]
    entries.sort(key=lambda each: (each.at is None, each.at or datetime.min))
    return Audit(
        passage=passage.id,
        document=passage.document,
        text=passage.own_text(),
        text_version=passage.version,
        retired=gone,
        entries=(*entries, *_imported(study, passage)),
    )


def _entry(event: Event, at: datetime | None, **fields: object) -> AuditEntry:
    empty: dict[str, object] = {
        "by": "", "round": None, "arm": None, "code": None, "action": None, "state": None,
        "text_version": "", "quote": "", "note": "", "before": None, "after": None,
    }  # fmt: skip
    return AuditEntry.model_validate({**empty, "event": event, "at": at, **fields})


def _texts(study: Study, passage: Passage, texts: Mapping[str, Passage]) -> Iterator[AuditEntry]:
    """The passage through the texts of its document, as each became the current one."""
    noted = times_current(study, passage.document) or [(passage.version, None)]
    if passage.version not in dict(noted):
        noted.append((passage.version, None))
    last: Passage | None = None
    there = False
    for version, at in noted:
        now = texts.get(version)
        if now is None:
            if there:
                yield _entry(Event.RETIRED, at, text_version=version)
        elif last is None:
            yield _entry(Event.CUT, at, text_version=version, after=now.own_text())
        elif not there:
            yield _entry(Event.BACK, at, text_version=version, after=now.own_text())
        elif (now.text, now.role, now.speaker) != (last.text, last.role, last.speaker):
            reasons = ", ".join(each.value for each in classify(last, now, ()).reasons)
            yield _entry(
                Event.CORRECTED,
                at,
                text_version=version,
                note=reasons,
                before=last.own_text(),
                after=now.own_text(),
            )
        there, last = now is not None, now or last


def _assignments(study: Study, passage: str) -> Iterator[AuditEntry]:
    for each in study.store.reviews.assignments(passage=passage):
        moved = f"given on by {each.moved_from}" if each.moved_from else ""
        chosen = f"put forward by a score ({each.stream.value})" if each.stream in PUT_FORWARD else ""
        note = "; ".join(filter(None, (moved, chosen)))
        yield _entry(
            Event.ASSIGNED, each.drawn, by=each.reviewer, round=each.round, arm=each.arm.value, note=note
        )


def _suggestions(study: Study, passage: str, texts: Mapping[str, Passage]) -> Iterator[AuditEntry]:
    """What each run of a coder said."""
    given = study.store.runs.suggestions(passages=[passage], as_coded=True)
    for run in study.store.runs.all():
        own = [each for each in given if each.run == run.id]
        for each in own:
            yield _entry(
                Event.SUGGESTED, run.started, by=run.rater, code=each.code, action=each.verdict.value,
                text_version=each.text_version, note=each.reason,
                quote=" … ".join(
                    filter(None, (_words(texts, each.text_version, (e.start, e.end)) for e in each.evidence))
                ),
            )  # fmt: skip
        for outcome in study.store.runs.outcomes(run.id, passages=[passage]) if not own else ():
            yield _entry(
                Event.CODED, run.started, by=run.rater, action=outcome.state.value, note=outcome.detail,
                text_version=outcome.text_version,
            )  # fmt: skip


def _decisions(study: Study, passage: str, texts: Mapping[str, Passage]) -> Iterator[AuditEntry]:
    """Decisions and rulings, each with its state."""
    reviews = study.store.reviews
    given = reviews.assignments(passage=passage)
    open_to = {each.reviewer for each in given}
    # Readings with planted errors measure the reader and are no part of the passage's story.
    planted = {each.reviewer for each in reviews.assignments(passage=passage, every=True)} - open_to
    rulings = study.store.settlements.all(passage=passage)
    history = replace(
        history_of(study, given),
        decisions=[each for each in reviews.decisions(passage=passage) if each.reviewer not in planted],
        settlements=rulings,
    )
    chosen = selection(Purpose.FINDINGS, history, meanings_of(study), unfinished=True)
    state = _States(history, chosen)
    origins = study.store.copied_decisions.origins()
    for each in reviews.decisions(passage=passage, as_coded=True):
        if each.reviewer in planted:
            continue
        words = filter(None, (_words(texts, each.text_version, span) for span in each.spans))
        yield _entry(
            Event.CONFIRMED if each.action is Action.CONFIRM else Event.DECIDED,
            each.at, by=each.reviewer, round=each.round, arm=each.arm.value, code=each.code,
            action=each.action.value, state=state.of(each), text_version=each.text_version,
            note=each.note or (f"copied from {origins[each.id]}" if each.id in origins else ""),
            quote=" … ".join(words),
        )  # fmt: skip
    holding = {each.id for each in chosen.rulings.values()}
    dropped = {each.decision: each for each in chosen.dropped}
    for ruling in rulings:
        counts = CURRENT if ruling.id in holding else None
        listed = dropped.get(ruling.id)
        yield _entry(
            Event.RULING, ruling.at, by=ruling.by, round=ruling.round, code=ruling.code,
            action=ruling.ruling.value, text_version=ruling.text_version, note=ruling.note,
            state=(listed.reason.value if listed else counts) if ruling.ruling in RULED else None,
        )  # fmt: skip


class _States:
    """Whether findings count a decision, and if not, why."""

    def __init__(self, history: History, chosen: Selection) -> None:
        self._live = {each.id for each in live(history.decisions)}
        self._dropped: dict[str, Dropped] = {each.decision: each for each in chosen.dropped}
        self._unsure = {
            each.answers[code].id
            for each in chosen.counted
            for code in each.to_confirm
            if code in each.answers
        }

    def of(self, decision: Decision) -> str | None:
        """The state of a named decision, or of another act that was taken back; None for other acts."""
        if decision.id in self._dropped:
            return self._dropped[decision.id].reason.value
        if decision.action is not Action.UNDO and decision.id not in self._live:
            return Reason.TAKEN_BACK.value
        if decision.action not in ANSWERS:
            return None
        if decision.implicit:
            return IMPLIED
        return Reason.TO_CONFIRM.value if decision.id in self._unsure else CURRENT


def _memos(study: Study, passage: str) -> Iterator[AuditEntry]:
    for each in study.store.memos.all(passage=passage):
        yield _entry(
            Event.MEMO, each.at, by=each.by, code=each.code, note=each.text,
            action="written" if each.text else "removed",
        )  # fmt: skip


def _accepted(study: Study, passage: str) -> Iterator[AuditEntry]:
    """Codes accepted under a certificate."""
    for each in accepted_codings(study):
        if each.acceptance.passage == passage:
            yield _entry(
                Event.ACCEPTED, each.acceptance.at, by=each.by, code=each.acceptance.code,
                state=each.reason.value if each.reason else CURRENT,
                text_version=each.acceptance.text_version,
            )  # fmt: skip


def _imported(study: Study, passage: Passage) -> Iterator[AuditEntry]:
    """Imported ratings have no date."""
    for each in study.store.ratings.all():
        if each.unit == passage.id:
            value = "" if each.value is None else str(each.value)
            yield _entry(
                Event.RATED, None, by=each.rater, code=each.code or None, action=value or None,
                round=each.round or None, arm=each.arm or None, text_version=each.text_version,
            )  # fmt: skip


def _words(texts: Mapping[str, Passage], version: str, span: Sequence[int] | None) -> str:
    """The words of a span of the document in the version that was read; empty where it is not on record."""
    read = texts.get(version)
    if read is None or span is None:
        return ""
    return read.own_text(max(span[0] - read.start, 0), max(span[1] - read.start, 0))


def _tells(study: Study, passage: Passage, entry: AuditEntry, gone: str | None) -> bool:
    """Whether another's word on a retired passage would show what was said of words still to code blind."""
    seen = study.store.reviews
    if not gone or not isinstance(seen, wiring.BlindReviews):
        return False
    said = entry.event in (Event.CODED, Event.SUGGESTED, Event.DECIDED, Event.MEMO, Event.RULING)
    said = said or entry.event is Event.ACCEPTED
    hidden = {each.rpartition(".")[0] for each in seen.hidden}
    return said and entry.by != seen.reviewer and passage.document in hidden
