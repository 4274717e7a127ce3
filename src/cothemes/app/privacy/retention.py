"""The date until which a study may keep its texts, and the reminder of it."""

from __future__ import annotations

import datetime

from cothemes.app import wiring
from cothemes.app.study import Study
from cothemes.records.record import Record

REMINDER_DAYS = 30
"""Days before the date from which commands remind of it."""


class Retention(Record):
    """The retention date of a study."""

    until: datetime.date
    """Last day on which the texts may be kept."""
    days_left: int
    """Days until then; negative once it is past."""
    documents: int
    """Documents whose texts are held."""
    due: bool
    """Whether the date is near or past, and texts are held."""
    todo: str
    """What to type; empty if nothing is due."""

    @property
    def past(self) -> bool:
        """Whether texts are held although the date is past."""
        return self.due and self.days_left < 0


def retention(study: Study) -> Retention | None:
    """Return the retention date of the settings with what is due; None where none is set."""
    until = study.settings.privacy.retain_until
    if until is None:
        return None
    left = (until - wiring.clock().now().date()).days
    documents = len(study.store.documents.heads())
    due = bool(documents) and left <= REMINDER_DAYS
    todo = (
        "cothemes forget --participant ID for each participant, or cothemes forget DOC "
        "(cothemes documents lists them); or change retain_until in cothemes.toml"
    )
    return Retention(until=until, days_left=left, documents=documents, due=due, todo=todo if due else "")
