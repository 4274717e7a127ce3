"""Grounding on real talk: quotes as people and models type them, and quotes of other passages."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest

from cothemes.adapters.readers.registry import reader_for
from cothemes.records.document import Document
from cothemes.records.passage import Passage
from cothemes.settings import SegmentSettings
from cothemes.stages.ingest.document import document_from
from cothemes.stages.propose.grounding import Target
from cothemes.stages.propose.model.context import context_of
from cothemes.stages.propose.quote_folding import fold
from cothemes.stages.segment.passages import segment

pytestmark = pytest.mark.shared
LIKE = {
    "’": "'’",
    "'": "'’",
    "“": '"“',
    "”": '"”',
    '"': '"“”',
    "—": "—–-",
    "–": "—–-",
    "\u00a0": " ",
    "\n": " ",
}


@pytest.fixture(scope="module")
def talk(shared: Path) -> list[tuple[Document, Passage, Target]]:
    """Every passage of twelve transcripts, drawn with a fixed seed."""
    files = sorted(
        p for p in (shared / "data" / "iriss-transcripts").rglob("*") if p.suffix in (".md", ".txt")
    )
    drawn = random.Random(7).sample(files, min(12, len(files)))
    documents = [document_from(source) for path in drawn for source in reader_for(path).read(path)]
    return [
        (document, passage, Target(document.text, passage, context_of(document, passage).neighbours))
        for document in documents
        for passage in segment(document, SegmentSettings(), 1)
    ]


def words(chance: random.Random, passage: Passage, least: int) -> str:
    """Whole words of one sentence, empty where it has too few."""
    said = passage.sentence_text(chance.choice(passage.sentences)).split()
    first = chance.randrange(len(said))
    part = " ".join(said[first : first + chance.randint(least, 25)])
    return part if len(fold(part).split()) >= least else ""


def test_words_of_a_passage_are_found_however_they_are_typed(
    talk: list[tuple[Document, Passage, Target]],
) -> None:
    chance = random.Random(1)
    statuses: Counter[str] = Counter()
    for document, passage, target in talk * 2:
        quote = words(chance, passage, 3)
        typed = "".join(chance.choice(LIKE.get(character, character)) for character in quote)
        if quote:
            grounded = target.ground(typed)
            statuses[grounded.status.value] += 1
            shown = " ".join(document.text[e.start : e.end] for e in grounded.evidence)
            assert fold(shown) in fold(passage.text)
    # Cut out anywhere: some begin right after a negation, many stand beside one in their sentence.
    assert set(statuses) == {"exact", "widened", "misleading"}
    assert statuses["misleading"] < 0.06 * statuses.total()
    assert statuses["exact"] > 0.6 * statuses.total()
    assert statuses.total() > 300


def test_words_of_other_passages_are_not(talk: list[tuple[Document, Passage, Target]]) -> None:
    chance = random.Random(2)
    for _ in range(1000):
        (_, passage, target), (_, other, _) = chance.choice(talk), chance.choice(talk)
        quote = words(chance, other, 6)
        if quote and fold(quote) not in fold(passage.text):
            assert not target.ground(quote).evidence
