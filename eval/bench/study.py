"""A whole study of real transcripts: wall, passages per second against bare onnxruntime, memory."""

from __future__ import annotations

import json
import sqlite3
import tempfile
import time
from pathlib import Path

from eval.bench.figure import Figure, Spent, spend

ROOT = Path(__file__).resolve().parents[2]
TRANSCRIPTS = ROOT.parent / "shared" / "data" / "iriss-transcripts"
SAMPLE = ROOT / "src" / "cothemes" / "sample" / "study"


def measure() -> list[Figure]:
    """`run` on the transcripts beside the checkout, else on the sample study; then the same again."""
    source = TRANSCRIPTS if TRANSCRIPTS.is_dir() else SAMPLE
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "study"
        cothemes(folder, "init", str(folder), bare=True)
        parts = {
            "ingest": cothemes(folder, "ingest", str(source)),
            "index": cothemes(folder, "index"),
            "propose": cothemes(folder, "propose", "--coder", "offline"),
        }
        again = cothemes(folder, "run", str(source), "--coder", "offline")
        texts = passages(folder)
        embedded = bare_onnxruntime(texts)
        words = json.loads(cothemes(folder, "status", "--json").output)["words"]
    wall = sum(spent.wall for spent in parts.values())
    rate, bare_rate = len(texts) / parts["index"].wall, len(texts) / embedded
    detail = ", ".join(f"{name} {spent.wall:.1f} s" for name, spent in parts.items())
    peak = max((*parts.values(), again), key=lambda spent: spent.peak)
    return [
        Figure(
            f"{source.name}: {len(texts):,} passages, {words:,} words",
            f"{wall:.0f} s ({detail})",
            f"embedding alone on bare onnxruntime {embedded:.1f} s",
            wall / embedded,
            "",
        ),
        Figure(
            "index: passages per second",
            f"{rate:.1f}",
            f"bare onnxruntime {bare_rate:.1f}",
            rate / bare_rate,
            "ratio ≥ 0.9",
        ),
        Figure("peak memory", f"{peak.peak:.0f} MB", "", None, "≤ 800 MB"),
        Figure(
            "the same run again",
            f"{again.wall:.1f} s",
            f"first time {wall:.0f} s",
            again.wall / wall,
            "seconds",
        ),
    ]


def cothemes(folder: Path, *words: str, bare: bool = False) -> Spent:
    """A command on a study, as a process of its own."""
    place = [] if bare else ["-C", str(folder)]
    return spend(["-m", "cothemes", *place, *words])


def passages(folder: Path) -> list[str]:
    """The texts that were embedded."""
    with sqlite3.connect(folder / ".cothemes" / "records.sqlite") as database:
        return [row[0] for row in database.execute("SELECT text FROM passages WHERE current")]


def bare_onnxruntime(texts: list[str]) -> float:
    """Seconds to tokenise and embed, sorted by length in batches of eight, with nothing else around it."""
    import numpy as np
    import onnxruntime
    from tokenizers import Tokenizer

    from cothemes.adapters.onnx_embedder import OnnxEmbedder
    from cothemes.adapters.weights import find_weights

    weights = find_weights()
    graph = OnnxEmbedder(weights)._graph()
    tokenizer = Tokenizer.from_file(str(weights.tokenizer))
    tokenizer.enable_truncation(256)
    tokenizer.enable_padding()
    session = onnxruntime.InferenceSession(str(graph), providers=["CPUExecutionProvider"])
    names = {value.name for value in session.get_inputs()}
    start = time.perf_counter()
    ordered = sorted(texts, key=len)
    for first in range(0, len(ordered), 8):
        batch = tokenizer.encode_batch(ordered[first : first + 8])
        mask = np.array([item.attention_mask for item in batch], dtype=np.int64)
        feed = {
            "input_ids": np.array([item.ids for item in batch], dtype=np.int64),
            "attention_mask": mask,
            "token_type_ids": np.zeros_like(mask),
        }
        session.run(None, {name: value for name, value in feed.items() if name in names})
    return time.perf_counter() - start
