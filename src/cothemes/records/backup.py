"""What a backup says of itself, and the record of erasures that a restored backup has to follow."""

from __future__ import annotations

from cothemes.records.privacy import Redaction, Tombstone
from cothemes.records.record import Moment, Record

BACKUP_FORMAT = "cothemes-backup"
ERASURES_FORMAT = "cothemes-erasures"
FORMAT_VERSION = 1


class Erasures(Record):
    """Every erasure of a study: no words, but ids, dates, reasons and hashes."""

    format: str = ERASURES_FORMAT
    version: int = FORMAT_VERSION
    study: str
    """Id that all copies of the study share."""
    tombstones: tuple[Tombstone, ...]
    redactions: tuple[Redaction, ...]


class BackupManifest(Record):
    """What a backup holds."""

    format: str = BACKUP_FORMAT
    version: int = FORMAT_VERSION
    title: str
    made: Moment
    program: str
    """Version of cothemes that made it."""
    documents: tuple[str, ...]
    erasures: Erasures
    """Erasures up to then."""
