"""The offline coder as the harness asks for it, with vectors kept between evaluations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cothemes.ports import Embedder, EmbeddingStore
from cothemes.records.document import BlockKind
from cothemes.records.passage import Passage
from cothemes.records.record import content_hash
from cothemes.records.suite import GoldPassage, Suite
from cothemes.stages.evaluate.coding.coders import Bools, Floats, Scorer
from cothemes.stages.propose.offline.coder import VERSION, OfflineCoder
from cothemes.stages.propose.offline.reviewed import Reviewed


class EvaluatedOffline:
    """The offline coder as the harness asks for it."""

    name = "offline"
    prompt = ""
    """It asks nobody."""
    asked = None
    stability = None
    """None: the same passage always gets the same answer."""

    def __init__(self, suite: Suite, embedder: Embedder, vectors: EmbeddingStore) -> None:
        self._suite = suite
        self._embedder = embedder
        self._vectors = vectors
        self._untaught = OfflineCoder(suite.codebook, embedder)

    @property
    def model(self) -> str:
        """Its embedder."""
        return self._embedder.name

    @property
    def version(self) -> str:
        """Algorithm and embedder."""
        return f"{VERSION} on {self._embedder.name}"

    def expect(self, passages: Sequence[GoldPassage]) -> None:
        """Their vectors."""
        self.vectors_of(passages)

    def learn(self, passages: Sequence[GoldPassage], labels: Bools) -> Scorer:
        """Every label of a training passage is known, as after a blind *done*."""
        coder = self._untaught
        if passages:
            codes = [code.id for code in self._suite.codebook.codes]
            reviewed = [
                Reviewed(passage=_passage(each), labels=dict(zip(codes, map(int, row), strict=True)))
                for each, row in zip(passages, labels, strict=True)
            ]
            coder = coder.fit(reviewed, self.vectors_of(passages))
        return _OfflineScorer(coder, self)

    def vectors_of(self, passages: Sequence[GoldPassage]) -> NDArray[np.float32]:
        """Return vectors from the cache; make missing ones."""
        by_hash = {content_hash(each.text): each.text for each in passages}
        missing = self._vectors.missing(self._embedder.name, list(by_hash))
        if missing:
            self._vectors.add(
                self._embedder.name, missing, self._embedder.embed([by_hash[digest] for digest in missing])
            )
        return self._vectors.matrix(self._embedder.name, [content_hash(each.text) for each in passages])


@dataclass(frozen=True)
class _OfflineScorer:
    coder: OfflineCoder
    source: EvaluatedOffline

    @property
    def thresholds(self) -> Floats:
        return self.coder.thresholds

    def score(self, passages: Sequence[GoldPassage]) -> Floats:
        return self.coder.score([each.text for each in passages], self.source.vectors_of(passages))


def _passage(gold: GoldPassage) -> Passage:
    return Passage(
        id=gold.id,
        document=gold.doc,
        version="",
        segmentation="",
        start=0,
        end=len(gold.text),
        text=gold.text,
        kind=BlockKind.PASSAGE,
        position=0,
    )
