"""What became of the words that decisions were made on, where a text was corrected since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from cothemes.app.study import Study
from cothemes.records.passage import Passage, PassageHead
from cothemes.records.review import Action, Decision
from cothemes.records.suggestion import SOURCE_CORRECTED, Suggestion
from cothemes.records.text_change import TextSpan
from cothemes.stages.review.reading_state import live
from cothemes.stages.review.selection import TextChange, Texts, UnchangedTexts
from cothemes.stages.revise.classification import PassageClass, classify


def texts_of(
    study: Study, decisions: Sequence[Decision], heads: Sequence[PassageHead] | None = None
) -> Texts:
    """Return how the texts under these decisions changed. `heads`: the current passages, if they are read."""
    now = {head.id: head.version for head in heads or study.store.passages.heads()}
    outdated = {
        each.passage
        for each in decisions
        if each.text_version and now.get(each.passage, each.text_version) != each.text_version
    }
    return CorrectedTexts(study, outdated) if outdated else UnchangedTexts()


class TextMark(NamedTuple):
    """The text that a decision was made on, held against the present one."""

    version: str
    """Version of the document that was read."""
    corrected: bool
    """Whether the passage has other words or another spelling now."""
    to_confirm: bool
    """Whether it changed in substance, and nobody has confirmed the decision since."""


def text_marks(study: Study, decisions: Sequence[Decision]) -> dict[str, TextMark]:
    """Id of a decision → its mark, of those that were made on an earlier text."""
    now = {head.id: head.version for head in study.store.passages.heads()}
    outdated = [
        each for each in decisions if each.text_version and each.text_version != now.get(each.passage)
    ]
    if not outdated:
        return {}
    texts = texts_of(study, decisions)
    sure = confirmed(decisions, texts)
    found = {}
    for each in outdated:
        change = texts.change(each)
        unsure = change is TextChange.SUBSTANCE and each.id not in sure
        found[each.id] = TextMark(each.text_version, change is not TextChange.NONE, unsure)
    return found


def texts_as_read(study: Study, read: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], Passage]:
    """Passage and version of its document → the passage as it was then, if it has another text now."""
    earlier = passages_as_read(study, read)
    present = {each.id: each.text for each in study.store.passages.read({place for place, _ in earlier})}
    return {key: each for key, each in earlier.items() if each.text != present.get(each.id)}


def passages_as_read(study: Study, read: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], Passage]:
    """Passage and version of its document → the passage in that version, if it has another version now.

    Its text may be the present one. Spans of the earlier version have their places in it all the same: a
    correction elsewhere in the document moved them.
    """
    places = set(read)
    now = {head.id: head.version for head in study.store.passages.heads()}
    outdated = {passage for passage, version in places if version and version != now.get(passage)}
    if not outdated:
        return {}
    return {
        (each.id, each.version): each
        for each in study.store.passages.earlier_texts(outdated)
        if (each.id, each.version) in places and each.version != now.get(each.id)
    }


def with_sources_checked(
    study: Study, suggestions: Sequence[Suggestion], passages: Mapping[str, Passage]
) -> list[Suggestion]:
    """Return the suggestions, with a flag on each whose quote no longer stands: its words were replaced,
    removed or added to. `passages`: the present texts, by id.
    """
    outdated = {
        each.id: each
        for each in suggestions
        if each.text_version and each.passage in passages
        if each.text_version != passages[each.passage].version
    }
    if not outdated:
        return list(suggestions)
    places = {each.passage for each in outdated.values()}
    earlier = {(each.id, each.version): each for each in study.store.passages.earlier_texts(places)}
    maps = study.store.passages.text_maps({passages[place].document for place in places})
    known = {(each.document, each.old, each.new): frozenset(each.known_words) for each in maps}
    gone = set()
    for each in study.store.runs.suggestions(passages=sorted(places), as_coded=True):
        before, now = earlier.get((each.passage, each.text_version)), passages[each.passage]
        if each.id not in outdated or before is None or before.text == now.text or not each.evidence:
            continue
        words = known.get((now.document, before.version, now.version), frozenset())
        quoted = [(evidence.start, evidence.end) for evidence in each.evidence]
        if any(span.fate.substance for span in classify(before, now, quoted, words).spans):
            gone.add(each.id)
    return [
        each.model_copy(update={"flags": (*each.flags, SOURCE_CORRECTED)}) if each.id in gone else each
        for each in suggestions
    ]


def confirmed(decisions: Sequence[Decision], texts: Texts) -> set[str]:
    """Ids of decisions that their author confirmed on a text that changed by typing at most since.

    A confirmation covers what the person had decided on the passage in that round; with a code, this alone.
    """
    found: set[str] = set()
    kept = live(decisions)
    confirmations = [each for each in kept if each.action is Action.CONFIRM]
    if not confirmations:
        return found
    before: dict[tuple[str, str, str], list[Decision]] = {}
    for each in kept:
        place = (each.reviewer, each.passage, each.round)
        if each.action is not Action.CONFIRM:
            before.setdefault(place, []).append(each)
        elif texts.change(each) is not TextChange.SUBSTANCE:
            found |= {one.id for one in before.get(place, []) if each.code in (None, one.code)}
    return found


class CorrectedTexts:
    """The earlier and the present texts of corrected passages, compared when asked for."""

    def __init__(self, study: Study, passages: set[str]) -> None:
        self._now = {each.id: each for each in study.store.passages.read(passages)}
        self._earlier = {
            (each.id, each.version): each for each in study.store.passages.earlier_texts(passages)
        }
        maps = study.store.passages.text_maps({each.document for each in self._now.values()})
        self._words = {(each.document, each.old, each.new): frozenset(each.known_words) for each in maps}
        coded = study.store.reviews.decisions(passages=passages, as_coded=True, with_drafts=True)
        self._marked = {each.id: each.spans for each in coded if each.spans}
        quoted = study.store.runs.suggestions(passages=passages, as_coded=True)
        self._quoted = {each.id: each for each in quoted}
        self._known: dict[tuple[str, str, tuple[TextSpan, ...]], PassageClass] = {}

    def change(self, decision: Decision) -> TextChange:
        """The change of the passage and of the decision's evidence up to now."""
        before, now = self._texts(decision)
        if before is None or now is None:
            return TextChange.NONE
        found = self._class(before, now, self._evidence(decision, before))
        if found.reasons:
            return TextChange.SUBSTANCE
        return TextChange.TYPING if before.text != now.text else TextChange.NONE

    def wording(self, decision: Decision) -> str:
        """The text of the passage as the decision's author read it."""
        before, now = self._texts(decision)
        shown = before or now
        return shown.text if shown else ""

    def _texts(self, decision: Decision) -> tuple[Passage | None, Passage | None]:
        """The earlier text, None where it is the present one, and the present text."""
        return self._earlier.get((decision.passage, decision.text_version)), self._now.get(decision.passage)

    def _evidence(self, decision: Decision, before: Passage) -> tuple[TextSpan, ...]:
        """The words that the decision rests on, in the earlier text."""
        marked = self._marked.get(decision.id)
        if marked is not None:
            return marked
        quoted = self._quoted.get(decision.suggestion or "")
        if quoted is None or quoted.text_version != before.version or decision.action is Action.REJECT:
            return ()
        return tuple((each.start, each.end) for each in quoted.evidence)

    def _class(self, before: Passage, now: Passage, evidence: tuple[TextSpan, ...]) -> PassageClass:
        key = (before.id, before.version, evidence)
        if key not in self._known:
            words = self._words.get((before.document, before.version, now.version), frozenset())
            self._known[key] = classify(before, now, evidence, words)
        return self._known[key]
