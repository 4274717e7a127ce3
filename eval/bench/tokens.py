"""What a passage asks to be read, by way of coding: input tokens that a provider has cached, and others.

The sample study's interviews and the shipped codebook, two codes applied to each passage. Tokens are bytes
divided by four (coding_stub.py), so the figures compare ways of coding and foretell no bill.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from eval.bench.figure import Figure, spend

ROOT = Path(__file__).resolve().parents[2]
INTERVIEWS = ROOT / "src" / "cothemes" / "sample" / "study" / "interviews"
PASSAGES = 50
APPLIED = "A1,D4"
WAYS = {
    "one pass": {"COTHEMES_CODER_CRITIC": "false"},
    "with the critic": {},
    "a call for each code, with the critic": {"COTHEMES_CODER_CODES_PER_CALL": "1"},
}


def measure() -> list[Figure]:
    """Each way on a study of its own, two requests at a time, as caches need a first one to learn from."""
    figures = []
    with tempfile.TemporaryDirectory() as scratch:
        for number, (way, environment) in enumerate(WAYS.items()):
            calls, whole, cached = _read(Path(scratch) / str(number), environment)
            figures.append(
                Figure(
                    f"input tokens per passage, {way}",
                    f"{(whole - cached) / PASSAGES:,.0f} uncached",
                    f"{cached / PASSAGES:,.0f} cached, {calls / PASSAGES:.1f} calls",
                    None,
                    "",
                )
            )
    return figures


def _read(folder: Path, environment: dict[str, str]) -> tuple[int, int, int]:
    """Calls, input tokens, and how many of them were cached."""
    spend(["-m", "cothemes", "init", str(folder)])
    spend(["-m", "cothemes", "-C", str(folder), "ingest", str(INTERVIEWS)])
    with stub() as port:
        words = [
            "propose",
            "--coder",
            "llm",
            "--model",
            "openai:stub",
            "--limit",
            str(PASSAGES),
            "--concurrency",
            "2",
        ]
        address = ["--base-url", f"http://127.0.0.1:{port}/v1"]
        spend(["-m", "cothemes", "-C", str(folder), *words, *address], environment=environment)
    told = json.loads(spend(["-m", "cothemes", "-C", str(folder), "costs", "--json"]).output)
    [total] = told["total"]
    return total["calls"], total["input_tokens"], total["cached_tokens"]


@contextmanager
def stub() -> Iterator[int]:
    """The port of a service that applies two codes to every passage."""
    with subprocess.Popen(
        [sys.executable, "-m", "eval.bench.coding_stub", APPLIED], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


if __name__ == "__main__":
    for figure in measure():
        print(f"{figure.what}: {figure.measured} ({figure.yardstick})")
