"""The access log: what was shown, written and sent, recorded as it happens and listed."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterable
from pathlib import Path

from pydantic import Field

from cothemes.app import wiring
from cothemes.app.study import Study
from cothemes.records.access import Access, AccessKind, WordsHeld
from cothemes.records.endpoint import is_loopback
from cothemes.records.record import Moment, Record, absent


class AccessEntry(Record):
    """One line of the access log."""

    at: Moment
    """For requests, the first of them."""
    until: Moment | None = Field(default=None, exclude_if=absent)
    """For requests, the last of them."""
    by: str
    """Registered reviewer or account of the computer; empty where neither is known, and for requests."""
    kind: AccessKind
    command: str
    """The command; for requests, the run."""
    place: str
    """Absolute path of the file, or the endpoint; empty for a view."""
    there: bool | None
    """Whether the file exists now; None where the entry names no file of this machine."""
    words: WordsHeld
    documents: int
    """Documents that the study held then; for requests, 0."""
    calls: int | None = Field(default=None, exclude_if=absent)
    """For requests: their number."""


class AccessLog(Record):
    """Everything that showed, wrote or sent words of the study, oldest first."""

    entries: tuple[AccessEntry, ...]


def record_access(
    study: Study,
    kind: AccessKind,
    command: str,
    paths: Iterable[Path] = (),
    *,
    words: WordsHeld,
    by: str = "",
) -> None:
    """Add an entry for each path, or one for what was shown or sent. `by`: a name that was given, if any."""
    documents = tuple(head.slug for head in study.store.documents.heads())
    entry = Access(
        id="",
        at=wiring.clock().now(),
        by=by or _account(),
        kind=kind,
        command=command,
        words=words,
        documents=documents,
    )
    places = [str(path.resolve()) for path in paths] or [""]
    study.store.accesses.append(
        [entry.model_copy(update={"id": wiring.ids().new(), "path": place}) for place in places]
    )


def record_login(study: Study, by: str, what: str) -> None:
    """Add an entry for a person who logged in or was refused; `by` is empty for an unknown name."""
    entry = Access(
        id=wiring.ids().new(),
        at=wiring.clock().now(),
        by=by,
        kind=AccessKind.LOGIN,
        command=what,
        words=WordsHeld.NONE,
        documents=(),
    )
    study.store.accesses.append([entry])


def access_log(study: Study) -> AccessLog:
    """Return the log with the requests to remote models, summed by run and endpoint."""
    entries = [
        AccessEntry(
            at=each.at,
            by=each.by,
            kind=each.kind,
            command=each.command,
            place=each.path,
            there=Path(each.path).exists() if each.path else None,
            words=each.words,
            documents=len(each.documents),
        )
        for each in study.store.accesses.all()
    ]
    entries += [
        AccessEntry(
            at=each.first,
            until=each.last,
            by="",
            kind=AccessKind.SENT,
            command=each.run,
            place=each.endpoint,
            there=None,
            words=WordsHeld.PSEUDONYMS if study.store.privacy.given() else WordsHeld.ORIGINALS,
            documents=0,
            calls=each.calls,
        )
        for each in study.store.accesses.sent()
        if not is_loopback(each.endpoint)
    ]
    return AccessLog(entries=tuple(sorted(entries, key=lambda each: each.at)))


def published_words(study: Study, *, originals: bool) -> WordsHeld:
    """Return what tables and pages of the study hold: names are replaced once the study has pseudonyms."""
    replaced = bool(study.store.privacy.given()) or study.settings.privacy.deidentified == "reviewed"
    return WordsHeld.PSEUDONYMS if replaced and not originals else WordsHeld.ORIGINALS


def files_with_words(study: Study, slug: str) -> tuple[Access, ...]:
    """Return the log's entries of files that may hold words of a document, the newest of each file."""
    found = {
        each.path: each
        for each in study.store.accesses.all()
        if each.path and each.words is not WordsHeld.NONE and slug in each.documents
    }
    return tuple(found.values())


def _account() -> str:
    """The person that the environment names, else the account of the computer."""
    if name := os.environ.get("COTHEMES_AS", ""):
        return name
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""
