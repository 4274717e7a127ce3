"""Zero-shot: how much a text resembles what the codebook says of each code.

Four voices speak: label with brief, definition with the best line of `include_when`, the best three examples,
and character n-grams of these. Each is standardised over the codes of the text, and they are averaged. A code
stands out, then, against the other codes *of the same text*, so that neither length nor a topic common to the
whole study matters, and a text's scores never depend on which other texts are scored with it. Standardising
over passages too was tried on two coded data sets and gained nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from cothemes.stages.propose.offline.lexicon import Counted, Lexicon
from cothemes.stages.propose.offline.ngrams import CharacterTfidf
from cothemes.stages.propose.offline.row_product import product
from cothemes.stages.propose.offline.wording import Wording, all_texts

BEST = 3
"""Examples whose likeness is averaged."""
NEAR_MISS = 2.0
"""Taken off per unit of cosine by which a near miss is nearer than the definition and every example."""
SLOPE, INTERCEPT = 1.3, -3.8
"""Score to log-odds, fitted once on the two coded data sets together (two numbers; see eval/baselines)."""
THRESHOLD = 1.5
"""The score from which a code is suggested, the same for every code and codebook."""
_NONE = np.array(-1, np.float32)

Floats = NDArray[np.float64]
Thin = NDArray[np.float32]


@dataclass(frozen=True)
class Likeness:
    """Cosines of texts and the parts of each code, texts × codes; for the scores and for the reasons."""

    label: Thin
    definition: Thin
    example: Thin
    """Mean of the best three examples; the definition's where a code has none."""
    best_example: Thin
    """The one best example; -1 where a code has none."""
    examples: Thin
    """Each example of each code; see Ranks."""
    near_miss: Thin
    """The best near miss; -1 where a code has none."""
    letters: Thin
    """Character n-grams."""

    def which_example(self, row: int, code: int, count: int) -> int:
        """Return the place of the best of a code's examples, of equals the first."""
        return int(np.argmax(self.examples[row, code :: self.label.shape[1]][:count]))


@dataclass(frozen=True)
class Ranks:
    """Texts of which each code has any number, for all codes at once: the first of every code, then the
    second, ….

    Where a code has fewer, another text of it fills the place and does not count.
    """

    texts: tuple[str, ...]
    """Ranks × codes, one after the other."""
    counts: NDArray[np.int64]
    """Number of texts of each code."""

    @classmethod
    def of(cls, each: Sequence[Sequence[str]], instead: Sequence[str]) -> Ranks:
        """`instead` has a text for each code."""
        counts = np.array([len(own) for own in each], np.int64)
        texts = [
            own[rank] if rank < len(own) else filler
            for rank in range(max(counts, default=0))
            for own, filler in zip(each, instead, strict=True)
        ]
        return cls(tuple(texts), counts)

    def best(self, values: Thin, otherwise: Thin) -> Thin:
        """Return the highest value of each code, texts × codes; `otherwise` where it has no text."""
        found = np.full((len(values), len(self.counts)), -np.inf, np.float32)
        for part in self._parts(values):
            np.maximum(found, part, out=found)
        return np.where(self.counts > 0, found, otherwise)

    def mean_of_best(self, values: Thin, otherwise: Thin) -> Thin:
        """Return the mean of the highest BEST values of each code; `otherwise` where it has no text."""
        if self.counts.max(initial=0) <= BEST:
            total = np.where(self.counts > 0, 0, otherwise)
            for part in self._parts(values, 0):
                total += part
            return np.asarray(total / np.maximum(self.counts, 1).astype(np.float32))
        top = [np.full((len(values), len(self.counts)), -np.inf, np.float32) for _ in range(BEST)]
        for rank, part in enumerate(self._parts(values)):
            rest = part
            for place in top[: rank + 1]:
                lower = np.minimum(place, rest)
                np.maximum(place, rest, out=place)
                rest = lower
        total = np.where(self.counts > 0, top[0], otherwise)
        for rank, place in enumerate(top[1:], 1):
            total += np.where(self.counts > rank, place, 0)
        return np.asarray(total / np.clip(self.counts, 1, BEST).astype(np.float32))

    def _parts(self, values: Thin, filled: float = -np.inf) -> Iterator[Thin]:
        """Yield the values of each rank; `filled` where a place only is filled."""
        wide = len(self.counts)
        for rank, start in enumerate(range(0, values.shape[1], wide)):
            part, own = values[:, start : start + wide], self.counts > rank
            yield part if own.all() else np.where(own, part, np.float32(filled))


class Resemblance:
    """Holds texts against a codebook. `embed` gives unit rows, texts × dimension."""

    def __init__(
        self, wordings: Sequence[Wording], embed: Callable[[Sequence[str]], NDArray[np.float32]]
    ) -> None:
        self.wordings = tuple(wordings)
        self.codes = [wording.id for wording in wordings if wording.id]
        self.lexicon = Lexicon()
        """Words of everything that is scored."""
        texts = all_texts(wordings)
        self._place = {text: row for row, text in enumerate(texts)}
        self._vectors = embed(texts)
        definitions = [each.definition for each in wordings]
        self._uses = Ranks.of([each.uses for each in wordings], definitions)
        self._examples = Ranks.of([each.examples for each in wordings], definitions)
        self._near = Ranks.of([each.near_misses for each in wordings], definitions)
        # All texts side by side: one product with them is many times faster than one for each code.
        labels = [
            self._mean([text for text in (each.label, each.brief) if text.strip()]) for each in wordings
        ]
        several = (text for each in (self._uses, self._examples, self._near) for text in each.texts)
        rest = [self._place[text] for text in chain(definitions, several)]
        self._columns = np.ascontiguousarray(np.vstack([*labels, self._vectors[rest]]).T, np.float32)
        said = [_said(each) for each in wordings]
        own = [text for each in wordings for text in each.examples]
        tfidf = CharacterTfidf([*said, *own], lexicon=self.lexicon)
        pieces = tfidf.matrix([*said, *self._examples.texts]).toarray()
        self._alike = tfidf.weighed(pieces.T)

    def near_misses(self) -> tuple[list[str], NDArray[np.float32], list[int]]:
        """Their texts, vectors and codes (columns): what the codebook says a code is not."""
        pairs = [(text, at) for at, wording in enumerate(self.wordings) for text in wording.near_misses]
        texts = [text for text, _ in pairs]
        rows = self._vectors[[self._place[text] for text in texts]]
        return texts, rows, [at for _, at in pairs]

    def likeness(self, texts: Sequence[str] | Counted, vectors: NDArray[np.float32]) -> Likeness:
        """`vectors` are the texts' rows from the same embedder."""
        cosines = product(vectors, self._columns)
        np.clip(cosines, -1, 1, out=cosines)
        widths = [len(self.wordings)] * 2 + [
            len(each.texts) for each in (self._uses, self._examples, self._near)
        ]
        label, definition, uses, examples, near = np.split(cosines, np.cumsum(widths)[:-1], axis=1)
        best_use = self._uses.best(uses, definition)
        alike = self._alike(texts)
        said, others = alike[:, : len(self.wordings)], alike[:, len(self.wordings) :]
        return Likeness(
            label=label,
            definition=np.asarray((definition + best_use) / 2, np.float32),
            example=self._examples.mean_of_best(examples, definition),
            best_example=self._examples.best(examples, _NONE),
            examples=examples,
            near_miss=self._near.best(near, _NONE),
            letters=said + self._examples.mean_of_best(others, said),
        )

    def scores(self, likeness: Likeness) -> Floats:
        """Texts × codes, about 0 for a code like the others of the text; 1.75 and more stands out."""
        voices = (likeness.label, likeness.definition, likeness.example, likeness.letters)
        found = np.mean([_standardised(voice) for voice in voices], axis=0)
        if self._near.texts:
            nearest = np.maximum(likeness.definition, likeness.best_example)
            found -= np.float32(NEAR_MISS) * np.maximum(likeness.near_miss - nearest, 0)
        return np.asarray(found[:, : len(self.codes)], np.float64)

    def scores_of(self, texts: Sequence[str] | Counted, vectors: NDArray[np.float32]) -> Floats:
        """Texts × codes, as `scores`, of any number of texts."""
        counted = texts if isinstance(texts, Counted) else self.lexicon.counted(texts)
        found = np.empty((len(counted), len(self.codes)))
        at = 0
        for block in counted.blocks():
            rows = slice(at, at + len(block))
            found[rows] = self.scores(self.likeness(block, vectors[rows]))
            at = rows.stop
        return found

    def _mean(self, texts: Sequence[str]) -> Floats:
        return np.asarray(self._vectors[[self._place[text] for text in texts]].mean(axis=0, dtype=np.float64))


def log_odds(scores: Floats) -> Floats:
    """Return the log-odds that a code applies, before anything was reviewed."""
    return SLOPE * scores + INTERCEPT


def _said(wording: Wording) -> str:
    return f"{wording.label}. {wording.definition}"


def _standardised(values: Thin) -> Thin:
    away = values - values.mean(axis=1, keepdims=True)
    spread = np.sqrt(np.square(away).mean(axis=1, keepdims=True))
    # Codes that differ by rounding alone are alike.
    return np.asarray(away / np.where(spread > 1e-6, spread, np.float32(1)))
