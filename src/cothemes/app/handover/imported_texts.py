"""Sources of an imported project as documents of the study: known ones by id or text, the others new."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from cothemes.app import wiring
from cothemes.app.corpus.segmentation import as_people_said, cut_to, store_as_cut
from cothemes.app.privacy.forget import refusal
from cothemes.app.privacy.participants import participant_marks
from cothemes.app.privacy.published import Published
from cothemes.app.study import Study, study_id
from cothemes.records.carried import Carried, CarriedKind
from cothemes.records.document import PUBLISHED, Document, Kind
from cothemes.records.loss_ledger import LossLedger
from cothemes.records.project import CASE, Project, ProjectSource, Selection, plain
from cothemes.records.record import content_hash
from cothemes.records.source import Source
from cothemes.records.speaker import SpeakerEntry
from cothemes.stages.exchange.project_out import KIND, ORIGIN, own_guid
from cothemes.stages.exchange.text_structure import TextStructure, structures_of
from cothemes.stages.ingest.document import document_from
from cothemes.stages.ingest.slug import slug_for
from cothemes.stages.ingest.speaker_overlay import is_spoken, label_read, role_read
from cothemes.stages.ingest.text import NormalizedText, settle
from cothemes.stages.segment.passages import segment

ANOTHER_TEXT = "the study has another text of this document; ingest the corrected text, then import again"
_NOTHING = "the file does not hold the text"
_FORGOTTEN = "it was forgotten here because consent was withdrawn"
_OTHER_KIND = "project kind"
"""Column for a variable `kind` of another program, which says nothing of what may leave the machine."""


class PlacedText(NamedTuple):
    """A source of the file that is a document of the study."""

    source: ProjectSource
    document: Document
    selections: tuple[Selection, ...]
    """With places in the document's present text."""


class PlacedTexts(NamedTuple):
    """All of them."""

    texts: tuple[PlacedText, ...]
    new: tuple[str, ...]
    """Documents that were made."""
    cut_anew: tuple[str, ...]
    """Those of them whose passages the rules cut here; the file brought those of the others."""


def place_texts(
    study: Study, project: Project, carried: Sequence[Carried], kind: Kind | None, ledger: LossLedger
) -> PlacedTexts:
    """Fit the sources to documents, and make documents of those that the study does not have.

    A source is a known document by its id, else by its text. `kind`: kind of new documents; without it, a
    rule may find an interview, and never a policy text or a review.
    """
    documents = {each.slug: each for each in study.store.documents.all()}
    slug_of = {each.guid: each.name for each in carried if each.kind is CarriedKind.SOURCE}
    key = study_id(study)
    own = {own_guid(key, f"source:{slug}"): slug for slug in documents}
    claimed = {slug_of.get(plain(each.guid)) or own.get(plain(each.guid)) for each in project.sources}
    free = set(documents) - claimed
    published = Published(study)
    placed: list[PlacedText] = []
    fresh: list[str] = []
    cut_anew: list[str] = []
    for source in project.sources:
        name = source.name or source.guid
        if source.text is None:
            _note_without_text(source, ledger)
            continue
        settled = settle(source.text)
        guid = plain(source.guid)
        slug = slug_of.get(guid) or own.get(guid)
        if slug is None or slug not in documents:
            slug = _same_text(documents, free, settled.text, name)
        if slug is None:
            made = _new_document(study, source, project, documents, kind)
            if made is None:
                ledger.add("sources", _FORGOTTEN, count=1)
                continue
            slug = made.slug
            documents[slug] = made
            fresh.append(slug)
            structure = _structure(source, project)
            if structure is None or not structure.fits(made.text):
                cut_anew.append(slug)
        free.discard(slug)
        selections = _selections(documents[slug], settled, source, published)
        if selections is None:
            ledger.add("sources", ANOTHER_TEXT, name)
            ledger.add(
                "codings", ANOTHER_TEXT, name, count=sum(len(each.codings) for each in source.selections)
            )
            continue
        placed.append(PlacedText(source, documents[slug], selections))
    return PlacedTexts(tuple(placed), tuple(fresh), tuple(cut_anew))


def _same_text(documents: Mapping[str, Document], free: Collection[str], text: str, name: str) -> str | None:
    """Return a document with the same text that no other source is; of several, the one of the same name."""
    found = [slug for slug in sorted(free) if documents[slug].text == text]
    named = slug_for(name)
    return named if named in found else found[0] if found else None


def _note_without_text(source: ProjectSource, ledger: LossLedger) -> None:
    codings = sum(len(each.codings) for each in source.selections)
    ledger.add("sources", _NOTHING, source.name or source.guid)
    ledger.add("selections", _NOTHING, source.name, count=len(source.selections))
    ledger.add("codings", _NOTHING, source.name, count=codings + len(source.codings))


def _selections(
    document: Document, settled: NormalizedText, source: ProjectSource, published: Published
) -> tuple[Selection, ...] | None:
    """Return the selections in the document's text; None where the source has another text."""
    view = None
    if document.text != settled.text:
        view = published.view(document)
        if view is None or view.text != settled.text:
            return None
    inward = _Inward(settled)
    found = []
    for each in source.selections:
        start, end = inward.place(each.start), inward.place(each.end)
        if view is not None:
            start, end = view.source_span(start, end)
        found.append(each.model_copy(update={"start": start, "end": end}))
    return tuple(found)


class _Inward:
    """The way of a place from the text in the file to its settled form."""

    def __init__(self, settled: NormalizedText) -> None:
        self._texts = [point[0] for point in settled.points] + [len(settled.text)]
        self._raws = [point[1] for point in settled.points]

    def place(self, raw: int) -> int:
        at = max(bisect_right(self._raws, raw) - 1, 0)
        found = self._texts[at] + max(raw - self._raws[at], 0)
        # Within a stretch that was composed, a place falls on its end.
        return min(found, self._texts[at + 1])


def _new_document(
    study: Study,
    source: ProjectSource,
    project: Project,
    documents: Mapping[str, Document],
    kind: Kind | None,
) -> Document | None:
    """Store a new document; None where it was forgotten here."""
    facts = _metadata(source, project)
    said = facts.pop(KIND, "")
    if kind is None and said in set(Kind):
        kind = Kind(said)
    text = source.text or ""
    name = source.name or source.guid
    lines, front, notes = wiring.parts_of(text, name)
    made = document_from(
        Source(
            name=name,
            reader="qdpx",
            hash=content_hash(text),
            unit="character",
            lines=tuple(lines),
            front=front,
            notes=notes,
        ),
        kind=kind,
        metadata=facts,
        slug=slug_for(name, set(documents)),
    )
    if project.origin.startswith(ORIGIN):
        # What a header within the text says was settled where the text was read first.
        made = made.model_copy(update={"metadata": facts})
    if kind is None and made.kind in PUBLISHED:
        # The text's own front matter is no word of a person about this project.
        made = made.model_copy(update={"kind": Kind.UNKNOWN, "kind_given": False})
    structure = _structure(source, project)
    exact = structure is not None and structure.fits(made.text)
    if structure is not None and exact:
        made = _as_it_was(made, structure, kind)
    if refusal(study, made.slug, made.version, *participant_marks(made)) is not None:
        return None
    if structure is not None:
        entries = _entries(made, structure)
        study.store.speakers.settle(entries, (), {})
    made = as_people_said(study, made)
    if structure is not None and exact:
        store_as_cut(study, made, structure.cut(made))
    else:
        cut_to(study, made, lambda: segment(made, study.settings.segment, 1))
    return study.store.documents.get(made.slug)


def _structure(source: ProjectSource, project: Project) -> TextStructure | None:
    """Return the speakers and passages that a study wrote with the source."""
    about = {plain(each) for each in source.notes}
    held = structures_of(each for each in project.notes if plain(each.guid) in about)
    return next(iter(held.values()), None)


def _as_it_was(made: Document, structure: TextStructure, kind: Kind | None) -> Document:
    """Return the document with the turns and paragraphs that it had. A kind that a rule found comes along;
    a published one needs a person's word."""
    made = made.model_copy(update={"blocks": structure.blocks})
    if kind is None and structure.kind not in PUBLISHED:
        made = made.model_copy(update={"kind": structure.kind, "kind_given": False})
    return made


def _entries(made: Document, structure: TextStructure) -> list[SpeakerEntry]:
    """Return what people said of the speakers; of a text that was changed since, also the roles that it
    does not show any more."""
    read = {label_read(block): role_read(block) for block in made.blocks if is_spoken(block)}
    exact = structure.fits(made.text)
    found = []
    for each in structure.speakers:
        role, name, participant = each.said or (None, None, None)
        if not exact and each.label in read and read[each.label] is not each.role:
            role = each.role
        if (role, name, participant) != (None, None, None):
            found.append(
                SpeakerEntry(
                    id=wiring.ids().new(),
                    at=wiring.clock().now(),
                    by="",
                    document=made.slug,
                    label=each.label,
                    role=role,
                    name=name,
                    participant=participant,
                )
            )
    return found


def _metadata(source: ProjectSource, project: Project) -> dict[str, str]:
    """Return the values of a source and of its cases, by the names of their variables."""
    own = project.origin.startswith(ORIGIN)
    names = {plain(each.guid): each.name.strip() for each in project.variables}
    found: dict[str, str] = {}
    cases = [each for each in project.cases if source.guid in each.sources]
    for values in (source.values, *(each.values for each in cases)):
        for value in values:
            name = names.get(plain(value.variable), "")
            if name and value.value.strip():
                found.setdefault(name, value.value.strip())
    labels = [each.name for each in cases if each.name.strip()]
    if own:
        labels = [each for each in labels if each != found.get("participant")]
    else:
        found.pop(KIND, None)
        if "kind" in found:
            found[_OTHER_KIND] = found.pop("kind")
    if labels:
        found.setdefault(CASE, "; ".join(dict.fromkeys(labels)))
    return found
