"""What stands above a text makes no other text; what is in it does."""

from __future__ import annotations

import pytest

from cothemes.records.document import Block, BlockKind, Document, Kind, Role
from cothemes.records.record import content_hash
from cothemes.settings import SegmentSettings
from cothemes.stages.ingest.same_text import moved_onto, same_cut, with_speakers_of
from cothemes.stages.segment.passages import segment

BODY = "Mo: We trusted each other. It took a year.\nJo: There was no money."


def document(
    above: str = "", body: str = BODY, *, heading: str = "", jo: str = "Jo", **facts: object
) -> Document:
    """Turns of Mo and Jo below `above` and a heading, each after its label."""
    text = above + heading + body
    at = len(above)
    blocks = [Block(start=at, end=at + len(heading.rstrip()), kind=BlockKind.HEADING)] if heading else []
    for line in body.splitlines():
        name, _, words = line.partition(": ")
        start = text.index(words)
        speaker = jo if name == "Jo" else name
        block = Block(
            start=start, end=start + len(words), kind=BlockKind.TURN, speaker=speaker, role=Role.PARTICIPANT
        )
        blocks.append(block)
    return Document(
        slug="talk", version=content_hash(text), kind=Kind.INTERVIEW, text=text, blocks=tuple(blocks), **facts
    )  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("---\ntitle: One\n---\n", "---\ntitle: A much longer one\nconsent_remote: no\n---\n"),
        ("---\ntitle: One\n---\n", ""),
        ("", "---\ntitle: One\n---\n"),
        ("Date: 3 May\n", "Date: 4 June 2026\nPlace: a hall\n"),
    ],
    ids=["changed", "taken away", "put there", "header rows"],
)
def test_what_stands_above_makes_no_other_text(before: str, after: str) -> None:
    stored, fresh = document(before, title="One"), document(after, title="Two")
    moved = moved_onto(stored, fresh)
    assert moved is not None
    assert (moved.text, moved.version, moved.title) == (stored.text, stored.version, "Two")
    assert moved.blocks == stored.blocks
    end = moved.offsets.source_of(len(stored.text) - 1)
    assert end == len(fresh.text) - 1, "a place below still leads back to the file as it is now"


def test_a_changed_title_above_the_text_keeps_its_old_heading_in_the_text() -> None:
    stored, fresh = document(heading="# One\n"), document(heading="# Another one\n")
    moved = moved_onto(stored, fresh)
    assert moved is not None
    assert moved.blocks == stored.blocks
    assert moved.text == stored.text


@pytest.mark.parametrize(
    "body",
    [
        BODY.replace("no money", "money"),
        BODY.replace("We trusted", "I trusted"),
        "Mo: Before that, nothing.\n" + BODY,
        BODY + "\nMo: That is all.",
        BODY.splitlines()[1],
    ],
    ids=["last turn", "first turn", "before", "behind", "first turn gone"],
)
@pytest.mark.parametrize("above", ["", "---\ntitle: Two\n---\n"])
def test_another_word_is_another_text(above: str, body: str) -> None:
    assert moved_onto(document("---\ntitle: One\n---\n"), document(above, body)) is None
    assert moved_onto(document(above, body), document("---\ntitle: One\n---\n")) is None


def test_a_text_without_blocks_is_known_by_every_character() -> None:
    one = Document(slug="x", version="1", kind=Kind.POLICY, text="---\na: b\n---\n")
    assert moved_onto(one, one.model_copy(update={"text": "---\na: c\n---\n"})) is None
    assert moved_onto(one, one) is not None


def test_speakers_are_laid_over_passages_that_stay() -> None:
    stored = document()
    passages = segment(stored, SegmentSettings(), 1)
    renamed = document(jo="Johanna")
    laid_over = with_speakers_of(renamed, passages)
    assert [p.speaker for p in laid_over] == ["Mo", "Johanna"]
    assert [(p.id, p.start, p.end, p.text) for p in laid_over] == [
        (p.id, p.start, p.end, p.text) for p in passages
    ]
    assert same_cut(passages, laid_over)
    assert not same_cut(passages, passages[:1])
