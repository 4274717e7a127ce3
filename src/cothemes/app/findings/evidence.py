"""The words that a code stands on, for ratings that mark none of their own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cothemes.app.study import Study
from cothemes.records.rating import Rating
from cothemes.records.review import Action
from cothemes.records.suggestion import Suggestion
from cothemes.stages.review.reading_state import live

Span = tuple[int, int]


def with_evidence(study: Study, ratings: Sequence[Rating]) -> list[Rating]:
    """Where a person accepted a suggestion and marked nothing, the suggestion's verified evidence is marked.

    Spans count characters of the passage's text.
    """
    suggestions = {s.id: s for s in study.store.runs.suggestions()}
    starts = {passage.id: passage.start for passage in study.store.passages.heads()}
    spans: dict[tuple[str, str, str], Span] = {}
    for decision in live(study.store.reviews.decisions()):
        suggestion = suggestions.get(decision.suggestion or "")
        if decision.action is Action.ACCEPT and suggestion is not None and decision.code:
            found = verified_span(suggestion)
            if found and suggestion.passage in starts:
                begin = starts[suggestion.passage]
                key = (decision.reviewer, decision.passage, decision.code)
                spans[key] = (found[0] - begin, found[1] - begin)
    return [_marked(rating, spans.get((rating.rater, rating.unit, rating.code))) for rating in ratings]


def verified_span(suggestion: Suggestion) -> Span | None:
    """From the first to the last verified word of the evidence, in characters of the document.

    Each quote counts for itself: that another one of the suggestion was not found takes nothing from it.
    """
    evidence = [item for item in suggestion.evidence if item.status.verified]
    if not evidence:
        return None
    return min(item.start for item in evidence), max(item.end for item in evidence)


def _marked(rating: Rating, span: Span | None) -> Rating:
    if span is None or rating.value != 1 or rating.start is not None:
        return rating
    return rating.model_copy(update={"start": span[0], "end": span[1]})


def unverified_removed(study: Study, ratings: Iterable[Rating]) -> list[Rating]:
    """A run's ratings without spans whose quote was not found in the source."""
    doubtful = {
        (s.rater, s.passage, s.code) for s in study.store.runs.suggestions() if verified_span(s) is None
    }
    return [
        rating.model_copy(update={"start": None, "end": None})
        if (rating.rater, rating.unit, rating.code) in doubtful
        else rating
        for rating in ratings
    ]
