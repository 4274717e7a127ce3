"""A document, its passages and what a coder said of them, carried into a view and back.

The coder's stages read a viewed document as any other: the same ids, the same version, other words. Only
evidence has to be carried back, for it points into the text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from cothemes.records.document import Block, Document, OffsetMap
from cothemes.records.passage import Passage, Sentence
from cothemes.records.suggestion import Evidence, Suggestion
from cothemes.stages.deidentify.view import View

Words = Callable[[str], str]
"""Replaces what identifies someone in a text that is no part of the document's, such as a heading."""


class ViewedDocument:
    """A document as it may leave the machine."""

    def __init__(self, document: Document, view: View, words: Words) -> None:
        """`view` is made from the document's text."""
        if view.source != document.text:
            raise ValueError("the view was made from another text")
        self._view = view
        self._words = words
        speakers = dict.fromkeys(block.speaker for block in document.blocks if block.speaker)
        self._speakers = {name: f"[SPEAKER_{number}]" for number, name in enumerate(speakers, start=1)}
        self.document = document.model_copy(
            update={
                "text": view.text,
                "title": words(document.title),
                "blocks": tuple(self._blocks(document.blocks)),
                "source_name": "",
                "source_hash": "",
                "offsets": OffsetMap(),
                "metadata": {},
                "notes": (),
            }
        )
        """Its words replaced, its metadata left out, whoever speaks a number."""

    def passage(self, passage: Passage) -> Passage:
        """The passage with its place and words in the view. An original across its edge is whole."""
        start, end = self._view.view_span(passage.start, passage.end)
        return passage.model_copy(
            update={
                "start": start,
                "end": end,
                "text": self._view.text[start:end],
                "speaker": self._speaker(passage.speaker),
                "headings": tuple(map(self._words, passage.headings)),
                "sentences": tuple(self._sentences(passage.sentences)),
            }
        )

    def suggestion(self, suggestion: Suggestion, passage: Passage) -> Suggestion:
        """A suggestion on the viewed passage as one on the passage itself, `passage`."""
        return suggestion.model_copy(update={"evidence": self.evidence(suggestion.evidence, passage)})

    def evidence(self, evidence: Iterable[Evidence], passage: Passage) -> tuple[Evidence, ...]:
        """Stretches of the viewed text as stretches of the source, inside the passage; a pseudonym becomes
        the whole original."""
        found = (self._carried(each, passage) for each in evidence)
        return tuple(each for each in found if each)

    def _carried(self, evidence: Evidence, passage: Passage) -> Evidence | None:
        start, end = self._view.source_span(evidence.start, evidence.end)
        start, end = max(start, passage.start), min(end, passage.end)
        return evidence.model_copy(update={"start": start, "end": end}) if start < end else None

    def _blocks(self, blocks: Iterable[Block]) -> Iterable[Block]:
        at = 0
        for block in blocks:
            start, end = self._view.view_span(block.start, block.end)
            start = max(start, at)
            at = max(start, end)
            yield block.model_copy(
                update={
                    "start": start,
                    "end": at,
                    "speaker": self._speaker(block.speaker),
                    "headings": tuple(map(self._words, block.headings)),
                    "label": "",
                    "speaker_read": None,
                }
            )

    def _sentences(self, sentences: Iterable[Sentence]) -> Iterable[Sentence]:
        at = 0
        for sentence in sentences:
            start, end = self._view.view_span(sentence.start, sentence.end)
            start = max(start, at)
            if start < end:
                at = end
                yield sentence.model_copy(update={"start": start, "end": end})

    def _speaker(self, name: str) -> str:
        return self._speakers.get(name, "[SPEAKER]") if name else ""
