"""Consent withdrawn: a document's words erased from the study, and a list of what only a person can erase."""

from __future__ import annotations

import mmap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from cothemes.app import wiring
from cothemes.app.privacy.deidentify import known_documents
from cothemes.app.study import Study
from cothemes.records.endpoint import is_loopback
from cothemes.records.privacy import Tombstone
from cothemes.records.record import Listing, Record
from cothemes.records.run import CallState
from cothemes.stages.deidentify.traces import Traces

REASON = "consent withdrawn"
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
    traces: Traces
    """By which its words are known again."""


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


class ForgetReport(Forgotten):
    """What was erased, and what is out of reach."""

    clean: bool
    """False where old bytes may be left in the database's files or in `holding`."""
    holding: tuple[str, ...]
    """Files of .cothemes that hold its words all the same."""
    remaining: tuple[str, ...]
    """What a person has to do, in words."""


def forgotten(study: Study) -> ForgottenList:
    """Return what was erased, when and why."""
    return ForgottenList(tuple(map(_forgotten, study.store.privacy.tombstones())))


def _forgotten(grave: Tombstone) -> Forgotten:
    return Forgotten(
        document=grave.document, at=grave.at, reason=grave.reason, by=grave.by, erased=grave.erased
    )


def plan(study: Study, slug: str) -> ForgetPlan:
    """What `forget` would erase. Raises UsageError for a document that is not there and was not forgotten."""
    document = study.store.documents.get(slug)
    buried = study.store.privacy.tombstone_of(slug)
    if document is None:
        if buried is None:
            known_documents((d.slug for d in study.store.documents.heads()), [slug])
        return ForgetPlan(slug, buried, 0, 0, "", (), Traces(()))
    passages = study.store.passages.of(slug)
    return ForgetPlan(
        document=slug,
        already=buried,
        passages=len(passages),
        decisions=len(study.store.reviews.decisions(passages=[passage.id for passage in passages])),
        source=document.source_name,
        sent=tuple(_sent(study, slug)),
        traces=_traces(study, slug),
    )


def forget(study: Study, todo: ForgetPlan, *, reason: str = REASON, by: str = "") -> ForgetReport:
    """Erases the document's words for good. A second time finishes what was hindered the first time.

    Raises VectorsError, before anything is erased, where another process holds the vector store.
    """
    vectors = study.records / "vectors"
    if vectors.exists():
        with wiring.vector_index(study.vectors) as index:
            tombstone = _buried(study, todo, reason, by)
            # A deleted vector's bytes stay in Chroma's files: the folder goes; `index` makes it anew.
            index.clear()
    else:
        tombstone = _buried(study, todo, reason, by)
    clean = study.store.privacy.scrub()
    held = study.store.privacy.still_held(todo.traces.quoted_in)
    holding, unread = _look_through(study.root, todo.traces)
    inside = [path for path in holding if path.is_relative_to(study.records)]
    if held and held.keys() <= _KEPT_WORDS.keys():
        # A codebook that quotes the document is the study's own: named to the person, and no failure.
        inside = [path for path in inside if not path.name.startswith(study.store.path.name)]
    outside = [path for path in holding if not path.is_relative_to(study.records)]
    return ForgetReport(
        **dict(_forgotten(tombstone)),
        clean=clean and not inside,
        holding=tuple(str(path.relative_to(study.root)) for path in inside),
        remaining=tuple(_remaining(study, todo, held, outside, unread)),
    )


def refusal(study: Study, slug: str, *marks: str) -> str | None:
    """Why a file may not be taken in again, where it was forgotten. `marks`: hashes of its bytes and text."""
    tombstone = study.store.privacy.tombstone_of(slug, marks)
    return tombstone.told if tombstone else None


def _buried(study: Study, todo: ForgetPlan, reason: str, by: str) -> Tombstone:
    if todo.already is not None:
        return todo.already
    now = wiring.clock().now()
    grave = Tombstone(document=todo.document, at=now, reason=reason, by=by)
    return study.store.privacy.forget(grave, todo.traces.quoted_in)


def _traces(study: Study, slug: str) -> Traces:
    others = [other.text for other in study.store.documents.all() if other.slug != slug]
    # The id stays in decisions, and may stand in the text, as in an address of the recording.
    return Traces(study.store.privacy.texts_of(slug), [*others, slug])


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
    study: Study, todo: ForgetPlan, held: dict[str, int], outside: Sequence[Path], unread: Sequence[Path]
) -> Iterator[str]:
    for sent in todo.sent:
        yield (
            f"{sent.endpoint} had {sent.calls} requests with its words"
            f"{f' ({sent.model})' if sent.model else ''} between {sent.first.date()} and {sent.last.date()}: "
            "ask the provider what it keeps, and to delete it"
        )
    for path in outside:
        yield f"{path.relative_to(study.root)} in the study's folder holds its words: delete or edit it"
    for path in unread:
        yield f"{path.relative_to(study.root)} cannot be read here: look through it"
    for place, rows in held.items():
        what = _KEPT_WORDS.get(place, place)
        yield f"its words stand in {what} ({rows}): where a codebook quotes it, take the quotation out"
    source = f"the file {todo.source}" if todo.source else "its file"
    yield f"{source}, recordings and every copy of them, wherever they lie"
    yield "backups of the study, and copies kept by a synced folder, a snapshot or the disk itself"
    yield "exports, reports and reviewers' packages made before now: tables of codings hold quotes"
    yield "lists of names given to `cothemes deidentify --names`"
    yield f"notes that quote it; and its id {todo.document}, which stays, where the id itself says who it was"


def _look_through(root: Path, traces: Traces) -> tuple[list[Path], list[Path]]:
    """Files of the study that hold words of the document, and files that cannot be read."""
    holding: list[Path] = []
    unread: list[Path] = []
    for path in sorted(root.rglob("*")):
        if path.is_symlink() or not path.is_file() or not traces:
            continue
        try:
            with path.open("rb") as handle:
                if path.stat().st_size and _quoted_in(handle, traces):
                    holding.append(path)
        except OSError:
            unread.append(path)
    return holding, unread


def _quoted_in(handle: BinaryIO, traces: Traces) -> bool:
    with mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return traces.quoted_in(content)
