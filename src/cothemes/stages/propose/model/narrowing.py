"""Which codes of a large codebook a passage is asked about: the union of three ways to be a candidate.

A code is a candidate if it is among the nearest by embedding, among the nearest by words in common, or given
by people to one of the nearest reviewed passages of other documents. How wide the net is follows from the
reviewed passages themselves: the narrowest width that would have kept 98 % of the codes people gave, and the
whole codebook where no width does. Of the passages 5 % are asked about all codes whatever the net says: by
their id, so that they are the same on every rerun, and only they can show what a net has missed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from cothemes.records.codebook import Code, Codebook
from cothemes.records.record import content_hash

WIDTHS = (10, 15, 20, 30, 40)
"""Codes that each of embedding and words may put forward."""
UNMEASURED = 20
"""The width where too little is reviewed to measure."""
RECALL = 0.98
ENOUGH = 50
"""Codes given by people from which recall is measured."""
NEIGHBOURS = 10
WHOLE = 0.05
"""Share of passages that are asked about all codes."""

_WORD = re.compile(r"[^\W\d_]{3,}")
Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Coded:
    """A reviewed passage as the net sees it."""

    document: str
    text: str
    vector: Vectors
    codes: frozenset[str]


class Net:
    """Puts forward codes for passages. The same passage always gets the same."""

    def __init__(
        self,
        codebook: Codebook,
        embed: Callable[[Sequence[str]], Vectors],
        reviewed: Sequence[Coded] = (),
    ) -> None:
        """`embed` gives unit rows, texts × dimension."""
        self._codes = [code.id for code in codebook.codes]
        texts = [texts_of(code) for code in codebook.codes]
        self._owner = np.array([at for at, each in enumerate(texts) for _ in each])
        self._vectors = embed([text for each in texts for text in each])
        self._words = [frozenset(_words(" ".join(each))) for each in texts]
        held = Counter(word for words in self._words for word in words)
        self._rarity = {word: log((1 + len(texts)) / (1 + count)) for word, count in held.items()}
        self._reviewed = list(reviewed)
        stacked = [each.vector for each in self._reviewed]
        self._near = np.stack(stacked) if stacked else np.zeros((0, self._vectors.shape[1]), np.float32)
        self._slugs = np.array([each.document for each in self._reviewed])
        self.given = sum(len(each.codes & set(self._codes)) for each in self._reviewed)
        """Codes given by people, over which recall is measured."""
        self.recalls = {width: self._recall(width) for width in WIDTHS} if self.given >= ENOUGH else {}
        """Width → share of the codes given that it keeps, neighbours from other documents only."""
        fit = [width for width, recall in self.recalls.items() if recall >= RECALL]
        self.width = (fit[0] if fit else len(self._codes)) if self.recalls else UNMEASURED

    def candidates(self, document: str, text: str, vector: Vectors, width: int | None = None) -> list[str]:
        """Return the candidate codes in codebook order."""
        width = self.width if width is None else width
        if width >= len(self._codes):
            return list(self._codes)
        likeness = np.full(len(self._codes), -1.0)
        np.maximum.at(likeness, self._owner, self._vectors @ vector)
        said = set(_words(text))
        shared = np.array([sum(self._rarity[word] for word in words & said) for words in self._words])
        chosen = {*_best(likeness, width), *(at for at in _best(shared, width) if shared[at] > 0)}
        found = {self._codes[at] for at in chosen} | self._of_neighbours(document, vector)
        return [code for code in self._codes if code in found]

    def _of_neighbours(self, document: str, vector: Vectors) -> set[str]:
        elsewhere = np.flatnonzero(self._slugs != document)
        if not len(elsewhere):
            return set()
        nearest = elsewhere[_best(self._near[elsewhere] @ vector, NEIGHBOURS)]
        return {code for at in nearest for code in self._reviewed[at].codes}

    def _recall(self, width: int) -> float:
        known = set(self._codes)
        kept = sum(
            len(each.codes & set(self.candidates(each.document, each.text, each.vector, width)) & known)
            for each in self._reviewed
        )
        return kept / self.given


def asked_whole(passage_id: str) -> bool:
    """Return whether the passage is one of the 5 % that are asked about all codes."""
    return int(content_hash(["whole codebook", passage_id])[:8], 16) < WHOLE * 0x1_0000_0000


def texts_of(code: Code) -> list[str]:
    """Return what speaks for a code: its label with the definition, its rules, its examples."""
    return [f"{code.label}. {code.definition}", *code.include_when, *(e.text for e in code.examples)]


def _words(text: str) -> list[str]:
    return [word[:6] for word in _WORD.findall(text.casefold())]


def _best(values: NDArray[np.floating], count: int) -> NDArray[np.int64]:
    """Places of the largest values; of equals the first."""
    return np.asarray(np.argsort(-values, kind="stable")[:count], np.int64)
