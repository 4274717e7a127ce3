"""What `ingest --check` shows."""

from __future__ import annotations

from tests.unit.ingest.reading import Desk

from cothemes.records.document import Role
from cothemes.stages.ingest.check import understood


def test_talk(desk: Desk) -> None:
    document = desk.read("a.txt", "Hello all.\n\nInterviewer: One two?\nP1: Three.\nSpeaker 2: Four.\n")
    found = understood(document)
    assert found.speakers == (
        ("", Role.UNKNOWN, 1),
        ("Interviewer", Role.INTERVIEWER, 1),
        ("P1", Role.PARTICIPANT, 1),
        ("Speaker 2", Role.UNKNOWN, 1),
    )
    # 3 of 4 blocks have a name, 2 of 4 a settled role; 2 + 2 + 1 + 1 words.
    assert (found.attributed, found.settled, found.words) == (0.75, 0.5, 6)


def test_text(desk: Desk) -> None:
    found = understood(desk.read("a.md", "# Plan\n\nOne two.\n\n- three\n"))
    assert (found.attributed, found.speakers, found.paragraphs, found.headings) == (None, (), 2, ("Plan",))
