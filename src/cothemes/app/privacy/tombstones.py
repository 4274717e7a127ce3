"""The record of erasures, written to a file and replayed on a restored copy of the study."""

from __future__ import annotations

from pathlib import Path

from cothemes.app import wiring
from cothemes.app.privacy.forget import ForgetReport, forget, plan
from cothemes.app.privacy.participants import documents_marked
from cothemes.app.privacy.redact import redact
from cothemes.app.study import RECORDS_FOLDER, STUDY_KEY, Study, study_id
from cothemes.errors import InputError
from cothemes.records.backup import Erasures
from cothemes.records.privacy import Redaction, Tombstone
from cothemes.records.record import Moment, Record
from cothemes.settings import FILE_NAME


class TombstonesWritten(Record):
    """A file with the record of all erasures."""

    file: str
    documents: int
    """Documents that were forgotten."""
    redactions: int


class ToRedact(Record):
    """A document whose erased words came back with a backup."""

    document: str
    at: Moment
    """When it was redacted."""
    todo: str
    """The command to type."""


class Replayed(Record):
    """What was erased again."""

    forgotten: tuple[ForgetReport, ...]
    redacted: tuple[str, ...]
    to_redact: tuple[ToRedact, ...]


def erasures_of(study: Study) -> Erasures:
    """Return every erasure of the study."""
    return Erasures(
        study=study_id(study),
        tombstones=tuple(study.store.privacy.tombstones()),
        redactions=tuple(study.store.privacy.redactions()),
    )


def write_tombstones(study: Study, path: Path) -> TombstonesWritten:
    """Write the record of all erasures. Raises InputError where the file cannot be written."""
    found = erasures_of(study)
    wiring.write_text(path, found.model_dump_json(indent=2) + "\n")
    return TombstonesWritten(
        file=str(path), documents=len(found.tombstones), redactions=len(found.redactions)
    )


def read_erasures(path: Path) -> Erasures:
    """Return the erasures that a study's folder, a backup or a file of `forget --tombstones` holds.

    Raises InputError for anything else.
    """
    if not path.is_dir():
        return wiring.read_erasures(path)
    if not (path / FILE_NAME).is_file() or not (path / RECORDS_FOLDER / "records.sqlite").is_file():
        raise InputError(
            "is no study", where=str(path), hint="Name a study's folder, a backup or a tombstone file."
        )
    study = Study(path.resolve())
    try:
        return erasures_of(study)
    finally:
        study.close()


def same_study(study: Study, erasures: Erasures) -> bool:
    """Return whether the erasures are those of this study or of a copy of it."""
    return study.store.meta.get(STUDY_KEY) == erasures.study


def replay(study: Study, erasures: Erasures) -> Replayed:
    """Erase again what was erased in another copy of the study. Run it again to finish what was hindered."""
    made = [report for grave in erasures.tombstones for report in _buried_again(study, grave)]
    redacted, to_redact = [], []
    known = {each.id for each in study.store.privacy.redactions()}
    for each in _newest(erasures.redactions):
        document = study.store.documents.get(each.document)
        if each.id in known or document is None:
            continue
        if document.version == each.version:
            redact(study, each.document, by=each.by, redaction=each)
            redacted.append(each.document)
        else:
            todo = f"cothemes ingest {document.source_name} --redact"
            to_redact.append(ToRedact(document=each.document, at=each.at, todo=todo))
    return Replayed(forgotten=tuple(made), redacted=tuple(redacted), to_redact=tuple(to_redact))


def _buried_again(study: Study, grave: Tombstone) -> list[ForgetReport]:
    marks = set(grave.marks)
    slugs = {
        head.slug
        for head in study.store.documents.heads()
        if head.slug == grave.document or marks & {head.version, head.source_hash}
    }
    slugs |= set(documents_marked(study, marks))
    known = {each.document for each in study.store.privacy.tombstones()}
    made = [
        forget(study, plan(study, slug), grave=grave.model_copy(update={"document": slug, "erased": {}}))
        for slug in sorted(slugs - known)
    ]
    if grave.document not in known | slugs:
        study.store.privacy.forget(grave.model_copy(update={"erased": {}}), lambda _words: False)
    return made


def _newest(redactions: tuple[Redaction, ...]) -> list[Redaction]:
    return list({each.document: each for each in redactions}.values())
