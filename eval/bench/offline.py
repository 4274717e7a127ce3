"""The offline coder beyond its embedder: learning from 10,000 reviewed passages, and scoring 100,000.

Texts are made of invented words, with vectors drawn at random, so that no embedder runs. COTHEMES_BENCH_TEXTS
names a folder of .md files whose paragraphs are taken instead, over and over, with one word in ten replaced.
COTHEMES_BENCH_LEARNED and COTHEMES_BENCH_SCORED set the numbers of passages.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from cothemes.records.codebook import Code, Codebook, Example
from cothemes.records.document import BlockKind
from cothemes.records.passage import Passage, Sentence
from cothemes.stages.propose.offline.coder import OfflineCoder
from cothemes.stages.propose.offline.material import Material
from cothemes.stages.propose.offline.reviewed import Reviewed
from cothemes.stages.segment.sentences import sentences
from eval.bench.figure import Figure

Value = TypeVar("Value")

CODES = 40
LEARNED = 10_000
SCORED = 100_000
EACH = 50
"""Passages of a document."""
SENTENCES, WORDS = 4, 15
VOCABULARY = 8_000
PREVALENCE = 0.04
FEWEST, MOST = 8, 180
"""Words of a paragraph that is taken."""
REPLACED = 0.1
"""Share of its words that are replaced."""
Texts = Callable[[int], Iterator[str]]
"""So many texts."""


class DrawnEmbedder:
    """Vectors by chance: neighbours in a document share a part, so that documents are coherent."""

    name = "drawn/384"
    dimension = 384

    def __init__(self) -> None:
        self._random = np.random.default_rng(5)
        self._base = self._random.normal(size=self.dimension).astype(np.float32)

    def embed(self, texts: Sequence[str], progress: object = None) -> NDArray[np.float32]:  # noqa: ARG002
        """(texts × 384), each row of length 1."""
        rows = self._random.normal(size=(len(texts), self.dimension)).astype(np.float32)
        rows += self._base + np.repeat(rows[:: EACH // 10], EACH // 10, axis=0)[: len(texts)]
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))


def measure() -> list[Figure]:
    """Return what learning and scoring take of the processor, beside a plain product of the same vectors."""
    random = np.random.default_rng(7)
    folder = os.environ.get("COTHEMES_BENCH_TEXTS")
    words, texts = _real_texts(Path(folder), random) if folder else _invented_texts(random)
    learned = int(os.environ.get("COTHEMES_BENCH_LEARNED", LEARNED))
    scored = int(os.environ.get("COTHEMES_BENCH_SCORED", SCORED))
    coder = OfflineCoder(_codebook(words, random), DrawnEmbedder())
    material = coder.material(_passages(texts(learned)))
    codes = coder.codes
    labels = random.random((learned, CODES)) < PREVALENCE
    reviewed = [
        Reviewed(passage=passage, labels=dict(zip(codes, map(int, row), strict=True)))
        for passage, row in zip(material.passages, labels, strict=True)
    ]
    units, reading = _spent(lambda: coder.read(material))
    taught, learning = _spent(lambda: coder.fit(reviewed, material, units))
    plain = _product(material)
    figures = [
        Figure(
            f"learning from {learned:,} reviewed passages × {CODES} codes",
            f"{learning:.1f} s CPU; reading their documents {reading:.1f} s",
            f"one product of their vectors and weights {plain:.2f} s",
            learning / plain,
            "≤ 5 s",
        )
    ]
    passages = _passages(texts(scored))
    more = coder.material(passages)
    for name, each in (("nothing reviewed", coder), ("taught", taught)):
        _, seconds = _spent(lambda each=each: each.score(each.read(_fresh(more))))  # type: ignore[misc]
        plain = _product(more)
        figures.append(
            Figure(
                f"scoring {scored:,} passages × {CODES} codes, {name}",
                f"{seconds:.1f} s CPU",
                f"one product of their vectors and weights {plain:.2f} s",
                seconds / plain,
                "≤ 10 s",
            )
        )
    return figures


def _fresh(material: Material) -> Material:
    """The same material with nothing worked out yet."""
    return Material(**{name: getattr(material, name) for name in Material.__dataclass_fields__})


def _product(material: Material) -> float:
    rows = np.vstack([material.vectors, material.sentence_vectors])
    weights = np.zeros((rows.shape[1], CODES), np.float32)
    return _spent(lambda: rows @ weights)[1]


def _spent(work: Callable[[], Value]) -> tuple[Value, float]:
    start = time.process_time()
    found = work()
    return found, time.process_time() - start


def _vocabulary(random: np.random.Generator) -> list[str]:
    letters = np.array(list("abcdefghijklmnoprstuvwy"))
    return ["".join(random.choice(letters, random.integers(3, 10))) for _ in range(VOCABULARY)]


def _sentence(words: list[str], random: np.random.Generator, count: int) -> str:
    # A few words are common and most are rare (Zipf).
    rows = np.minimum((VOCABULARY ** random.random(count)).astype(int), VOCABULARY - 1)
    return " ".join(words[row] for row in rows) + "."


def _codebook(words: list[str], random: np.random.Generator) -> Codebook:
    return Codebook(
        id="bench",
        codes=tuple(
            Code(
                id=f"C{number}",
                label=_sentence(words, random, 3),
                definition=_sentence(words, random, 20),
                examples=tuple(Example(text=_sentence(words, random, 20)) for _ in range(3)),
            )
            for number in range(CODES)
        ),
    )


def _invented_texts(random: np.random.Generator) -> tuple[list[str], Texts]:
    words = _vocabulary(random)

    def texts(count: int) -> Iterator[str]:
        pool = [_sentence(words, random, WORDS).capitalize() for _ in range(5_000)]
        for rows in random.integers(0, len(pool), (count, SENTENCES)):
            yield " ".join(pool[row] for row in rows)

    return words, texts


def _real_texts(folder: Path, random: np.random.Generator) -> tuple[list[str], Texts]:
    read = "\n".join(path.read_text("utf-8") for path in sorted(folder.glob("*.md")))
    pool = [each for each in map(str.strip, read.split("\n")) if FEWEST <= len(each.split()) <= MOST]
    if not pool:
        raise SystemExit(f"{folder}: no .md file with paragraphs of {FEWEST} to {MOST} words")
    words = sorted({word for text in pool for word in text.split()})

    def texts(count: int) -> Iterator[str]:
        for row in random.integers(0, len(pool), count):
            said = pool[row].split()
            for at in np.flatnonzero(random.random(len(said)) < REPLACED):
                said[at] = words[random.integers(len(words))]
            yield " ".join(said)

    return words, texts


def _passages(texts: Iterable[str]) -> list[Passage]:
    return [
        Passage(
            id=f"talk-{number // EACH:05d}.{number % EACH:04d}",
            document=f"talk-{number // EACH:05d}",
            version="v",
            segmentation="s",
            start=0,
            end=len(text),
            text=text,
            kind=BlockKind.TURN,
            sentences=tuple(
                Sentence(id=f"s{at}", start=span.start, end=span.end)
                for at, span in enumerate(sentences(text), 1)
            ),
            position=number % EACH,
        )
        for number, text in enumerate(texts)
    ]
