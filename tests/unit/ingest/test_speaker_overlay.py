"""What people say of speakers, laid over blocks: reversible, and never a change of text or place."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cothemes.records.document import Block, BlockKind, Document, Kind, Role
from cothemes.records.speaker import SpeakerEntry
from cothemes.stages.ingest.speaker_overlay import laid_over, without_participant, without_passage

TURNS = (
    ("A", Role.INTERVIEWER),
    ("B", Role.PARTICIPANT),
    ("", Role.UNKNOWN),
    ("C", Role.UNKNOWN),
    ("A", Role.INTERVIEWER),
)


def document(turns: tuple[tuple[str, Role], ...] = TURNS, **metadata: str) -> Document:
    blocks = tuple(
        Block(start=at * 10, end=at * 10 + 9, kind=BlockKind.TURN, speaker=name, role=role)
        for at, (name, role) in enumerate(turns)
    )
    text = "Some word " * len(turns)
    return Document(slug="d", version="v", kind=Kind.INTERVIEW, text=text, blocks=blocks, metadata=metadata)


def entry(
    label: str, role: Role | None = None, name: str | None = None, participant: str | None = None
) -> SpeakerEntry:
    return SpeakerEntry(
        id=f"{label}{role}{name}{participant}", at=datetime(2026, 1, 1, tzinfo=UTC), by="ann", document="d",
        label=label, role=role, name=name, participant=participant,
    )  # fmt: skip


def voices(found: Document) -> list[tuple[str, Role]]:
    return [(block.speaker, block.role) for block in found.blocks]


def test_the_newest_entry_of_a_label_counts_and_only_for_its_blocks() -> None:
    found = laid_over(document(), [entry("A", Role.OTHER), entry("A", Role.PARTICIPANT, "Ann")])
    assert voices(found) == [("Ann", Role.PARTICIPANT), *TURNS[1:4], ("Ann", Role.PARTICIPANT)]
    assert [(b.start, b.end) for b in found.blocks] == [(b.start, b.end) for b in document().blocks]


def test_laying_over_again_and_taking_all_back_gives_what_was_read() -> None:
    said = [
        entry("A", Role.PARTICIPANT, "Same"),
        entry("B", Role.OTHER, "Same"),
        entry("", Role.OTHER, "Nobody"),
    ]
    once = laid_over(document(), said)
    assert laid_over(once, said) == once
    assert laid_over(once, [*said, entry("A", name="X")]).blocks[0].speaker == "X"
    assert laid_over(once, []) == document()


def test_blocks_in_which_nobody_speaks_are_left_alone() -> None:
    plain = document((("", Role.NONE), ("", Role.NONE)))
    assert laid_over(plain, [entry("", Role.PARTICIPANT)]) == plain


@pytest.mark.parametrize(
    ("said", "participant"),
    [
        ([entry("B", participant="P1")], None),
        ([entry("B", participant="P1"), entry("C", participant="P1")], "P1"),
        ([entry("B", participant="P1"), entry("C", participant="P2")], None),
        ([entry("B", participant="P1"), entry("C", Role.OTHER)], "P1"),
        ([entry("B", Role.INTERVIEWER, participant="P1"), entry("C", Role.OTHER)], None),
    ],
)
def test_a_participant_counts_where_every_codeable_voice_has_it(
    said: list[SpeakerEntry], participant: str | None
) -> None:
    read = document(participant="R", level="local")
    found = laid_over(read, said)
    assert found.participant == (participant or "R")
    assert found.metadata["level"] == "local"
    assert without_participant(found, said).metadata == read.metadata


def test_only_speech_under_the_labels_that_stands_in_no_passage_is_cut() -> None:
    opened = laid_over(document(), [entry("A", Role.PARTICIPANT)])
    uncut = without_passage(opened, [], {"A"})
    assert uncut is not None
    assert [b.role for b in uncut.blocks if b.role is not Role.INTERVIEWER] == [Role.PARTICIPANT] * 2
    assert without_passage(opened, [], {"B"}) is not None
    assert without_passage(document(), [], {"A"}) is None
