"""Everything that a study holds about a participant: the answer to a request for access."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from cothemes.app import wiring
from cothemes.app.privacy.access import files_with_words
from cothemes.app.privacy.participants import ParticipantDocument, documents_of
from cothemes.app.study import Study
from cothemes.errors import StateConflict
from cothemes.records.access import AccessKind, WordsHeld
from cothemes.records.document import Kind, Role
from cothemes.records.endpoint import is_loopback
from cothemes.records.record import Moment, Record
from cothemes.records.review import Action

_NO_CODING = (Action.DONE,)


class HeldVersion(Record):
    """One text of a document."""

    version: str
    current: bool
    words: int


class HeldPassage(Record):
    """A passage of a document."""

    passage: str
    current: bool
    speaker: str
    role: Role
    text: str


class HeldDecision(Record):
    """A decision, or a ruling by consensus, on a passage."""

    passage: str
    at: Moment
    by: str
    """Reviewer, or `consensus`."""
    action: str
    code: str | None
    quote: str
    """Words that were marked; empty if none were."""
    note: str


class HeldSuggestion(Record):
    """A coder's suggestion for a passage."""

    passage: str
    rater: str
    code: str
    quotes: tuple[str, ...]
    reason: str


class HeldMemo(Record):
    """A memo on a document or one of its passages, its newest version."""

    passage: str | None
    at: Moment
    by: str
    text: str


class HeldRating(Record):
    """An imported rating."""

    passage: str
    rater: str
    code: str
    value: int | None


class HeldCalls(Record):
    """Requests about passages of a document, by endpoint."""

    endpoint: str
    remote: bool
    calls: int
    first: Moment
    last: Moment


class HeldFile(Record):
    """A file that may hold words of the document."""

    path: str
    at: Moment
    by: str
    kind: AccessKind
    command: str
    words: WordsHeld
    there: bool


class HeldDocument(Record):
    """Everything that is held of one document."""

    document: str
    others: tuple[str, ...]
    """Other participants and voices, where it holds several: their words are listed too."""
    title: str
    kind: Kind
    file: str
    metadata: dict[str, str]
    versions: tuple[HeldVersion, ...]
    passages: tuple[HeldPassage, ...]
    decisions: tuple[HeldDecision, ...]
    suggestions: tuple[HeldSuggestion, ...]
    memos: tuple[HeldMemo, ...]
    ratings: tuple[HeldRating, ...]
    pseudonyms: dict[str, str]
    """Name found in the document → its pseudonym."""
    calls: tuple[HeldCalls, ...]
    files: tuple[HeldFile, ...]
    """Exports, packages and backups that the access log lists."""


class Held(Record):
    """Everything that a study holds about a participant."""

    study: str
    participant: str
    at: Moment
    documents: tuple[HeldDocument, ...]


def held(study: Study, participant: str) -> Held:
    """Return everything about a participant. Raises UsageError for a participant nobody named."""
    return Held(
        study=study.settings.study.title,
        participant=participant,
        at=wiring.clock().now(),
        documents=tuple(_document(study, each) for each in documents_of(study, participant)),
    )


def write_held(study: Study, found: Held, folder: Path, page: str) -> tuple[Path, ...]:
    """Write the report, as JSON and as text, and every version of every text into a new or empty folder.

    Raises StateConflict where the folder holds anything, InputError where it cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise StateConflict("is not empty", where=str(folder), hint="Name a new folder.")
    folder.mkdir(parents=True, exist_ok=True)
    written = [folder / "held.json", folder / "held.txt"]
    wiring.write_text(written[0], found.model_dump_json(indent=2) + "\n")
    wiring.write_text(written[1], page)
    for each in found.documents:
        for number, document in enumerate(study.store.documents.versions(each.document)):
            name = f"{each.document}.txt" if number == 0 else f"{each.document}.earlier-{number}.txt"
            wiring.write_text(folder / name, document.text)
            written.append(folder / name)
    return tuple(written)


def _document(study: Study, of: ParticipantDocument) -> HeldDocument:
    slug, store = of.document, study.store
    document = store.documents.get(slug)
    assert document is not None
    passages = store.passages.every(slug)
    current = {each.id for each in store.passages.of(slug)}
    ids = {each.id for each in passages}
    texts = {each.version: each.text for each in store.documents.versions(slug)}
    where = {each.id: each.version for each in passages}

    def quote(passage: str, start: int | None, end: int | None) -> str:
        if start is None or end is None:
            return ""
        return texts.get(where.get(passage, ""), "")[start:end]

    decisions = [
        HeldDecision(
            passage=each.passage,
            at=each.at,
            by=each.reviewer,
            action=each.action.value,
            code=each.code,
            quote=quote(each.passage, each.start, each.end),
            note=each.note,
        )
        for each in store.reviews.decisions(passages=ids)
        if not each.implicit and each.action not in _NO_CODING
    ]
    decisions += [
        HeldDecision(
            passage=each.passage,
            at=each.at,
            by="consensus",
            action=each.ruling.value,
            code=each.code,
            quote=quote(each.passage, each.start, each.end),
            note=each.note,
        )
        for each in store.settlements.all()
        if each.passage in ids
    ]
    memos = {
        each.memo: each
        for each in store.memos.all()
        if slug in (each.document, *each.documents) or each.passage in ids
    }
    used = Counter(each.pseudonym for each in store.privacy.replacements(slug))
    return HeldDocument(
        document=slug,
        others=of.others,
        title=document.title,
        kind=document.kind,
        file=document.source_name,
        metadata=document.metadata,
        versions=tuple(
            HeldVersion(
                version=each.version,
                current=each.version == document.version,
                words=len(each.text.split()),
            )
            for each in store.documents.versions(slug)
        ),
        passages=tuple(
            HeldPassage(
                passage=each.id,
                current=each.id in current,
                speaker=each.speaker,
                role=each.role,
                text=each.text,
            )
            for each in passages
        ),
        decisions=tuple(decisions),
        suggestions=tuple(
            HeldSuggestion(
                passage=each.passage,
                rater=each.rater,
                code=each.code,
                quotes=tuple(quote(each.passage, one.start, one.end) for one in each.evidence),
                reason=each.reason,
            )
            for each in store.runs.suggestions(passages=ids)
        ),
        memos=tuple(
            HeldMemo(passage=each.passage, at=each.at, by=each.by, text=each.text)
            for each in memos.values()
            if each.text
        ),
        ratings=tuple(
            HeldRating(passage=each.unit, rater=each.rater, code=each.code, value=each.value)
            for each in store.ratings.all()
            if each.unit in ids
        ),
        pseudonyms={each.original: each.pseudonym for each in store.privacy.pseudonyms() if each.id in used},
        calls=_calls(study, slug),
        files=tuple(
            HeldFile(
                **{name: getattr(each, name) for name in ("path", "at", "by", "kind", "command", "words")},
                there=Path(each.path).exists(),
            )
            for each in files_with_words(study, slug)
        ),
    )


def _calls(study: Study, slug: str) -> tuple[HeldCalls, ...]:
    found: dict[str, list[Moment]] = {}
    for passage, endpoint, at in study.store.ledger.sent():
        if passage.rpartition(".")[0] == slug:
            found.setdefault(endpoint, []).append(at)
    return tuple(
        HeldCalls(
            endpoint=endpoint,
            remote=not is_loopback(endpoint),
            calls=len(times),
            first=min(times),
            last=max(times),
        )
        for endpoint, times in found.items()
    )
