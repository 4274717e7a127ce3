"""Paid calls against a stub: wall against the ideal, and CPU per call.

The ideal is calls × latency ÷ requests in flight, from the first request's arrival to the last one's answer.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from eval.bench.figure import Figure, Spent, spend

PASSAGES = 2_000
IN_FLIGHT = 64
LATENCY = 1.0
QUICK = 0.2
SENTENCE = (
    "the council asks people early then plans a service with them and the budget meeting listens "
    "or decides again what staff have time for and who shares power over local design of care"
)


@dataclass
class Served:
    """What the stub saw."""

    port: int
    requests: int = 0
    seconds: float = 0.0


@dataclass
class Coded:
    """One run."""

    spent: Spent
    served: Served = field(default_factory=lambda: Served(0))


def measure() -> list[Figure]:
    """With the shipped codebook, no code applied to anything, so that each passage is one call."""
    with tempfile.TemporaryDirectory() as scratch:
        slow = code(study(Path(scratch) / "slow", PASSAGES), LATENCY)
        idle = spend_on(study(Path(scratch) / "idle", 1), 9, "--dry-run").cpu
        quick = code(study(Path(scratch) / "quick", PASSAGES), QUICK)
    ideal = PASSAGES * LATENCY / IN_FLIGHT
    per_call = (quick.spent.cpu - idle) / PASSAGES
    setting = f"{PASSAGES:,} calls of {LATENCY:g} s, {IN_FLIGHT} in flight"
    return [
        Figure(
            f"{setting}: wall from the first request",
            f"{slow.served.seconds:.1f} s",
            f"ideal {ideal:.1f} s",
            slow.served.seconds / ideal,
            "ratio ≤ 1.10",
        ),
        Figure(
            f"CPU per call ({QUICK:g} s stub)",
            f"{per_call * 1000:.1f} ms",
            f"start and one dry run {idle:.1f} s, taken out",
            None,
            "≤ 8 ms",
        ),
    ]


def study(folder: Path, passages: int) -> Path:
    """A study of so many passages of a hundred words, seeded."""
    chance = random.Random(1)
    source = folder.with_suffix(".jsonl")
    with source.open("w", encoding="utf-8") as rows:
        for number in range(passages):
            text = " ".join(chance.choices(SENTENCE.split(), k=100)) + f" {number}."
            row = {"id": f"p{number}", "doc": f"d{number // 100}", "speaker": "P1", "text": text}
            rows.write(json.dumps(row) + "\n")
    spend(["-m", "cothemes", "init", str(folder)])
    spend(["-m", "cothemes", "-C", str(folder), "ingest", str(source)])
    return folder


def code(folder: Path, latency: float) -> Coded:
    """Proposes over the whole study."""
    with stub(latency) as served:
        spent = spend_on(folder, served.port)
    return Coded(spent, served)


def spend_on(folder: Path, port: int, *more: str) -> Spent:
    """One `propose` against the stub at this port."""
    words = ["-C", str(folder), "propose", "--coder", "llm", "--model", "openai:stub"]
    address = ["--base-url", f"http://127.0.0.1:{port}/v1", "--concurrency", str(IN_FLIGHT)]
    price = '{"openai:stub": {"input": 1, "cached_input": 0.5, "output": 2}}'
    environment = {"COTHEMES_MODEL_PRICES": price, "COTHEMES_MODEL_BUDGET": "1000000"}
    return spend(["-m", "cothemes", *words, *address, *more], environment=environment)


@contextmanager
def stub(latency: float) -> Iterator[Served]:
    """A server process of its own; what it saw is there when the context ends."""
    words = [sys.executable, "-m", "eval.bench.chat_stub", str(latency)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        served = Served(int(process.stdout.readline()))
        try:
            yield served
        finally:
            process.terminate()
            told = json.loads(process.stdout.readline())
            served.requests, served.seconds = told["requests"], told["seconds"]


if __name__ == "__main__":
    for figure in measure():
        print(f"{figure.what}: {figure.measured} ({figure.yardstick}; {figure.ratio}; aim {figure.aim})")
