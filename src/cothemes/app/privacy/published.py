"""The study's words as they are handed on: in a report, a table, a page of differences.

Once a study has pseudonyms, what leaves it for other people's eyes has them too, unless the names are asked
for. What coders work with (screens, sheets, packages) keeps the texts as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache

from cothemes.app.privacy.outbound import Pseudonymizer
from cothemes.app.study import Study
from cothemes.records.document import Document
from cothemes.records.passage import Passage
from cothemes.stages.deidentify.view import View
from cothemes.stages.exchange.quotes import words_of
from cothemes.stages.exchange.term_recognition import TermRecognition

HELD = 8
"""Documents whose views stay at hand: quotes of one come together or take turns."""


class Published:
    """Texts, speakers, titles and metadata for others to read."""

    def __init__(self, study: Study, *, originals: bool = False) -> None:
        """`originals`: the names stay, whatever was found."""
        known = study.store.privacy.pseudonyms()
        self.pseudonyms = not originals and (bool(known) or study.settings.privacy.deidentified == "reviewed")
        """Whether names are replaced."""
        self._study = study
        self._veil = Pseudonymizer(study, unreviewed=True)
        self._view = lru_cache(maxsize=HELD)(self._viewed)
        self._named = cache(self._veil.words)

    def words(self, text: str, document: str = "") -> str:
        """Any words. `document`: the one they belong to, since initials count nowhere else."""
        return self._named(text, document) if self.pseudonyms and text else text

    def quote(self, passage: Passage, start: int | None = None, end: int | None = None) -> str:
        """The passage's words, or those from `start` to `end` in it; an original across an edge is whole."""
        if not self.pseudonyms:
            return words_of(passage, start, end)
        view = self._view(passage.document, passage.version)
        if view is None:
            return self._veil.words(words_of(passage, start, end), passage.document)

        def written(begin: int, stop: int) -> str:
            first, last = view.view_span(passage.start + begin, passage.start + stop)
            return view.text[first:last]

        return passage.own_text(start, end, written)

    def passage(self, passage: Passage) -> Passage:
        """With the speaker's pseudonym. The text is for `quote`, which takes places in it."""
        if not self.pseudonyms:
            return passage
        return passage.model_copy(update={"speaker": self.words(passage.speaker, passage.document)})

    def view(self, document: Document) -> View | None:
        """The whole text with pseudonyms; None where names are not replaced."""
        return self._veil.view(document) if self.pseudonyms else None

    def document(self, document: Document) -> Document:
        """With pseudonyms in title and metadata."""
        if not self.pseudonyms:
            return document
        return document.model_copy(
            update={
                "title": self.words(document.title, document.slug),
                "metadata": {
                    name: self.words(value, document.slug) for name, value in document.metadata.items()
                },
            }
        )

    def text(self, document: Document) -> View:
        """The document's text as it may be read, with the way back to the stored one."""
        return self._veil.view(document) if self.pseudonyms else View(document.text, ())

    def terms(self, found: Sequence[TermRecognition]) -> tuple[TermRecognition, ...]:
        """Counts of terms, by speakers under their pseudonyms."""
        return tuple(
            term.model_copy(
                update={
                    "uses": tuple(
                        row.model_copy(
                            update={
                                "by_speaker": {
                                    self.words(name, row.document): counts
                                    for name, counts in row.by_speaker.items()
                                }
                            }
                        )
                        for row in term.uses
                    )
                }
            )
            for term in found
        )

    def _viewed(self, slug: str, version: str) -> View | None:
        document = self._study.store.documents.get(slug, version)
        return self._veil.view(document) if document else None
