"""Backups of a study while it is in use, and restoring one without bringing back what was erased since."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from cothemes.app import wiring
from cothemes.app.privacy.forget import HALF_MADE
from cothemes.app.privacy.tombstones import (
    Replayed,
    ToRedact,
    erasures_of,
    read_erasures,
    replay,
    same_study,
)
from cothemes.app.study import CODEBOOK_NAME, Study
from cothemes.errors import InputError, StateConflict
from cothemes.records.access import AccessKind
from cothemes.records.backup import BackupManifest, Erasures
from cothemes.records.record import Moment, Record
from cothemes.settings import FILE_NAME

PROMPTS = "prompts"


class OlderBackup(Record):
    """A backup that holds words which were erased since it was made."""

    path: str
    made: Moment
    there: bool
    """Whether the file is still where it was written."""
    forgotten: tuple[str, ...]
    """Documents in it that were forgotten since."""
    redacted: tuple[str, ...]
    """Documents in it that were redacted since."""


class BackupReport(Record):
    """A backup that was made."""

    file: str
    bytes: int
    documents: int
    older: tuple[OlderBackup, ...]
    """Earlier backups with words that were erased since: for a person to delete."""


class RestoreReport(Record):
    """A study that was restored."""

    folder: str
    title: str
    made: Moment
    """When the backup was made."""
    documents: int
    """Documents in the restored study."""
    tombstones: str
    """Where the record of later erasures came from; empty where none was known."""
    forgotten: tuple[str, ...]
    """Documents that were erased again."""
    redacted: tuple[str, ...]
    """Documents whose earlier texts were erased again."""
    to_redact: tuple[ToRedact, ...]
    clean: bool
    """False where words that were erased again may be left in the files."""


def backup(study: Study, out: Path) -> BackupReport:
    """Write a consistent copy of the study, while others go on working in it.

    Raises InputError where something is at `out` or it cannot be written.
    """
    if not out.absolute().parent.is_dir():
        raise InputError(
            "cannot be written: there is no such folder", where=str(out), hint="Make the folder first."
        )
    manifest = BackupManifest(
        title=study.settings.study.title,
        made=wiring.clock().now(),
        program=version("cothemes"),
        documents=tuple(head.slug for head in study.store.documents.heads()),
        erasures=erasures_of(study),
    )
    with tempfile.TemporaryDirectory(dir=study.records, prefix=HALF_MADE) as place:
        database = Path(place) / "records.sqlite"
        study.store.backup(database)
        size = wiring.write_backup(out, manifest, database, dict(_files(study)))
    return BackupReport(
        file=str(out), bytes=size, documents=len(manifest.documents), older=tuple(older_backups(study))
    )


def older_backups(study: Study) -> Iterator[OlderBackup]:
    """Yield the backups in the access log that hold words which were erased since, oldest first."""
    graves = study.store.privacy.tombstones()
    redactions = study.store.privacy.redactions()
    for each in study.store.accesses.all():
        if each.kind is not AccessKind.BACKUP:
            continue
        held = set(each.documents)
        forgotten = sorted(held & {grave.document for grave in graves if grave.at >= each.at})
        redacted = sorted(held & {one.document for one in redactions if one.at >= each.at})
        if forgotten or redacted:
            yield OlderBackup(
                path=each.path,
                made=each.at,
                there=Path(each.path).exists(),
                forgotten=tuple(forgotten),
                redacted=tuple(redacted),
            )


def restore(file: Path, folder: Path, *, tombstones: Path | None, present: Study | None) -> RestoreReport:
    """Put a backup into an empty folder and erase again what was erased since it was made.

    `tombstones`: a study's folder, a later backup or a file of `forget --tombstones`. `present`: the study
    that the command was called in; it counts if it is a copy of the same one. Raises StateConflict where the
    folder is not empty, InputError for files that cannot be read or belong to another study.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise StateConflict(
            "is not empty", where=str(folder), hint="Name a new folder: cothemes restore FILE NEW_FOLDER"
        )
    manifest = wiring.read_manifest(file)
    erasures, source = _erasures(manifest, tombstones, present)
    folder.absolute().parent.mkdir(parents=True, exist_ok=True)
    partial = folder.absolute().with_name(f".{folder.absolute().name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    try:
        wiring.unpack_backup(file, partial)
        study = Study(partial)
        try:
            if not same_study(study, manifest.erasures):
                raise InputError("does not fit its own records", where=str(file), hint="Take another backup.")
            made = Replayed(forgotten=(), redacted=(), to_redact=())
            if erasures is not None:
                made = replay(study, erasures)
            documents = len(study.store.documents.heads())
        finally:
            study.close()
        folder.mkdir(exist_ok=True)
        for child in partial.iterdir():
            child.rename(folder / child.name)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return RestoreReport(
        folder=str(folder),
        title=manifest.title,
        made=manifest.made,
        documents=documents,
        tombstones=source,
        forgotten=tuple(each.document for each in made.forgotten),
        redacted=made.redacted,
        to_redact=made.to_redact,
        clean=all(each.clean for each in made.forgotten),
    )


def _erasures(
    manifest: BackupManifest, tombstones: Path | None, present: Study | None
) -> tuple[Erasures | None, str]:
    if tombstones is not None:
        found = read_erasures(tombstones)
        if found.study != manifest.erasures.study:
            raise InputError(
                "holds the erasures of another study",
                where=str(tombstones),
                hint="Name the folder, a later backup or the tombstone file of the study that you restore.",
            )
        return found, str(tombstones)
    if present is not None and same_study(present, manifest.erasures):
        return erasures_of(present), str(present.root)
    return None, ""


def _files(study: Study) -> Iterator[tuple[str, Path]]:
    """Yield the files that people edit: settings, codebook, prices and prompts."""
    prices = study.settings.model.prices
    names = [FILE_NAME, CODEBOOK_NAME, *([prices] if isinstance(prices, str) and prices else [])]
    for name in names:
        path = study.root / name
        if path.is_file() and path.resolve().is_relative_to(study.root.resolve()):
            yield path.relative_to(study.root).as_posix(), path
    for path in sorted((study.root / PROMPTS).rglob("*")):
        if path.is_file():
            yield path.relative_to(study.root).as_posix(), path
