"""The offline coder as the harness asks for it, with vectors kept between evaluations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from cothemes.ports import Embedder, EmbeddingStore
from cothemes.records.document import BlockKind
from cothemes.records.passage import Passage, Sentence
from cothemes.records.suite import GoldPassage, Suite
from cothemes.stages.evaluate.coding.coders import Bools, Floats, Scorer
from cothemes.stages.propose.offline.coder import VERSION, OfflineCoder
from cothemes.stages.propose.offline.material import Material
from cothemes.stages.propose.offline.offline_coder import remembered
from cothemes.stages.propose.offline.prior import Units
from cothemes.stages.propose.offline.reviewed import Reviewed
from cothemes.stages.segment.sentences import sentences


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
        """Make the vectors of all passages: documents are scored whole."""
        if passages:
            self.units  # noqa: B018

    def learn(self, passages: Sequence[GoldPassage], labels: Bools) -> Scorer:
        """Every label of a training passage is known, as after a blind *done*."""
        coder = self._untaught
        if passages:
            codes = [code.id for code in self._suite.codebook.codes]
            reviewed = [
                Reviewed(
                    passage=self.material.passages[self.rows[each.id]],
                    labels=dict(zip(codes, map(int, row), strict=True)),
                )
                for each, row in zip(passages, labels, strict=True)
            ]
            coder = coder.fit(reviewed, self.material, self.units)
        return _OfflineScorer(coder, self)

    @cached_property
    def material(self) -> Material:
        """All passages of the suite that are not excluded, with vectors from the cache."""
        kept = [each for each in self._suite.passages if not each.exclude]
        return Material.of(gold_as_passages(kept), remembered(self._embedder, self._vectors))

    @cached_property
    def units(self) -> Units:
        """Scores by resemblance, once for all splits and sizes."""
        return self._untaught.read(self.material)

    @cached_property
    def rows(self) -> dict[str, int]:
        """Row of each passage in the material."""
        return {passage.id: row for row, passage in enumerate(self.material.passages)}


@dataclass(frozen=True)
class _OfflineScorer:
    coder: OfflineCoder
    source: EvaluatedOffline

    @property
    def thresholds(self) -> Floats:
        return self.coder.thresholds

    def score(self, passages: Sequence[GoldPassage]) -> Floats:
        rows = np.array([self.source.rows[each.id] for each in passages], np.int64)
        return self.coder.score(self.source.units.rows(rows))


def gold_as_passages(gold: Sequence[GoldPassage]) -> list[Passage]:
    """Return coded passages as the offline coder reads a study's: in order, cut into sentences."""
    return [
        Passage(
            id=each.id,
            document=each.doc,
            version="",
            segmentation="",
            start=0,
            end=len(each.text),
            text=each.text,
            kind=BlockKind.PASSAGE,
            position=at,
            sentences=tuple(
                Sentence(id=f"s{number}", start=span.start, end=span.end)
                for number, span in enumerate(sentences(each.text), 1)
            ),
        )
        for at, each in enumerate(gold)
    ]
