"""One line of the benchmark table, and the child processes that are timed."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """A measured value beside its yardstick."""

    what: str
    measured: str
    yardstick: str
    """What ran beside it, with its value; empty for a plain measure."""
    ratio: float | None
    aim: str
    """What was asked for, in words."""


@dataclass(frozen=True)
class Spent:
    """What a child process took."""

    wall: float
    """Seconds."""
    cpu: float
    """Seconds of user and system time."""
    peak: float
    """Largest resident set, MB (10^6 bytes)."""
    output: str


def spend(words: Sequence[str], cwd: Path | None = None, environment: dict[str, str] | None = None) -> Spent:
    """Runs `python -m …` to its end; raises with its output where it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    # A process of its own reports its own peak; RUSAGE_CHILDREN would give the largest so far.
    wrapper = (
        "import resource, subprocess, sys\n"
        "done = subprocess.run([sys.executable, *sys.argv[1:]], stdout=subprocess.PIPE, text=True)\n"
        "peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss\n"
        "sys.stdout.write(done.stdout + f'\\n{peak}')\n"
        "sys.exit(done.returncode)"
    )
    # An installed program is compiled; without this variable the first child compiles for the others.
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    result = subprocess.run(
        [sys.executable, "-c", wrapper, *words],
        cwd=cwd,
        env={**inherited, **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if result.returncode not in (0, 4):
        raise RuntimeError(f"{' '.join(words)} ended with {result.returncode}:\n{result.stderr[-2000:]}")
    output, _, kilobytes = result.stdout.rpartition("\n")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Spent(wall, cpu, int(kilobytes) * 1024 / 1e6, output)
