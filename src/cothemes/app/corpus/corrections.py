"""Corrected texts: the plan of what a new text does to passages and decisions, and storing it.

Passages keep their ids, and what people did stays with them: docs/methods/corrected-texts.md says how.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from cothemes.app.study import Study
from cothemes.records.document import Document
from cothemes.records.passage import Passage
from cothemes.records.text_change import RevisionPlan, TextSpan
from cothemes.stages.review.reading_state import live
from cothemes.stages.revise.mapping import text_map
from cothemes.stages.revise.plan import Earlier, plan_revision
from cothemes.stages.revise.voices import clipped
from cothemes.stages.revise.words import vocabulary
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


def evidence(study: Study, passages: Sequence[Passage]) -> dict[str, list[TextSpan]]:
    """Passage → the words that decisions rest on, where they are in the passage's present text: marked by the
    person, else quoted by the suggestion that was accepted."""
    ids = {passage.id for passage in passages}
    quoted = {
        each.id: [(one.start, one.end) for one in each.evidence]
        for each in study.store.runs.suggestions(passages=ids)
    }
    found: dict[str, list[TextSpan]] = defaultdict(list)
    for decision in live(study.store.reviews.decisions(passages=ids)):
        if decision.start is not None and decision.end is not None:
            found[decision.passage].append((decision.start, decision.end))
        else:
            found[decision.passage] += quoted.get(decision.suggestion or "", [])
    for ruling in study.store.settlements.all():
        if ruling.passage in ids and ruling.start is not None and ruling.end is not None:
            found[ruling.passage].append((ruling.start, ruling.end))
    return {passage: list(dict.fromkeys(spans)) for passage, spans in found.items()}


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
        others=other_words(study, document.slug),
    )


def other_words(study: Study, slug: str) -> frozenset[str]:
    """Words that the study's other documents use."""
    slugs = [head.slug for head in study.store.documents.heads() if head.slug != slug]
    return vocabulary(found.text for each in slugs if (found := study.store.documents.get(each)) is not None)


def store_revision(study: Study, document: Document, plan: RevisionPlan) -> None:
    """Make the new text the document's current one, with the passages of the plan."""
    earlier = [each for each in study.store.documents.versions(document.slug) if each.text]
    others = other_words(study, document.slug)
    maps = [text_map(each, document, others) for each in earlier if each.version != document.version]
    study.store.passages.revise(document, plan.passages, maps)
