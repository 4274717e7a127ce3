"""A reviewer's copy of a study: a folder made from a package, and brought up to date by a newer one."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections import defaultdict
from pathlib import Path

from cothemes.app.handover.pack import COPY_KEY, STUDY_KEY, copy_mark
from cothemes.app.study import CODEBOOK_NAME, Study
from cothemes.errors import InputError, PackageError, StateConflict
from cothemes.records.package import CopyMark, Manifest, Origin, Package
from cothemes.records.passage import Passage
from cothemes.records.record import Record
from cothemes.records.review import Reviewer
from cothemes.records.text import shown_text
from cothemes.settings import FILE_NAME

STUDY_PART = 32
"""Characters of the title in the name of a folder, cut at a word."""

_SETTINGS = """\
# One reviewer's copy of a study, made from a package. The study's own settings stay at home.

[study]
title = {title}
tradition = {tradition}
language = {language}
"""


class CopyReport(Record):
    """What a package from the study brought to a reviewer's copy."""

    folder: Path
    made: bool
    """Whether the folder was made by this."""
    documents: int
    passages: int
    """Assigned to the reviewer and in the package."""
    withdrawn: tuple[str, ...]
    """Documents of this folder that the package does not hold any more."""
    given_on: tuple[str, ...]
    """Passages of this folder that are the reviewer's no more."""


def folder_for(manifest: Manifest) -> str:
    """The name of the folder that a package opens in where none is given: `STUDY-REVIEWER`."""
    study, _, _ = (_slug(manifest.title) + "-")[:STUDY_PART].rpartition("-")
    return f"{study or 'coding'}-{_slug(manifest.reviewer)}"


def open_copy(package: Package, folder: Path, source: str) -> CopyReport:
    """Makes a folder in which the package's reviewer can code; it appears when it is whole.

    Raises StateConflict where something stands there, PackageError for a package without texts.
    """
    manifest = package.manifest
    if manifest.origin is not Origin.STUDY:
        raise PackageError(
            f"holds decisions of {manifest.reviewer} on their way home, and no texts",
            where=source,
            hint="Import it into the study that they belong to: cothemes -C STUDY import FILE",
        )
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise StateConflict(
            "is there already and is not a study",
            where=str(folder),
            hint="Name another folder: cothemes -C NEW_FOLDER import FILE",
        )
    partial = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        partial.mkdir(parents=True)
        _write(partial / CODEBOOK_NAME, package.codebook_text)
        _write(partial / FILE_NAME, _settings(manifest))
        study = Study(partial)
        try:
            study.store.meta.set(STUDY_KEY, manifest.study)
            study.store.reviews.add_reviewer(
                Reviewer(name=manifest.reviewer, role=manifest.role, added=manifest.made)
            )
            brought = _take_over(study, package)
        finally:
            study.close()
        if folder.exists():
            folder.rmdir()
        partial.rename(folder)
    except OSError as error:
        raise InputError(
            f"cannot be made ({error.strerror})",
            where=str(folder),
            hint="Check that the folder above it exists, may be written to and has room.",
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return brought.model_copy(update={"folder": folder, "made": True})


def bring_up_to_date(study: Study, package: Package, source: str) -> CopyReport:
    """Takes what a newer package of the same reviewer holds into a copy; decisions are merged elsewhere.

    Raises StateConflict for a package older than the last one, or where codebook.yaml was edited here.
    """
    mark = copy_mark(study)
    assert mark is not None
    if package.manifest.made < mark.made:
        raise StateConflict(
            f"was made on {package.manifest.made:%d %B %Y at %H:%M} UTC; this copy has a newer one "
            f"({mark.made:%d %B %Y at %H:%M})",
            where=source,
            hint="Nothing was changed. Import the newest package alone.",
        )
    path = study.codebook_path
    there, came = _sha256(path.read_bytes()), _sha256(_bytes(package.codebook_text))
    if there not in (mark.codebook_file, came):
        raise StateConflict(
            "was edited here, and would be replaced",
            where=str(path),
            hint="Send your wishes for the codebook to who keeps it; move this file away and import again.",
        )
    # The study reads its codebook when it is first asked for it, which is after this.
    _write(path, package.codebook_text)
    return _take_over(study, package)


def _take_over(study: Study, package: Package) -> CopyReport:
    store = study.store
    manifest = package.manifest
    before = {document.slug for document in store.documents.heads()}
    given = {a.passage for a in package.assignments}
    had = {a.passage for a in store.reviews.assignments(reviewer=manifest.reviewer)}
    by_document: dict[str, list[Passage]] = defaultdict(list)
    for passage in package.passages:
        by_document[passage.document].append(passage)
    for document in package.documents:
        store.documents.add(document)
        store.documents.amend(document)
        store.passages.replace(document.slug, by_document[document.slug])
    store.operations.append(manifest.operations)
    store.drafts.append(manifest.drafts)
    for key, content in package.codebooks.items():
        store.codebooks.put(key, content, named_after=manifest.named_after.get(key, ""))
    for run in package.runs:
        store.runs.put(run)
    store.runs.record(package.outcomes, package.suggestions)
    store.reviews.assign(package.assignments)
    mark = CopyMark(
        study=manifest.study,
        reviewer=manifest.reviewer,
        made=manifest.made,
        codebook_file=_sha256(_bytes(package.codebook_text)),
    )
    # Last, so that an import that was cut off is done again as a whole.
    store.meta.set(COPY_KEY, mark.model_dump_json())
    return CopyReport(
        folder=study.root,
        made=False,
        documents=len(package.documents),
        passages=len(given),
        withdrawn=tuple(sorted(before - {document.slug for document in package.documents})),
        given_on=tuple(sorted(had - given)),
    )


def _slug(words: str) -> str:
    return re.sub(r"[^\w]+", "-", words.casefold()).strip("-_")


def _settings(manifest: Manifest) -> str:
    # A JSON string is a TOML string, once nothing in it steers.
    quoted = {
        name: json.dumps(shown_text(getattr(manifest, name)), ensure_ascii=False)
        for name in ("title", "tradition", "language")
    }
    return _SETTINGS.format(**quoted)


def _write(path: Path, text: str) -> None:
    path.write_bytes(_bytes(text))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
