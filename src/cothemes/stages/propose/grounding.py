"""Quotes held against the source: what a model claims was said becomes offsets, or it becomes nothing.

A quote is looked for in the sentences of its passage alone, those that the model named first. It is *exact*
when it stands there after folding (folding.py) and begins and ends with whole words: "able to" is no quote of
"unable to". It is *snapped* when a stretch of whole words is alike by 90 of 100 (normalised Indel similarity)
and holds the same negations and figures (haystack.py); shown is what the source has. Otherwise the
neighbourhood tells why it fails: the words of another speaker, or words outside the passage, or no words at
all. Nothing but offsets leaves this module, so nothing that a model wrote can be shown as a quotation.

Two decisions. An interjection that was swallowed into a passage is none of its sentences: a quote that runs
across it becomes a span on either side, a quote that holds its words has the wrong speaker. A quote with an
ellipsis ("a … b") is two quotes, each of which has to stand; each needs two words or a whole sentence, so
that no sentence can be pieced together from single words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from cothemes.records.passage import Passage
from cothemes.records.suggestion import Evidence, QuoteStatus
from cothemes.stages.propose.folding import ELLIPSIS, Span, fold
from cothemes.stages.propose.haystack import EDGES, Haystack

_SHORTEST_WORD = 6
"""A quote of one word needs so many letters, unless it is a whole sentence."""
_WORD = re.compile(r"[^\W_]+(?:[-'][^\W_]+)*")
_OMISSION = re.compile(rf"\s*(?:\[{ELLIPSIS}\]|\({ELLIPSIS}\)|{ELLIPSIS})\s*")
_BEST_FIRST = (
    QuoteStatus.EXACT,
    QuoteStatus.SNAPPED,
    QuoteStatus.REPAIRED,
    QuoteStatus.OUTSIDE_TARGET,
    QuoteStatus.WRONG_SPEAKER,
    QuoteStatus.NOT_FOUND,
)


@dataclass(frozen=True)
class Neighbour:
    """A stretch of the document, around the passage or within it, that is no evidence."""

    start: int
    end: int
    own: bool
    """Whether the passage's speaker says it."""


@dataclass(frozen=True)
class Grounded:
    """How one quote fared."""

    status: QuoteStatus
    evidence: tuple[Evidence, ...] = ()
    """Ascending, inside the passage's sentences; empty unless the status is verified."""


def worst(statuses: Sequence[QuoteStatus]) -> QuoteStatus | None:
    """The status that several quotes have together; None of none."""
    return max(statuses, key=_BEST_FIRST.index, default=None)


class Target:
    """A passage in its document, ready to have quotes held against it."""

    def __init__(self, text: str, passage: Passage, neighbours: Sequence[Neighbour] = ()) -> None:
        """`text` is the whole document's, of the version that the passage was cut from."""
        self._text = text
        self._sentences = {sentence.id: (sentence.start, sentence.end) for sentence in passage.sentences}
        self._own = _runs(text, sorted(self._sentences.values()) or [(passage.start, passage.end)])
        self._neighbours = tuple(neighbours)

    def ground(self, quote: str, sentences: Sequence[str] = ()) -> Grounded:
        """Where the quote stands; `sentences` are the ids that the model gave, right or wrong."""
        needle = fold(quote)
        if not self._says_something(needle):
            return Grounded(QuoteStatus.NOT_FOUND)
        named = [self._sentences[name] for name in sentences if name in self._sentences]
        parts = [part for part in _OMISSION.split(needle) if _WORD.search(part)]
        if found := self._passage.exact(needle, named):
            return self._grounded(found[0], [found[1]])
        if len(parts) > 1 and (pieced := self._pieced(parts, named)):
            return pieced
        if found := self._passage.alike(needle):
            return self._grounded(found[0], [found[1]])
        return Grounded(self._elsewhere([needle]) or self._elsewhere(parts) or QuoteStatus.NOT_FOUND)

    @cached_property
    def _passage(self) -> Haystack:
        return Haystack(self._text, self._own)

    @cached_property
    def _surroundings(self) -> Haystack:
        around = [(neighbour.start, neighbour.end) for neighbour in self._neighbours]
        return Haystack(self._text, sorted([*around, *self._own]))

    @cached_property
    def _whole_sentences(self) -> frozenset[str]:
        spans = [*self._sentences.values(), *self._own]
        return frozenset(fold(self._text[start:end]).strip(EDGES) for start, end in spans)

    def _says_something(self, needle: str) -> bool:
        words = _WORD.findall(needle)
        long = any(len(word) >= _SHORTEST_WORD for word in words)
        return len(words) > 1 or long or (bool(words) and needle.strip(EDGES) in self._whole_sentences)

    def _pieced(self, parts: Sequence[str], named: Sequence[Span]) -> Grounded | None:
        spans: list[Span] = []
        statuses: list[QuoteStatus] = []
        for part in parts:
            if len(_WORD.findall(part)) < 2 and part.strip(EDGES) not in self._whole_sentences:
                return None
            found = self._passage.find(part, named, after=spans[-1][1] if spans else 0)
            if found is None:
                return None
            statuses.append(found[0])
            spans.append(found[1])
        return self._grounded(max(statuses, key=_BEST_FIRST.index), spans)

    def _elsewhere(self, parts: Sequence[str]) -> QuoteStatus | None:
        """Why all the parts, which stand somewhere around, are no evidence."""
        found = [self._surroundings.find(part) for part in parts] if self._neighbours else []
        spans = [match[1] for match in found if match is not None]
        if not found or len(spans) < len(found):
            return None
        touched = [n for n in self._neighbours for start, end in spans if n.start < end and start < n.end]
        if not touched:
            return None
        own = all(neighbour.own for neighbour in touched)
        return QuoteStatus.OUTSIDE_TARGET if own else QuoteStatus.WRONG_SPEAKER

    def _grounded(self, status: QuoteStatus, spans: Sequence[Span]) -> Grounded:
        evidence = tuple(Evidence(start=a, end=b, status=status) for a, b in self._clipped(spans))
        return Grounded(status, evidence) if evidence else Grounded(QuoteStatus.NOT_FOUND)

    def _clipped(self, spans: Sequence[Span]) -> Iterator[Span]:
        """The spans without what is not the speaker's; two of one run with no word between them are one."""
        for first, last in self._own:
            pieces = sorted((max(a, first), min(b, last)) for a, b in spans if a < last and first < b)
            joined: list[Span] = []
            for start, end in pieces:
                if joined and not _has_word(self._text[joined[-1][1] : start]):
                    joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
                else:
                    joined.append((start, end))
            for start, end in joined:
                stretch = self._text[start:end]
                if _has_word(stretch):
                    yield start + len(stretch) - len(stretch.lstrip()), start + len(stretch.rstrip())


def _runs(text: str, sentences: Sequence[Span]) -> list[Span]:
    """Sentences with nothing but space between them, taken together."""
    runs: list[Span] = []
    for start, end in sentences:
        if runs and not text[runs[-1][1] : start].strip():
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((start, end))
    return runs


def _has_word(text: str) -> bool:
    return any(character.isalnum() for character in text)
