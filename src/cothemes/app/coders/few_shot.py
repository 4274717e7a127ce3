"""What a model is given with each passage of a study: a narrowed codebook, examples. Off unless asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cothemes.app.coders.offline import reviewed_passages
from cothemes.app.coders.passage_coding import Aids
from cothemes.app.privacy.embedding import embedder_of
from cothemes.app.ratings import human_ratings
from cothemes.app.study import Study
from cothemes.records.outcome_flag import FlagKind, OutcomeFlag, flag
from cothemes.records.passage import Passage
from cothemes.records.record import content_hash
from cothemes.records.review import Arm
from cothemes.settings import Settings
from cothemes.stages.index.passages import embed_missing
from cothemes.stages.propose.model.examples import Example, choose
from cothemes.stages.propose.model.narrowing import Coded, Net, asked_whole

TEST = "test"
"""The value of a document's metadata `split` that keeps it from being an example."""
Vectors = NDArray[np.float32]


@dataclass
class StudyAids:
    """Chooses for every passage from what was reviewed when the run began."""

    study: Study
    settings: Settings
    words: Callable[[Passage], str] = lambda passage: passage.spoken
    """The words of an example as they may be sent."""
    shows: Callable[[str], bool] = lambda _slug: True
    """Rule that says whether passages of a document may be examples at all."""

    @property
    def narrows(self) -> bool:
        """Return whether the codebook is long enough to be narrowed."""
        return len(self.study.codebook.defined.codes) > self.settings.coder.narrow_above

    @property
    def wanted(self) -> bool:
        """Return whether anything is chosen at all; if not, no embedder is opened."""
        return self.narrows or self.settings.coder.examples > 0

    @property
    def name(self) -> str:
        """Names what is chosen from: with another review, the model is another rater."""
        if not self.wanted:
            return ""
        taught = [[each.passage, each.applies, each.turned_down] for each in self._reviewed]
        coder = self.settings.coder
        kept_back = sorted({*self._held_out, *(d for d, shown in self._shown.items() if not shown)})
        # Passages with another voice inside were once read whole.
        own_words = [f"own words of {each}" for each in self._mixed]
        return content_hash([self._embedder.name, taught, coder.examples, kept_back, *own_words])

    def details(self) -> dict[str, Any]:
        """Return the details for the run's record."""
        if not self.wanted:
            return {}
        facts: dict[str, Any] = {"reviewed": len(self._reviewed), "examples": self.settings.coder.examples}
        if self.narrows:
            facts["narrowed"] = {
                "codes": len(self.study.codebook.defined.codes),
                "width": self._net.width,
                "recall": self._net.recalls.get(self._net.width),
                "measured_on": self._net.given,
            }
        return facts

    def __call__(self, passage: Passage) -> Aids:
        if not self.wanted:
            return Aids()
        vector = self._vectors([passage.spoken])[0]
        codes, notes = self._codes(passage, vector)
        examples = choose(self._pool, passage.document, vector, self.settings.coder.examples, self._held_out)
        asked = set(codes) if codes is not None else set(self.study.codebook.defined.by_id)
        return Aids(
            codes=codes,
            examples=tuple(example.shown(asked) for example in examples),
            notes=(*notes, *(flag(FlagKind.EXAMPLE, detail=example.passage) for example in examples)),
        )

    def _codes(
        self, passage: Passage, vector: Vectors
    ) -> tuple[tuple[str, ...] | None, tuple[OutcomeFlag, ...]]:
        if not self.narrows:
            return None, ()
        if asked_whole(passage.id):
            return None, (flag(FlagKind.ASKED_ABOUT_ALL),)
        codes = tuple(self._net.candidates(passage.document, passage.spoken, vector))
        return codes, (flag(FlagKind.ASKED_ABOUT, detail=" ".join(codes)),)

    @cached_property
    def _net(self) -> Net:
        reviewed = [
            Coded(each.document, each.text, each.vector, frozenset(each.applies)) for each in self._reviewed
        ]
        return Net(self.study.codebook.defined, self._vectors, reviewed)

    @cached_property
    def _held_out(self) -> frozenset[str]:
        tests = {d.slug for d in self.study.store.documents.heads() if d.metadata.get("split") == TEST}
        return frozenset({*self.settings.coder.held_out, *tests})

    @cached_property
    def _shown(self) -> dict[str, bool]:
        """Document of a reviewed passage → whether it may be shown with others."""
        return {slug: self.shows(slug) for slug in {each.document for each in self._reviewed}}

    @property
    def _mixed(self) -> list[str]:
        """Reviewed passages in which another voice is heard."""
        reviewed = (each.passage for each in reviewed_passages(self.study))
        return sorted(passage.id for passage in reviewed if passage.spoken != passage.text)

    @cached_property
    def _pool(self) -> list[Example]:
        """Return what examples are chosen from, in the words that may be sent."""
        shown = {each.passage: each for each in self._reviewed if self._shown[each.document]}
        return [
            replace(shown[passage.id], text=self.words(passage))
            for passage in self.study.store.passages.read(shown)
        ]

    @cached_property
    def _reviewed(self) -> list[Example]:
        arms: dict[str, set[str]] = defaultdict(set)
        for rating in human_ratings(self.study).ratings:
            arms[rating.unit].add(rating.arm)
        reviewed = reviewed_passages(self.study)
        vectors: Iterable[Vectors] = self._vectors([e.passage.spoken for e in reviewed]) if reviewed else []
        return [
            Example(
                passage=each.passage.id,
                document=each.passage.document,
                text=each.passage.spoken,
                applies=tuple(code for code, value in each.labels.items() if value == 1),
                turned_down=self._turned_down(each.passage.id),
                blind=Arm.ASSISTED.value not in arms[each.passage.id],
                vector=vector,
            )
            for each, vector in zip(reviewed, vectors, strict=True)
        ]

    def _turned_down(self, passage: str) -> tuple[str, ...]:
        """Codes that a coder proposed here and that the people who finished the passage did not give."""
        return self._refused.get(passage, ())

    @cached_property
    def _refused(self) -> dict[str, tuple[str, ...]]:
        labels = {each.passage.id: each.labels for each in reviewed_passages(self.study)}
        found: dict[str, list[str]] = defaultdict(list)
        for suggestion in self.study.store.runs.suggestions(passages=list(labels)):
            refused = labels[suggestion.passage].get(suggestion.code) == 0
            if refused and suggestion.code not in found[suggestion.passage]:
                found[suggestion.passage].append(suggestion.code)
        return {passage: tuple(codes) for passage, codes in found.items()}

    @cached_property
    def _embedder(self) -> Any:
        return embedder_of(self.study)

    def _vectors(self, texts: Sequence[str]) -> Vectors:
        embeddings = self.study.store.embeddings
        embed_missing(texts, self._embedder, embeddings)
        matrix: Vectors = embeddings.matrix(self._embedder.name, [content_hash(text) for text in texts])
        return matrix
