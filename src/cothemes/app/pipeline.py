"""The only place that knows the order of the stages: files in, assigned suggestions out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from cothemes.app.steps.index import index
from cothemes.app.steps.ingest import IngestReport, find_files, ingest
from cothemes.app.steps.propose import ProposeReport, Wanted, plan, propose
from cothemes.app.steps.reviewers import registered
from cothemes.app.steps.route import RouteReport, route
from cothemes.app.study import Study
from cothemes.ports import Progress
from cothemes.records.document import Kind
from cothemes.stages.index.run import IndexReport
from cothemes.stages.propose.model.terms import Tell

Bar = Callable[[str, int], AbstractContextManager[Progress]]
"""Opens a progress bar: what, of how many."""


@dataclass(frozen=True)
class PipelineReport:
    """What each stage did."""

    ingest: IngestReport
    index: IndexReport
    propose: ProposeReport
    route: RouteReport | None
    """None where no reviewer was named."""


def run(
    study: Study,
    paths: Sequence[Path],
    *,
    wanted: Wanted,
    kind: Kind | None = None,
    meta: Path | None = None,
    reviewers: Sequence[str] = (),
    bar: Bar,
    tell: Tell = lambda _event, _facts: None,
) -> PipelineReport:
    """Ingest, index, propose, route. An unreadable file or an unanswered passage stops none of them."""
    if reviewers:
        registered(study, reviewers)
    files, _ = find_files(paths)
    with bar("Reading", len(files)) as advance:
        read = ingest(study, paths, kind=kind, meta=meta, progress=advance)
    with bar("Embedding", len(study.store.passages.all())) as advance:
        indexed = index(study, progress=advance)
    todo = plan(study, wanted)
    with bar("Proposing", len(todo.to_code)) as advance:
        proposed = propose(study, wanted, advance, tell, todo)
    routed = route(study, reviewers) if reviewers and study.store.passages.all() else None
    return PipelineReport(read, indexed, proposed, routed)
