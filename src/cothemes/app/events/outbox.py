"""Events made of what the records say has changed.

The database notes each change in the transaction that makes it. Whoever sends reads on from the last change
that was looked at, and stores the events that follow together with the new place. So an act waits for
nothing, a kill loses no event, and no event is stored twice.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress

from cothemes.app import wiring
from cothemes.app.events.endpoints import Endpoint, endpoints_of
from cothemes.app.review.consensus import readings, settled_places
from cothemes.app.study import Study, study_id
from cothemes.errors import CodebookError
from cothemes.records.adjudication import Ruling
from cothemes.records.event import (
    BudgetReached,
    BudgetReachedMessage,
    Change,
    ChangeKind,
    CodebookChanged,
    CodebookChangedMessage,
    DisputesOpened,
    DisputesOpenedMessage,
    DisputesRuled,
    DisputesRuledMessage,
    DocumentsAdded,
    DocumentsAddedMessage,
    Event,
    EventType,
    Message,
    PassageDone,
    PassageDoneMessage,
    QueueEmpty,
    QueueEmptyMessage,
    RoundComplete,
    RoundCompleteMessage,
    RunEnded,
    RunEndedMessage,
    RunStopped,
    RunStoppedMessage,
    StudyName,
)
from cothemes.records.record import Record
from cothemes.records.review import Action
from cothemes.records.run import RunState
from cothemes.stages.review.consensus import CaseState, open_codes
from cothemes.stages.review.reading_state import ReadingState, fold_all

PLACE = "events.place"
"""Key of the store's small facts: how far changes were looked at."""
LARGEST_BODY = 20_000
"""Bytes of a body; the specification recommends no more."""
FEW = 20
"""Passages up to which each is looked at alone for disputes, instead of the whole study."""
_CLOSING = (Action.DONE, Action.REOPEN, Action.UNDO)
_REASONS = {"BudgetReached": "budget", "Stopped": "user", "": "unfinished", "fault": "fault"}
"""What ended a run → reason; any other error is the service's."""
_Keyed = tuple[str, Message]


class Place(Record):
    """How far changes were looked at, and what was so then."""

    change: int
    """Number of the last change that was looked at."""
    codebook: str
    """Hash of the codebook; empty where its file could not be read."""
    disputes: tuple[tuple[str, str], ...]
    """Round and passage of what waits for a ruling."""


def begin(study: Study) -> None:
    """Look at changes from now on, where an endpoint is set and nobody has begun."""
    if not study.settings.webhooks.endpoints:
        if study.store.meta.get(PLACE):
            study.store.meta.set(PLACE, "")
        return
    if study.store.meta.get(PLACE):
        return
    change = study.store.events.last_change()
    codebook, disputes = "", set[tuple[str, str]]()
    with suppress(CodebookError):
        now = study.beside()
        codebook, disputes = now.codebook.hash, _waiting(now)
    place = Place(change=change, codebook=codebook, disputes=tuple(sorted(disputes)))
    with study.store.together():
        if not study.store.meta.get(PLACE):
            study.store.meta.set(PLACE, place.model_dump_json())


def collect(study: Study) -> int:
    """Store the events of what has changed since the last time. Return how many they are.

    Everything is read before the transaction, so no act waits for it. Where another process was faster, its
    events stand. While the codebook's file is faulty, changes wait.
    """
    begin(study)
    try:
        study = study.beside()
    except CodebookError:
        return 0
    kept = study.store.meta.get(PLACE)
    if not kept:
        return 0
    place = Place.model_validate_json(kept)
    found = study.store.events.changes(place.change)
    codebook = study.codebook.hash
    if not found and codebook == place.codebook:
        return 0
    endpoints = [each for each in endpoints_of(study) if not each.disabled]
    wanted = {kind for kind in EventType if any(each.takes(kind) for each in endpoints)}
    made, disputes = _messages(study, found, place, wanted)
    if place.codebook not in ("", codebook) and EventType.CODEBOOK_CHANGED in wanted:
        made.append((f"codebook/{place.change}/{codebook}", _codebook_message(study)))
    then = Place(
        change=found[-1].stored if found else place.change,
        codebook=codebook,
        disputes=tuple(sorted(disputes)),
    )
    events = [_event(key, message) for key, message in made]
    with study.store.together():
        if study.store.meta.get(PLACE) != kept:
            return 0
        count = sum(
            study.store.events.add(each, [one.name for one in endpoints if one.takes(each.type)])
            for each in events
        )
        study.store.meta.set(PLACE, then.model_dump_json())
    return count


def store_event(study: Study, key: str, message: Message, endpoints: Sequence[Endpoint]) -> Event:
    """Store one event for these endpoints."""
    event = _event(key, message)
    study.store.events.add(event, [each.name for each in endpoints])
    return event


def name_of(study: Study) -> StudyName:
    """Return the study, as events name it."""
    return StudyName(id=study_id(study), title=study.settings.study.title[:200])


def _event(key: str, message: Message) -> Event:
    body = message.model_dump_json()
    assert len(body.encode()) <= LARGEST_BODY
    kind: EventType = message.type  # type: ignore[attr-defined]
    return Event(id=f"evt_{wiring.ids().new()}", key=key, type=kind, at=message.timestamp, body=body)


def _messages(
    study: Study, found: Sequence[Change], place: Place, wanted: Iterable[EventType]
) -> tuple[list[_Keyed], set[tuple[str, str]]]:
    """Return the messages in the order of what happened, each with its key, and what waits for a ruling."""
    name, wanted = name_of(study), set(wanted)
    by_kind: dict[ChangeKind, list[Change]] = defaultdict(list)
    for each in found:
        by_kind[each.kind].append(each)
    made: list[_Keyed] = []
    added = [each for each in by_kind[ChangeKind.DOCUMENT] if each.detail == "added"]
    if added and EventType.DOCUMENTS_ADDED in wanted:
        data = DocumentsAdded(
            added=len({each.subject for each in added}), documents=len(study.store.documents.heads())
        )
        made.append(
            (
                f"documents/{added[-1].stored}",
                DocumentsAddedMessage(timestamp=added[-1].at, study=name, data=data),
            )
        )
    for each in by_kind[ChangeKind.RUN]:
        made += _run_messages(study, name, each)
    done = by_kind[ChangeKind.DONE]
    if done and EventType.PASSAGE_DONE in wanted:
        made += _passage_messages(study, name, done)
    people = _Readings(study)
    if done and EventType.QUEUE_EMPTY in wanted:
        made += _queue_messages(name, done, people)
    if done and EventType.ROUND_COMPLETE in wanted:
        made += _round_messages(study, name, done, people)
    disputes = {(each[0], each[1]) for each in place.disputes}
    moved = [*done, *by_kind[ChangeKind.RULING], *by_kind[ChangeKind.REOPENED]]
    if moved and not wanted.isdisjoint({EventType.DISPUTES_OPENED, EventType.DISPUTES_RULED}):
        more, disputes = _dispute_messages(study, name, moved, disputes)
        made += more
    made = [each for each in made if each[1].type in wanted]  # type: ignore[attr-defined]
    return sorted(made, key=lambda each: each[1].timestamp), disputes


def _run_messages(study: Study, name: StudyName, change: Change) -> Iterator[_Keyed]:
    run = study.store.runs.get(change.subject)
    if run is None or change.detail in (RunState.RUNNING, RunState.WAITING):
        return
    outcomes = {state.value: count for state, count in study.store.runs.states(run.id).items()}
    key, at = f"run/{run.id}/{change.stored}", change.at
    if change.detail in (RunState.FINISHED, RunState.PARTIAL):
        ended = RunEnded.model_validate(
            {"run": run.id, "coder": run.coder, "state": change.detail, "outcomes": outcomes}
        )
        yield key, RunEndedMessage(timestamp=at, study=name, data=ended)
        return
    reason = "cancelled"
    if change.detail != RunState.CANCELLED:
        reason = _REASONS.get(change.reason, "service")
    stopped = RunStopped.model_validate(
        {"run": run.id, "coder": run.coder, "reason": reason, "outcomes": outcomes}
    )
    yield key, RunStoppedMessage(timestamp=at, study=name, data=stopped)
    if reason == "budget":
        budget = BudgetReachedMessage(timestamp=at, study=name, data=BudgetReached(run=run.id))
        yield f"budget/{run.id}/{change.stored}", budget


def _passage_messages(study: Study, name: StudyName, done: Sequence[Change]) -> Iterator[_Keyed]:
    for each in done:
        given = [
            one
            for one in study.store.reviews.assignments(passage=each.subject)
            if one.round == each.round and not one.codes
        ]
        if all(one.reviewer != each.by for one in given):
            # A reading that only checks a planted error: nobody is told of it.
            continue
        acts = study.store.reviews.decisions(passage=each.subject, acts=_CLOSING, with_drafts=True)
        data = PassageDone(
            passage=each.subject,
            round=each.round,
            done=sum(state.done for state in fold_all(given, acts)),
            readings=len(given),
        )
        yield f"done/{each.stored}", PassageDoneMessage(timestamp=each.at, study=name, data=data)


class _Readings:
    """The readings of reviewers, each folded once."""

    def __init__(self, study: Study) -> None:
        self._study = study
        self._known: dict[str, list[ReadingState]] = {}

    def of(self, reviewer: str) -> list[ReadingState]:
        """Return how each reading of a reviewer is."""
        if reviewer not in self._known:
            reviews = self._study.store.reviews
            acts = reviews.decisions(reviewer=reviewer, acts=_CLOSING)
            self._known[reviewer] = fold_all(reviews.assignments(reviewer=reviewer), acts)
        return self._known[reviewer]

    def finished(self, reviewer: str, round_name: str) -> bool:
        """Return whether a reviewer has finished all that they have in a round."""
        return all(each.done for each in self.of(reviewer) if each.assignment.round == round_name)


def _queue_messages(name: StudyName, done: Sequence[Change], people: _Readings) -> Iterator[_Keyed]:
    last = {each.by: each for each in done}
    for reviewer, change in last.items():
        found = people.of(reviewer)
        if found and all(each.done for each in found):
            data = QueueEmpty(reviewer=reviewer, done=len(found))
            message = QueueEmptyMessage(timestamp=change.at, study=name, data=data)
            yield f"queue/{reviewer}/{change.stored}", message


def _round_messages(
    study: Study, name: StudyName, done: Sequence[Change], people: _Readings
) -> Iterator[_Keyed]:
    last = {each.round: each for each in done}
    for round_name, change in last.items():
        # Whoever was at it last is asked first: most often they have not finished.
        names = [change.by, *(each.name for each in study.store.reviews.reviewers())]
        if not all(people.finished(each, round_name) for each in names):
            continue
        given = study.store.reviews.assignments(round_name=round_name)
        data = RoundComplete(
            round=round_name, readings=len(given), passages=len({each.passage for each in given})
        )
        message = RoundCompleteMessage(timestamp=change.at, study=name, data=data)
        yield f"round/{round_name}/{change.stored}", message


def _dispute_messages(
    study: Study, name: StudyName, moved: Sequence[Change], before: set[tuple[str, str]]
) -> tuple[list[_Keyed], set[tuple[str, str]]]:
    """Return messages about disputes, and round and passage of what waits for a ruling now."""
    touched = {each.subject for each in moved}
    if len(touched) > FEW:
        waiting = _waiting(study)
    else:
        waiting = {each for each in before if each[1] not in touched}
        for passage in touched:
            waiting |= _waiting(study, passage)
    last = max(moved, key=lambda each: each.stored)
    made: list[_Keyed] = []
    opened = Counter(round_name for round_name, _ in waiting - before)
    now = Counter(round_name for round_name, _ in waiting)
    for round_name, count in sorted(opened.items()):
        data = DisputesOpened(round=round_name, opened=count, waiting=now[round_name])
        message = DisputesOpenedMessage(timestamp=last.at, study=name, data=data)
        made.append((f"disputes/{round_name}/{last.stored}", message))
    for round_name in sorted({each[0] for each in before - waiting}):
        rulings = [each for each in study.store.settlements.all() if each.round == round_name]
        ruled = {each.passage for each in rulings if each.ruling in (Ruling.YES, Ruling.NO)}
        if not now[round_name] and ruled:
            settled = DisputesRuled(round=round_name, ruled=len(ruled))
            said = DisputesRuledMessage(timestamp=last.at, study=name, data=settled)
            made.append((f"ruled/{round_name}/{last.stored}", said))
    return made, waiting


def _waiting(study: Study, passage: str | None = None) -> set[tuple[str, str]]:
    """Return round and passage of what waits for a ruling, of all passages or one.

    A passage that somebody has still to code blind, in whatever round, is left out: that it is in dispute
    says that others coded it differently.
    """
    found = readings(study, passage)
    if not found.cases:
        return set()
    reviews = study.store.reviews
    states = fold_all(
        reviews.assignments(passage=passage, every=True), reviews.decisions(passage=passage, with_drafts=True)
    )
    hidden = {each.assignment.passage for each in states if not each.sees_suggestions and not each.done}
    settled = settled_places(study, study.store.settlements.all())
    return {
        (case.round, case.passage.id)
        for case in found.cases
        if case.passage.id not in hidden
        and not found.unfinished.get(case.passage.id)
        and (case.disputed or case.described_otherwise)
        and open_codes(case, settled.get((case.passage.id, case.round), CaseState()), attributes=True)
    }


def _codebook_message(study: Study) -> Message:
    book = study.codebook
    data = CodebookChanged(
        codebook=book.id[:200], version=book.version[:200], hash=book.hash[:12], codes=len(book.codes)
    )
    return CodebookChangedMessage(timestamp=wiring.clock().now(), study=name_of(study), data=data)
