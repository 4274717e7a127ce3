"""Consent withdrawn: a document's words erased from the study, and a list of what only a person can erase."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from cothemes.app import wiring
from cothemes.app.privacy.access import files_with_words
from cothemes.app.privacy.byte_search import Searched, Sought, files_below, search_files
from cothemes.app.privacy.deidentify import known_documents
from cothemes.app.privacy.participants import ParticipantDocument, documents_of, participant_mark
from cothemes.app.study import RECORDS_FOLDER, Study
from cothemes.errors import StateConflict
from cothemes.records.access import Access, AccessKind, WordsHeld
from cothemes.records.endpoint import is_loopback
from cothemes.records.privacy import Tombstone
from cothemes.records.record import Listing, Moment, Record
from cothemes.records.run import CallState
from cothemes.stages.deidentify.traces import Traces

REASON = "consent withdrawn"
HALF_MADE = "backup-"
"""Beginning of the names of folders in .cothemes in which backups are made."""
_KEPT_WORDS = {
    "codebooks.content": "codebooks that the study was coded with, kept in its records",
    "runs.details": "settings of runs, which hold the codebook as it was sent",
}


@dataclass(frozen=True)
class Sent:
    """Where words of the document went."""

    endpoint: str
    model: str
    calls: int
    first: datetime
    last: datetime


@dataclass(frozen=True)
class ForgetPlan:
    """What would be erased, shown before it is."""

    document: str
    already: Tombstone | None
    passages: int
    decisions: int
    source: str
    """The name of its file; kept nowhere after the erasure."""
    sent: tuple[Sent, ...]
    sought: Sought
    """By which its words are known again."""
    files: tuple[Access, ...] = ()
    """Files that commands wrote while the document was in the study."""
    participant: str = ""
    """The participant who is forgotten with it, if that was asked for."""


class Forgotten(Record):
    """A document that was forgotten."""

    document: str
    at: datetime
    reason: str
    by: str
    """Empty where nobody gave a name."""
    erased: dict[str, int]
    """Things erased → how many."""


class ForgottenList(Listing[Forgotten]):
    """Every document that was forgotten."""


class FileState(StrEnum):
    """What a file that a command wrote holds now."""

    HOLDS = "holds its words"
    NOT_FOUND = "none of its words found"
    """Perhaps a table of figures, or a file that has been replaced. Short quotes may be missed."""
    GONE = "not there"
    UNREADABLE = "cannot be read"


class WrittenFile(Record):
    """A file that a command wrote while the document was in the study, outside `.cothemes`."""

    path: str
    at: Moment
    by: str
    kind: AccessKind
    command: str
    words: WordsHeld
    """What it was written with."""
    state: FileState


class ForgetReport(Forgotten):
    """What was erased, and what is out of reach."""

    clean: bool
    """False where old bytes may be left in the database's files or in `holding`."""
    holding: tuple[str, ...]
    """Files of .cothemes that hold its words all the same."""
    remaining: tuple[str, ...]
    """What a person has to do, in words."""
    files: tuple[WrittenFile, ...]
    """Exports, packages and backups that the access log lists, for a person to delete."""


class ForgottenParticipant(Record):
    """A participant whose documents were forgotten."""

    participant: str
    documents: tuple[ForgetReport, ...]
    kept: tuple[ParticipantDocument, ...]
    """Documents that hold other participants too, and were left as they are."""
    remaining: tuple[str, ...]
    """What a person has to do about the documents that were kept."""

    @property
    def clean(self) -> bool:
        """False where old bytes may be left of any of the documents."""
        return all(each.clean for each in self.documents)

    @property
    def holding(self) -> tuple[str, ...]:
        """Files of .cothemes that hold words all the same."""
        return tuple(dict.fromkeys(path for each in self.documents for path in each.holding))


class SharedDocuments(StrEnum):
    """What becomes of documents that hold words of other participants too."""

    ERASE = "erase"
    KEEP = "keep"


@dataclass(frozen=True)
class ParticipantPlan:
    """What would be erased of a participant, shown before it is."""

    participant: str
    documents: tuple[ForgetPlan, ...]
    kept: tuple[ParticipantDocument, ...]


def forgotten(study: Study) -> ForgottenList:
    """Return what was erased, when and why."""
    return ForgottenList(tuple(map(_forgotten, study.store.privacy.tombstones())))


def _forgotten(grave: Tombstone) -> Forgotten:
    return Forgotten(
        document=grave.document, at=grave.at, reason=grave.reason, by=grave.by, erased=grave.erased
    )


def plan(study: Study, slug: str, *, beside: Collection[str] = ()) -> ForgetPlan:
    """Return what `forget` would erase. Raises UsageError for a document that is not there and was not
    forgotten. `beside`: documents that are forgotten together with it."""
    document = study.store.documents.get(slug)
    buried = study.store.privacy.tombstone_of(slug)
    if document is None:
        if buried is None:
            known_documents((d.slug for d in study.store.documents.heads()), [slug])
        return ForgetPlan(slug, buried, 0, 0, "", (), Sought(Traces(())))
    passages = study.store.passages.of(slug)
    return ForgetPlan(
        document=slug,
        already=buried,
        passages=len(passages),
        decisions=len(study.store.reviews.decisions(passages=[passage.id for passage in passages])),
        source=document.source_name,
        sent=tuple(_sent(study, slug)),
        sought=Sought(_traces(study, slug, beside), _names(study, slug, beside)),
        files=files_with_words(study, slug),
    )


def plan_participant(study: Study, participant: str, shared: SharedDocuments | None) -> ParticipantPlan:
    """Return what forgetting a participant would erase: every document whose only participant it is.

    Raises UsageError for a participant nobody named, StateConflict where a document holds other participants
    too and nobody said what becomes of it.
    """
    found = documents_of(study, participant)
    joint = tuple(each for each in found if each.shared)
    if joint and shared is None:
        told = "; ".join(f"{each.document} (also {', '.join(each.others[:4])})" for each in joint)
        raise StateConflict(
            f"{participant} is not the only participant of {told}",
            hint="--shared erase erases these documents whole, with the words of the others. --shared keep "
            "leaves them: take the participant's turns out of the files and ingest these with --redact.",
        )
    kept = joint if shared is SharedDocuments.KEEP else ()
    slugs = [each.document for each in found if each not in kept]
    todo = tuple(
        _of_participant(plan(study, slug, beside=set(slugs) - {slug}), participant) for slug in slugs
    )
    return ParticipantPlan(participant, todo, kept)


def _of_participant(todo: ForgetPlan, participant: str) -> ForgetPlan:
    return replace(todo, participant=participant)


def forget_participant(
    study: Study, todo: ParticipantPlan, *, reason: str = REASON, by: str = ""
) -> ForgottenParticipant:
    """Erase the documents of the plan, one after the other. Raises VectorsError as `forget` does."""
    made = tuple(forget(study, each, reason=reason, by=by) for each in todo.documents)
    remaining = tuple(
        f"{each.document} is left, and holds words of {todo.participant}: take them out of its file, then "
        "cothemes ingest FILE --redact"
        for each in todo.kept
    )
    return ForgottenParticipant(
        participant=todo.participant, documents=made, kept=todo.kept, remaining=remaining
    )


def forget(
    study: Study, todo: ForgetPlan, *, reason: str = REASON, by: str = "", grave: Tombstone | None = None
) -> ForgetReport:
    """Erase the document's words for good. A second time finishes what was hindered the first time.

    `grave`: the tombstone of an erasure in another copy of the study, which is done here as well.

    Raises VectorsError, before anything is erased, where another process holds the vector store.
    """
    drop_half_made_backups(study)
    with vectors_dropped(study):
        tombstone = _buried(study, todo, grave or _tombstone(todo, reason, by))
    clean = study.store.privacy.scrub()
    held = study.store.privacy.still_held(todo.sought.traces.quoted_in)
    inside, outside, unread = left_in_folder(study, todo.sought)
    if (held or clean) and held.keys() <= _KEPT_WORDS.keys():
        # A codebook that quotes the document is the study's own: named to the person, and no failure. In a
        # file that was rewritten, other hits are rows too, with copies too short to be anybody's.
        inside = [
            place for place in inside if not place.startswith(f"{RECORDS_FOLDER}/{study.store.path.name}")
        ]
    return ForgetReport(
        **dict(_forgotten(tombstone)),
        clean=clean and not inside,
        holding=tuple(inside),
        remaining=tuple(_remaining(todo, held, outside, unread)),
        files=tuple(_written(todo)),
    )


@contextmanager
def vectors_dropped(study: Study) -> Iterator[None]:
    """Drop the vector store after the block: a deleted vector's bytes stay in Chroma's files.

    `index` makes it anew. Raises VectorsError, before the block, where another process holds it.
    """
    with ExitStack() as stack:
        indexes = [stack.enter_context(wiring.vector_index(each)) for each in study.vector_folders]
        yield
        for index in indexes:
            index.clear()


def drop_half_made_backups(study: Study) -> None:
    """Delete copies of the records that a backup was cut off in; one that is under way fails."""
    for left in study.records.glob(f"{HALF_MADE}*"):
        shutil.rmtree(left, ignore_errors=True)


def left_in_folder(study: Study, sought: Sought) -> tuple[list[str], list[str], list[str]]:
    """Search the study's folder: (files of .cothemes that hold the words, other files, files not read).

    A part of an archive is named after its file. Names are looked for outside .cothemes alone, since a
    reviewer may have the same name.
    """
    paths = files_below(study.root)
    outside = [path for path in paths if not path.is_relative_to(study.records)]
    found = search_files(paths, sought, names_in=outside)
    told = {path: _told(study, path, part) for path, part in found.holding.items()}
    return (
        [words for path, words in told.items() if path.is_relative_to(study.records)],
        [words for path, words in told.items() if not path.is_relative_to(study.records)],
        [_told(study, path, "") for path in found.unread],
    )


def _told(study: Study, path: Path, part: str) -> str:
    name = path.relative_to(study.root).as_posix()
    return f"{name} ({part})" if part else name


def _written(todo: ForgetPlan) -> Iterator[WrittenFile]:
    """The files that commands wrote, each searched where it is."""
    for each in todo.files:
        path = Path(each.path)
        if path.is_dir():
            found = search_files(files_below(path), todo.sought, names_in=files_below(path))
        elif path.is_file():
            found = search_files([path], todo.sought, names_in=[path])
        else:
            found = None
        yield WrittenFile(
            **{name: getattr(each, name) for name in ("path", "at", "by", "kind", "command", "words")},
            state=_state(found),
        )


def _state(found: Searched | None) -> FileState:
    if found is None:
        return FileState.GONE
    if found.holding:
        return FileState.HOLDS
    return FileState.UNREADABLE if found.unread else FileState.NOT_FOUND


def refusal(study: Study, slug: str, *marks: str) -> str | None:
    """Why a file may not be taken in again, where it was forgotten. `marks`: hashes of its bytes and text."""
    tombstone = study.store.privacy.tombstone_of(slug, marks)
    return tombstone.told if tombstone else None


def _tombstone(todo: ForgetPlan, reason: str, by: str) -> Tombstone:
    marks = (participant_mark(todo.participant),) if todo.participant else ()
    return Tombstone(document=todo.document, at=wiring.clock().now(), reason=reason, by=by, marks=marks)


def _buried(study: Study, todo: ForgetPlan, grave: Tombstone) -> Tombstone:
    if todo.already is not None:
        return todo.already
    return study.store.privacy.forget(grave, todo.sought.traces.quoted_in)


def _traces(study: Study, slug: str, beside: Collection[str]) -> Traces:
    leaving = {slug, *beside}
    others = [other.text for other in study.store.documents.all() if other.slug not in leaving]
    # The id stays in decisions, and may stand in the text, as in an address of the recording.
    return Traces(study.store.privacy.texts_of(slug), [*others, slug])


def _names(study: Study, slug: str, beside: Collection[str]) -> tuple[str, ...]:
    """Names that the search for names found in the document and in no other one."""
    privacy = study.store.privacy
    logs = {each: {found.pseudonym for found in privacy.replacements(each)} for each in privacy.states()}
    own = logs.pop(slug, set())
    elsewhere = set().union(*(ids for each, ids in logs.items() if each not in beside))
    return tuple(each.original for each in privacy.pseudonyms() if each.id in own - elsewhere)


def _sent(study: Study, slug: str) -> Iterator[Sent]:
    own = {passage.id for passage in study.store.passages.of(slug)}
    places: dict[tuple[str, str], list[datetime]] = {}
    for call in study.store.ledger.calls():
        mine = call.passage in own or call.passage.rpartition(".")[0] == slug
        # A request without a reply arrived all the same where it may have been paid for.
        arrived = call.state is not CallState.FAILED or call.unconfirmed_nanos or call.settled_nanos
        if mine and not is_loopback(call.endpoint) and arrived:
            places.setdefault((call.endpoint, call.model), []).append(call.intended_at)
    for (endpoint, model), times in places.items():
        yield Sent(endpoint, model, len(times), min(times), max(times))


def _remaining(
    todo: ForgetPlan, held: dict[str, int], outside: Sequence[str], unread: Sequence[str]
) -> Iterator[str]:
    for sent in todo.sent:
        yield (
            f"{sent.endpoint} had {sent.calls} requests with its words"
            f"{f' ({sent.model})' if sent.model else ''} between {sent.first.date()} and {sent.last.date()}: "
            "ask the provider what it keeps, and to delete it"
        )
    for path in outside:
        yield f"{path} in the study's folder holds its words: delete or edit it"
    for path in unread:
        yield f"{path} cannot be read here: look through it"
    for place, rows in held.items():
        what = _KEPT_WORDS.get(place, place)
        yield f"its words stand in {what} ({rows}): where a codebook quotes it, take the quotation out"
    source = f"the file {todo.source}" if todo.source else "its file"
    yield f"{source}, recordings and every copy of them, wherever they lie"
    yield "backups of the study, and copies kept by a synced folder, a snapshot or the disk itself"
    yield (
        "exports, reports and reviewers' packages made before now, and copies of the files listed here: "
        "tables of codings hold quotes"
    )
    yield "lists of names given to `cothemes deidentify --names`"
    yield f"notes that quote it; and its id {todo.document}, which stays, where the id itself says who it was"
