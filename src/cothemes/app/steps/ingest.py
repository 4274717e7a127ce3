"""Files to documents and passages: what is new is read, what is known is left, what fails is listed."""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from cothemes.adapters.readers.registry import SUFFIXES, reader_for
from cothemes.app.steps.forget import refusal
from cothemes.app.steps.ingest_again import (
    KEPT_AS_CUT,
    as_cut,
    as_known,
    read_again,
    reads_anew,
    says_more,
    with_what_was_known,
)
from cothemes.app.study import Study
from cothemes.errors import FileUnreadable, InputError
from cothemes.ports import Progress
from cothemes.records.document import Document, DocumentHead, Kind
from cothemes.records.source import Source
from cothemes.stages.ingest.check import Understood, understood, unsettled
from cothemes.stages.ingest.document import SPOKEN_THOUGH_PUBLISHED, document_from
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
    """Why it failed, what was left as it is, or what a person should look at."""
    hint: str = ""
    unsettled: str = ""
    """In words, which of its speech has no speaker or no role."""
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
        results.extend(_without_text(result, check_only) for result in found)
        progress(1)
    results.extend(
        FileResult(
            str(path), FileState.SKIPPED, reason=f"no reader takes {path.suffix or 'a file without a suffix'}"
        )
        for path in passed_over
    )
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
    if _about_files(path):
        yield FileResult(
            str(path), FileState.FAILED, reason=ABOUT_FILES, hint=f"Give it as --meta {path.name}."
        )
        return
    try:
        sources = reader_for(path).read(path)
    except FileUnreadable as error:
        yield FileResult(str(path), FileState.FAILED, reason=error.message, hint=error.hint)
        return
    for source in sources:
        document = document_from(source, kind=kind, metadata=row)
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
            document = with_what_was_known(source, document, earlier, row, kind)
        slug = earlier.slug if earlier else slug_of(document.slug, names.slugs)
        document = document.model_copy(update={"slug": slug})
        names.slugs.add(slug)
        if check_only:
            cut = segment(document, study.settings.segment, 1)
            state = FileState.UPDATED if earlier else FileState.NEW
            yield FileResult(str(path), state, document, len(cut))
        elif earlier and earlier.version == document.version:
            yield _settled(study, path, earlier, document, resegment)
        elif earlier and _decided(study, slug) and not resegment:
            said = as_cut(earlier, document, only_consent=kind is None and "kind" not in row)
            study.store.documents.amend(said)
            yield FileResult(str(path), FileState.FAILED, said, reason=DECIDED, hint="Give --resegment.")
        else:
            state = FileState.UPDATED if earlier else FileState.NEW
            yield FileResult(str(path), state, document, _store(study, document))


def _without_text(result: FileResult, check: bool) -> FileResult:
    document = result.document
    if not isinstance(document, Document):
        return result
    doubtful = result.state is not FileState.UNCHANGED and SPOKEN_THOUGH_PUBLISHED in document.notes
    return replace(
        result,
        document=document.head,
        reason=result.reason or (SPOKEN_THOUGH_PUBLISHED if doubtful else ""),
        unsettled=unsettled(document),
        understood=understood(document) if check else None,
    )


def _known_file(
    study: Study, path: Path, document: Document, row: Mapping[str, str], kind: Kind | None, resegment: bool
) -> FileResult:
    """The same bytes as before: only what is known of the file, or how text is cut, may have changed."""
    anew, more = reads_anew(document, row, kind, resegment=resegment), says_more(document, row, kind)
    again = read_again(path, document, row, kind, anew=anew) if anew or more else document
    if again.kind is document.kind and not more and not resegment:
        again = document
    return _settled(study, path, document, again, resegment)


def _same_again(
    study: Study, path: Path, source: Source, known: Document, row: Mapping[str, str], kind: Kind | None
) -> FileResult:
    """What a check says of bytes that were read already: what reading them again would change."""
    read = as_known(source, known, row, kind)
    cut = segment(read, study.settings.segment, 1)
    settles = read.kind is not known.kind
    changes = not _cut_as_set(study, known.slug) or says_more(known, row, kind) or settles
    kept = settles and not _same_cut(read, known) and _decided(study, known.slug)
    state = FileState.UPDATED if changes else FileState.UNCHANGED
    return FileResult(str(path), state, read, len(cut), reason=KEPT_AS_CUT if kept else "")


def _settled(study: Study, path: Path, document: Document, again: Document, resegment: bool) -> FileResult:
    """The same file as before, read `again`."""
    passages = study.store.passages.of(document.slug)
    if _cut_as_set(study, document.slug) and _same_cut(again, document):
        if again == document:
            return FileResult(str(path), FileState.UNCHANGED, document, len(passages))
        study.store.documents.amend(again)
        return FileResult(str(path), FileState.UPDATED, again, len(passages))
    if passages and _decided(study, document.slug) and not resegment:
        kept = as_cut(document, again)
        study.store.documents.amend(kept)
        if kept.kind is document.kind:
            return FileResult(str(path), FileState.FAILED, kept, reason=DECIDED, hint="Give --resegment.")
        return FileResult(str(path), FileState.UPDATED, kept, len(passages), reason=KEPT_AS_CUT)
    if again.version == document.version:
        study.store.documents.amend(again)
    return FileResult(str(path), FileState.UPDATED, again, _store(study, again))


def _cut_as_set(study: Study, slug: str) -> bool:
    passages = study.store.passages.of(slug)
    return bool(passages) and passages[0].segmentation == segmentation_hash(study.settings.segment)


def _same_cut(one: Document, other: Document) -> bool:
    return one.version == other.version and one.blocks == other.blocks


def _about_files(path: Path) -> bool:
    """Whether a table tells of files, as that of --meta does, and holds no texts itself."""
    if path.suffix.lower() not in (".csv", ".tsv"):
        return False
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as handle:
        head = handle.readline()
    first = re.split(r"[,;\t|]", head, maxsplit=1)[0]
    return first.strip().strip('"').strip().casefold() == "file"


def _store(study: Study, document: Document) -> int:
    passages = segment(document, study.settings.segment, study.store.passages.next_number(document.slug))
    study.store.documents.add(document)
    study.store.passages.replace(document.slug, passages)
    return len(passages)


def _decided(study: Study, slug: str) -> bool:
    ids = [passage.id for passage in study.store.passages.of(slug)]
    return bool(ids) and bool(study.store.reviews.decisions(passages=ids))


def _hash(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
