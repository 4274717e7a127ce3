"""What becomes of the words of transcripts: units, short ones, words set aside by reason, words lost.

    python -m eval.units FOLDER…            under the present settings
    python -m eval.units FOLDER… --before   every turn a unit, nothing set aside

Words are split at white space. A unit's words are those of its own sentences. `lost or twice` compares, file
by file, the multiset of all words that are not an interviewer's or a heading's with those of units and of
stretches set aside; it must be 0.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from cothemes.app import wiring
from cothemes.errors import CothemesError
from cothemes.records.document import BlockKind, Document, Role
from cothemes.records.passage import Passage
from cothemes.settings import SegmentSettings
from cothemes.stages.ingest.document import document_from
from cothemes.stages.segment.passages import segment
from cothemes.stages.segment.set_aside import set_aside

SHORT = 10
"""A unit of fewer own words is short."""


@dataclass
class Units:
    """Counts over documents."""

    documents: int = 0
    own_words: list[int] = field(default_factory=list)
    """Own words of each unit."""
    longest: int = 0
    """Words of the longest unit, with what is between its sentences, that was not cut before it was read."""
    words: int = 0
    stretches: Counter[str] = field(default_factory=Counter)
    stretch_words: Counter[str] = field(default_factory=Counter)
    lost: int = 0
    seconds: float = 0.0


def measured(documents: Iterable[Document], settings: SegmentSettings) -> Units:
    """Cut each document and compare its words with those of its units and of what is set aside."""
    found = Units()
    for document in documents:
        begun = time.process_time()
        passages = segment(document, settings, 1)
        found.seconds += time.process_time() - begun
        stretches = set_aside(document, passages, settings)
        found.documents += 1
        for passage in passages:
            found.own_words.append(len(_own(passage)))
            if passage.kind is not BlockKind.PASSAGE:
                found.longest = max(found.longest, passage.words)
        for each in stretches:
            found.stretches[each.reason.value] += 1
            found.stretch_words[each.reason.value] += each.words
        spoken = Counter(
            word
            for block in document.blocks
            if block.kind is not BlockKind.HEADING and block.role is not Role.INTERVIEWER
            for word in document.text[block.start : block.end].split()
        )
        spans = [(each.start, each.end) for passage in passages for each in passage.sentences]
        spans += [(each.start, each.end) for each in stretches]
        held = Counter(word for start, end in _whole(spans) for word in document.text[start:end].split())
        found.words += spoken.total()
        found.lost += (spoken - held).total() + (held - spoken).total()
    return found


def documents_in(paths: Iterable[Path]) -> Iterator[Document]:
    """Yield the documents of all files that can be read."""
    for path in paths:
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.is_file() and file.suffix.lower() in wiring.SUFFIXES:
                try:
                    yield from map(document_from, wiring.reader_for(file).read(file))
                except CothemesError as error:
                    print(f"not read: {file.name}: {error.message}")


def lines(found: Units) -> Iterator[str]:
    """Yield the figures, a line each."""
    units = len(found.own_words)
    short = sum(words < SHORT for words in found.own_words)
    yield f"documents: {found.documents:,}"
    yield f"units: {units:,}"
    yield f"under {SHORT} words: {short:,} ({100 * short / max(units, 1):.2f} %)"
    yield f"median own words: {median(found.own_words or [0]):.0f}"
    yield f"longest, in words: {found.longest:,}"
    yield f"words that are not an interviewer's: {found.words:,}"
    for reason, count in found.stretches.most_common():
        yield f"set aside, {reason}: {count:,} stretches, {found.stretch_words[reason]:,} words"
    yield f"set aside in all: {found.stretch_words.total():,} words"
    yield f"words lost or twice: {found.lost:,}"
    yield f"cutting, in seconds of one core: {found.seconds:.1f}"


def _whole(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield the spans, those joined that touch: a text without white space is cut within a word."""
    start = end = -1
    for begin, stop in sorted(spans):
        if begin == end:
            end = stop
            continue
        if end > start:
            yield start, end
        start, end = begin, stop
    if end > start:
        yield start, end


def _own(passage: Passage) -> list[str]:
    return [word for each in passage.sentences for word in passage.sentence_text(each).split()]


def main() -> None:
    """Print the figures of the files named."""
    parser = argparse.ArgumentParser(description="What becomes of the words of transcripts.")
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--before", action="store_true", help="every turn a unit, nothing set aside")
    given = parser.parse_args()
    off = SegmentSettings(answer_words=0, set_aside_web_text=False)
    print("\n".join(lines(measured(documents_in(given.paths), off if given.before else SegmentSettings()))))


if __name__ == "__main__":
    main()
