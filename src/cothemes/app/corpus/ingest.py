"""Files to documents and passages: what is new is read, what is known is left, what fails is listed."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from pathlib import Path

from pydantic import Field

from cothemes.app import wiring
from cothemes.app.corpus.corrections import Correction
from cothemes.app.corpus.document_names import document_ids
from cothemes.app.corpus.metadata_table import (
    TableWarning,
    read_metadata,
    rows_without_file,
    values_without_effect,
)
from cothemes.app.corpus.reingest import (
    ANOTHER_TEXT,
    KEPT_AS_CUT,
    as_known,
    on_stored_text,
    options_before,
    read_again,
    reads_anew,
    said_of_reading,
    says_more,
    with_what_was_known,
)
from cothemes.app.corpus.segmentation import (
    NOT_CUT,
    AtStake,
    Cut,
    Prepared,
    RoleChange,
    as_people_said,
    at_stake,
    correction_planned,
    cut_to,
    is_cut_so,
    known_text,
    previous_cut,
    restored,
    role_changes,
    take_back,
)
from cothemes.app.corpus.text_versions import version_named
from cothemes.app.privacy.forget import refusal
from cothemes.app.privacy.participants import participant_marks
from cothemes.app.privacy.redact import RedactReport, redact, undoes_redaction
from cothemes.app.privacy.sent import SentWithoutConsent, sent_without_consent
from cothemes.app.study import Study
from cothemes.errors import FileUnreadable, InputError
from cothemes.ports import Progress
from cothemes.records.document import Document, DocumentHead, Kind
from cothemes.records.passage import Passage
from cothemes.records.record import Record, absent
from cothemes.records.set_aside import SetAsideCount
from cothemes.records.source import AS_FOUND, ReadOptions, Source
from cothemes.stages.ingest.check import Understood, understood, unsettled
from cothemes.stages.ingest.conventions.choice import NOTHING, Choice
from cothemes.stages.ingest.document import SPOKEN_THOUGH_PUBLISHED, Understanding, understand
from cothemes.stages.ingest.overlooked import doubts
from cothemes.stages.ingest.same_text import same_cut, with_speakers_of
from cothemes.stages.ingest.slug import slug_of
from cothemes.stages.segment.passages import segment
from cothemes.stages.segment.set_aside import counts_of, set_aside

DECIDED = "people have worked on its passages: text and passages stay as they were"
CUT_SO = "was cut under other settings, and people have worked on its passages: they stay as they are"
WORKED_ON = "people have worked on its present passages: nothing was taken back"
ABOUT_FILES = "is a table about files, not a text: its first column is `file`"
_TOGETHER = 50
"""Small files that are stored in one transaction."""
_BYTES_TOGETHER = 1_000_000
_OF_CONSENT = (SPOKEN_THOUGH_PUBLISHED, ANOTHER_TEXT)
"""Notes of a document that are told on every reading, since they decide whether its words may leave."""
FORGOTTEN = "See cothemes forget --list."
CORRECTED = "Ingest the redacted file, and delete this one."


class FileState(StrEnum):
    """What became of one file."""

    NEW = "new"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    """Not read; or not cut again although that was asked for."""
    SKIPPED = "skipped"
    """In a folder, of a type that no reader takes; or with the text of another document."""


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
    """A description of its speech without a speaker or a role."""
    doubtful: bool = False
    """True where some of its words may be attributed to another person."""
    choice: Choice = NOTHING
    """The conventions that were tried on it, where that was asked for."""
    understood: Understood | None = None
    """What the rules found in it, where that was asked for."""
    no_passage: tuple[SetAsideCount, ...] = ()
    """Stretches of the text that can be read and are in no passage, by reason."""
    cut: Cut = NOT_CUT
    """What became of its passages, or with a check what would."""


class FileReport(Record):
    """Outcome of reading one file, or one of several documents in it."""

    path: str
    state: FileState
    document: str | None
    kind: Kind | None
    passages: int
    reason: str | None
    """Why it failed, what was left as it is, or what a person should look at."""
    hint: str | None
    notes: tuple[str, ...]
    """Remarks on how it was read."""
    at_stake: AtStake | None
    """What kept the present passages from being cut anew."""
    left_the_figures: AtStake | None
    back_in_the_figures: AtStake | None
    correction: Correction | None
    """What a corrected text did to passages and decisions; with --check, what it would do."""
    taken: tuple[str, ...]
    """Title, kind and columns of metadata that were taken although text and passages stayed."""
    roles: tuple[RoleChange, ...]
    """Speakers whose role changed in passages that people worked on or that stayed."""
    recut: bool
    """Whether the document has other passages now than before."""
    set_aside: Prepared | None
    """Assignments and suggestions on passages that are no longer current."""
    brought_back: Prepared | None
    """Assignments and suggestions on passages of an earlier cut that are current again."""
    no_passage: tuple[SetAsideCount, ...]
    """Stretches of the text that can be read and are in no passage, by reason."""
    understood: Understood | None = Field(default=None, exclude_if=absent)
    """A summary of its text; only there with --check."""
    unsettled: str = Field(default="", exclude=True)
    """A description of its speech without a speaker or a role."""
    doubtful: bool = Field(default=False, exclude=True)
    """True where some of its words may be attributed to another person."""

    @property
    def name(self) -> str:
        """The document, or the file's name where none was read."""
        return self.document or Path(self.path).name


class IngestReport(Record):
    """What an ingest did, file by file."""

    files: tuple[FileReport, ...]
    warnings: tuple[TableWarning, ...]
    """Rows and values of the --meta table that had no effect."""
    sent_without_consent: tuple[SentWithoutConsent, ...]
    redacted: tuple[RedactReport, ...] | None = Field(default=None, exclude_if=absent)
    """Documents from whose earlier texts words were erased; only there with --redact."""

    def count(self, state: FileState) -> int:
        """Return how many files ended so."""
        return sum(file.state is state for file in self.files)

    @property
    def failed(self) -> list[FileReport]:
        """Files that could not be read, or not be cut again as was asked."""
        return [file for file in self.files if file.state is FileState.FAILED]


@dataclass
class _Names:
    """Which document a file belongs to: by its bytes, else by its name where that is unique."""

    by_name: dict[str, list[DocumentHead]] = field(default_factory=dict)
    slugs: set[str] = field(default_factory=set)
    incoming: frozenset[str] = frozenset()
    by_text: dict[str, DocumentHead] = field(default_factory=dict)
    """Version of a text → the document that holds it."""
    sources: set[str] = field(default_factory=set)
    """Hashes of the files that current documents came from."""

    def earlier(self, name: str, slug: str, *, alone: bool) -> DocumentHead | None:
        """The document that one of a file of this name replaces: where the file holds several, by slug."""
        known = [d for d in self.by_name.get(name, []) if d.source_hash not in self.incoming]
        if not alone:
            return next((document for document in known if document.slug == slug), None)
        return known[0] if len(known) == 1 else None


@dataclass(frozen=True)
class _Asked:
    """What is asked of one file."""

    options: ReadOptions
    row: Mapping[str, str]
    """Of the --meta table."""
    kind: Kind | None
    resegment: bool
    agreed: bool
    check_only: bool


@dataclass(frozen=True)
class _Read:
    """What a file holds, before anything of it is stored."""

    options: ReadOptions
    sources: list[Source]
    documents: list[Understanding]
    of_files: bool
    """It is a table that tells of files."""


def find_files(paths: Sequence[Path]) -> tuple[list[Path], list[Path]]:
    """Files to read, and files in folders that no reader takes. Raises InputError for a missing path."""
    wanted: list[Path] = []
    passed_over: list[Path] = []
    for path in paths:
        if path.is_dir():
            for child in sorted(path.rglob("*")):
                hidden = any(part.startswith(".") for part in child.relative_to(path).parts)
                if child.is_file() and not hidden:
                    (wanted if wiring.is_readable(child) else passed_over).append(child)
        elif path.exists():
            wanted.append(path)
        else:
            raise InputError("does not exist", where=str(path), hint="Check the path.")
    return list(dict.fromkeys(wanted)), passed_over


def ingest(
    study: Study,
    paths: Sequence[Path],
    *,
    kind: Kind | None = None,
    meta: Path | None = None,
    resegment: bool = False,
    agreed: bool = False,
    check_only: bool = False,
    options: ReadOptions = AS_FOUND,
    progress: Progress = lambda _count: None,
) -> IngestReport:
    """Reads files and folders into the study; with `check_only` stores nothing.

    `resegment`: cuts changed documents anew, those that people have worked on only where that is `agreed`.
    `options`: how to read the files; known files are read again where something is said.
    """
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
        names.by_text.setdefault(document.version, document)
        names.sources.add(document.source_hash)
    warnings = list(table.warnings)
    said = _Asked(options, {}, kind, resegment, agreed, check_only)
    for group in _groups(hashes, names.sources):
        asked = {path: replace(said, row=table.rows.get(path.name, {})) for path in group}
        # Files are read before the transaction begins: others may write meanwhile.
        read = {path: _tried(path, asked[path], names) for path in group if len(group) > 1}
        with study.store.together() if read and not check_only else nullcontext():
            for path in group:
                try:
                    for result in _one_file(study, path, hashes[path], asked[path], names, read.get(path)):
                        if isinstance(result.document, Document):
                            warnings.extend(values_without_effect(table, path.name, result.document))
                        results.append(_without_text(result, check_only))
                except FileUnreadable as error:
                    results.append(_refused(path, error))
                names.sources.add(hashes[path])
        progress(len(group))
    for path in passed_over:
        results.append(_passed_over(path))
    warnings.extend(rows_without_file(table, {path.name for path in files}, study.store.documents.heads()))
    return _report(study, results, warnings)


def _groups(hashes: Mapping[Path, str], known: Collection[str]) -> Iterator[list[Path]]:
    """Files that are stored in one transaction each: small new ones together, any other one alone."""
    group: list[Path] = []
    size = 0
    for path, source_hash in hashes.items():
        length = path.stat().st_size if path.exists() else 0
        if group and (source_hash in known or len(group) >= _TOGETHER or size + length > _BYTES_TOGETHER):
            yield group
            group, size = [], 0
        group.append(path)
        size += length
        if source_hash in known:
            yield group
            group, size = [], 0
    if group:
        yield group


def _tried(path: Path, asked: _Asked, names: _Names) -> _Read | FileUnreadable:
    try:
        return _read(path, asked, names.by_name.get(path.name, []))
    except FileUnreadable as error:
        return error


def _read(path: Path, asked: _Asked, known: Sequence[DocumentHead]) -> _Read:
    """Read and understand a file. Raises FileUnreadable."""
    options = asked.options if asked.options != AS_FOUND else options_before(known)
    with wiring.one_file(path):
        of_files = wiring.about_files(path)
        sources = [] if of_files else wiring.reader_for(path, options).read(path)
        documents = [
            understand(source, kind=asked.kind, metadata={**said_of_reading(source, options), **asked.row})
            for source in sources
        ]
    return _Read(options, sources, documents, of_files)


def redacted(study: Study, report: IngestReport) -> IngestReport:
    """Erase the words that the corrected texts of a report have no more, from all that is kept of them.

    Raises VectorsError where another process holds the vector store: then run it again.
    """
    stored = (FileState.UPDATED, FileState.UNCHANGED)
    slugs = dict.fromkeys(file.document for file in report.files if file.document and file.state in stored)
    made = [found for slug in slugs if (found := redact(study, slug)) is not None]
    return report.model_copy(update={"redacted": tuple(made)})


def _one_file(
    study: Study,
    path: Path,
    source_hash: str,
    asked: _Asked,
    names: _Names,
    read: _Read | FileUnreadable | None,
) -> Iterable[FileResult]:
    """What becomes of one file; `read` is what it holds, where it was read before."""
    row, kind = asked.row, asked.kind
    same_bytes = study.store.documents.by_source(source_hash) if source_hash in names.sources else []
    known = [d for d in same_bytes if d.source_name == path.name]
    anew = asked.options != AS_FOUND
    if known and not asked.check_only and not anew:
        for document in known:
            yield _stored(study, path, _known_file(path, document, asked), asked)
        return
    if isinstance(read, FileUnreadable):
        raise read
    read = read or _read(path, asked, known or names.by_name.get(path.name, []))
    sources, of_files = read.sources, read.of_files
    if of_files:
        hint = f"Give it as --meta {path.name}."
        yield FileResult(str(path), FileState.FAILED, reason=ABOUT_FILES, hint=hint)
    for number, (document, choice) in enumerate(read.documents):
        source = sources[number]
        same = next(
            (d for d in known if d.version == document.version or len(known) == len(sources) == 1), None
        )
        if same is not None and asked.check_only:
            yield replace(_same_again(study, path, source, same, row, kind), choice=choice)
            continue
        if same is not None and same.version == document.version:
            yield _stored(study, path, _known_file(path, same, asked), asked)
            continue
        # The bytes of a file that others are in too say nothing of one document.
        marks = (source_hash, document.version) if len(sources) == 1 else (document.version,)
        slug = document.slug
        earlier = same or next((d for d in known if d.slug == slug), None)
        if earlier is None and (namesake := names.earlier(path.name, slug, alone=len(sources) == 1)):
            earlier = study.store.documents.get(namesake.slug)
        marks = (*marks, *participant_marks(document)) if earlier is None else marks
        forgotten = refusal(study, earlier.slug if earlier else document.slug, *marks)
        if forgotten is not None:
            yield FileResult(str(path), FileState.FAILED, reason=forgotten, hint=FORGOTTEN)
            continue
        twin = names.by_text.get(document.version)
        if earlier is None and twin is not None and len(sources) == 1 and document.blocks:
            yield FileResult(str(path), FileState.SKIPPED, reason=_same_text(twin), hint=_if_renamed(twin))
            continue
        if earlier is not None:
            document = with_what_was_known(source, document, earlier, row, kind)
            document = known_text(study, earlier.slug, document)
            if undone := undoes_redaction(study, earlier.slug, document.text):
                yield FileResult(str(path), FileState.FAILED, reason=undone, hint=CORRECTED)
                continue
        else:
            document = document.model_copy(update={"slug": slug_of(document.slug, names.slugs)})
            # The lines of a new document are not needed again, and take more memory than its text.
            sources[number] = source = source.model_copy(update={"lines": ()})
        names.slugs.add(document.slug)
        if len(sources) == 1:
            names.by_text.setdefault(document.version, document.head)
        if asked.check_only:
            yield replace(_as_it_would_be(study, path, document, earlier), choice=choice)
        else:
            yield _stored(study, path, document, asked, new=earlier is None)


def _stored(study: Study, path: Path, document: Document, asked: _Asked, *, new: bool = False) -> FileResult:
    # Nobody has said anything yet of the speakers of a new document.
    document = document if new else as_people_said(study, document)
    options = study.settings.segment

    @cache
    def cut() -> tuple[Passage, ...]:
        with wiring.one_file(path):
            return segment(document, options, 1)

    made = cut_to(study, document, cut, resegment=asked.resegment, agreed=asked.agreed)
    state = FileState.NEW if new else FileState.UPDATED if made.changed else FileState.UNCHANGED
    if made.refused:
        state = FileState.FAILED
    told = _cut_told(path, state, document, made)
    if state not in (FileState.NEW, FileState.UPDATED):
        return told
    stored = cut() if new else study.store.passages.of(document.slug)
    return replace(told, no_passage=counts_of(set_aside(document, stored, options)))


def _cut_told(path: Path, state: FileState, document: DocumentHead, made: Cut) -> FileResult:
    kept = "" if made.at_stake is None else DECIDED if made.refused else CUT_SO
    kept = KEPT_AS_CUT if made.kind_settled else kept
    hint = how_to_cut(path) if kept else ""
    return FileResult(str(path), state, document, made.passages, kept, hint, cut=made)


def _same_text(twin: DocumentHead) -> str:
    return f"holds the same text as the document {twin.slug}, read from {twin.source_name}: not stored twice"


def _if_renamed(twin: DocumentHead) -> str:
    return (
        f"If the file was renamed, nothing is lost: {twin.slug} stays as it is. Give the file its earlier "
        f"name {twin.source_name} before you correct its text or name it in a --meta table."
    )


def how_to_cut(path: Path) -> str:
    """The command that cuts a file's document again, and the one that takes that back."""
    file = shlex.quote(str(path))
    return (
        f"`cothemes ingest {file} --resegment` takes the file's text and cuts it again; "
        "`--resegment --undo` takes that back."
    )


def _as_it_would_be(study: Study, path: Path, document: Document, earlier: Document | None) -> FileResult:
    """What a check says of bytes that are new."""
    state = FileState.UPDATED if earlier else FileState.NEW
    document = as_people_said(study, document)
    if earlier and earlier.version == document.version:
        return FileResult(str(path), state, document, len(study.store.passages.of(earlier.slug)))
    with wiring.one_file(path):
        cut = segment(document, study.settings.segment, 1)
    if earlier is None:
        aside = counts_of(set_aside(document, cut, study.settings.segment))
        return FileResult(str(path), state, document, len(cut), no_passage=aside, cut=Cut(len(cut)))
    would = correction_planned(study, document)
    return FileResult(str(path), state, document, would.passages, cut=would)


def take_back_cuts(study: Study, names: Sequence[Path], *, agreed: bool) -> IngestReport:
    """Makes the passages of the cut before the last current again, of documents named by id or by file.

    Where people have worked on the present passages, only if `agreed`. Raises UsageError for a name that is
    not known, StateConflict for a document that was never cut anew; then nothing was changed.
    """
    found = _named(study, names)
    for slug in found:
        previous_cut(study, slug)
    results = []
    for slug, head in found.items():
        stake = at_stake(study, slug)
        if stake is not None and not agreed:
            made = Cut(len(study.store.passages.of(slug)), refused=True, at_stake=stake)
            told = _cut_told(Path(slug), FileState.FAILED, head, made)
            results.append(replace(told, reason=WORKED_ON, hint="Add --yes to the same command."))
        else:
            results.append(_cut_told(Path(slug), FileState.UPDATED, head, take_back(study, slug)))
    return _report(study, results)


def restore_texts(study: Study, names: Sequence[Path], version: str = "") -> IngestReport:
    """Make earlier texts of documents, named by id or by file, the current ones.

    Without `version`, each gets the text that was current before. Raises UsageError for a name or a version
    that is not known, StateConflict for a document with one text only; then nothing was changed.
    """
    found = _named(study, names)
    chosen = {slug: version_named(study, slug, version) for slug in found}
    results = []
    for slug, head in found.items():
        made = restored(study, slug, chosen[slug])
        state = FileState.UPDATED if made.changed else FileState.UNCHANGED
        results.append(_cut_told(Path(slug), state, head, made))
    return _report(study, results)


def _named(study: Study, names: Sequence[Path]) -> dict[str, DocumentHead]:
    """Slug → document, of names of documents or files. Raises UsageError for one that is not known."""
    heads = {head.slug: head for head in study.store.documents.heads()}
    return {slug: heads[slug] for slug in document_ids(study, map(str, names))}


def _report(
    study: Study, results: Iterable[FileResult], warnings: Iterable[TableWarning] = ()
) -> IngestReport:
    return IngestReport(
        files=tuple(map(_file, results)),
        warnings=tuple(dict.fromkeys(warnings)),
        sent_without_consent=sent_without_consent(study),
    )


def _file(result: FileResult) -> FileReport:
    document, cut = result.document, result.cut
    return FileReport(
        path=result.path,
        state=result.state,
        document=document.slug if document else None,
        kind=document.kind if document else None,
        passages=result.passages,
        reason=result.reason or None,
        hint=result.hint or None,
        notes=document.notes if document else (),
        at_stake=cut.at_stake,
        left_the_figures=cut.left,
        back_in_the_figures=cut.back,
        correction=cut.correction,
        taken=cut.taken,
        roles=cut.roles,
        recut=cut.recut,
        set_aside=cut.set_aside,
        brought_back=cut.brought_back,
        no_passage=result.no_passage,
        understood=result.understood,
        unsettled=result.unsettled,
        doubtful=result.doubtful,
    )


def _without_text(result: FileResult, check: bool) -> FileResult:
    document = result.document
    if not isinstance(document, Document):
        return result
    reasons = [result.reason.rstrip(".")] if result.reason else []
    if result.state is not FileState.UNCHANGED:
        # A note on consent is printed beside any other reason.
        reasons += [note.rstrip(".") for note in _OF_CONSENT if note in document.notes]
    return replace(
        result,
        document=document.head,
        reason=". ".join(reasons),
        unsettled=unsettled(document),
        doubtful=bool(doubts(document)),
        understood=understood(document, result.choice) if check else None,
    )


def _known_file(path: Path, document: Document, asked: _Asked) -> Document:
    """The same bytes as before: only what is known of the file, or how it is read, may have changed."""
    anew = reads_anew(document, asked.row, asked.kind, resegment=asked.resegment)
    more = says_more(document, asked.row, asked.kind)
    again = read_again(path, document, asked.row, asked.kind, anew=anew) if anew or more else document
    if again.kind is document.kind and not more and not asked.resegment:
        return document
    return again


def _same_again(
    study: Study, path: Path, source: Source, known: Document, row: Mapping[str, str], kind: Kind | None
) -> FileResult:
    """What a check says of bytes that were read already: what reading them again would change."""
    with wiring.one_file(path):
        fresh = as_people_said(study, as_known(source, known, row, kind))
        read = on_stored_text(known, fresh) or fresh
        cut = segment(read, study.settings.segment, 1)
    present = study.store.passages.of(known.slug)
    cut_so = is_cut_so(present, study.settings.segment)
    settles = read.kind is not known.kind
    changes = not cut_so or says_more(known, row, kind) or settles or read.blocks != known.blocks
    state = FileState.UPDATED if changes else FileState.UNCHANGED
    kept = settles and not same_cut(present, cut) and at_stake(study, known.slug) is not None
    reason, hint = (KEPT_AS_CUT, how_to_cut(path)) if kept else ("", "")
    roles = () if settles else role_changes(study, present, with_speakers_of(read, present))
    return FileResult(str(path), state, read, len(cut), reason, hint, cut=Cut(len(cut), roles=roles))


def _passed_over(path: Path) -> FileResult:
    """A file in a folder that no reader takes, with the advice that it gets when it is named."""
    try:
        wiring.reader_for(path)
    except FileUnreadable as error:
        return FileResult(str(path), FileState.SKIPPED, reason=error.message, hint=error.hint)
    return FileResult(str(path), FileState.SKIPPED, reason="was not readable a moment ago")


def _refused(path: Path, error: FileUnreadable) -> FileResult:
    """The reason with its row or place, where the reader knows it."""
    place = error.where.removeprefix(str(path)).lstrip(":")
    reason = f"row {place}: {error.message}" if place else error.message
    return FileResult(str(path), FileState.FAILED, reason=reason, hint=error.hint)


def _hash(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
