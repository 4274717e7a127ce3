"""Which passages a run had learnt from: there its errors are smaller than elsewhere."""

from __future__ import annotations

from collections.abc import Iterable

from cothemes.app.study import Study
from cothemes.records.review import Action
from cothemes.records.run import Run


def learned_passages(study: Study, run: Run, passages: Iterable[str]) -> set[str]:
    """Return those of `passages` that were read before the run began, where it learned from reviewed
    passages.
    """
    if not run.details.get("reviewed"):
        return set()
    done = study.store.reviews.decisions(passages=passages)
    return {each.passage for each in done if each.action is Action.DONE and each.at < run.started}


def taught_by(study: Study, run: Run, passages: Iterable[str]) -> int:
    """Return how many of `passages` were read before the run began, where it learnt from reviewed
    passages.
    """
    return len(learned_passages(study, run, passages))
