"""Who speaks in each document: what the rules read, and what people say of it.

What people say is an overlay: it changes roles, names and participants, and no text, passage, id or span.
Speech that stood in no passage, because it was taken for the interviewer's, gets passages of its own when its
speaker turns out to be a participant.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cothemes.app import wiring
from cothemes.app.corpus.document_names import document_unknown
from cothemes.app.corpus.segmentation import with_more
from cothemes.app.reviewers import only_reviewer, registered
from cothemes.app.study import Study
from cothemes.errors import UsageError
from cothemes.records.document import Block, Document, DocumentHead, Role
from cothemes.records.left_out import LeftOut, Reason
from cothemes.records.passage import Passage
from cothemes.records.speaker import NAMELESS, Speaker, SpeakerEffect, SpeakerEntry, SpeakerList, in_force
from cothemes.stages.ingest.same_text import with_speakers_of
from cothemes.stages.ingest.speaker_overlay import (
    SILENT,
    is_spoken,
    label_read,
    laid_over,
    role_read,
    without_participant,
    without_passage,
)
from cothemes.stages.review.codings import codings_of_people
from cothemes.stages.review.reading_state import fold_all
from cothemes.stages.segment.passages import segment

AS_READ = "as-read"
"""What people write to go back to what the rules read."""
ROLES = (Role.PARTICIPANT, Role.INTERVIEWER, Role.OTHER, Role.UNKNOWN)
FIRST_WORDS = 60
"""Characters of the first words said."""
_NAMED = 20
"""Labels listed in a hint."""


@dataclass(frozen=True)
class SpeakerChange:
    """What a person says of one label. None leaves a value as it is; `as-read` goes back to what was read."""

    document: str
    label: str
    role: str | None = None
    name: str | None = None
    participant: str | None = None


def speakers(study: Study, documents: Sequence[DocumentHead] | None = None) -> SpeakerList:
    """Return the speakers of these documents, of all where none are given."""
    heads = study.store.documents.heads() if documents is None else documents
    said = _entries(study)
    found: list[Speaker] = []
    silent: list[str] = []
    gone: list[SpeakerEntry] = []
    for head in heads:
        document = study.store.documents.get(head.slug)
        if document is None:
            continue
        entries = in_force(said.get(head.slug, ()))
        here = list(_speakers(document, study.store.passages.of(head.slug), entries))
        found += here
        silent += [] if here else [head.slug]
        labels = {each.label for each in here}
        gone += [entry for label, entry in entries.items() if (label or NAMELESS) not in labels]
    return SpeakerList(
        speakers=tuple(found),
        without_label=tuple(entry for entry in gone if entry.says != (None, None, None)),
        without_speakers=tuple(silent),
        left_out=tuple(_left_out(study, found)),
    )


def set_speakers(study: Study, changes: Sequence[SpeakerChange], by: str = "") -> SpeakerList:
    """Record what a person says of labels and lay it over their documents, all or nothing.

    Labels match as read, capitals aside. Raises UsageError for a role, document or label that is not there,
    UnknownReviewer.
    """
    who = _who(study, by)
    grouped: dict[str, list[SpeakerChange]] = {}
    for change in changes:
        grouped.setdefault(change.document, []).append(change)
    said = _entries(study)
    entries: list[SpeakerEntry] = []
    amended: list[tuple[Document, Sequence[Passage]]] = []
    facts: dict[str, str] = {}
    effects: list[SpeakerEffect] = []
    unchanged = 0
    for slug, asked in grouped.items():
        document = study.store.documents.get(slug)
        if document is None:
            raise document_unknown(study, slug)
        before = said.get(slug, [])
        now = in_force(before)
        made: list[SpeakerEntry] = []
        for change in asked:
            label = label_in(document, change.label)
            entry = _entry(change, document, label, now.get(label), who)
            if entry is None:
                unchanged += 1
            else:
                made.append(entry)
                now[label] = entry
        if not made:
            continue
        present = study.store.passages.of(slug)
        later = laid_over(without_participant(document, before), [*before, *made])
        over = with_speakers_of(later, present)
        opened = {
            entry.label
            for entry in made
            if _role_of(document, entry.label) in SILENT and _role_of(later, entry.label) not in SILENT
        }
        uncut = without_passage(later, over, opened)
        fresh = segment(uncut, study.settings.segment, 1) if uncut is not None else ()
        joined: Sequence[Passage] = over
        if fresh:
            joined, more = with_more(study, slug, over, fresh)
            facts |= more
        entries += made
        amended.append((later, joined))
        effects += _effects(study, (document, present, in_force(before)), (later, joined, now), made)
    if entries:
        study.store.speakers.settle(entries, amended, facts)
    heads = [head for head in study.store.documents.heads() if head.slug in grouped]
    listed = speakers(study, heads)
    return listed.model_copy(update={"changes": tuple(effects), "unchanged": unchanged})


def label_in(document: Document, word: str) -> str:
    """Return the label as read that a person means: itself, capitals aside, or the name that was given to it.

    Raises UsageError with the document's labels.
    """
    spoken = [block for block in document.blocks if is_spoken(block)]
    labels = list(dict.fromkeys(map(label_read, spoken)))
    if word == NAMELESS and "" in labels:
        return ""
    names = {block.speaker: label_read(block) for block in spoken}
    plain = word.casefold()
    tests = (
        [label for label in labels if label == word],
        [label for label in labels if label and label.casefold() == plain],
        list(dict.fromkeys(label for name, label in names.items() if name and name.casefold() == plain)),
    )
    for found in tests:
        if len(found) == 1:
            return found[0]
    listed = ", ".join(f"“{label or NAMELESS}”" for label in labels[:_NAMED])
    raise UsageError(
        f"{document.slug} has no speaker {word!r}",
        hint=f"Its labels are {listed}{', …' if len(labels) > _NAMED else ''}."
        if labels
        else "No rule recognises speakers in it; see `cothemes ingest FILE --check`.",
    )


def role_named(word: str) -> Role | None:
    """Return the role that a word names, None for `as-read`. Raises UsageError."""
    if word == AS_READ:
        return None
    if word not in ROLES:
        raise UsageError(f"{word!r} is no role", hint=f"Roles: {', '.join(ROLES)}; or {AS_READ}.")
    return Role(word)


def _entries(study: Study) -> Mapping[str, list[SpeakerEntry]]:
    found: dict[str, list[SpeakerEntry]] = {}
    for entry in study.store.speakers.all():
        found.setdefault(entry.document, []).append(entry)
    return found


def _who(study: Study, by: str) -> str:
    if by:
        return registered(study, [by])[0]
    return only_reviewer(study) if study.store.reviews.reviewers() else ""


def _entry(
    change: SpeakerChange, document: Document, label: str, now: SpeakerEntry | None, by: str
) -> SpeakerEntry | None:
    """Return the entry that the change makes of the newest one; None where everything stands so already.

    What the rules read and a person says as well is no change: a table comes back with many such cells.
    """
    role, name, participant = now.says if now else (None, None, None)
    if change.role is not None:
        said = role_named(change.role)
        if said is None or said is not _role_of(document, label):
            role = said
    name = _value(change.name, name)
    if name == label:
        name = None
    if change.participant != (participant or _own_participant(document, label)):
        participant = _value(change.participant, participant)
    if (role, name, participant) == (now.says if now else (None, None, None)):
        return None
    return SpeakerEntry(
        id=wiring.ids().new(),
        at=wiring.clock().now(),
        by=by,
        document=change.document,
        label=label,
        role=role,
        name=name,
        participant=participant,
    )


def _value(said: str | None, now: str | None) -> str | None:
    if said is None:
        return now
    words = " ".join(said.split())
    return None if words in ("", AS_READ) else words


def _own_participant(document: Document, label: str) -> str:
    """Return the document's participant where it can only be this voice; else empty."""
    voices = _open_labels(document)
    return document.participant if voices == {label} or (not voices and not label) else ""


def _open_labels(document: Document) -> set[str]:
    return {label_read(b) for b in document.blocks if is_spoken(b) and b.speaker and b.role not in SILENT}


def _role_of(document: Document, label: str) -> Role:
    found = (block.role for block in document.blocks if is_spoken(block) and label_read(block) == label)
    return next(found, Role.UNKNOWN)


def _speakers(
    document: Document, passages: Sequence[Passage], said: Mapping[str, SpeakerEntry]
) -> Iterator[Speaker]:
    spoken: dict[str, list[Block]] = {}
    for block in document.blocks:
        if is_spoken(block):
            spoken.setdefault(label_read(block), []).append(block)
    held = _labels_of(document, passages)
    for label, blocks in spoken.items():
        entry = said.get(label)
        first = " ".join(document.text[blocks[0].start : blocks[0].end][: FIRST_WORDS * 2].split())
        given = entry.participant if entry else None
        yield Speaker(
            document=document.slug,
            file=document.source_name,
            label=label or NAMELESS,
            name=entry.name if entry else None,
            role=blocks[0].role,
            role_read=role_read(blocks[0]),
            participant=given or _own_participant(document, label) or None,
            turns=len(blocks),
            passages=sum(name == label for name in held.values()),
            words=sum(len(document.text[b.start : b.end].split()) for b in blocks),
            first_words=first if len(first) <= FIRST_WORDS else f"{first[: FIRST_WORDS - 1].rstrip()}…",
            set_by=entry.by if entry else None,
            set_at=entry.at if entry else None,
        )


def _labels_of(document: Document, passages: Sequence[Passage]) -> dict[str, str]:
    """Return passage → label of who begins it."""
    spoken = [block for block in document.blocks if is_spoken(block)]
    starts = [block.start for block in spoken]
    found = {}
    for passage in passages:
        at = bisect_right(starts, passage.start) - 1
        if at >= 0 and passage.start < spoken[at].end:
            found[passage.id] = label_read(spoken[at])
    return found


_State = tuple[Document, Sequence[Passage], Mapping[str, SpeakerEntry]]


def _effects(
    study: Study, before: _State, after: _State, made: Sequence[SpeakerEntry]
) -> Iterator[SpeakerEffect]:
    (document, present, old), (later, joined, new) = before, after
    labels = _labels_of(later, joined)
    roles = {passage.id: passage.role for passage in present}
    silenced = [p.id for p in joined if p.id in roles and p.role in SILENT and roles[p.id] not in SILENT]
    coded = {passage for passage, _ in _coded(study, silenced)}
    given = {each.passage for each in study.store.reviews.assignments()} if silenced else set()
    for label in dict.fromkeys(entry.label for entry in made):
        own = [passage for passage in joined if labels.get(passage.id) == label]
        was, now = old.get(label), new[label]
        yield SpeakerEffect(
            document=later.slug,
            label=label or NAMELESS,
            role_before=_role_of(document, label),
            role=_role_of(later, label),
            name_before=was.name if was else None,
            name=now.name,
            participant_before=was.participant if was else None,
            participant=now.participant,
            passages=len(own),
            new_passages=sum(passage.id not in roles for passage in own),
            codeable=sum(p.role not in SILENT and roles.get(p.id, Role.INTERVIEWER) in SILENT for p in own),
            not_codeable=sum(passage.id in silenced for passage in own),
            coded=sum(passage.id in coded for passage in own if passage.id in silenced),
            assigned=sum(passage.id in given for passage in own if passage.id in silenced),
            cluster_before=document.cluster,
            cluster=later.cluster,
        )


def _coded(study: Study, passages: Sequence[str]) -> list[tuple[str, str]]:
    """Return passage and code of what people gave these passages, by their last word."""
    wanted = set(passages)
    if not wanted:
        return []
    assignments = [each for each in study.store.reviews.assignments() if each.passage in wanted]
    decisions = study.store.reviews.decisions(passages=wanted)
    found = codings_of_people(fold_all(assignments, decisions), {})
    return [(each.passage, each.code) for each in found]


def _left_out(study: Study, listed: Sequence[Speaker]) -> Iterator[LeftOut]:
    """Yield the codings on passages of speakers whom a person set to interviewer or other, by label."""
    for each in listed:
        if each.role not in SILENT or each.role is each.role_read or not each.passages:
            continue
        document = study.store.documents.get(each.document)
        if document is None:
            continue
        label = "" if each.label == NAMELESS else each.label
        labels = _labels_of(document, study.store.passages.of(each.document))
        coded = _coded(study, [passage for passage, name in labels.items() if name == label])
        if coded:
            codes = {code for _, code in coded}
            yield LeftOut(
                reason=Reason.OTHER_VOICE,
                unit="decision",
                count=len(coded),
                codes=tuple(code for code in study.codebook.by_id if code in codes),
                include_with=f"cothemes speakers {each.document} {_word(each.label)} participant",
            )


def _word(label: str) -> str:
    return f'"{label}"' if not label.isalnum() else label
