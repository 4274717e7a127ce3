"""The bundled study is read perfectly: every turn has its speaker and part, and no word is missing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import cothemes.sample
from cothemes.adapters.readers.registry import SUFFIXES, reader_for
from cothemes.records.document import BlockKind, Document, Kind, Role
from cothemes.settings import SegmentSettings
from cothemes.stages.ingest.document import document_from
from cothemes.stages.segment.passages import segment

STUDY = Path(cothemes.sample.__file__).parent / "study"
INTERVIEWS = sorted(p for p in (STUDY / "interviews").iterdir() if p.suffix in SUFFIXES - {".csv"})
POLICIES = sorted(p for p in (STUDY / "policies").iterdir() if p.suffix in SUFFIXES - {".csv"})


def read(path: Path) -> Document:
    (source,) = reader_for(path).read(path)
    return document_from(source)


@pytest.mark.parametrize("path", INTERVIEWS, ids=lambda path: path.name)
def test_every_turn_of_an_interview_has_its_speaker_and_part(path: Path) -> None:
    document = read(path)
    assert document.kind is Kind.INTERVIEW
    assert document.synthetic
    spoken = [block for block in document.blocks if block.kind is not BlockKind.HEADING]
    assert 30 <= len(spoken) <= 70
    assert {block.kind for block in spoken} == {BlockKind.TURN}
    assert all(block.speaker for block in spoken)
    roles = {block.speaker: block.role for block in spoken}
    assert sorted(roles.values()) == [Role.INTERVIEWER, Role.PARTICIPANT]
    asked = [b for b in spoken if b.role is Role.INTERVIEWER]
    assert sum(b.end - b.start for b in asked) < sum(b.end - b.start for b in spoken) / 2


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.name)
def test_every_policy_text_has_its_headings_and_says_that_it_is_invented(path: Path) -> None:
    document = read(path)
    # metadata.csv names the kinds, and the review itself does; no rule makes a policy text.
    assert document.kind is (Kind.REVIEW if path.name.startswith("rev") else Kind.UNKNOWN)
    assert document.synthetic
    assert document.title
    assert {block.role for block in document.blocks} == {Role.NONE}
    assert sum(block.kind is BlockKind.HEADING for block in document.blocks) >= 5
    assert not any("SYNTHETIC" in document.text[block.start : block.end] for block in document.blocks)


@pytest.mark.parametrize("path", [p for p in INTERVIEWS if p.suffix in {".md", ".txt"}], ids=lambda p: p.name)
def test_every_labelled_line_of_a_text_is_a_turn(path: Path) -> None:
    document = read(path)
    starts = re.findall(
        r"^(?:\[[\d:]+\] )?(?:\*\*)?(?:INT|KM|I|R|Interviewer|P\d)\b\*{0,2}:", document.text, re.M
    )
    turns = sum(block.kind is BlockKind.TURN for block in document.blocks)
    assert turns == len(starts)


@pytest.mark.parametrize("path", INTERVIEWS + POLICIES, ids=lambda path: path.name)
def test_passages_are_of_a_length_that_can_be_coded(path: Path) -> None:
    document = read(path)
    passages = segment(document, SegmentSettings(answer_words=0), 1)
    assert max(passage.words for passage in passages) <= 150
    assert all(passage.role is not Role.INTERVIEWER for passage in passages)
    words = sum(passage.words for passage in passages)
    coded = [b for b in document.blocks if b.kind is not BlockKind.HEADING and b.role is not Role.INTERVIEWER]
    assert words >= 0.98 * sum(len(document.text[b.start : b.end].split()) for b in coded)
