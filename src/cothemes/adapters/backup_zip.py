"""A backup as one zip file: the record database with the files that people edit."""

from __future__ import annotations

import shutil
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import TypeVar

from pydantic import ValidationError

from cothemes.adapters.writers.whole_file import whole_binary
from cothemes.errors import InputError
from cothemes.records.backup import (
    BACKUP_FORMAT,
    ERASURES_FORMAT,
    FORMAT_VERSION,
    BackupManifest,
    Erasures,
)

MANIFEST = "backup.json"
DATABASE = ".cothemes/records.sqlite"
_MODE = 0o600
Found = TypeVar("Found", BackupManifest, Erasures)


def write_backup(path: Path, manifest: BackupManifest, database: Path, files: Mapping[str, Path]) -> int:
    """Write a backup and return its size in bytes. `files`: name in the study → file.

    Raises InputError where it cannot be written or something is there.
    """
    if path.exists():
        raise InputError(
            "is there already", where=str(path), hint="Name another file; no backup is overwritten."
        )
    with whole_binary(path) as handle:
        with zipfile.ZipFile(handle, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(MANIFEST, manifest.model_dump_json(indent=2))
            for name, file in {**files, DATABASE: database}.items():
                archive.write(file, name)
        size = handle.tell()
    path.chmod(_MODE)
    return size


def read_manifest(path: Path) -> BackupManifest:
    """Return what a backup says of itself. Raises InputError for any other file."""
    try:
        with zipfile.ZipFile(path) as archive:
            data = archive.read(MANIFEST)
    except (OSError, KeyError, zipfile.BadZipFile, zlib.error, RuntimeError) as error:
        raise InputError(
            "is no backup of a study", where=str(path), hint="Name a file that `cothemes backup` wrote."
        ) from error
    return _valid(path, data, BackupManifest, BACKUP_FORMAT)


def unpack_backup(path: Path, folder: Path) -> None:
    """Write the study's files into a folder. Raises InputError for a damaged backup."""
    try:
        with zipfile.ZipFile(path) as archive:
            if DATABASE not in archive.namelist():
                raise InputError("holds no records", where=str(path), hint="Take another backup.")
            for info in archive.infolist():
                if info.is_dir() or info.filename == MANIFEST:
                    continue
                target = folder / _inside(path, info.filename)
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(info) as packed, target.open("wb") as written:
                    shutil.copyfileobj(packed, written)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError) as error:
        raise InputError(f"is damaged: {error}", where=str(path), hint="Take another backup.") from error
    except OSError as error:
        raise InputError(
            f"cannot be unpacked ({error.strerror or error})",
            where=str(folder),
            hint="Check that the folder may be written to and has room.",
        ) from error


def read_erasures(path: Path) -> Erasures:
    """Return the erasures that a file of `forget --tombstones` or a backup holds. Raises InputError."""
    if zipfile.is_zipfile(path):
        return read_manifest(path).erasures
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"cannot be read ({error.strerror})",
            where=str(path),
            hint="Name a study's folder, a backup, or a file of `cothemes forget --tombstones FILE`.",
        ) from error
    return _valid(path, data, Erasures, ERASURES_FORMAT)


def _inside(path: Path, name: str) -> PurePosixPath:
    """Return the name, if it stays within the study's folder."""
    found = PurePosixPath(name)
    if found.is_absolute() or ".." in found.parts or "\\" in name or ":" in name:
        raise InputError(
            f"holds a part {name!r} outside the study", where=str(path), hint="Do not use this file."
        )
    return found


def _valid(path: Path, data: bytes, record: type[Found], form: str) -> Found:
    try:
        found = record.model_validate_json(data)
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(
            f"cannot be read: {'.'.join(map(str, first['loc']))}: {first['msg']}",
            where=str(path),
            hint="Check that it is the file you mean, and that cothemes is up to date.",
        ) from error
    if found.format != form or found.version > FORMAT_VERSION:
        raise InputError(
            f"has the format {found.format!r}, version {found.version}",
            where=str(path),
            hint="Update cothemes, then try again.",
        )
    return found
