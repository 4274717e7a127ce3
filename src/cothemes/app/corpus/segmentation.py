"""Documents cut into passages, and cut anew: what a person did never leaves the figures unasked, or for good.

Passages of an earlier cut stay in the records with all that was said of them. They become the current ones
again when their text comes back, or when a person takes the last cut back.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cothemes.app.corpus.corrections import (
    Correction,
    correction_of,
    passages_at,
    planned_revision,
    store_revision,
)
from cothemes.app.corpus.text_versions import note_version, version_named
from cothemes.app.study import Study
from cothemes.errors import StateConflict, UsageError
from cothemes.records.document import Document, Role
from cothemes.records.passage import Passage
from cothemes.records.privacy import REDACTED
from cothemes.records.record import Record
from cothemes.records.text_change import PassageFate, RevisionPlan
from cothemes.settings import SegmentSettings
from cothemes.stages.ingest.same_text import moved_onto, same_cut, with_speakers_of
from cothemes.stages.ingest.speaker_overlay import laid_over
from cothemes.stages.review.codings import codings_of_people
from cothemes.stages.review.reading_state import fold_all, live
from cothemes.stages.segment.passages import segment, segmentation_hash

_SAID_OF_IT = ("title", "metadata", "kind", "kind_given", "synthetic")
"""Fields of a document that no text brings or takes away."""
_CUTS = "cuts:"
"""Key of the store's small facts: the ids of a document's cuts, in the order in which they were current."""


class AtStake(Record):
    """What people did on a document's current passages: it leaves the figures when these are cut anew."""

    document: str
    codings: int
    """Codes that apply by someone's last word."""
    decisions: int
    """Decisions that were not taken back; those that a `done` implied are not counted."""
    passages: int
    """Passages with any of this."""
    reviewers: tuple[str, ...]
    rulings: int = 0
    """Of adjudication."""
    memos: int = 0
    ratings: int = 0
    """Imported ones."""


class Prepared(Record):
    """Assignments and suggestions on passages: they go and come back with these."""

    assignments: int
    """Passages in the queues of reviewers, done or not."""
    reviewers: tuple[str, ...]
    suggestions: int
    """Codes that coders suggested, each passage and code once."""


class RoleChange(Record):
    """A speaker whose role in the stored passages changed."""

    speaker: str
    """Empty where nobody is named."""
    before: Role
    after: Role
    passages: int
    decided: int
    """Those of the passages on which people decided something."""


@dataclass(frozen=True)
class Cut:
    """What became of a document's passages."""

    passages: int
    changed: bool = False
    refused: bool = False
    """Whether the text or the cut asked for was not stored, because of what is at stake."""
    at_stake: AtStake | None = None
    """What kept the present passages from being cut anew."""
    left: AtStake | None = None
    """What left the figures now."""
    back: AtStake | None = None
    """What came back into the figures now."""
    taken: tuple[str, ...] = ()
    """Title, kind and columns of metadata that were taken although text and passages stayed."""
    roles: tuple[RoleChange, ...] = ()
    """Speakers whose role changed in passages that people worked on or that stayed."""
    recut: bool = False
    """Whether the document has other passages now than before."""
    set_aside: Prepared | None = None
    """Assignments and suggestions on passages that are no longer current."""
    brought_back: Prepared | None = None
    """Assignments and suggestions on passages of an earlier cut that are current again."""
    correction: Correction | None = None
    """What a corrected text did to passages and decisions, or with a check would do."""
    kind_settled: bool = False
    """Whether the kind was settled while text and passages stayed, because of what is at stake."""


NOT_CUT = Cut(0)
"""Nothing became of passages, as where a file could not be read."""


def known_text(study: Study, slug: str, fresh: Document) -> Document:
    """`fresh` on the text that it was stored with, where only metadata differ; else as it is, by `slug`."""
    versions = study.store.documents.versions(slug)
    for stored in versions:
        moved = moved_onto(stored, fresh)
        if moved is not None:
            return moved
    return fresh.model_copy(update={"slug": slug})


def as_people_said(study: Study, document: Document) -> Document:
    """Return the document with the roles, names and participant that people gave its speakers."""
    return laid_over(document, study.store.speakers.of(document.slug))


def at_stake(study: Study, slug: str) -> AtStake | None:
    """What people did on the document's current passages; None where nobody did anything."""
    ids = {passage.id for passage in study.store.passages.of(slug)}
    if not ids:
        return None
    decisions = study.store.reviews.decisions(passages=ids)
    rulings = [each for each in study.store.settlements.all() if each.passage in ids]
    memos = [each for each in study.store.memos.all() if each.passage in ids and each.text]
    ratings = [each for each in study.store.ratings.all() if each.unit in ids]
    if not (decisions or rulings or memos or ratings):
        return None
    assignments = [each for each in study.store.reviews.assignments(every=True) if each.passage in ids]
    counted = [each for each in live(decisions) if not each.implicit]
    touched = {each.passage for each in counted} | {each.passage for each in rulings}
    touched |= {each.passage for each in memos if each.passage} | {each.unit for each in ratings}
    return AtStake(
        document=slug,
        codings=len(codings_of_people(fold_all(assignments, decisions), {})),
        decisions=len(counted),
        passages=len(touched),
        reviewers=tuple(sorted({each.reviewer for each in decisions})),
        rulings=len(rulings),
        memos=len(memos),
        ratings=len(ratings),
    )


def prepared(study: Study, passages: Collection[str]) -> Prepared | None:
    """Assignments and suggestions on these passages; None where there are none."""
    if not passages:
        return None
    # Readings with planted errors measure the reader and are counted nowhere.
    assignments = [each for each in study.store.reviews.assignments() if each.passage in passages]
    suggested = {(each.passage, each.code) for each in study.store.runs.suggestions(passages=passages)}
    if not assignments and not suggested:
        return None
    return Prepared(
        assignments=len(assignments),
        reviewers=tuple(sorted({each.reviewer for each in assignments})),
        suggestions=len(suggested),
    )


def cut_to(
    study: Study,
    document: Document,
    cut: Callable[[], Sequence[Passage]],
    *,
    resegment: bool = False,
    agreed: bool = False,
) -> Cut:
    """Stores a document and its passages. `cut` returns the passages that it has under the present settings;
    it is called only where they may be others than those stored.

    A corrected text is taken: its passages keep their ids and what people did on them. Where the text is the
    same, passages that people have worked on stay. They get a new speaker, role or title; another cut of them
    is stored only with `resegment` and `agreed`.
    """
    current = study.store.documents.get(document.slug)
    if current is None:
        return Cut(_store(study, document, cut(), new=True), changed=True)
    document = as_people_said(study, document)
    if current.version != document.version and not resegment:
        return _corrected(study, current, document)
    present = study.store.passages.of(document.slug)
    settles = document.kind is not current.kind
    if current.version != document.version:
        stake = at_stake(study, document.slug)
        if stake is None or agreed:
            return _cut_anew(study, document, cut(), stake)
        return Cut(len(present), refused=True, at_stake=stake)
    cut_so = is_cut_so(present, study.settings.segment)
    other = not (cut_so and document.blocks == current.blocks) or resegment
    other = other and not same_cut(present, cut())
    if other and cut_so and not resegment and study.store.speakers.of(document.slug):
        # What people said of speakers recuts nothing; so only what the rules read is compared.
        other = not same_cut(_cut_as_read(study, current), _cut_as_read(study, document))
    stake = at_stake(study, document.slug) if other else None
    if other and (stake is None or (resegment and agreed)):
        study.store.documents.amend(document)
        return _cut_anew(study, document, cut(), stake)
    if other and settles:
        # Passages that were cut without speakers may hold several people's words, so they get no speaker.
        study.store.documents.amend(document.model_copy(update={"blocks": current.blocks}))
        return Cut(
            len(present), changed=True, refused=resegment, at_stake=stake, kind_settled=not resegment,
            taken=_differences(current, document),
        )  # fmt: skip
    laid_over = with_speakers_of(document, present)
    changed = document != current or laid_over != present
    if changed:
        study.store.documents.amend(document)
        study.store.passages.replace(document.slug, laid_over)
    asked = other and (resegment or not cut_so)
    return Cut(
        len(present), changed, refused=other and resegment, at_stake=stake if asked else None,
        taken=_differences(current, document), roles=role_changes(study, present, laid_over),
    )  # fmt: skip


def _cut_as_read(study: Study, document: Document) -> tuple[Passage, ...]:
    return segment(laid_over(document, ()), study.settings.segment, 1)


def role_changes(
    study: Study, present: Sequence[Passage], later: Sequence[Passage]
) -> tuple[RoleChange, ...]:
    """Speakers whose role differs between two readings of the same passages, in their order."""
    changed = [
        (new.speaker, old.role, new.role, old.id)
        for old, new in zip(present, later, strict=True)
        if old.role is not new.role
    ]
    if not changed:
        return ()
    decisions = live(study.store.reviews.decisions(passages=[each[3] for each in changed]))
    decided = {each.passage for each in decisions if not each.implicit}
    decided |= {each.passage for each in study.store.settlements.all()}
    found: dict[tuple[str, Role, Role], list[str]] = {}
    for speaker, before, after, passage in changed:
        found.setdefault((speaker, before, after), []).append(passage)
    return tuple(
        RoleChange(
            speaker=speaker,
            before=before,
            after=after,
            passages=len(passages),
            decided=sum(passage in decided for passage in passages),
        )
        for (speaker, before, after), passages in found.items()
    )


def _differences(current: Document, later: Document) -> tuple[str, ...]:
    """Title, kind and columns that the later one has otherwise."""
    names = [name for name in ("title", "kind") if getattr(current, name) != getattr(later, name)]
    columns = dict.fromkeys([*current.metadata, *later.metadata])
    names += [each for each in columns if current.metadata.get(each) != later.metadata.get(each)]
    return tuple(names)


def is_cut_so(present: Sequence[Passage], settings: SegmentSettings) -> bool:
    """Return whether there are passages and all were cut under these settings."""
    return {passage.segmentation for passage in present} == {segmentation_hash(settings)}


def previous_cut(study: Study, slug: str) -> tuple[Passage, ...]:
    """The passages that `take_back` would make current.

    Raises UsageError for a document that is not there, StateConflict where there is no earlier cut.
    """
    if study.store.documents.get(slug) is None:
        raise UsageError(
            f"this study holds no document {slug!r}", hint="Name a document or its file: cothemes status"
        )
    history = _history(study, slug)
    for version, ids in reversed(history[:-1]):
        if version.startswith(REDACTED):
            continue
        there = {passage.id: passage for passage in passages_at(study, slug, version)}
        if [version, ids] != history[-1] and all(name in there for name in ids):
            return tuple(there[name] for name in ids)
    present = {passage.id for passage in study.store.passages.of(slug)}
    texts = [each for each in study.store.documents.versions(slug) if each.text]
    if len(texts) > 1 or any(passage.id not in present for passage in study.store.passages.every(slug)):
        raise StateConflict(
            f"{slug} has no earlier cut: its present passages are those of the first",
            hint="To go to the later cut again: cothemes ingest FILE --resegment",
        )
    raise StateConflict(f"{slug} was never cut again", hint="There is no earlier cut to go back to.")


def take_back(study: Study, slug: str) -> Cut:
    """Makes the passages of the cut before the present one current again, with all that was said of them.

    Title and metadata stay as they are now. Raises UsageError, StateConflict as `previous_cut` does.
    """
    passages = previous_cut(study, slug)
    cut = [passages[0].version, [passage.id for passage in passages]]
    current = study.store.documents.get(slug)
    earlier = study.store.documents.get(slug, passages[0].version)
    assert current is not None
    assert earlier is not None
    left = at_stake(study, slug)
    before = _ids(study, slug)
    history = _history(study, slug)
    kept = history[: max(at for at, each in enumerate(history[:-1]) if each == cut) + 1]
    facts = {name: getattr(current, name) for name in _SAID_OF_IT}
    study.store.meta.set(f"{_CUTS}{slug}", json.dumps(kept))
    document = as_people_said(study, earlier.model_copy(update=facts))
    with_speakers = with_speakers_of(document, passages)
    if earlier.version == current.version:
        study.store.documents.amend(document)
        study.store.passages.replace(slug, with_speakers)
    else:
        store_revision(study, document, with_speakers)
        note_version(study, slug, document.version)
    made = Cut(len(passages), changed=True, left=left, back=at_stake(study, slug))
    return _with_moves(study, slug, before, made)


def restored(study: Study, slug: str, version: str = "") -> Cut:
    """Make an earlier text of the document the current one; without `version`, the one that was so before.

    It is stored as a correction is, so that no decision is lost, also none made since. Title, kind and
    metadata stay as they are now. Raises UsageError for a version that is not there, StateConflict where the
    document has one text only.
    """
    current = study.store.documents.get(slug)
    if current is None:
        raise UsageError(f"this study holds no document {slug!r}", hint="cothemes documents lists them.")
    name = version_named(study, slug, version)
    earlier = study.store.documents.get(slug, name)
    assert earlier is not None
    if name == current.version:
        return Cut(len(study.store.passages.of(slug)))
    facts = {each: getattr(current, each) for each in _SAID_OF_IT}
    return _corrected(study, current, as_people_said(study, earlier.model_copy(update=facts)))


def correction_planned(study: Study, document: Document) -> Cut:
    """Return what storing the document's new text would do. Stores nothing."""
    return _planned(study, planned_revision(study, document))


def _planned(study: Study, plan: RevisionPlan) -> Cut:
    present = _ids(study, plan.document)
    later = {passage.id for passage in plan.passages}
    return Cut(
        len(plan.passages),
        correction=correction_of(study, plan),
        set_aside=prepared(study, present - later),
        brought_back=prepared(study, {change.id for change in plan.having(PassageFate.BACK)}),
    )


def _corrected(study: Study, current: Document, document: Document) -> Cut:
    """Stores a corrected text: passages keep their ids, and what people did stays with them."""
    slug = document.slug
    history = _history(study, slug)
    cut = _cut_before(study, slug, history, document.version)
    if cut and at_stake(study, slug) is None:
        # The text had other passages once, and nobody has worked on the present ones.
        before = _ids(study, slug)
        study.store.meta.set(f"{_CUTS}{slug}", json.dumps(history))
        store_revision(study, document, with_speakers_of(document, cut))
        note_version(study, slug, document.version)
        made = Cut(len(cut), changed=True, back=at_stake(study, slug), taken=_differences(current, document))
        return _with_moves(study, slug, before, made)
    plan = planned_revision(study, document)
    planned = _planned(study, plan)
    if any(ids for _, ids in history):
        study.store.meta.set(f"{_CUTS}{slug}", json.dumps(history))
    store_revision(study, document, plan.passages)
    note_version(study, slug, document.version)
    return replace(planned, changed=True, taken=_differences(current, document))


def _cut_before(study: Study, slug: str, history: Sequence[list[Any]], version: str) -> list[Passage]:
    """The passages that the text had when it was last current; empty where it never was."""
    there = {passage.id: passage for passage in passages_at(study, slug, version)}
    for earlier, ids in reversed(history[:-1]):
        if earlier == version and ids and all(name in there for name in ids):
            return [there[name] for name in ids]
    return []


def _cut_anew(study: Study, document: Document, cut: Sequence[Passage], stake: AtStake | None) -> Cut:
    before = _ids(study, document.slug)
    made = Cut(_store(study, document, cut), changed=True, left=stake)
    made = replace(made, back=at_stake(study, document.slug))
    return _with_moves(study, document.slug, before, made)


def _with_moves(study: Study, slug: str, before: set[str], made: Cut) -> Cut:
    """The cut with what went and came back with the passages. `before`: ids that were current."""
    now = _ids(study, slug)
    return replace(
        made,
        recut=now != before,
        set_aside=prepared(study, before - now),
        brought_back=prepared(study, now - before),
    )


def _ids(study: Study, slug: str) -> set[str]:
    return {passage.id for passage in study.store.passages.of(slug)}


def _store(study: Study, document: Document, cut: Sequence[Passage], *, new: bool = False) -> int:
    history = [] if new else _history(study, document.slug)
    passages = _numbered(study, document.slug, cut)
    if any(ids for _, ids in history):
        study.store.meta.set(f"{_CUTS}{document.slug}", json.dumps(history))
    study.store.documents.add(document)
    study.store.passages.replace(document.slug, passages)
    note_version(study, document.slug, document.version)
    return len(passages)


def store_as_cut(study: Study, document: Document, cut: Sequence[Passage]) -> None:
    """Store a new document with passages that were cut elsewhere; they keep their numbers where these are
    free."""
    if study.store.passages.every(document.slug):
        _store(study, document, cut, new=True)
        return
    study.store.documents.add(document)
    study.store.passages.replace(document.slug, cut)
    note_version(study, document.slug, document.version)


def with_more(
    study: Study, slug: str, present: Sequence[Passage], fresh: Sequence[Passage]
) -> tuple[list[Passage], dict[str, str]]:
    """Return the present passages with `fresh` between them, and the facts to store with them.

    No present passage changes but for its position; `fresh` must not overlap them. `--resegment --undo` takes
    the fresh ones back.
    """
    added = _numbered(study, slug, fresh)
    joined = sorted([*present, *added], key=lambda passage: passage.start)
    ordered = [passage.model_copy(update={"position": at}) for at, passage in enumerate(joined)]
    history = [*_history(study, slug), [ordered[0].version, [passage.id for passage in ordered]]]
    return ordered, {f"{_CUTS}{slug}": json.dumps(history)}


def _numbered(study: Study, slug: str, fresh: Sequence[Passage]) -> list[Passage]:
    """The passages with ids; a stretch that an earlier cut of this text had keeps the id it had then."""
    earlier: dict[tuple[int, int], list[str]] = {}
    for passage in study.store.passages.every(slug):
        if fresh and (passage.version, passage.segmentation) == (fresh[0].version, fresh[0].segmentation):
            earlier.setdefault((passage.start, passage.end), []).append(passage.id)
    ids = [name for names in earlier.values() for name in names]
    decisions = study.store.reviews.decisions(passages=ids) if ids else []
    decided = {decision.passage for decision in decisions}
    number = study.store.passages.next_number(slug)
    found = []
    for passage in fresh:
        names = earlier.get((passage.start, passage.end), [])
        # An older program cut the same text twice: the id that people worked on goes before the last one.
        name = next((each for each in reversed(names) if each in decided), names[-1] if names else "")
        if not name:
            name, number = f"{slug}.{number:04d}", number + 1
        found.append(passage.model_copy(update={"id": name}))
    return found


def _history(study: Study, slug: str) -> list[list[Any]]:
    """Version and passage ids of each of the document's cuts, in the order in which they were current; the
    present one is the last."""
    passages = study.store.passages.of(slug)
    present = [passages[0].version if passages else "", [passage.id for passage in passages]]
    kept = study.store.meta.get(f"{_CUTS}{slug}")
    history: list[list[Any]] = json.loads(kept) if kept else []
    return history if history and history[-1] == present else [*history, present]
