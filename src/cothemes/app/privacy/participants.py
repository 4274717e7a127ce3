"""Whose words a document holds: the participants that its metadata and people named, and other voices."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from difflib import get_close_matches

from cothemes.app.study import Study
from cothemes.errors import UsageError
from cothemes.records.document import Document, Role
from cothemes.records.record import Record, content_hash
from cothemes.records.speaker import in_force
from cothemes.stages.ingest.speaker_overlay import label_read

_SEVERAL = re.compile(r"\s*[;,|]\s*")
"""Between participants that one field of the metadata names."""


class ParticipantDocument(Record):
    """A document that holds words of a participant."""

    document: str
    others: tuple[str, ...]
    """Other participants, and labels of voices that are not known to be this participant's."""

    @property
    def shared(self) -> bool:
        """Whether it holds words of other participants too."""
        return bool(self.others)


def documents_of(study: Study, participant: str) -> tuple[ParticipantDocument, ...]:
    """Return the documents of a participant, by id. Raises UsageError for a participant nobody named."""
    found: list[ParticipantDocument] = []
    known: set[str] = set()
    for document in _documents(study):
        named, voices = _people(study, document)
        known |= named or {document.slug}
        if participant in (named or {document.slug}):
            others = tuple(sorted((named - {participant}) | _other_voices(voices, participant)))
            found.append(ParticipantDocument(document=document.slug, others=others))
    if not found:
        near = get_close_matches(participant, sorted(known), 3) or sorted(known)[:6]
        raise UsageError(
            f"no document has the participant {participant!r}",
            hint=f"Participants: {', '.join(near) or 'none'}. `cothemes documents DOCUMENT` lists them.",
        )
    return tuple(found)


def participant_mark(participant: str) -> str:
    """Return the hash by which a forgotten participant is recognised."""
    return content_hash(["participant", participant])


def participant_marks(document: Document) -> tuple[str, ...]:
    """Return the hashes of the participants that a document's metadata name."""
    return tuple(participant_mark(each) for each in _named(document))


def documents_marked(study: Study, marks: Collection[str]) -> tuple[str, ...]:
    """Return the documents whose only participant has one of these marks."""
    found = []
    for document in _documents(study):
        named, voices = _people(study, document)
        for each in named:
            others = (named - {each}) | _other_voices(voices, each)
            if participant_mark(each) in marks and not others:
                found.append(document.slug)
    return tuple(found)


def _documents(study: Study) -> Iterator[Document]:
    for head in study.store.documents.heads():
        document = study.store.documents.get(head.slug)
        if document is not None:
            yield document


def _named(document: Document) -> set[str]:
    return set(filter(None, _SEVERAL.split(document.participant.strip())))


def _people(study: Study, document: Document) -> tuple[set[str], dict[str, str]]:
    """Return the participants that are named, and label → participant of voices that are participants."""
    said = in_force(study.store.speakers.of(document.slug))
    named = _named(document)
    named |= {each.participant for each in said.values() if each.participant}
    voices = {}
    for block in document.blocks:
        if block.role is Role.PARTICIPANT:
            label = label_read(block)
            entry = said.get(label)
            voices[label] = (entry.participant if entry else None) or ""
    return named, voices


def _other_voices(voices: dict[str, str], participant: str) -> set[str]:
    """Return labels of voices of whom nobody said that they are the participant."""
    open_labels = {label for label, who in voices.items() if not who}
    if len(open_labels) == 1 and participant not in voices.values():
        return set()
    return {label or "?" for label in open_labels}
