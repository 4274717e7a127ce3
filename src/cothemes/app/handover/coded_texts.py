"""Exported codings on an earlier version of their text: the words that were read, and what is to confirm."""

from __future__ import annotations

from collections.abc import Mapping

from cothemes.app.corrected_texts import texts_as_read, with_sources_checked
from cothemes.app.findings.words_read import words_of, words_read
from cothemes.app.ratings import selected
from cothemes.app.study import Study
from cothemes.stages.exchange.codings_rows import CodedText
from cothemes.stages.review.reading_state import CODED
from cothemes.stages.review.selection import Purpose


def coded_texts(study: Study) -> Mapping[tuple[str, str, str], CodedText]:
    """Rater, passage and code → the text that was coded, of codings on an earlier version of their text.

    They are the codings that findings count, and suggestions.
    """
    counted = selected(study, Purpose.FINDINGS).counted
    given = [
        (each, code, answer)
        for each in counted
        for code, answer in each.answers.items()
        if answer.action in CODED
    ]
    suggestions = study.store.runs.suggestions(as_coded=True)
    read = {(answer.passage, answer.text_version) for _, _, answer in given}
    read |= {(each.passage, each.text_version) for each in suggestions}
    corrected = texts_as_read(study, read)
    present = {each.id: each for each in study.store.passages.read({place for place, _ in corrected})}
    gone = {each.id for each in with_sources_checked(study, suggestions, present) if each.source_corrected}
    words = words_read(study)
    found: dict[tuple[str, str, str], CodedText] = {}
    for suggestion in suggestions:
        there = (suggestion.passage, suggestion.text_version) in corrected
        quoted = words.get(suggestion.id)
        if there or quoted is not None:
            found[suggestion.rater, suggestion.passage, suggestion.code] = CodedText(
                there,
                quoted.passage if quoted else None,
                quoted.within if quoted else (),
                source_corrected=suggestion.id in gone,
            )
    for each, code, answer in given:
        there = (answer.passage, answer.text_version) in corrected
        marked = words_of(each, code, words)
        if there or marked is not None:
            found[each.rater, each.passage, code] = CodedText(
                there,
                marked.passage if marked else None,
                marked.within if marked else (),
                to_confirm=there and code in each.to_confirm,
            )
    return found
