"""Stretches of source in which words are looked for: the same words, or words so like that they are meant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rapidfuzz.distance import Indel
from rapidfuzz.fuzz import partial_ratio_alignment

from cothemes.records.suggestion import QuoteStatus
from cothemes.stages.propose.quote_folding import Span, cuts_word, fold_stretches, lower
from cothemes.stages.propose.wording import same_words

ALIKE = 0.90
"""Similarity from which a quote is snapped to the source."""
SHORTEST_SNAPPED = 16
"""Folded characters below which likeness is chance."""
EDGES = " '-…,.;:!?()[]{}*_"
"""Characters that may surround a quote without being part of it."""

_SLACK = 0.2
"""Score by which an alignment may fall short before its ends are moved to whole words."""
_REACH = 40
"""Characters that they may move."""
_TRIED = 8
"""Alignments, the best first, that are held against the source word by word."""

Found = tuple[QuoteStatus, Span]


class Haystack:
    """Some stretches of a document, folded into one text. Places are offsets of the document."""

    def __init__(self, text: str, stretches: Sequence[Span]) -> None:
        """`stretches` ascend without overlap; a match may run from one into the next."""
        self._text = text
        self._folded = fold_stretches(text, stretches)
        self._edges = {edge for stretch in stretches for edge in stretch}

    def find(self, needle: str) -> Found | None:
        """The first place of the needle (folded): exact where it can be, else snapped."""
        return next(iter(self.places(needle)), None) or self.alike(needle)

    def places(self, needle: str, named: Sequence[Span] = (), *, every: bool = False) -> list[Found]:
        """Wherever whole words are the needle's, in a `named` sentence first. Where only the case differs,
        they are snapped, and left out where they stand elsewhere in the needle's case, unless `every`."""
        core = core_of(needle)
        if not core:
            return []
        found: list[Found] = []
        for status, straw, wanted in (
            (QuoteStatus.EXACT, self._folded.text, needle),
            (QuoteStatus.EXACT, self._folded.text, core),
            (QuoteStatus.SNAPPED, self._folded.lower, lower(core)),
        ):
            spans = [self._folded.span(k, k + len(wanted)) for k in _places(straw, wanted)]
            whole = [(a, b) for a, b in spans if not self._cuts(a) and not self._cuts(b)]
            whole = [span for span in whole if span not in {known for _, known in found}]
            whole.sort(key=lambda s: (not _inside(s, named), s[0]))
            found += [(status, span) for span in whole]
            if found and not every:
                break
        return found

    def alike(self, needle: str) -> Found | None:
        """The stretch of whole words most like the needle that has the same words (wording.py)."""
        straw = self._folded.text
        for first, last in self._alike(needle):
            if same_words(needle, straw[first:last]):
                return QuoteStatus.SNAPPED, self._folded.span(first, last)
        return None

    def resembles(self, needle: str) -> bool:
        """Return whether some stretch is as like the needle as a snapped one, whatever its words."""
        return bool(self._alike(needle))

    def _alike(self, needle: str) -> list[tuple[int, int]]:
        """Stretches of folded text like enough by characters, the best first."""
        straw = self._folded.text
        if len(needle) < SHORTEST_SNAPPED or len(straw) < len(needle) * ALIKE**2:
            return []
        rough = partial_ratio_alignment(needle, straw, score_cutoff=100 * (ALIKE - _SLACK))
        if rough is None:
            return []
        reach = min(_REACH, len(needle) // 4 + 4)
        firsts = [k for k in _around(rough.dest_start, reach, len(straw) - 1) if self._begins(k)]
        lasts = [k for k in _around(rough.dest_end, reach, len(straw)) if self._ends(k)]
        alike = (
            (score, a, b)
            for a in firsts
            for b in lasts
            if a < b
            and (score := Indel.normalized_similarity(needle, straw[a:b], score_cutoff=ALIKE)) >= ALIKE
        )
        begin, end = _outer_words(needle)

        def fit(found: tuple[float, int, int]) -> tuple[int, float, int]:
            # The outer words first: else "I think" would be found in "I don't think" from "think" on.
            outer = _outer_words(straw[found[1] : found[2]])
            return (outer[0] == begin) + (outer[1] == end), found[0], -found[1]

        best = sorted(alike, key=fit, reverse=True)[:_TRIED]
        return [(first, last) for _, first, last in best]

    def _cuts(self, place: int) -> bool:
        return place not in self._edges and cuts_word(self._text, place)

    def _begins(self, k: int) -> bool:
        return self._folded.text[k].isalnum() and not self._cuts(self._folded.starts[k])

    def _ends(self, k: int) -> bool:
        return k > 0 and self._folded.text[k - 1] not in " -" and not self._cuts(self._folded.ends[k - 1])


def core_of(needle: str) -> str:
    """The needle without what may stand around it; a sign before a digit stays."""
    core = needle.strip(EDGES)
    before = needle[: needle.index(core)]
    return "-" + core if core[:1].isdigit() and before.endswith("-") else core


def _places(straw: str, wanted: str) -> Iterator[int]:
    place = straw.find(wanted)
    while place >= 0:
        yield place
        place = straw.find(wanted, place + 1)


def _inside(span: Span, named: Sequence[Span]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in named)


def _around(place: int, reach: int, last: int) -> range:
    return range(max(0, place - reach), min(last, place + reach) + 1)


def _outer_words(folded: str) -> tuple[str, str]:
    words = folded.split() or [""]
    return words[0].strip(EDGES), words[-1].strip(EDGES)
