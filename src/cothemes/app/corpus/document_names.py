"""Documents by what people type for them: an id, its unambiguous beginning, or a file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path

from cothemes.app.study import Study
from cothemes.errors import UsageError
from cothemes.records.document import DocumentHead

CUT = "…"
"""Stands in a short form for what it leaves out; three full stops mean the same."""
_NEAR = 3
"""Close ids that an error names."""
_CANDIDATES = 10
"""Ids with the same beginning that an error names."""


def documents_named(heads: Sequence[DocumentHead], word: str) -> list[DocumentHead]:
    """Return the documents of an id, of its unambiguous beginning, or of a file; empty where none fits."""
    exact = [head for head in heads if head.slug == word]
    of_file = [head for head in heads if head.source_name and head.source_name == Path(word).name]
    begun = [head for head in heads if fits_short_form(head.slug, word)]
    return exact or of_file or (begun if len(begun) == 1 and word else [])


def fits_short_form(name: str, word: str) -> bool:
    """Return whether a word may be short for an id: its beginning, or its beginning and end around `…`."""
    begun, _, end = word.replace("...", CUT).partition(CUT)
    return name.startswith(begun) and name.endswith(end) and len(name) >= len(begun) + len(end)


def document_slugs(study: Study) -> list[str]:
    """Return the ids of all documents."""
    return [head.slug for head in study.store.documents.heads()]


def document_ids(study: Study, words: Iterable[str]) -> list[str]:
    """Return the ids of the documents that these words name, each once. Raises UsageError."""
    heads = study.store.documents.heads()
    found: list[str] = []
    for word in words:
        named = documents_named(heads, word)
        if not named:
            raise document_unknown(study, word)
        found += [head.slug for head in named]
    return list(dict.fromkeys(found))


def document_unknown(study: Study, word: str) -> UsageError:
    """Return the error for a word that names no document, or several."""
    slugs = [head.slug for head in study.store.documents.heads()]
    if not slugs:
        return UsageError(f"no document is {word!r}", hint="Read files first: cothemes ingest FILES")
    begun = [slug for slug in slugs if word and fits_short_form(slug, word)]
    near = begun[:_CANDIDATES] if len(begun) > 1 else get_close_matches(word, slugs, n=_NEAR)
    more = f" (and {len(begun) - _CANDIDATES} more)" if len(begun) > _CANDIDATES else ""
    some = f"{', '.join(slugs[:_CANDIDATES])}{', …' if len(slugs) > _CANDIDATES else ''}"
    which = f"Did you mean {' or '.join(near)}?{more} " if near else f"Documents: {some}. "
    told = f"{word!r} begins several documents" if len(begun) > 1 else f"no document is {word!r}"
    return UsageError(told, hint=f"{which}`cothemes documents` lists them.")
