"""Measure how many turns of labelled transcripts come out under the right speaker.

    python eval/bench/turns.py FOLDER

FOLDER holds transcripts and `labels.json`: file → list of [speaker, words], every turn in order. Labels are
made by hand, or by a rule for one file that somebody checked. Prints for each file the convention, the turns
that are right, those under nobody, those under someone else, and words that are missing or too many.
"""

from __future__ import annotations

import json
import re
import sys
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from cothemes.adapters.readers.registry import reader_for
from cothemes.records.document import BlockKind, Document
from cothemes.stages.ingest.document import understand

_WORD = re.compile(r"\w+")
_HEAD = 6
"""Words by which the beginning of a turn is found."""


class Found(NamedTuple):
    """Turns of one file, counted."""

    convention: str
    right: int
    unknown: int
    wrong: int
    words: int
    """Words of the file that are not in the text, or in it too often."""


def measured(path: Path, turns: Sequence[tuple[str, str]]) -> Found:
    """Compare one file with its labels."""
    document, choice = understand(reader_for(path).read(path)[0])
    outcomes = Counter(_outcomes(document, turns))
    name = choice.winner.name if choice.winner else "none"
    return Found(name, outcomes["right"], outcomes["unknown"], outcomes["wrong"], _words_off(document, path))


def _outcomes(document: Document, turns: Sequence[tuple[str, str]]) -> list[str]:
    """`right`, `unknown` or `wrong` for each turn in order; right if its first and its last word are."""
    words = [(match.group(), match.start()) for match in _WORD.finditer(document.text)]
    blocks = [block for block in document.blocks if block.kind is not BlockKind.HEADING]
    starts = [block.start for block in blocks]

    def speaker_at(offset: int) -> str:
        number = bisect_right(starts, offset) - 1
        return blocks[number].speaker if number >= 0 and offset < blocks[number].end else ""

    at = 0
    found = []
    for speaker, said in turns:
        wanted = _WORD.findall(said)
        head = wanted[:_HEAD]
        place = next(
            (n for n in range(at, len(words)) if [w for w, _ in words[n : n + len(head)]] == head), None
        )
        if place is None or not head:
            found.append("wrong")
            continue
        at = min(place + len(wanted), len(words))
        named = {speaker_at(words[place][1]), speaker_at(words[at - 1][1])}
        others = [name for name in named if name and not _same(name, speaker)]
        found.append("wrong" if others else "unknown" if "" in named else "right")
    return found


def _same(one: str, other: str) -> bool:
    """Return whether two labels differ in capitals and blanks at most."""
    return "".join(one.casefold().split()) == "".join(other.casefold().split())


def _words_off(document: Document, path: Path) -> int:
    """Words of the file that are not in the document's text as often as in the file; 0 for binary files."""
    try:
        source = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        return 0
    there, here = Counter(source.split()), Counter(document.text.split())
    return (there - here).total() + (here - there).total()


def main(folder: Path) -> None:
    """Print a row for each file, and the sums."""
    labels = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
    rows = [(name, measured(folder / name, [*map(tuple, turns)])) for name, turns in sorted(labels.items())]
    print(f"{'file':40} {'convention':24} {'right':>11} {'unknown':>7} {'wrong':>5} {'words':>5}")
    for name, each in rows:
        right = f"{each.right}/{each.right + each.unknown + each.wrong}"
        counts = f"{right:>11} {each.unknown:7} {each.wrong:5} {each.words:5}"
        print(f"{name:40.40} {each.convention:24.24} {counts}")
    sums = [sum(getattr(each, field) for _, each in rows) for field in ("right", "unknown", "wrong", "words")]
    turns = sum(sums[:3])
    print(f"{turns} turns: {sums[0]} right, {sums[1]} unknown, {sums[2]} wrong; {sums[3]} words off")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
