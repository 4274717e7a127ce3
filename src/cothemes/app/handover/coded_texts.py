"""Exported codings whose text was corrected since: the words that were read, and what is to confirm."""

from __future__ import annotations

from collections.abc import Mapping

from cothemes.app.corrected_texts import text_marks, texts_as_read, with_sources_checked
from cothemes.app.findings.evidence import Span, verified_span
from cothemes.app.ratings import decisions_of
from cothemes.app.study import Study
from cothemes.records.review import Decision
from cothemes.records.suggestion import Suggestion
from cothemes.stages.exchange.codings_rows import CodedText
from cothemes.stages.review.reading_state import CODED, live


def coded_texts(study: Study) -> Mapping[tuple[str, str, str], CodedText]:
    """Rater, passage and code → the text that was coded, of codings on an earlier text of their passage."""
    made = decisions_of(study)
    read = {(each.passage, each.text_version) for each in live(made) if each.action in CODED}
    read |= {(each.passage, each.text_version) for each in study.store.runs.suggestions()}
    earlier = texts_as_read(study, read)
    if not earlier:
        return {}
    decisions = [each for each in live(study.store.reviews.decisions(as_coded=True)) if each.action in CODED]
    suggestions = {each.id: each for each in study.store.runs.suggestions(as_coded=True)}
    present = {each.id: each for each in study.store.passages.read({place for place, _ in earlier})}
    checked = with_sources_checked(study, list(suggestions.values()), present)
    gone = {each.id for each in checked if each.source_corrected}
    marks = text_marks(study, made)
    found: dict[tuple[str, str, str], CodedText] = {}
    for suggestion in suggestions.values():
        passage = earlier.get((suggestion.passage, suggestion.text_version))
        if passage is not None:
            span = _within(verified_span(suggestion), passage.start)
            place = (suggestion.rater, suggestion.passage, suggestion.code)
            found[place] = CodedText(passage, span, source_corrected=suggestion.id in gone)
    for decision in decisions:
        passage = earlier.get((decision.passage, decision.text_version))
        place = (decision.reviewer, decision.passage, decision.code or "")
        # A later answer on the present text goes before an earlier one.
        found.pop(place, None)
        if passage is not None:
            mark = marks.get(decision.id)
            span = _within(_marked(decision, suggestions), passage.start)
            found[place] = CodedText(passage, span, to_confirm=mark is not None and mark.to_confirm)
    return found


def _marked(decision: Decision, suggestions: Mapping[str, Suggestion]) -> Span | None:
    if decision.hull is not None:
        return decision.hull
    quoted = suggestions.get(decision.suggestion or "")
    if quoted is None or quoted.text_version != decision.text_version:
        return None
    return verified_span(quoted)


def _within(span: Span | None, start: int) -> Span | None:
    return (span[0] - start, span[1] - start) if span else None
