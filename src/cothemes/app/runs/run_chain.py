"""Runs of one configuration that follow each other, since another model came to answer under the same name.

What was asked of the first model stays in the ledger. A reply of it that no passage was recorded with must
not be read into the next run: two models are two raters. So each turn asks under a number of its own.
"""

from __future__ import annotations

from cothemes.app.study import Study
from cothemes.records.run import Run

CLOSED = "closed"
"""Key of a run's details that says why it is never resumed."""
ENDED_BY = "ended_by"
"""Key of a run's details that names the error that ended it: `fault` for one of the program, empty for
none."""
TURN = "turn"
"""Key of a run's details that counts the closed runs of its configuration."""
_APART = 1_000
"""Between the numbers of two turns; a deliberate repetition, as `stability` buys, is far below."""


def turn(study: Study, configuration: str) -> dict[str, int]:
    """Return the details of a new run: the turn that it is, unless it is the first of its configuration."""
    before = [run for run in study.store.runs.all() if run.configuration == configuration]
    closed = sum(CLOSED in run.details for run in before)
    return {TURN: closed} if closed else {}


def repeat_of(run: Run) -> int:
    """Return the number of repetition under which a run's calls are in the ledger."""
    return _APART * int(run.details.get(TURN, 0))
