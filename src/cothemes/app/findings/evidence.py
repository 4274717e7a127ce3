"""The words that a code stands on, for ratings that mark none of their own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from cothemes.app.ratings import heads_of
from cothemes.app.study import Study
from cothemes.records.coded_reading import CodedReading, Mark, RatingList, listed
from cothemes.records.rating import Rating
from cothemes.records.review import Action
from cothemes.records.suggestion import Suggestion
from cothemes.stages.review.reading_state import live

Spans = tuple[tuple[int, int], ...]


def with_evidence(study: Study, ratings: Iterable[Rating] | RatingList) -> RatingList:
    """Where a person accepted a suggestion and marked nothing, the suggestion's verified evidence is marked.

    Spans count characters of the passage's text.
    """
    suggestions = {s.id: s for s in study.store.runs.suggestions()}
    starts = {passage.id: passage.start for passage in heads_of(study)}
    spans: dict[tuple[str, str], dict[str, Spans]] = defaultdict(dict)
    for decision in live(study.store.reviews.decisions(acts=(Action.ACCEPT, Action.UNDO))):
        suggestion = suggestions.get(decision.suggestion or "")
        if decision.action is Action.ACCEPT and suggestion is not None and decision.code:
            found = evidence_of(suggestion)
            if found and suggestion.passage in starts:
                begin = starts[suggestion.passage]
                place = (decision.reviewer, decision.passage)
                spans[place][decision.code] = tuple((start - begin, end - begin) for start, end in found)
    given = listed(ratings)
    return RatingList(tuple(_marked(part, spans.get((part.rater, part.unit), {})) for part in given.parts))


def evidence_of(suggestion: Suggestion) -> Spans:
    """Return the verified evidence of a suggestion in the order of the text, in characters of the document.

    Each quote counts for itself: that another one of the suggestion was not found takes nothing from it.
    """
    return tuple(sorted({(each.start, each.end) for each in suggestion.evidence if each.status.verified}))


def _marked(part: CodedReading | Rating, spans: Mapping[str, Spans]) -> CodedReading | Rating:
    if not spans:
        return part
    if isinstance(part, Rating):
        if part.code not in spans or part.value != 1 or part.start is not None:
            return part
        return _with_spans(part, spans[part.code])
    bare = {rating.code for rating in part.applied() if rating.start is None}
    return part.marked({code: found for code, found in spans.items() if code in bare})


def _with_spans(rating: Rating, spans: Spans) -> Rating:
    mark = Mark().with_spans(spans)
    return rating.model_copy(update={"start": mark.start, "end": mark.end, "stretches": mark.stretches})


def unverified_removed(study: Study, ratings: Iterable[Rating] | RatingList) -> RatingList:
    """A run's ratings without spans whose quote was not found in the source."""
    doubtful: dict[tuple[str, str], set[str]] = defaultdict(set)
    for each in study.store.runs.suggestions():
        if not evidence_of(each):
            doubtful[each.rater, each.passage].add(each.code)
    given = listed(ratings)
    return RatingList(
        tuple(_without(part, doubtful.get((part.rater, part.unit), ())) for part in given.parts)
    )


def _without(part: CodedReading | Rating, codes: Collection[str]) -> CodedReading | Rating:
    if isinstance(part, Rating):
        return _with_spans(part, ()) if part.code in codes else part
    return part.marked({code: () for code in codes if code in part.codes}) if codes else part
