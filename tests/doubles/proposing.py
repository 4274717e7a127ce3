"""Proposing in tests that expect it to reach its end: what stopped a run is raised."""

from __future__ import annotations

from cothemes.app.coders import propose as proposing
from cothemes.app.coders.propose import Plan, ProposeOptions, ProposeReport
from cothemes.app.runs.call_policy import EventSink
from cothemes.app.study import Study
from cothemes.ports import Progress


def propose(
    study: Study,
    wanted: ProposeOptions,
    progress: Progress = lambda _count: None,
    tell: EventSink = lambda _event, _facts: None,
    todo: Plan | None = None,
) -> ProposeReport:
    """The report of a run that nothing stopped. Raises what stopped it."""
    return proposing.propose(study, wanted, progress, tell, todo).checked()
