"""Corrected texts: the plan of what a new text does to passages and decisions, and storing it.

Passages keep their ids, and what people did stays with them: docs/methods/corrected-texts.md says how.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from cothemes.app.corpus.study_words import other_words
from cothemes.app.ratings import history_of, meanings_of
from cothemes.app.study import Study
from cothemes.records.document import Document
from cothemes.records.passage import Passage
from cothemes.records.record import Record
from cothemes.records.review import Action
from cothemes.records.text_change import PassageFate, RevisionPlan, Substance, TextSpan
from cothemes.stages.review.consensus import RULED, live_rulings
from cothemes.stages.review.reading_state import ANSWERS, CODED, live
from cothemes.stages.review.selection import Purpose, selection
from cothemes.stages.revise.mapping import text_map
from cothemes.stages.revise.plan import Earlier, plan_revision
from cothemes.stages.revise.voices import clipped
from cothemes.stages.segment.passages import segment


def worked_on(study: Study, passages: Sequence[Passage]) -> set[str]:
    """Ids of those passages on which people or coders did anything, or that are in someone's queue."""
    ids = {passage.id for passage in passages}
    found = {each.passage for each in study.store.reviews.decisions(passages=ids)}
    found |= {each.passage for each in study.store.reviews.assignments(every=True)}
    found |= {each.passage for each in study.store.settlements.all()}
    found |= {each.passage for each in study.store.memos.all() if each.passage}
    found |= {each.unit for each in study.store.ratings.all()}
    for run in study.store.runs.all():
        found |= {each.passage for each in study.store.runs.outcomes(run.id, passages=ids)}
    return found & ids


class Rests(NamedTuple):
    """One decision or ruling, and the words that it rests on in the present text."""

    passage: str
    code: str | None
    evidence: tuple[TextSpan, ...]
    versions: tuple[str, ...]
    """Versions of the document that were read: when it was decided, and whenever it was confirmed since."""
    id: str


def resting(study: Study, passages: Sequence[Passage]) -> list[Rests]:
    """Decisions and rulings that were not taken back, each with its evidence: the words that the person
    marked, else those that the accepted suggestion quotes."""
    ids = {passage.id for passage in passages}
    quoted = {
        each.id: tuple((one.start, one.end) for one in each.evidence)
        for each in study.store.runs.suggestions(passages=ids)
    }
    found = []
    decisions = live(study.store.reviews.decisions(passages=ids, with_drafts=True))
    place = {each.id: at for at, each in enumerate(decisions)}
    confirmations = defaultdict(list)
    for each in decisions:
        if each.action is Action.CONFIRM:
            confirmations[(each.passage, each.reviewer, each.round)].append(each)
    for decision in decisions:
        if decision.implicit or decision.action not in (*ANSWERS, Action.DONE):
            continue
        spans: tuple[TextSpan, ...] = decision.spans
        if not spans and decision.action in CODED:
            spans = tuple(quoted.get(decision.suggestion or "", ()))
        later = [
            each.text_version
            for each in confirmations[(decision.passage, decision.reviewer, decision.round)]
            if each.code in (None, decision.code) and place[each.id] > place[decision.id]
        ]
        found.append(
            Rests(decision.passage, decision.code, spans, (decision.text_version, *later), decision.id)
        )
    for ruling in live_rulings(study.store.settlements.all()):
        if ruling.passage in ids and ruling.ruling in RULED:
            marked = ruling.start is not None and ruling.end is not None
            words: tuple[TextSpan, ...] = ((ruling.start or 0, ruling.end or 0),) if marked else ()
            found.append(Rests(ruling.passage, ruling.code, words, (ruling.text_version,), ruling.id))
    return found


def evidence(study: Study, passages: Sequence[Passage]) -> dict[str, list[TextSpan]]:
    """Passage → the words that anything decided on it rests on."""
    found: dict[str, dict[TextSpan, None]] = defaultdict(dict)
    for each in resting(study, passages):
        found[each.passage].update(dict.fromkeys(each.evidence))
    return {passage: list(spans) for passage, spans in found.items()}


class ToConfirm(Record):
    """A passage whose text changed in substance."""

    passage: str
    reasons: tuple[Substance, ...]
    decisions: int
    """Decisions by name that someone has to confirm."""


class Gone(Record):
    """A passage that is no longer in the text."""

    passage: str
    heirs: tuple[str, ...]
    """Passages that hold words of it now."""
    decisions: int
    """Decisions by name that are listed as those of a retired passage."""


class Correction(Record):
    """What a corrected text does to a document's passages and to what people decided on them."""

    kept: int
    """Passages with the same text, perhaps at another place."""
    corrected: tuple[str, ...]
    """Passages with corrected typing: what was decided stays current."""
    to_confirm: tuple[ToConfirm, ...]
    new: tuple[str, ...]
    retired: tuple[Gone, ...]
    back: tuple[str, ...]
    """Retired passages whose text is there again."""
    decisions_current: int
    """Decisions by name, and rulings, that stay current."""
    decisions_to_confirm: int
    decisions_retired: int
    decisions_back: int
    sent_before: int
    """Corrected passages that a model has coded: they are not sent again unless that is asked for."""


def correction_of(study: Study, plan: RevisionPlan) -> Correction:
    """Return the plan as people read it, with the decisions that each change concerns."""
    every = study.store.passages.every(plan.document)
    counting = _counting(study, every)
    named = [each for each in resting(study, every) if each.code and each.id in counting]
    changes = {change.id: change for change in plan.changes}
    on: dict[str, list[Rests]] = defaultdict(list)
    for each in named:
        on[each.passage].append(each)

    def decided(fate: PassageFate) -> int:
        return sum(len(on[change.id]) for change in plan.having(fate))

    texts = {each.id: each.text for each in plan.passages}
    read = {(each.id, each.version): each.text for each in study.store.passages.earlier_texts(on)}

    def as_read(each: Rests) -> bool:
        """Return whether the text is again the one that was decided on."""
        now = texts.get(each.passage, "")
        return any(read.get((each.passage, version)) == now for version in each.versions)

    confirm = {
        change.id: sum(change.must_confirm(each.evidence) and not as_read(each) for each in on[change.id])
        for change in plan.having(PassageFate.TO_CONFIRM)
    }
    changed = [*plan.having(PassageFate.CORRECTED), *plan.having(PassageFate.TO_CONFIRM)]
    coded = {
        each.passage
        for run in study.store.runs.all()
        if run.model
        for each in study.store.runs.outcomes(run.id, passages=[change.id for change in changed])
    }
    current = decided(PassageFate.KEPT) + decided(PassageFate.CORRECTED) + decided(PassageFate.TO_CONFIRM)
    return Correction(
        kept=len(plan.having(PassageFate.KEPT)),
        corrected=tuple(change.id for change in plan.having(PassageFate.CORRECTED)),
        to_confirm=tuple(
            ToConfirm(passage=name, reasons=changes[name].reasons, decisions=count)
            for name, count in confirm.items()
        ),
        new=tuple(change.id for change in plan.having(PassageFate.NEW)),
        retired=tuple(
            Gone(passage=change.id, heirs=change.heirs, decisions=len(on[change.id]))
            for change in plan.having(PassageFate.RETIRED)
        ),
        back=tuple(change.id for change in plan.having(PassageFate.BACK)),
        decisions_current=current - sum(confirm.values()),
        decisions_to_confirm=sum(confirm.values()),
        decisions_retired=decided(PassageFate.RETIRED),
        decisions_back=decided(PassageFate.BACK),
        sent_before=len(coded),
    )


def _counting(study: Study, passages: Sequence[Passage]) -> set[str]:
    """Return the ids of decisions and rulings that findings count on these passages, or would count if all
    of them were current: one for each coding, however often its words were marked.
    """
    ids = {passage.id for passage in passages}
    given = [each for each in study.store.reviews.assignments() if each.passage in ids]
    history = replace(
        history_of(study, given),
        settlements=[each for each in study.store.settlements.all() if each.passage in ids],
        current=ids,
    )
    found = selection(Purpose.FINDINGS, history, meanings_of(study), unfinished=True)
    return {
        *(answer.id for each in found.counted for answer in each.answers.values()),
        *(ruling.id for ruling in found.rulings.values()),
    }


def planned_revision(study: Study, document: Document) -> RevisionPlan:
    """Return what the document's new text makes of its present passages. Stores nothing."""
    current = study.store.documents.get(document.slug)
    assert current is not None
    settings = study.settings.segment
    every = study.store.passages.every(document.slug)
    present = study.store.passages.of(document.slug)
    ids = {passage.id for passage in present}
    retired = [passage for passage in every if passage.id not in ids]
    return plan_revision(
        Earlier(
            document=current,
            passages=present,
            decided=worked_on(study, every),
            evidence=evidence(study, every),
            retired=retired,
            next_number=study.store.passages.next_number(document.slug),
        ),
        document,
        lambda start, end: segment(clipped(document, start, end), settings, 1),
        shortest=settings.minimum_words,
        backchannel_words=settings.backchannel_words,
        question_words=settings.question_words,
        answer_words=settings.answer_words,
        others=other_words(study, document.slug),
    )


def store_revision(study: Study, document: Document, passages: Sequence[Passage]) -> None:
    """Make this text the document's current one, with these passages."""
    earlier = [each for each in study.store.documents.versions(document.slug) if each.text]
    others = other_words(study, document.slug)
    maps = [text_map(each, document, others) for each in earlier if each.version != document.version]
    study.store.passages.revise(document, passages, maps)


def passages_at(study: Study, slug: str, version: str) -> list[Passage]:
    """The passages that a version of the document had, in its order. Some may never have been current
    together, where it was cut anew."""
    every = study.store.passages.every(slug)
    found = {each.id: each for each in every if each.version == version}
    earlier = study.store.passages.earlier_texts(each.id for each in every)
    found |= {each.id: each for each in earlier if each.version == version}
    return sorted(found.values(), key=lambda each: (each.start, each.id))
