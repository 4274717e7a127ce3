"""Quotes held against the source: what a model claims was said becomes offsets, or it becomes nothing.

A quote is looked for in the sentences of its passage alone, those that the model named first. It is *exact*
when it stands there after folding (folding.py) and begins and ends with whole words: "able to" is no quote of
"unable to". It is *snapped* when a stretch of whole words is alike by 90 of 100 (normalised Indel similarity)
and has the same words in the same order (wording.py); shown is what the source has. Otherwise the
neighbourhood tells why it fails: the words of another speaker, or words outside the passage, or no words at
all. Nothing but offsets leaves this module, so nothing that a model wrote can be shown as a quotation.

A quote may be true to the letter and turn what was said by what it leaves out (meaning.py). With an omission
("a … b") it is *abridged*, never exact: its evidence runs from the first word to the last, so that what it
leaves out is shown with it. Cut out of a sentence that a negation outside of it bears on, it is *widened*:
its evidence is the whole sentence. It is refused as *misleading* where the omission holds a negation, a
figure, another's words or more than twenty words, where its parts stand in another order, and where it
begins right after its negation, ends before it, or inside a figure. Each part needs two words or a whole
sentence, so that no sentence can be pieced together from single words.

An interjection that was swallowed into a passage is none of its sentences: a quote that runs across it
becomes a span on either side, a quote that holds its words has the wrong speaker.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from cothemes.records.passage import Passage
from cothemes.records.suggestion import Evidence, QuoteStatus
from cothemes.stages.propose.haystack import EDGES, Found, Haystack
from cothemes.stages.propose.meaning import Judgement, judged_cut, judged_gap
from cothemes.stages.propose.quote_folding import ELLIPSIS, Span, fold

_SHORTEST_WORD = 6
"""A quote of one word needs so many letters, unless it is a whole sentence."""
_WORD = re.compile(r"[^\W_]+(?:[-'][^\W_]+)*")
_DOTS = rf"(?:{ELLIPSIS}|⋯|\. ?\.)(?: ?[{ELLIPSIS}⋯.])*"
_CUT = rf"(?:{_DOTS}|-+|/|snip|cut|omitted|omission)"
_OMISSION = re.compile(
    rf"\s*(?:\[ ?{_CUT} ?\]|\( ?{_CUT} ?\)|< ?{_CUT} ?>|{{ ?{_CUT} ?}}|{_DOTS})\s*", re.IGNORECASE
)
_NEAR = 4
"""Characters around an end of a quote among which the source's own ellipsis is looked for."""
_BEST_FIRST = (
    QuoteStatus.EXACT,
    QuoteStatus.SNAPPED,
    QuoteStatus.WIDENED,
    QuoteStatus.ABRIDGED,
    QuoteStatus.REPAIRED,
    QuoteStatus.MISLEADING,
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
    """True if the passage's speaker says it."""


@dataclass(frozen=True)
class Grounded:
    """Result of checking one quote."""

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
        """Return where the quote stands; `sentences` are the ids that the model gave, right or wrong."""
        needle = fold(quote)
        if not self._says_something(needle):
            return Grounded(QuoteStatus.NOT_FOUND)
        named = [self._sentences[name] for name in sentences if name in self._sentences]
        parts = [part for part in _OMISSION.split(needle) if _WORD.search(part)]
        if verbatim := self._verbatim(needle, named):
            return verbatim
        if len(parts) > 1 and (pieced := self._pieced(parts, named)):
            return pieced
        whole = parts[0] if len(parts) == 1 else needle
        if found := self._passage.alike(whole):
            if len(parts) > 1 and self._another_speaks(*found[1]):
                return Grounded(QuoteStatus.MISLEADING)  # what the mark leaves out may be what the other said
            return self._shown(found[0], found[1], needle)
        turned = QuoteStatus.MISLEADING if self._passage.resembles(whole) else QuoteStatus.NOT_FOUND
        return Grounded(self._elsewhere([whole]) or self._elsewhere(parts) or turned)

    def _verbatim(self, needle: str, named: Sequence[Span]) -> Grounded | None:
        """The best of the places where it stands; those in a sentence that was named before all others."""
        places = self._passage.places(needle, named)
        if not places:
            return None
        inside = [p for p in places if any(a <= p[1][0] and p[1][1] <= b for a, b in named)]
        judged = [self._shown(status, span, needle) for status, span in inside or places]
        return min(judged, key=lambda one: _BEST_FIRST.index(one.status))

    def _shown(self, status: QuoteStatus, span: Span, needle: str) -> Grounded:
        """The evidence of a stretch that was found, as wide as what it leaves out demands."""
        judgement, sentences = self._judged(span)
        if judgement is Judgement.REFUSE:
            return Grounded(QuoteStatus.MISLEADING)
        if self._left_off(needle, span):
            return self._grounded(QuoteStatus.ABRIDGED, [sentences])
        if judgement is Judgement.WIDEN:
            return self._grounded(QuoteStatus.WIDENED, [sentences])
        return self._grounded(status, [span])

    def _judged(self, span: Span) -> tuple[Judgement, Span]:
        """Return how what is left of its outer sentences bears on a stretch; these sentences, from end to
        end.
        """
        spans = list(self._sentences.values()) or self._own
        first = min((a for a, b in spans if a <= span[0] < b), default=span[0])
        last = max((b for a, b in spans if a < span[1] <= b), default=span[1])
        text = self._text
        judgement = judged_cut(text[first : span[0]], text[span[0] : span[1]], text[span[1] : last])
        return judgement, (first, last)

    def _left_off(self, needle: str, span: Span) -> bool:
        """Return whether an ellipsis at an end of the quote is none of the source's."""
        start, end = span
        for mark in _OMISSION.finditer(needle):
            if not _WORD.search(needle[: mark.start()]):
                source = self._text[max(start - _NEAR, 0) : start + _NEAR]
            elif not _WORD.search(needle[mark.end() :]):
                source = self._text[max(end - _NEAR, 0) : end + _NEAR]
            else:
                continue
            if not _OMISSION.search(fold(source)):
                return True
        return False

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
        """A quote of several parts; None where one of them is not in the passage, or is too little."""
        found = [self._found(part, named) for part in parts]
        if not all(found):
            return None
        chains = [chain for start in found[0] if (chain := _chain(start, found[1:]))]
        judged = [self._abridged(chain) for chain in chains]
        refused = Grounded(QuoteStatus.MISLEADING)
        return min(judged, key=lambda one: _BEST_FIRST.index(one.status), default=refused)

    def _found(self, part: str, named: Sequence[Span]) -> list[Found]:
        if len(_WORD.findall(part)) < 2 and part.strip(EDGES) not in self._whole_sentences:
            return []
        places = self._passage.places(part, named, every=True)
        alike = None if places else self._passage.alike(part)
        return [alike] if alike else places

    def _abridged(self, chain: Sequence[Found]) -> Grounded:
        """Parts in the order of the source, and what lies between them."""
        gaps = [(one[1][1], other[1][0]) for one, other in itertools.pairwise(chain)]
        for start, end in gaps:
            if judged_gap(self._text[start:end]) is Judgement.REFUSE or self._another_speaks(start, end):
                return Grounded(QuoteStatus.MISLEADING)
        span = chain[0][1][0], chain[-1][1][1]
        judgement, sentences = self._judged(span)
        if judgement is Judgement.REFUSE:
            return Grounded(QuoteStatus.MISLEADING)
        omits = any(_has_word(self._text[start:end]) for start, end in gaps)
        status = QuoteStatus.ABRIDGED if omits else QuoteStatus.SNAPPED
        return self._grounded(status, [sentences if judgement is Judgement.WIDEN else span])

    def _another_speaks(self, start: int, end: int) -> bool:
        """Return whether words between two places of the passage are none of its sentences."""
        edges = [start, *(edge for run in self._own for edge in run if start < edge < end), end]
        return any(
            _has_word(self._text[a:b]) and not any(first <= a and b <= last for first, last in self._own)
            for a, b in itertools.pairwise(edges)
        )

    def _elsewhere(self, parts: Sequence[str]) -> QuoteStatus | None:
        """Return why all the parts, which stand somewhere around, are no evidence."""
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


def _chain(start: Found, rest: Sequence[Sequence[Found]]) -> list[Found] | None:
    """Each part at its first place after the one before; None where one has none."""
    chain = [start]
    for places in rest:
        later = [place for place in places if place[1][0] >= chain[-1][1][1]]
        if not later:
            return None
        chain.append(min(later, key=lambda place: place[1][0]))
    return chain


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
