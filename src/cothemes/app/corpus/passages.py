"""Passages and documents of a study, read from the records as they come up: no step holds them all at once.

A step takes down which passages it means to go through, by their heads, and reads the words in portions. What
it goes through is settled at that moment, also where a file is read anew meanwhile; only what is forgotten
meanwhile is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import ClassVar, TypeVar, overload

from cothemes.app.corpus.document_names import document_slugs, fits_short_form
from cothemes.app.study import Study
from cothemes.errors import StateConflict, UnknownPassage
from cothemes.ports import DocumentStore, PassageStore
from cothemes.records.document import Document
from cothemes.records.passage import Passage, PassageHead

Value = TypeVar("Value")

HELD = 4
"""Documents kept at hand: passages come by document, and some are asked for again."""


class StudyPassages(Sequence[Passage]):
    """Passages in a settled order. Whoever goes through them holds one portion at a time."""

    portion: ClassVar[int] = 128
    """Passages that are read together."""

    def __init__(self, store: PassageStore, heads: Sequence[PassageHead]) -> None:
        self._store = store
        self.heads = heads
        """Of all of them, also of those that are forgotten by the time they are read."""

    def __len__(self) -> int:
        return len(self.heads)

    def __iter__(self) -> Iterator[Passage]:
        for start in range(0, len(self.heads), self.portion):
            yield from self._read(self.heads[start : start + self.portion])

    @overload
    def __getitem__(self, index: int) -> Passage: ...
    @overload
    def __getitem__(self, index: slice) -> StudyPassages: ...
    def __getitem__(self, index: int | slice) -> Passage | StudyPassages:
        if isinstance(index, slice):
            return StudyPassages(self._store, self.heads[index])
        found = self._read([self.heads[index]])
        if not found:
            raise IndexError(f"{self.heads[index].id} was forgotten")
        return found[0]

    def __add__(self, other: StudyPassages) -> StudyPassages:
        return StudyPassages(self._store, [*self.heads, *other.heads])

    @property
    def ids(self) -> Iterator[str]:
        """In order; nothing is read for them."""
        return (head.id for head in self.heads)

    @property
    def words(self) -> int:
        """Of all together; nothing is read for them."""
        return sum(head.words for head in self.heads)

    @property
    def versions(self) -> dict[str, str]:
        """Document → the version that its passages were cut from."""
        return {head.document: head.version for head in self.heads}

    def where(self, wanted: Callable[[PassageHead], bool]) -> StudyPassages:
        """Some of them, in the same order."""
        return StudyPassages(self._store, [head for head in self.heads if wanted(head)])

    def among(self, ids: Container[str]) -> StudyPassages:
        """Those with one of these ids, in the same order."""
        return self.where(lambda head: head.id in ids)

    def _read(self, heads: Sequence[PassageHead]) -> list[Passage]:
        versions = {head.id: head.version for head in heads}
        # What was forgotten keeps its place and loses its version with its words.
        return [p for p in self._store.read(versions) if p.version == versions[p.id]]


class InTurn(Mapping[str, Value]):
    """Documents, or what is made of them, by slug. Each is read when it is asked for; the last few are kept
    at hand, no others. What `read` knows nothing of, for it was forgotten, is not there."""

    def __init__(self, slugs: Collection[str], read: Callable[[str], Value]) -> None:
        self._slugs = slugs
        self._read = lru_cache(maxsize=HELD)(read)

    def __getitem__(self, slug: str) -> Value:
        return self._read(slug)

    def __iter__(self) -> Iterator[str]:
        return iter(self._slugs)

    def __len__(self) -> int:
        return len(self._slugs)


def documents_of(store: DocumentStore, versions: Mapping[str, str]) -> InTurn[Document]:
    """Documents in the versions that were settled on; older ones are kept, forgotten ones are not."""

    def read(slug: str) -> Document:
        document = store.get(slug, versions[slug])
        if document is None:
            raise KeyError(slug)
        return document

    return InTurn(versions, read)


def passages_of(store: PassageStore) -> StudyPassages:
    """All current passages of a study, by document and position."""
    return StudyPassages(store, store.heads())


NEAR = 5
CANDIDATES = 10
"""Ids with the same beginning that an error names."""
ONE_LINE = 60
"""Characters of ids that stand on one line of an error."""
_DIGITS = 4


def retired(study: Study, passage: Passage) -> str:
    """Why a passage is not current; empty for a current one."""
    if passage.id in {each.id for each in study.store.passages.of(passage.document)}:
        return ""
    if corrected_away(study, [passage]):
        return "its words are no longer in the corrected text"
    return "its document was cut again since"


def corrected_away(study: Study, passages: Iterable[Passage]) -> set[str]:
    """Return the documents of those retired passages that left with a correction of the text, and not with a
    new cut: only a corrected text is mapped to the one before."""
    gone = {(each.document, each.version) for each in passages}
    now = {head.slug: head.version for head in study.store.documents.heads()}
    maps = study.store.passages.text_maps(slug for slug, _ in gone)
    return {
        each.document
        for each in maps
        if (each.document, each.old) in gone and each.new == now.get(each.document)
    }


def found_passage(study: Study, passage_id: str) -> Passage:
    """Return the passage of an id, current or older, or of an unambiguous short form of a current one.

    Short forms are the beginning of the id, and the beginning of the document's id with the number of the
    passage: `inter.42` for `interview-1.0042`. Raises UnknownPassage with ids that begin alike, StateConflict
    for a passage of a document that was forgotten.
    """
    passage = study.store.passages.get(passage_id)
    begun = [] if passage is not None else _passages_begun(study, passage_id)
    if len(begun) == 1:
        passage = study.store.passages.get(begun[0])
    if passage is not None and passage.text:
        return passage
    if passage is not None:
        grave = study.store.privacy.tombstone_of(passage.document)
        raise StateConflict(
            grave.told if grave else "its words were erased",
            where=passage_id,
            hint="Its words are gone for good; see cothemes forget --list.",
        )
    if len(begun) > 1:
        some = begun[:CANDIDATES]
        # Long ids stand below each other: whoever copies one sees where it begins and ends.
        between = ",\n    " if len(", ".join(some)) > ONE_LINE else ", "
        more = f" (and {len(begun) - CANDIDATES} more)" if len(begun) > CANDIDATES else ""
        listed = between.lstrip(",") + between.join(some)
        raise UnknownPassage(
            f"there is no passage {passage_id!r}, and {len(begun)} begin so",
            hint=f"Which of them:{listed}{more}.",
        )
    slug, _, _ = passage_id.partition(".")
    near = (study.store.passages.find(passage_id) or study.store.passages.find(f"{slug}."))[:NEAR]
    hint = (
        f"Near it: {', '.join(near)}" if near else "Ids look like `interview-1.0042`; see `cothemes queue`."
    )
    raise UnknownPassage(f"there is no passage {passage_id!r}", hint=hint)


def _passages_begun(study: Study, word: str) -> list[str]:
    """Return the ids of the current passages that a short form may mean."""
    begin, dot, number = word.rpartition(".")
    if dot and begin.strip(".…") and number.isdecimal():
        slugs = [slug for slug in document_slugs(study) if fits_short_form(slug, begin)]
        # An id has four digits or more; a person may leave out the zeros before them.
        found = [f"{slug}.{number.zfill(_DIGITS)}" for slug in slugs]
        found = [each.id for each in study.store.passages.read(found)]
        if found:
            return found
    whole = word.rstrip("…")
    return study.store.passages.find(whole) if whole else []
