"""Files to documents and passages: what is new is read, what is known is left, what fails is listed."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from cothemes.adapters.readers.registry import SUFFIXES, one_file, reader_for
from cothemes.adapters.readers.table import about_files
from cothemes.app.steps.forget import refusal
from cothemes.app.study import Study
from cothemes.errors import FileUnreadable, InputError
from cothemes.ports import Progress
from cothemes.records.document import Document, DocumentHead, Kind
from cothemes.records.passage import Passage
from cothemes.records.source import Source
from cothemes.stages.ingest.check import Understood, understood, unsettled
from cothemes.stages.ingest.document import document_from
from cothemes.stages.ingest.overlooked import doubts
from cothemes.stages.ingest.slug import slug_of
from cothemes.stages.segment.run import segment, segmentation_hash

DECIDED = (
    "has changed, but decisions stand on its passages; "
    "with --resegment it is cut anew and the old decisions stay with the old passages"
)
ABOUT_FILES = "is a table about files, not a text: its first column is `file`"
FORGOTTEN = "See cothemes forget --list."


class FileState(StrEnum):
    """What became of one file."""

    NEW = "new"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    SKIPPED = "skipped"
    """In a folder, of a type that no reader takes."""


@dataclass(frozen=True)
class FileResult:
    """One file, or one of several documents in it."""

    path: str
    state: FileState
    document: DocumentHead | None = None
    """Its text is not kept: a report outlives the night that it begins."""
    passages: int = 0
    reason: str = ""
    hint: str = ""
    unsettled: str = ""
    """In words, which of its speech has no speaker or no role."""
    doubtful: bool = False
    """Whether some of its words may stand under another person."""
    understood: Understood | None = None
    """What the rules found in it, where that was asked for."""


@dataclass(frozen=True)
class IngestReport:
    """What an ingest did, file by file."""

    results: tuple[FileResult, ...]

    def count(self, state: FileState) -> int:
        """How many ended so."""
        return sum(result.state is state for result in self.results)

    @property
    def failed(self) -> list[FileResult]:
        """Those that could not be read."""
        return [result for result in self.results if result.state is FileState.FAILED]


@dataclass
class _Names:
    """Which document a file belongs to: by its bytes, else by its name where that is unique."""

    by_name: dict[str, list[DocumentHead]] = field(default_factory=dict)
    slugs: set[str] = field(default_factory=set)
    incoming: frozenset[str] = frozenset()

    def earlier(self, name: str, slug: str, *, alone: bool) -> DocumentHead | None:
        """The document that one of a file of this name replaces: where the file holds several, by slug."""
        known = [d for d in self.by_name.get(name, []) if d.source_hash not in self.incoming]
        if not alone:
            return next((document for document in known if document.slug == slug), None)
        return known[0] if len(known) == 1 else None


def find_files(paths: Sequence[Path]) -> tuple[list[Path], list[Path]]:
    """Files to read, and files in folders that no reader takes. Raises InputError for a missing path."""
    wanted: list[Path] = []
    passed_over: list[Path] = []
    for path in paths:
        if path.is_dir():
            for child in sorted(path.rglob("*")):
                hidden = any(part.startswith(".") for part in child.relative_to(path).parts)
                if child.is_file() and not hidden:
                    (wanted if child.suffix.lower() in SUFFIXES else passed_over).append(child)
        elif path.exists():
            wanted.append(path)
        else:
            raise InputError("does not exist", where=str(path), hint="Check the path.")
    return list(dict.fromkeys(wanted)), passed_over


def read_metadata(path: Path | None) -> dict[str, dict[str, str]]:
    """File name → its row of the --meta table. Raises InputError with the row."""
    if path is None:
        return {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            rows = list(csv.DictReader(handle))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(
            f"cannot be read as a table: {error}", where=str(path), hint="Save it as UTF-8 CSV."
        ) from error
    table: dict[str, dict[str, str]] = {}
    for number, row in enumerate(rows, start=2):
        name = (row.get("file") or "").strip()
        if not name:
            raise InputError(
                "has no file name in this row", where=f"{path}:{number}", hint="Fill the column `file`."
            )
        if name in table:
            raise InputError(f"{name} stands twice", where=f"{path}:{number}", hint="Keep one row a file.")
        table[name] = {key: value.strip() for key, value in row.items() if key and key != "file" and value}
    return table


def ingest(
    study: Study,
    paths: Sequence[Path],
    *,
    kind: Kind | None = None,
    meta: Path | None = None,
    resegment: bool = False,
    check_only: bool = False,
    progress: Progress = lambda _count: None,
) -> IngestReport:
    """Reads files and folders into the study; with `check_only` stores nothing."""
    table = read_metadata(meta)
    files, passed_over = find_files(paths)
    files = [path for path in files if meta is None or path.resolve() != meta.resolve()]
    hashes: dict[Path, str] = {}
    results: list[FileResult] = []
    for path in files:
        try:
            hashes[path] = _hash(path)
        except OSError as error:
            reason = f"cannot be opened: {error.strerror}"
            results.append(FileResult(str(path), FileState.FAILED, reason=reason, hint="Check its rights."))
    current = study.store.documents.heads()
    names = _Names(slugs={d.slug for d in current}, incoming=frozenset(hashes.values()))
    for document in current:
        names.by_name.setdefault(document.source_name, []).append(document)
    for path in hashes:
        row = table.get(path.name, {})
        found = _one_file(study, path, hashes[path], row, kind, names, resegment, check_only)
        try:
            results.extend(_without_text(result, check_only) for result in found)
        except FileUnreadable as error:
            results.append(_refused(path, error))
        progress(1)
    for path in passed_over:
        reason = f"no reader takes {path.suffix or 'a file without a suffix'}"
        results.append(FileResult(str(path), FileState.SKIPPED, reason=reason))
    return IngestReport(tuple(results))


def _one_file(
    study: Study,
    path: Path,
    source_hash: str,
    row: Mapping[str, str],
    kind: Kind | None,
    names: _Names,
    resegment: bool,
    check_only: bool,
) -> Iterable[FileResult]:
    known = [d for d in study.store.documents.by_source(source_hash) if d.source_name == path.name]
    if known and not check_only:
        for document in known:
            yield _known_file(study, path, document, row, kind, resegment)
        return
    with one_file(path):
        of_files = about_files(path)
        sources = [] if of_files else reader_for(path).read(path)
        documents = [document_from(source, kind=kind, metadata=row) for source in sources]
    if of_files:
        hint = f"Give it as --meta {path.name}."
        yield FileResult(str(path), FileState.FAILED, reason=ABOUT_FILES, hint=hint)
    for source, document in zip(sources, documents, strict=True):
        same = next(
            (d for d in known if d.version == document.version or len(known) == len(sources) == 1), None
        )
        if same is not None:
            yield _same_again(study, path, source, same, row, kind)
            continue
        # The bytes of a file that others are in too say nothing of one document.
        marks = (source_hash, document.version) if len(sources) == 1 else (document.version,)
        namesake = names.earlier(path.name, document.slug, alone=len(sources) == 1)
        earlier = study.store.documents.get(namesake.slug) if namesake else None
        forgotten = refusal(study, earlier.slug if earlier else document.slug, *marks)
        if forgotten is not None:
            yield FileResult(str(path), FileState.FAILED, reason=forgotten, hint=FORGOTTEN)
            continue
        if earlier is not None:
            document = _with_what_was_known(source, document, earlier, row, kind)
        slug = earlier.slug if earlier else slug_of(document.slug, names.slugs)
        document = document.model_copy(update={"slug": slug})
        names.slugs.add(slug)
        if check_only:
            cut = _cut(study, path, document, 1)
            state = FileState.UPDATED if earlier else FileState.NEW
            yield FileResult(str(path), state, document, len(cut))
        elif earlier and earlier.version == document.version:
            yield _settled(study, path, earlier, document, resegment)
        elif earlier and _decided(study, slug) and not resegment:
            yield FileResult(str(path), FileState.FAILED, earlier, reason=DECIDED, hint="Give --resegment.")
        else:
            state = FileState.UPDATED if earlier else FileState.NEW
            yield FileResult(str(path), state, document, _store(study, path, document))


def _refused(path: Path, error: FileUnreadable) -> FileResult:
    """The reason with its row or place, where the reader knows it."""
    place = error.where.removeprefix(str(path)).lstrip(":")
    reason = f"row {place}: {error.message}" if place else error.message
    return FileResult(str(path), FileState.FAILED, reason=reason, hint=error.hint)


def _without_text(result: FileResult, check: bool) -> FileResult:
    document = result.document
    if not isinstance(document, Document):
        return result
    return replace(
        result,
        document=document.head,
        unsettled=unsettled(document),
        doubtful=bool(doubts(document)),
        understood=understood(document) if check else None,
    )


def _known_file(
    study: Study, path: Path, document: Document, row: Mapping[str, str], kind: Kind | None, resegment: bool
) -> FileResult:
    """The same bytes as before: only what is known of the file, or how text is cut, may have changed."""
    reread = resegment or _says_more(document, row, kind)
    again = _read_again(path, document, row, kind, resegment) if reread else document
    return _settled(study, path, document, again, resegment)


def _same_again(
    study: Study, path: Path, source: Source, known: Document, row: Mapping[str, str], kind: Kind | None
) -> FileResult:
    """What a check says of bytes that were read already: what reading them again would change."""
    read = document_from(source, slug=known.slug, kind=kind, metadata={**known.metadata, **row})
    cut = _cut(study, path, read, 1)
    passages = study.store.passages.of(known.slug)
    cut_so = passages and passages[0].segmentation == segmentation_hash(study.settings.segment)
    changes = not cut_so or _says_more(known, row, kind) or read.blocks != known.blocks
    return FileResult(str(path), FileState.UPDATED if changes else FileState.UNCHANGED, read, len(cut))


def _settled(study: Study, path: Path, document: Document, again: Document, resegment: bool) -> FileResult:
    """The same text as before, read `again`."""
    passages = study.store.passages.of(document.slug)
    cut_so = passages and passages[0].segmentation == segmentation_hash(study.settings.segment)
    if cut_so and again.version == document.version and again.blocks == document.blocks:
        if again == document:
            return FileResult(str(path), FileState.UNCHANGED, document, len(passages))
        study.store.documents.amend(again)
        return FileResult(str(path), FileState.UPDATED, again, len(passages))
    if passages and _decided(study, document.slug) and not resegment:
        return FileResult(str(path), FileState.FAILED, document, reason=DECIDED, hint="Give --resegment.")
    study.store.documents.amend(again)
    return FileResult(str(path), FileState.UPDATED, again, _store(study, path, again))


def _says_more(document: Document, row: Mapping[str, str], kind: Kind | None) -> bool:
    """Whether the table or --kind differ from what the document holds."""
    known = {**document.metadata, "title": document.title, "kind": document.kind.value}
    known["synthetic"] = "true" if document.synthetic else ""
    differs = any(value and known.get(key, "") != value for key, value in row.items())
    return differs or (kind is not None and kind is not document.kind)


def _read_again(
    path: Path, document: Document, row: Mapping[str, str], kind: Kind | None, resegment: bool
) -> Document:
    facts = {**document.metadata, **row}
    with one_file(path):
        sources = reader_for(path).read(path)
        for source in sources:
            fresh = document_from(source, slug=document.slug, kind=kind, metadata=facts)
            # Better rules may make another text of the same bytes, such as captions joined.
            if fresh.version == document.version or (resegment and len(sources) == 1):
                return fresh
    return document.model_copy(update={"metadata": {**document.metadata, **row}})


def _with_what_was_known(
    source: Source, fresh: Document, earlier: Document, row: Mapping[str, str], kind: Kind | None
) -> Document:
    """A changed file read without its table keeps what that said, the consent of its people first of all.
    What the file itself says now goes before, and what the table says now before all."""
    facts = {key: value for key, value in earlier.metadata.items() if key not in fresh.metadata}
    if (
        earlier.title
        and not earlier.text.lstrip("# ").startswith(earlier.title)
        and "title" not in source.front
    ):
        facts["title"] = earlier.title
    if earlier.synthetic:
        facts["synthetic"] = "true"
    # What people said stays what people said, and needs their consent, until someone names another kind.
    if earlier.kind in (Kind.INTERVIEW, Kind.SURVEY) and "kind" not in source.front:
        facts["kind"] = earlier.kind.value
    return document_from(source, kind=kind, metadata={**facts, **row})


def _cut(study: Study, path: Path, document: Document, first: int) -> tuple[Passage, ...]:
    with one_file(path):
        return segment(document, study.settings.segment, first)


def _store(study: Study, path: Path, document: Document) -> int:
    passages = _cut(study, path, document, study.store.passages.next_number(document.slug))
    study.store.documents.add(document)
    study.store.passages.replace(document.slug, passages)
    return len(passages)


def _decided(study: Study, slug: str) -> bool:
    ids = [passage.id for passage in study.store.passages.of(slug)]
    return bool(ids) and bool(study.store.reviews.decisions(passages=ids))


def _hash(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
