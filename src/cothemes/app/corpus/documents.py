"""What was read: each document with its counts, and what is uncertain about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

from cothemes.app.corpus.text_versions import text_versions
from cothemes.app.imported_findings import imported_findings
from cothemes.app.kept import kept
from cothemes.app.study import Study
from cothemes.records.document import BlockKind, Document, Kind
from cothemes.records.documents_read import DocumentEntry, DocumentList, SetAsideStretch
from cothemes.records.set_aside import SetAside
from cothemes.stages.deidentify.consent import COLUMN, Consent, consent_of
from cothemes.stages.ingest.check import unsettled
from cothemes.stages.ingest.speaker_overlay import SILENT, is_spoken
from cothemes.stages.review.codings import codings_of_people
from cothemes.stages.review.reading_state import fold_all, live
from cothemes.stages.segment.set_aside import counts_of, set_aside

_LANGUAGE = ("language", "lang")


def documents(study: Study, named: Collection[str] = ()) -> DocumentList:
    """Return every document by id, or those that are named, with their texts. One is held in memory at a
    time."""
    if named:
        return _documents(study, named)
    mark = f"{study.codebook.hash}/{study.store.changes.mark(decisions=True)}"
    return kept(study, "documents", mark, lambda: _documents(study, named))


def _documents(study: Study, named: Collection[str]) -> DocumentList:
    heads = study.store.passages.heads()
    current = {head.id: head.document for head in heads}
    coders = [passage for run in study.store.runs.all() for passage in study.store.runs.suggested(run.id)]
    readings = fold_all(study.store.reviews.assignments(), decisions := study.store.reviews.decisions())
    coded = [each.passage for each in codings_of_people(readings, {})]
    decided = [each.assignment.passage for each in readings if each.done]
    decided += [each.passage for each in live(decisions) if not each.implicit]
    imported = imported_findings(study)
    coded += [each.unit for each in imported if each.code and each.value in (1, None)]
    decided += [each.unit for each in imported]
    tallies = [_by_document(current, passages) for passages in (coders, coded, decided)]
    passages = Counter(head.document for head in heads)
    codeable = Counter(
        head.document for head in heads if head.role not in SILENT and head.kind is not BlockKind.HEADING
    )
    participants: dict[str, list[str]] = {}
    for entry in {(e.document, e.label): e for e in study.store.speakers.all()}.values():
        if entry.participant:
            participants.setdefault(entry.document, []).append(entry.participant)
    found = []
    for head in study.store.documents.heads():
        if named and head.slug not in named:
            continue
        document = study.store.documents.get(head.slug)
        if document is None:
            continue
        slug = head.slug
        people = [*([document.participant] if document.participant else []), *participants.get(slug, ())]
        suggested, with_codes, answered = (tally[slug] for tally in tallies)
        consent = consent_of(document)
        found.append(
            DocumentEntry(
                document=slug,
                title=document.title,
                kind=document.kind,
                kind_given=document.kind_given,
                file=document.source_name,
                reader=document.reader,
                synthetic=document.synthetic,
                words=_words(document),
                turns=sum(map(is_spoken, document.blocks)),
                passages=passages[slug],
                codeable=codeable[slug],
                set_aside=counts_of(set_aside_of(study, document)),
                participants=tuple(dict.fromkeys(people)),
                language=next(filter(None, map(document.metadata.get, _LANGUAGE)), None),
                consent=None if consent is Consent.NOT_SAID else consent.value,
                suggested=suggested,
                coded=with_codes,
                decided=answered,
                uncertain=tuple(_uncertain(document)),
                texts=tuple(text_versions(study, slug)) if named else (),
            )
        )
    return DocumentList(documents=tuple(found))


def set_aside_of(study: Study, document: Document) -> tuple[SetAside, ...]:
    """Return the stretches of a stored document that can be read and are in none of its passages."""
    return set_aside(document, study.store.passages.of(document.slug), study.settings.segment)


def set_aside_words(study: Study, slugs: Collection[str]) -> dict[str, tuple[SetAsideStretch, ...]]:
    """Return document → the stretches in none of its passages, with their words."""
    found = {}
    for slug in slugs:
        document = study.store.documents.get(slug)
        if document is not None:
            found[slug] = tuple(
                SetAsideStretch(**dict(each), text=document.text[each.start : each.end])
                for each in set_aside_of(study, document)
            )
    return found


def _by_document(current: Mapping[str, str], passages: list[str]) -> Counter[str]:
    """Return document → current passages among these, each once."""
    return Counter(current[passage] for passage in dict.fromkeys(passages) if passage in current)


def _words(document: Document) -> int:
    return sum(
        len(document.text[block.start : block.end].split())
        for block in document.blocks
        if block.kind is not BlockKind.HEADING
    )


def _uncertain(document: Document) -> list[str]:
    told = ["kind not known"] if document.kind is Kind.UNKNOWN else []
    told += [words] if (words := unsettled(document)) else []
    if consent_of(document) is Consent.UNCLEAR:
        told.append(f"{COLUMN} is neither yes nor no")
    if not document.blocks:
        told.append("no part of the text can be coded")
    return told
