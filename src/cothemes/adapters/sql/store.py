"""The store: one database, seen through the narrow views that stages ask for."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Collection
from contextlib import AbstractContextManager, ExitStack, closing
from copy import copy
from pathlib import Path
from types import TracebackType
from typing import Self

from cothemes.adapters.sql.acceptances import BlindAcceptances, SqlAcceptances
from cothemes.adapters.sql.accesses import SqlAccesses
from cothemes.adapters.sql.batches import SqlBatches
from cothemes.adapters.sql.blinded import (
    BlindMemos,
    BlindRatings,
    BlindReviews,
    BlindRuns,
    BlindSettlements,
)
from cothemes.adapters.sql.carried import SqlCarried
from cothemes.adapters.sql.changes import SqlChanges
from cothemes.adapters.sql.claims import SqlClaims
from cothemes.adapters.sql.confirmations import SqlConfirmations
from cothemes.adapters.sql.copied_decisions import SqlCopiedDecisions
from cothemes.adapters.sql.discussions import SqlMemos, SqlSettlements
from cothemes.adapters.sql.documents import SqlDocuments
from cothemes.adapters.sql.embeddings import SqlEmbeddings
from cothemes.adapters.sql.engine import BUSY_SECONDS, Database
from cothemes.adapters.sql.events import SqlEvents
from cothemes.adapters.sql.failures import failures_told
from cothemes.adapters.sql.ledger import SqlLedger
from cothemes.adapters.sql.meta import SqlCodebooks, SqlMeta
from cothemes.adapters.sql.migrate import bring_up_to_date
from cothemes.adapters.sql.operations import SqlDrafts, SqlOperations
from cothemes.adapters.sql.passages import SqlPassages
from cothemes.adapters.sql.presence import Presence
from cothemes.adapters.sql.privacy import SqlPrivacy
from cothemes.adapters.sql.pulse import SqlPulse
from cothemes.adapters.sql.ratings import SqlRatings
from cothemes.adapters.sql.reviews import SqlReviews
from cothemes.adapters.sql.revisions import SqlRevisions
from cothemes.adapters.sql.runs import SqlRuns
from cothemes.adapters.sql.speakers import SqlSpeakers
from cothemes.adapters.sql.users import SqlUsers
from cothemes.adapters.sql.workers import SqlWorkers
from cothemes.errors import InputError
from cothemes.ports import (
    AcceptanceStore,
    AccessStore,
    BatchStore,
    CarriedStore,
    ChangeStore,
    ClaimStore,
    CodebookStore,
    ConfirmationStore,
    CopiedDecisionStore,
    DocumentStore,
    DraftStore,
    EmbeddingStore,
    EventStore,
    Ledger,
    MemoStore,
    MetaStore,
    OperationStore,
    PassageStore,
    PrivacyStore,
    Pulse,
    RatingStore,
    ReviewStore,
    RevisionStore,
    RunStore,
    SettlementStore,
    SpeakerStore,
    UserStore,
    WorkStore,
)

SOUND = "ok"
"""The result of `check` of a database without fault."""


class SqlStore:
    """An open study. Several processes may hold the same one open."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.documents: DocumentStore = SqlDocuments(database)
        self.passages: PassageStore = SqlPassages(database)
        self.embeddings: EmbeddingStore = SqlEmbeddings(database)
        self.runs: RunStore = SqlRuns(database)
        self.reviews: ReviewStore = SqlReviews(database)
        self.ratings: RatingStore = SqlRatings(database)
        self.settlements: SettlementStore = SqlSettlements(database)
        self.memos: MemoStore = SqlMemos(database)
        self._presence = Presence(database.path.with_name("payers"))
        self.work: WorkStore = SqlWorkers(database, self._presence)
        self.ledger: Ledger = SqlLedger(database, self._presence)
        self.confirmations: ConfirmationStore = SqlConfirmations(database)
        self.batches: BatchStore = SqlBatches(database)
        self.meta: MetaStore = SqlMeta(database)
        self.codebooks: CodebookStore = SqlCodebooks(database)
        self.operations: OperationStore = SqlOperations(database)
        self.drafts: DraftStore = SqlDrafts(database)
        self.revisions: RevisionStore = SqlRevisions(database)
        self.privacy: PrivacyStore = SqlPrivacy(database)
        self.speakers: SpeakerStore = SqlSpeakers(database)
        self.accesses: AccessStore = SqlAccesses(database)
        self.carried: CarriedStore = SqlCarried(database)
        self.copied_decisions: CopiedDecisionStore = SqlCopiedDecisions(database)
        self.acceptances: AcceptanceStore = SqlAcceptances(database)
        self.users: UserStore = SqlUsers(database)
        self.claims: ClaimStore = SqlClaims(database)
        self.events: EventStore = SqlEvents(database)
        self.changes: ChangeStore = SqlChanges(database)
        self.kept: dict[tuple[str, str, bool], tuple[str, frozenset[str], object]] = {}
        """Results that were worked out from the records, for all views: `app/kept.py`."""

    @classmethod
    def open(cls, path: Path, *, busy_seconds: float = BUSY_SECONDS) -> Self:
        """Open the database, make it where there is none, and bring it up to date.

        Raises StateConflict where a newer program wrote it or another one holds it for longer than
        `busy_seconds`, InputError where it cannot be opened or is damaged.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(
                f"the folder cannot be made ({error.strerror})",
                where=str(path.parent),
                hint="Check the path and the permissions of the folder above it.",
            ) from error
        _refuse_stub(path)
        database = Database(path, busy_seconds=busy_seconds)
        with ExitStack() as on_failure:
            on_failure.callback(database.close)
            bring_up_to_date(database)
            on_failure.pop_all()
        return cls(database)

    def together(self) -> AbstractContextManager[None]:
        """Make all that this thread reads and writes in the block one transaction; keep it short."""
        return self._database.together()

    @property
    def path(self) -> Path:
        """The file."""
        return self._database.path

    def pulse(self) -> Pulse:
        """Return a connection of its own that says when the records change; whoever asks closes it."""
        return SqlPulse(self.path)

    def check(self) -> str:
        """`ok`, or what is wrong with the file, one finding a line."""
        with self._database.reading() as connection:
            found = list(connection.exec_driver_sql("PRAGMA integrity_check").scalars())
            if found != [SOUND]:
                return "\n".join(found)
            lost = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        return (
            "\n".join(f"row {row[1]} of {row[0]} names a row of {row[2]} that is not there" for row in lost)
            or SOUND
        )

    def backup(self, path: Path) -> None:
        """Write a whole copy while others go on working; `path` appears only when the copy is complete.

        Raises InputError where something is at `path` already or it cannot be written.
        """
        if path.exists():
            raise InputError(
                "is there already", where=str(path), hint="Name another file; nothing is overwritten."
            )
        partial = path.with_name(f"{path.name}.partial")
        try:
            partial.unlink(missing_ok=True)
            with self._database.reading() as connection, failures_told(partial):
                source = connection.connection.driver_connection
                assert isinstance(source, sqlite3.Connection)
                with closing(sqlite3.connect(partial)) as copy:
                    source.backup(copy)
            with partial.open("rb+") as written:
                os.fsync(written.fileno())
            partial.replace(path)
        except OSError as error:
            raise InputError(
                f"the backup cannot be written ({error.strerror})",
                where=str(path),
                hint="Check that the folder exists, may be written to and has room.",
            ) from error
        finally:
            if partial.exists():
                partial.unlink()

    def beside(self) -> Self:
        """Return another view of the same open database: what is hidden in the one is not in the other."""
        return copy(self)

    def blind_to(self, reviewer: str, hidden: Collection[str]) -> None:
        """Hide from now on everything of the `hidden` passages but the reviewer's own records."""
        database = self._database
        self.reviews = BlindReviews(database, reviewer, hidden)
        self.runs = BlindRuns(database, hidden)
        self.ratings = BlindRatings(database, hidden)
        self.settlements = BlindSettlements(database, hidden)
        self.memos = BlindMemos(database, reviewer, hidden)
        self.acceptances = BlindAcceptances(database, hidden)

    def close(self) -> None:
        """Close it; what was stored is on disk whether or not this is called."""
        self._presence.leave()
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _refuse_stub(path: Path) -> None:
    # SQLite takes a file shorter than its own header for an empty database, and writes over it.
    if path.is_file() and 0 < path.stat().st_size < 512:
        raise InputError(
            "is not a record database, or it is damaged",
            where=str(path),
            hint="Put a backup in its place, or move it away to begin anew.",
        )
