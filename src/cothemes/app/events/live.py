"""What open pages learn of at once: that something changed, never what.

A message has a kind and, for runs, an id. Who may know of a kind is in `KINDS`. Nobody but a lead learns when
others act: a reviewer hears of their own queue and of the codebook alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum

from cothemes.app.study import Study
from cothemes.records.event import ChangeKind
from cothemes.records.user import UserRole


class LiveKind(StrEnum):
    """Kinds of messages."""

    RUNS = "runs"
    """A run began, went on or ended, or something was spent."""
    PROGRESS = "progress"
    """Somebody finished or reopened a passage, or passages were assigned."""
    DOCUMENTS = "documents"
    """Texts were read or corrected."""
    CODEBOOK = "codebook"
    """The codebook's file changed."""
    QUEUE = "queue"
    """The reviewer's own queue changed."""


_EVERYBODY = frozenset(UserRole)
KINDS: dict[LiveKind, frozenset[UserRole]] = {
    LiveKind.RUNS: frozenset({UserRole.LEAD}),
    LiveKind.PROGRESS: frozenset({UserRole.LEAD}),
    LiveKind.DOCUMENTS: frozenset({UserRole.LEAD, UserRole.READER}),
    LiveKind.CODEBOOK: _EVERYBODY,
    LiveKind.QUEUE: frozenset({UserRole.REVIEWER}),
}
"""Kind → roles that are told of it."""


@dataclass(frozen=True)
class Told:
    """A message. `person`: the only one who is told; empty for everybody who may."""

    kind: LiveKind
    id: str = ""
    person: str = ""

    def is_for(self, name: str, roles: Collection[UserRole]) -> bool:
        """Return whether a person with these roles is told."""
        return not KINDS[self.kind].isdisjoint(roles) and self.person in ("", name)


class LiveChanges:
    """The changes of a study since they were last asked for, by whatever process."""

    def __init__(self, study: Study) -> None:
        self._study = study
        self._pulse = study.store.pulse()
        self._change = study.store.events.last_change()
        self._marks = dict(self._pulse.marks())
        self._file = self._codebook_file()

    def look(self) -> tuple[tuple[Told, ...], bool]:
        """Return what changed, each message once, and whether anybody's access may have."""
        found = dict.fromkeys(self._codebook())
        access = False
        if self._pulse.moved():
            found.update(dict.fromkeys(self._noted()))
            marks = dict(self._pulse.marks())
            if marks["runs"] != self._marks["runs"]:
                found[Told(LiveKind.RUNS)] = None
            if marks["progress"] != self._marks["progress"]:
                found[Told(LiveKind.PROGRESS)] = None
            access = marks["access"] != self._marks["access"]
            self._marks = marks
            found.update(dict.fromkeys(Told(LiveKind.QUEUE, person=each) for each in self._pulse.assigned()))
        return tuple(found), access

    def close(self) -> None:
        """Close the connection."""
        self._pulse.close()

    def _noted(self) -> Iterator[Told]:
        for each in self._study.store.events.changes(self._change):
            self._change = each.stored
            if each.kind is ChangeKind.RUN:
                yield Told(LiveKind.RUNS, id=each.subject)
            elif each.kind is ChangeKind.DOCUMENT:
                yield Told(LiveKind.DOCUMENTS)
            elif each.kind in (ChangeKind.DONE, ChangeKind.REOPENED, ChangeKind.ASSIGNED):
                yield Told(LiveKind.PROGRESS)
                yield Told(LiveKind.QUEUE, person=each.by)

    def _codebook(self) -> Iterator[Told]:
        before, self._file = self._file, self._codebook_file()
        if self._file != before:
            yield Told(LiveKind.CODEBOOK)

    def _codebook_file(self) -> tuple[int, int, int] | None:
        try:
            return self._study.codebook_file
        except OSError:
            return None
