"""Coders against gold: wires the coders to a suite, and keeps the history of what came of it."""

from __future__ import annotations

import platform
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cothemes import __version__
from cothemes.adapters.readers.suite_yaml import read_suite
from cothemes.adapters.vector_file import VectorFile
from cothemes.adapters.weights import cache_folder
from cothemes.app import wiring
from cothemes.errors import InputError, UsageError
from cothemes.ports import Embedder, EmbeddingStore
from cothemes.records.document import BlockKind
from cothemes.records.passage import Passage
from cothemes.records.record import content_hash
from cothemes.records.suite import CoderRow, GoldPassage, Suite
from cothemes.stages.evaluate.coding.coders import Bools, Coder, Floats, Scorer
from cothemes.stages.evaluate.coding.history import Change, Entry, compare, entries_of, lines_of, read_lines
from cothemes.stages.evaluate.coding.report import Report
from cothemes.stages.evaluate.coding.run import Finished, evaluate_suite
from cothemes.stages.propose.offline.coder import VERSION, OfflineCoder
from cothemes.stages.propose.offline.reviewed import Reviewed

LIBRARIES = ("numpy", "scipy", "onnxruntime")


@dataclass(frozen=True)
class Evaluation:
    """A suite's figures, and how they moved since the last time."""

    report: Report
    history: Path
    changes: tuple[Change, ...]


def evaluate(
    path: Path, *, history: Path | None = None, finished: Finished = lambda _row: None
) -> Evaluation:
    """Runs a suite, appends its rows to the history and compares them with the last ones.

    `history` is a folder; else `history` beside the suite's folder. Raises SuiteError, CodebookError, and
    InputError for a history that cannot be read.
    """
    suite = read_suite(path)
    folder = history or path.resolve().parent.parent / "history"
    file = folder / f"{suite.name}.jsonl"
    earlier = _earlier(file)
    embedder = wiring.embedder()
    vectors = VectorFile(cache_folder() / "suites" / f"{content_hash(suite.name)[:16]}.npz")

    def factory(_suite: Suite, row: CoderRow) -> Coder:
        if row.coder != "offline":
            raise UsageError(
                f"a suite cannot run the coder {row.coder!r}",
                where=str(path),
                hint="Name `offline`; what a model coded is scored with `cothemes agreement`.",
            )
        return OfflineUnderTest(suite, embedder, vectors)

    report = evaluate_suite(suite, factory, finished)
    entries = entries_of(report, wiring.clock().now().isoformat(timespec="seconds"), _context(path))
    folder.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as handle:
        handle.write(lines_of(entries))
    return Evaluation(report, file, tuple(compare(earlier, entries)))


class OfflineUnderTest:
    """The offline coder as the harness asks for it."""

    name = "offline"

    def __init__(self, suite: Suite, embedder: Embedder, vectors: EmbeddingStore) -> None:
        self._suite = suite
        self._embedder = embedder
        self._vectors = vectors
        self._untaught = OfflineCoder(suite.codebook, embedder)

    @property
    def version(self) -> str:
        """Algorithm and embedder."""
        return f"{VERSION} on {self._embedder.name}"

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
        """From the cache, made where missing."""
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
    source: OfflineUnderTest

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


def _earlier(file: Path) -> list[Entry]:
    if not file.is_file():
        return []
    try:
        return read_lines(file.read_text(encoding="utf-8"))
    except (ValueError, UnicodeDecodeError) as error:
        raise InputError(
            "holds lines of another version, or was damaged",
            where=str(file),
            hint="Move it away; the next evaluation begins a new history.",
        ) from error


def _context(path: Path) -> dict[str, str]:
    commit = subprocess.run(
        ["git", "-C", str(path.resolve().parent), "rev-parse", "--short=12", "HEAD"],
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    versions = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return {
        "cothemes": __version__,
        "commit": commit or "unknown",
        "python": platform.python_version(),
        "libraries": versions,
        "machine": platform.machine(),
    }
