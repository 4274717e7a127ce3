"""Codes that models missed in the codebook, with the words they point at. People decide what comes of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from cothemes.app.study import Study
from cothemes.errors import UsageError
from cothemes.records.candidate import Candidate


@dataclass(frozen=True)
class Missed:
    """A candidate with the source's own words."""

    candidate: Candidate
    quotes: tuple[str, ...]
    """Of the passage's text as it was coded; empty where the document is gone."""


def candidates(study: Study, run_id: str = "", documents: Collection[str] = ()) -> list[Missed]:
    """In the order in which they came; all runs, or one. Raises UsageError for a run that is none."""
    if run_id and study.store.runs.get(run_id) is None:
        known = ", ".join(run.id for run in study.store.runs.all()) or "none yet"
        raise UsageError(f"there is no run {run_id!r}", hint=f"Runs: {known}.")
    found = []
    for candidate in study.store.runs.candidates(run_id=run_id or None):
        passage = study.store.passages.get(candidate.passage)
        if documents and (passage is None or passage.document not in documents):
            continue
        quotes = [
            passage.text[max(e.start - passage.start, 0) : e.end - passage.start]
            for e in candidate.evidence
            if passage is not None
        ]
        found.append(Missed(candidate, tuple(quotes)))
    return found
