"""Passages that are part of a turn: where it goes on, and which of its words are the passage's."""

from __future__ import annotations

from cothemes.records.document import Block, BlockKind, Document, Kind, Role
from cothemes.records.passage import Passage
from cothemes.stages.review.context import WHOLE, Cut, around, cut_of

TEXT = "One. Two. Three."
DOCUMENT = Document(
    slug="talk",
    version="v",
    kind=Kind.INTERVIEW,
    title="A talk",
    text=TEXT,
    blocks=(Block(start=0, end=len(TEXT), kind=BlockKind.TURN, speaker="Mo", role=Role.PARTICIPANT),),
)


def passage(words: str) -> Passage:
    start = TEXT.index(words)
    return Passage(
        id="talk.0000",
        document="talk",
        version="v",
        segmentation="s",
        start=start,
        end=start + len(words),
        text=words,
        kind=BlockKind.TURN,
        speaker="Mo",
        role=Role.PARTICIPANT,
        position=0,
    )


def test_where_the_turn_goes_on() -> None:
    assert cut_of(DOCUMENT, passage("One.")) == Cut(before=False, after=True)
    assert cut_of(DOCUMENT, passage("Two.")) == Cut(before=True, after=True)
    assert cut_of(DOCUMENT, passage("Two. Three.")) == Cut(before=True, after=False)
    assert cut_of(DOCUMENT, passage(TEXT)) == WHOLE


def test_a_turn_tells_the_passages_own_words() -> None:
    (turn,) = around(DOCUMENT, passage("Two."), 1)
    assert turn.parts == [("One.", False), ("Two.", True), ("Three.", False)]
    (turn,) = around(DOCUMENT, passage(TEXT), 1)
    assert turn.parts == [(TEXT, True)]
