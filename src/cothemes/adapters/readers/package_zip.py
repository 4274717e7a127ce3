"""A package from its zip file. Every byte is held against the hashes before anything is believed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from cothemes.adapters.package_rows import CODEBOOK, CODEBOOKS, MANIFEST, PARTS, TABLES
from cothemes.adapters.readers.archive import Archive
from cothemes.errors import PackageError
from cothemes.records.package import PACKAGE_FORMAT, PACKAGE_VERSION, Manifest, Package
from cothemes.records.record import content_hash

_ANEW = "Ask for the package anew; it is made by `cothemes pack --as NAME OUT.zip` and sent as it is."


def read_package(path: Path) -> Package:
    """Reads and checks it. Raises PackageError with `path/part:row` where a row was changed.

    The hashes show damage and edits by hand. Who writes all of them anew can forge a package: it is held
    against the records at home when it is taken in.
    """
    with Archive(path, error=PackageError, hint=_ANEW) as archive:
        if MANIFEST not in archive.names:
            archive.refuse("is a zip file, and no package of cothemes")
        manifest = _manifest(path, archive.read(MANIFEST))
        strange = sorted(set(archive.names) - PARTS - {MANIFEST})
        if strange:
            archive.refuse(f"holds what no package holds: {', '.join(map(repr, strange[:5]))}")
        missing = sorted(PARTS - set(archive.names) | (PARTS ^ manifest.parts.keys()))
        if missing:
            archive.refuse(f"lacks {', '.join(missing[:5])}")
        parts = {}
        for name in sorted(PARTS):
            parts[name] = archive.read(name)
    changed = [name for name, data in parts.items() if _sha256(data) != manifest.parts[name]]
    content: dict[str, Any] = {
        name: tuple(_rows(path, f"{name}.jsonl", parts[f"{name}.jsonl"])) for name in TABLES
    }
    books = list(_rows(path, CODEBOOKS, parts[CODEBOOKS]))
    if changed:
        raise _edited(path, changed[0], "is not as it was written")
    try:
        return Package.model_validate(
            {
                "manifest": manifest,
                "codebook_text": parts[CODEBOOK].decode("utf-8", "surrogatepass"),
                "codebooks": {book["codebook"]: book["content"] for book in books},
                **content,
            }
        )
    except (ValidationError, UnicodeDecodeError, KeyError, TypeError) as error:
        raise PackageError(
            f"holds a record that this cothemes cannot read: {_first(error)}",
            where=str(path),
            hint="Make the package anew with the cothemes of the study, and update both.",
        ) from error


def _manifest(path: Path, data: bytes) -> Manifest:
    where = f"{path}/{MANIFEST}"
    said = _json(where, data)
    if not isinstance(said, dict) or said.get("format") != PACKAGE_FORMAT:
        raise PackageError("is a zip file, and no package of cothemes", where=str(path), hint=_ANEW)
    version = said.get("version")
    if not isinstance(version, int) or version > PACKAGE_VERSION:
        raise PackageError(
            f"has the format version {version!r}; this cothemes reads {PACKAGE_VERSION}",
            where=str(path),
            hint="Update cothemes, then import it again; nothing was changed.",
        )
    if said.pop("hash", None) != content_hash(said):
        raise _edited(path, MANIFEST, "is not as it was written")
    try:
        return Manifest.model_validate(said)
    except ValidationError as error:
        raise PackageError(f"cannot be read: {_first(error)}", where=where, hint=_ANEW) from error


def _rows(path: Path, name: str, data: bytes) -> Iterator[Any]:
    for number, line in enumerate(data.splitlines(), start=1):
        row = _json(f"{path}/{name}:{number}", line)
        if not isinstance(row, dict) or row.keys() != {"hash", "record"}:
            raise _edited(path, f"{name}:{number}", "is no row of a package")
        if content_hash(row["record"]) != row["hash"]:
            raise _edited(path, f"{name}:{number}", "was changed after it was written")
        yield row["record"]


def _json(where: str, data: bytes) -> Any:
    try:
        return json.loads(data.decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError) as error:
        raise PackageError(f"is not JSON: {error}", where=where, hint=_ANEW) from error


def _edited(path: Path, part: str, what: str) -> PackageError:
    return PackageError(what, where=f"{path}/{part}", hint=f"Nothing was taken in. {_ANEW}")


def _first(error: Exception) -> str:
    if isinstance(error, ValidationError):
        found = error.errors()[0]
        return f"{'.'.join(map(str, found['loc']))}: {found['msg']}"
    return str(error)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
