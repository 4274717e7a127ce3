"""Real transcripts beside the repository: how many turns find their speaker, how long passages come out."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from statistics import median

import pytest

from cothemes.adapters.readers.registry import reader_for
from cothemes.records.document import BlockKind, Document, Kind, Role
from cothemes.records.set_aside import Reason
from cothemes.settings import SegmentSettings
from cothemes.stages.ingest.document import document_from
from cothemes.stages.segment.passages import segment
from cothemes.stages.segment.set_aside import set_aside

pytestmark = pytest.mark.shared


def read(path: Path) -> Document:
    return document_from(reader_for(path).read(path)[0])


@pytest.fixture(scope="module")
def podcasts(shared: Path) -> list[Document]:
    """Every eighth of the podcast transcripts."""
    return [read(path) for path in sorted((shared / "data" / "iriss-transcripts").glob("*.md"))[::8]]


def test_turns_are_attributed(podcasts: list[Document]) -> None:
    spoken = [
        block for document in podcasts for block in document.blocks if block.kind is not BlockKind.HEADING
    ]
    assert sum(bool(block.speaker) for block in spoken) / len(spoken) >= 0.95
    assert all(document.kind is Kind.INTERVIEW for document in podcasts)


def test_no_turn_begins_with_a_label_or_swallows_one(podcasts: list[Document]) -> None:
    label = re.compile(r"^(?:MD|MM|KM|IW)[ :\t]", re.MULTILINE)
    for document in podcasts:
        for block in document.blocks:
            assert not label.search(document.text[block.start : block.end])


def test_lengths_of_passages(podcasts: list[Document]) -> None:
    lengths = [passage.words for document in podcasts for passage in segment(document, SegmentSettings(), 1)]
    assert 95 <= median(lengths) <= 120
    assert sum(60 <= length <= 150 for length in lengths) / len(lengths) >= 0.8
    assert max(lengths) <= 180
    assert sum(length < 10 for length in lengths) <= 0.015 * len(lengths)


def test_every_word_of_a_participant_is_in_a_passage_or_set_aside_with_its_reason(
    podcasts: list[Document],
) -> None:
    for document in podcasts:
        passages = segment(document, SegmentSettings(), 1)
        aside = set_aside(document, passages, SegmentSettings())
        held = [passage.sentence_text(each) for passage in passages for each in passage.sentences]
        left = [document.text[each.start : each.end] for each in aside]
        spoken = [
            document.text[block.start : block.end]
            for block in document.blocks
            if block.kind is not BlockKind.HEADING and block.role is not Role.INTERVIEWER
        ]
        assert Counter(" ".join([*held, *left]).split()) == Counter(" ".join(spoken).split()), document.slug
        assert Reason.NOT_CUT not in {each.reason for each in aside}


@pytest.mark.parametrize(
    ("name", "turns", "named"),
    [
        ("sheffield-Ana.docx", 246, 1.0),
        ("sheffield-Sam.docx", 84, 1.0),
        ("sheffield-Sam.txt", 84, 1.0),
        ("zoom-speaker-names.vtt", 21, 1.0),
        ("whisper-no-speakers.srt", 80, 0.0),
        ("whisper-no-speakers.vtt", 80, 0.0),
        ("whisper-no-speakers.txt", 80, 0.0),
    ],
)
def test_formats_as_they_occur(shared: Path, name: str, turns: int, named: float) -> None:
    document = read(shared / "reference" / "transcripts" / name)
    spoken = [block for block in document.blocks if block.kind is not BlockKind.HEADING]
    assert len(spoken) >= turns
    assert sum(bool(block.speaker) for block in spoken) / len(spoken) == named


def test_both_forms_of_one_interview_hold_the_same_turns(shared: Path) -> None:
    folder = shared / "reference" / "transcripts"
    found = []
    for name in ("sheffield-Sam.docx", "sheffield-Sam.txt"):
        document = read(folder / name)
        found.append(
            [
                (block.speaker, " ".join(document.text[block.start : block.end].split()))
                for block in document.blocks
                if block.speaker
            ]
        )
    assert found[0] == found[1]


def test_published_passages_come_in_whole(shared: Path) -> None:
    sources = reader_for(path := shared / "data" / "serdif-interviews" / "passages.jsonl").read(path)
    documents = [document_from(source) for source in sources]
    passages = [p for d in documents for p in segment(d, SegmentSettings(), 1)]
    rows = path.read_text(encoding="utf-8").count("\n")
    assert len(passages) == rows
    assert {document.kind for document in documents} == {Kind.SURVEY}
