"""Zero-shot: how much a text resembles what the codebook says of each code.

Four voices speak: label with brief, definition with the best line of `include_when`, the best three examples,
and character n-grams of these. Each is standardised over the codes of the text, and they are averaged. A code
stands out, then, against the other codes *of the same text*, so that neither length nor a topic common to the
whole study matters, and a text's scores never depend on which other texts are scored with it. Standardising
over passages too was tried on two coded data sets and gained nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cothemes.stages.propose.offline.ngrams import CharacterTfidf
from cothemes.stages.propose.offline.wording import Wording, all_texts

BEST = 3
"""Examples whose likeness is averaged."""
NEAR_MISS = 2.0
"""Taken off per unit of cosine by which a near miss is nearer than the definition and every example."""
SLOPE, INTERCEPT = 1.3, -3.8
"""Score to log-odds, fitted once on the two coded data sets together (two numbers; see eval/baselines)."""
THRESHOLD = 1.5
"""The score from which a code is suggested, the same for every code and codebook."""
BLOCK = 4_096
"""Texts whose likeness is held at once."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Likeness:
    """Cosines of texts and the parts of each code, texts × codes; for the scores and for the reasons."""

    label: Floats
    definition: Floats
    example: Floats
    """Mean of the best three examples; the definition's where a code has none."""
    best_example: Floats
    """The one best example; -1 where a code has none."""
    which_example: NDArray[np.int64]
    near_miss: Floats
    """The best near miss; -1 where a code has none."""
    letters: Floats
    """Character n-grams."""


class Resemblance:
    """Holds texts against a codebook. `embed` gives unit rows, texts × dimension."""

    def __init__(
        self, wordings: Sequence[Wording], embed: Callable[[Sequence[str]], NDArray[np.float32]]
    ) -> None:
        self.wordings = tuple(wordings)
        self.codes = [wording.id for wording in wordings if wording.id]
        texts = all_texts(wordings)
        vectors = embed(texts).astype(np.float64)
        self._place = {text: row for row, text in enumerate(texts)}
        self._vectors = vectors
        self._tfidf = CharacterTfidf([*map(_said, wordings), *(t for w in wordings for t in w.examples)])
        # All texts side by side and dense: one product with them is many times faster than one for each code.
        pieces = [_said(wording) for wording in wordings]
        self._examples: list[slice] = []
        for wording in wordings:
            self._examples.append(slice(len(pieces), len(pieces) + len(wording.examples)))
            pieces += wording.examples
        self._pieces = np.ascontiguousarray(self._tfidf.matrix(pieces).toarray().T, np.float32)

    def near_misses(self) -> tuple[list[str], NDArray[np.float32], list[int]]:
        """Their texts, vectors and codes (columns): what the codebook says a code is not."""
        pairs = [(text, at) for at, wording in enumerate(self.wordings) for text in wording.near_misses]
        texts = [text for text, _ in pairs]
        rows = self._vectors[[self._place[text] for text in texts]].astype(np.float32)
        return texts, rows, [at for _, at in pairs]

    def likeness(self, texts: Sequence[str], vectors: NDArray[np.float32]) -> Likeness:
        """`vectors` are the texts' rows from the same embedder."""
        cosines = np.clip(vectors.astype(np.float64) @ self._vectors.T, -1, 1)
        alike = np.asarray(self._tfidf.matrix(texts).astype(np.float32) @ self._pieces, np.float64)
        said = alike[:, : len(self.wordings)]
        columns = [self._of_code(cosines, wording) for wording in self.wordings]
        label, definition, example, best, which, near = (
            np.stack(part, axis=1) for part in zip(*columns, strict=True)
        )
        letters = np.stack(
            [
                said[:, at] + (_best(alike[:, own]) if own.start < own.stop else said[:, at])
                for at, own in enumerate(self._examples)
            ],
            axis=1,
        )
        return Likeness(label, definition, example, best, which.astype(np.int64), near, letters)

    def scores(self, likeness: Likeness) -> Floats:
        """Texts × codes, about 0 for a code like the others of the text; 1.75 and more stands out."""
        voices = (likeness.label, likeness.definition, likeness.example, likeness.letters)
        mean = np.mean([_standardised(voice) for voice in voices], axis=0)
        nearest = np.maximum(likeness.definition, likeness.best_example)
        penalty = NEAR_MISS * np.maximum(likeness.near_miss - nearest, 0)
        return np.asarray((mean - penalty)[:, : len(self.codes)])

    def scores_of(self, texts: Sequence[str], vectors: NDArray[np.float32]) -> Floats:
        """Texts × codes, as `scores`, of any number of texts."""
        blocks = [
            self.scores(self.likeness(texts[at : at + BLOCK], vectors[at : at + BLOCK]))
            for at in range(0, len(texts), BLOCK)
        ]
        return np.vstack([np.empty((0, len(self.codes))), *blocks])

    def _of_code(self, cosines: Floats, wording: Wording) -> tuple[Floats, ...]:
        def to(*texts: str) -> Floats:
            return cosines[:, [self._place[text] for text in texts]]

        none = np.full(len(cosines), -1.0)
        label = to(*(t for t in (wording.label, wording.brief) if t.strip())).mean(axis=1)
        definition = to(wording.definition)[:, 0]
        stated = (definition + to(*wording.uses).max(axis=1)) / 2 if wording.uses else definition
        near = to(*wording.near_misses).max(axis=1) if wording.near_misses else none
        if not wording.examples:
            return label, stated, definition, none, none, near
        examples = to(*wording.examples)
        return label, stated, _best(examples), examples.max(axis=1), examples.argmax(axis=1), near


def log_odds(scores: Floats) -> Floats:
    """Return the log-odds that a code applies, before anything was reviewed."""
    return SLOPE * scores + INTERCEPT


def _said(wording: Wording) -> str:
    return f"{wording.label}. {wording.definition}"


def _best(similarities: Floats) -> Floats:
    kept = np.sort(similarities, axis=1)[:, ::-1][:, :BEST]
    return np.asarray(kept.mean(axis=1))


def _standardised(values: Floats) -> Floats:
    spread = values.std(axis=1, keepdims=True)
    return np.asarray((values - values.mean(axis=1, keepdims=True)) / np.where(spread > 1e-9, spread, 1.0))
