"""The words of codings in the text that was read: one rule for what is listed, quoted and exported."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from cothemes.app.corrected_texts import passages_as_read
from cothemes.app.findings.evidence import Spans, evidence_of
from cothemes.app.ratings import every_history, made_once
from cothemes.app.study import Study
from cothemes.records.passage import Passage
from cothemes.stages.review.reading_state import CODED
from cothemes.stages.review.selection import Counted


class WordsRead(NamedTuple):
    """The text that a coding was made on, and its words in that text."""

    passage: Passage
    spans: Spans
    """Half-open code points of the document in the passage's version: what was marked, else the verified
    evidence that was accepted."""

    @property
    def within(self) -> Spans:
        """Return the spans in code points of the passage's text."""
        begin = self.passage.start
        return tuple((start - begin, end - begin) for start, end in self.spans)


@made_once
def words_read(study: Study) -> Mapping[str, WordsRead]:
    """Id of a decision or a suggestion → the words that were read, of those made on an earlier version.

    A decision that its author confirmed since is not among them: its words are the present ones.
    """
    history = every_history(study)
    coded = [each for each in history.decisions if each.action in CODED and each.id not in history.confirmed]
    suggestions = {each.id: each for each in study.store.runs.suggestions(as_coded=True)}
    read = {(each.passage, each.text_version) for each in coded}
    read |= {(each.passage, each.text_version) for each in suggestions.values()}
    earlier = passages_as_read(study, read)
    if not earlier:
        return {}
    found: dict[str, WordsRead] = {}
    for suggestion in suggestions.values():
        passage = earlier.get((suggestion.passage, suggestion.text_version))
        if passage is not None:
            found[suggestion.id] = WordsRead(passage, evidence_of(suggestion))
    places = {each.passage for each in coded}
    marked = {each.id: each.spans for each in study.store.reviews.decisions(passages=places, as_coded=True)}
    for decision in coded:
        passage = earlier.get((decision.passage, decision.text_version))
        if passage is None:
            continue
        spans = marked.get(decision.id, ())
        quoted = suggestions.get(decision.suggestion or "")
        # A suggestion on another version says nothing of places in this one.
        if not spans and quoted is not None and quoted.text_version == decision.text_version:
            spans = evidence_of(quoted)
        found[decision.id] = WordsRead(passage, spans)
    return found


def words_of(reading: Counted, code: str, words: Mapping[str, WordsRead]) -> WordsRead | None:
    """Return the words of a code that counts, with those of decisions that it rests on; None: they are in
    the present text.

    Words of another version than that of the decision that counts have no place in its text.
    """
    answer = reading.answers[code]
    found = words.get(answer.id)
    if found is None:
        return None
    support = (words.get(each.id) for each in reading.support.get(code, ()) if each.action in CODED)
    same = [each.spans for each in support if each and each.passage.version == found.passage.version]
    spans = tuple(dict.fromkeys(span for spans in same for span in spans))
    return found._replace(spans=spans) if spans else found
