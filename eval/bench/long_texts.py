"""Very long transcripts: what `ingest` takes for them, beside a plain pass over their words.

The texts are made with a fixed seed. Seconds are of CPU.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable
from pathlib import Path

from eval.bench.figure import Figure, Spent, spend

TALK = (
    "the room was cold that spring and nobody had a key because the old hall closed years before we met so "
    "they went on in other places for some years"
)
WORDS = TALK.split()
READ = "import re, sys; print(len(re.findall(r'\\w+', open(sys.argv[1], encoding='utf-8').read())))"
"""Counts the words of a file and does nothing with them."""
MEGABYTE = 1_000_000


def measure() -> list[Figure]:
    """Return what each text takes, as a study's only file."""
    texts: dict[str, tuple[Callable[[], str], str]] = {
        "a transcript of 9 MB": (lambda: _long_turns(9 * MEGABYTE), "≤ 10 s, ≤ 300 MB"),
        "50,000 turns": (lambda: _turns(50_000), ""),
        "200,000 turns": (lambda: _turns(200_000), "four times the line above"),
        "one line of 20 MB": (lambda: _one_line(20 * MEGABYTE), "≤ 10 s, ≤ 512 MB"),
        "one line of 22 MB, refused": (lambda: _one_line(22 * MEGABYTE), "≤ 10 s, ≤ 512 MB"),
    }
    return [_figure(what, make(), aim) for what, (make, aim) in texts.items()]


def _figure(what: str, text: str, aim: str) -> Figure:
    with tempfile.TemporaryDirectory() as scratch:
        folder, path = Path(scratch) / "study", Path(scratch) / "talk.txt"
        path.write_text(text, encoding="utf-8")
        spend(["-m", "cothemes", "init", str(folder)])
        checked = spend(["-m", "cothemes", "-C", str(folder), "ingest", str(path), "--check"])
        stored = spend(["-m", "cothemes", "-C", str(folder), "ingest", str(path)])
        plain = spend(["-c", READ, str(path)])
    return Figure(
        f"ingest: {what}",
        f"{_spent(stored)}; --check {_spent(checked)}",
        f"counting its words {plain.cpu:.1f} s",
        stored.cpu / plain.cpu,
        aim,
    )


def _spent(spent: Spent) -> str:
    return f"{spent.cpu:.1f} s, {spent.peak:.0f} MB"


def _said(chance: random.Random, words: int, end: str) -> str:
    said = " ".join(chance.choice(WORDS) for _ in range(words))
    return f"{said.capitalize()}{end}"


def _turns(turns: int) -> str:
    chance = random.Random(1)
    rows = (
        f"Interviewer: {_said(chance, 6, '?')}" if turn % 2 == 0 else f"Tom: {_said(chance, 9, '.')}"
        for turn in range(turns)
    )
    return "\n".join(rows) + "\n"


def _long_turns(size: int) -> str:
    chance = random.Random(1)
    rows: list[str] = []
    length = 0
    while length < size:
        answer = " ".join(_said(chance, 12, ".") for _ in range(5))
        rows.append(f"Interviewer: {_said(chance, 12, '?')}\n\nTom: {answer}\n")
        length += len(rows[-1]) + 1
    return "\n".join(rows)


def _one_line(size: int) -> str:
    chance = random.Random(1)
    sentences: list[str] = []
    length = 0
    while length < size:
        sentences.append(_said(chance, 12, "."))
        length += len(sentences[-1]) + 1
    return " ".join(sentences)
