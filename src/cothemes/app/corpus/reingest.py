"""What was said of a document, when its file comes again: it holds until something else is said.

Consent and kind first of all: no reading of a file, and no table with other columns, makes a text that people
spoke into one that may go to a remote model.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from cothemes.app import wiring
from cothemes.errors import FileUnreadable
from cothemes.records.document import PUBLISHED, Document, DocumentHead, Kind
from cothemes.records.source import AS_NAMED, ReadOptions, Source
from cothemes.stages.deidentify.consent import COLUMN, Consent, consent_of
from cothemes.stages.ingest.document import document_from
from cothemes.stages.ingest.metadata import combined, kind_in, title_in
from cothemes.stages.ingest.same_text import moved_onto

KEPT_AS_CUT = "its kind is settled; its passages stay as they were cut, because people have worked on them"
ANOTHER_TEXT = (
    "Its text shares little with what the file held before: what was said of its consent or its kind has to "
    "be said again."
)
_READ = tuple(ReadOptions.model_fields)
"""Keys of metadata that say how a file is read."""
_SHARED = 0.5
"""Share of a text's runs of three words that stand in the earlier one, if it is a version of it."""


def options_before(documents: Sequence[DocumentHead]) -> ReadOptions:
    """Return how a person said that the file of these documents is to be read; it holds until said anew."""
    said = {
        name: document.metadata[name] for document in documents for name in _READ if name in document.metadata
    }
    return ReadOptions(**said)


def said_of_reading(source: Source, options: ReadOptions) -> dict[str, str]:
    """Return the options that this file was read by, to be kept as metadata of its document."""
    used = {"encoding": any(AS_NAMED in note for note in source.notes), "columns": source.unit == "row"}
    return {name: value for name in _READ if (value := getattr(options, name)) and used[name]}


def says_more(document: DocumentHead, row: Mapping[str, str], kind: Kind | None) -> bool:
    """Whether the table or --kind differ from what the document holds."""
    # What may leave by its kind alone is asked about until someone has named the kind.
    sure = document.kind_given or document.kind not in PUBLISHED
    known = {**document.metadata, "title": document.title, "kind": document.kind.value if sure else ""}
    known["synthetic"] = "true" if document.synthetic else ""
    differs = any(value and known.get(key, "") != value for key, value in row.items())
    return differs or (kind is not None and not (kind is document.kind and sure))


def reads_anew(document: Document, row: Mapping[str, str], kind: Kind | None, *, resegment: bool) -> bool:
    """Whether the same bytes may be another text or be cut otherwise than before: where the kind is open or
    is named now, and where a person asks for it, since better rules may read them otherwise."""
    said = kind or kind_in(row)
    named = said is not None and said is not document.kind
    return resegment or named or (document.kind is Kind.UNKNOWN and not document.kind_given)


def read_again(
    path: Path, document: Document, row: Mapping[str, str], kind: Kind | None, *, anew: bool
) -> Document:
    """The document that the same bytes hold, with everything that was said of it before and is said now.

    Its text stays as it is stored where only front matter and headings above it differ, and unless `anew`.
    """
    try:
        with wiring.one_file(path):
            sources = wiring.reader_for(path, options_before([document])).read(path)
            found = [as_known(source, document, row, kind) for source in sources]
    except FileUnreadable:
        return _as_said(document, row, kind)
    for fresh in found:
        if moved := on_stored_text(document, fresh):
            return moved
    if len(found) > 1:
        return _as_said(document, row, kind)
    if anew:
        return found[0]
    # Captions carry their speakers' names in the text: what is said of the file is read anew, the text not.
    said = {name: getattr(found[0], name) for name in ("title", "metadata", "synthetic")}
    return _as_said(document, row, kind).model_copy(update=said)


def on_stored_text(stored: Document, fresh: Document) -> Document | None:
    """`fresh` on the stored text, where the two differ above the first turn or paragraph at most."""
    return fresh if fresh.version == stored.version else moved_onto(stored, fresh)


def as_known(source: Source, document: Document, row: Mapping[str, str], kind: Kind | None) -> Document:
    """A source of the same file, read with what was said of the document before and is said now."""
    said = kind or kind_in(row)
    settled = document.kind_given or document.kind is not Kind.UNKNOWN
    kept = document.kind if said is None and settled else None
    facts = {
        **document.metadata,
        "title": document.title,
        "synthetic": "true" if document.synthetic else "",
        **row,
    }
    fresh = document_from(source, kind=said or kept, metadata=facts, slug=document.slug)
    return fresh.model_copy(update={"kind_given": document.kind_given}) if kept else fresh


def with_what_was_known(
    source: Source, fresh: Document, earlier: Document, row: Mapping[str, str], kind: Kind | None
) -> Document:
    """A changed file read without its table keeps what that said, the consent of its people first of all.
    What the file itself says now goes before, and what the table says now before all.

    A file of the same name with another text keeps a no, and neither a yes nor the kind of a published text.
    """
    facts = {key: value for key, value in earlier.metadata.items() if key not in fresh.metadata}
    if (
        earlier.title
        and not earlier.text.lstrip("# ").startswith(earlier.title)
        and "title" not in source.front
        and not source.title
    ):
        facts["title"] = earlier.title
    if earlier.synthetic:
        facts["synthetic"] = "true"
    another = not _shares_words(fresh.text, earlier.text)
    dropped = another and consent_of(earlier) is Consent.YES and facts.pop(COLUMN, None) is not None
    kept: Kind | None = None
    if kind is None and kind_in(row, source.front) is None:
        # What people said stays what people said, and needs their consent, until someone names another kind.
        spoken = earlier.kind in (Kind.INTERVIEW, Kind.SURVEY)
        if spoken or (earlier.kind_given and earlier.kind is Kind.UNKNOWN):
            kept = earlier.kind
        elif earlier.kind_given and fresh.kind is Kind.UNKNOWN:
            kept, dropped = (None, True) if another else (earlier.kind, dropped)
    document = document_from(source, kind=kind or kept, metadata={**facts, **row})
    given = earlier.kind_given if kept else document.kind_given
    notes = (*document.notes, ANOTHER_TEXT) if dropped else document.notes
    return document.model_copy(update={"kind_given": given, "notes": notes})


def _as_said(document: Document, row: Mapping[str, str], kind: Kind | None) -> Document:
    said = kind or kind_in(row)
    return document.model_copy(
        update={
            "metadata": combined(document.metadata, row),
            "kind": said or document.kind,
            "kind_given": said is not None or document.kind_given,
            "title": title_in(row) or document.title,
        }
    )


def _shares_words(text: str, earlier: str) -> bool:
    own, other = _runs_of_words(text), _runs_of_words(earlier)
    return bool(own) and len(own & other) >= _SHARED * len(own)


def _runs_of_words(text: str) -> set[tuple[str, str, str]]:
    words = re.findall(r"\w+", text.casefold())
    return set(zip(words, words[1:], words[2:], strict=False))
