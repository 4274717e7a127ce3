"""Which passages a run had learnt from: there its errors are smaller than elsewhere."""

from __future__ import annotations

from collections.abc import Iterable

from cothemes.app.study import Study
from cothemes.records.review import Action
from cothemes.records.run import Run


def taught_by(study: Study, run: Run, passages: Iterable[str]) -> int:
    """Return how many of `passages` were read before the run began, where it learnt from reviewed
    passages.
    """
    if not run.details.get("reviewed"):
        return 0
    done = study.store.reviews.decisions(passages=passages)
    return len({each.passage for each in done if each.action is Action.DONE and each.at < run.started})
