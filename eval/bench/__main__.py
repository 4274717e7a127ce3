"""Prints the benchmark table as Markdown."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable

from eval.bench import (
    agreement,
    browser,
    calls,
    formats,
    long_texts,
    memory,
    offline,
    quotes,
    ratings,
    reviewers,
    screen,
    speed,
    start,
    study,
    tokens,
)
from eval.bench.figure import Figure

PARTS: dict[str, Callable[[], list[Figure]]] = {
    "start": start.measure,
    "waited-for": speed.waited_for,
    "ingest-again": speed.ingested_again,
    "formats": formats.measure,
    "many-files": formats.ingested_many,
    "long-texts": long_texts.measure,
    "selection": speed.selected,
    "coded": speed.read_whole,
    "agreement": agreement.measure,
    "ratings": ratings.measure,
    "quotes": quotes.measure,
    "offline": offline.measure,
    "study": study.measure,
    "calls": calls.measure,
    "memory": memory.measure,
    "tokens": tokens.measure,
    "screen": screen.measure,
    "browser": browser.measure,
    "reviewers": reviewers.measure,
}


def main(wanted: list[str]) -> None:
    """All parts, or those named."""
    unknown = [name for name in wanted if name not in PARTS]
    if unknown:
        sys.exit(f"error: no part is named {', '.join(unknown)} → name some of: {', '.join(PARTS)}")
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}\n")
    print("| what | measured | yardstick | ratio | aim |\n|---|---|---|---|---|")
    for name, measure in PARTS.items():
        if not wanted or name in wanted:
            for line in measure():
                ratio = "" if line.ratio is None else f"{line.ratio:.2f}"
                print(
                    f"| {line.what} | {line.measured} | {line.yardstick} | {ratio} | {line.aim} |", flush=True
                )


if __name__ == "__main__":
    main(sys.argv[1:])
