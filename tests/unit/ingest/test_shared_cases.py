"""The small inputs beside the repository: read or refused one by one, and no voice wrong without a word."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest
from tests.conftest import CommandLine

from cothemes.adapters.readers.registry import reader_for
from cothemes.app.study import create_study
from cothemes.records.document import BlockKind, Document, Kind
from cothemes.settings import SegmentSettings
from cothemes.stages.ingest.check import unsettled
from cothemes.stages.ingest.document import document_from
from cothemes.stages.segment.passages import segment

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def cases(shared: Path) -> Path:
    """The folder."""
    return shared / "cases" / "ingest"


def read(path: Path) -> list[Document]:
    return [document_from(source) for source in reader_for(path).read(path)]


def test_the_folder_is_read_to_its_end(cases: Path, cothemes: CommandLine, tmp_path: Path) -> None:
    study = create_study(tmp_path / "study", source="blank", codebook=None)
    study.close()
    files = [path for path in sorted(cases.iterdir()) if path.name != "EXPECTED.md"]
    result = cothemes("ingest", *files, "--json", study=study.root)
    assert result.exit_code == 4
    found = json.loads(result.stdout)["files"]
    assert {Path(each["path"]).name for each in found} == {path.name for path in files}
    failed = {Path(each["path"]).name: each for each in found if each["state"] == "failed"}
    assert "nested" in failed["deep_tables400.docx"]["reason"]
    assert all(each["reason"] and each["hint"] for each in failed.values())
    # Some of these files hold one text in two forms: the second is named and left out.
    same = [each for each in found if each["state"] == "skipped"]
    assert all(each["reason"] and each["hint"] for each in same)
    assert {each["state"] for each in found} == {"new", "failed", "skipped"}
    assert len(same) < 10


VOICES = {
    "pid_digit.txt": {("Interviewer", "interviewer"): 3, ("3K31", "participant"): 3},
    "teams_glued.docx": {("Interviewer", "interviewer"): 3, ("Participant", "participant"): 3},
    "pdf_labels_own_line.pdf": {("Dan", "interviewer"): 24, ("Participant", "participant"): 24},
    "csv_participant.csv": {("F", "unknown"): 3, ("R1-19", "unknown"): 3},
    "speaker.srt": {("SPEAKER_00", "unknown"): 3, ("SPEAKER_01", "unknown"): 3},
    "case_variants.md": {("Q", "interviewer"): 11, ("Jane Roe", "participant"): 10},
    "word_online_id.docx": {("Me", "unknown"): 3, ("3K31", "unknown"): 3},
    "zh_fullcolon.txt": {("访谈者", "interviewer"): 3, ("受访者", "participant"): 3},
    "zwsp.txt": {("Interviewer", "interviewer"): 3, ("Tom", "participant"): 3},
    "vtt_empty_cue.vtt": {("Jane Roe", "unknown"): 3, ("Tom Lark", "unknown"): 3},
    "hidden.docx": {("Jane Roe", "unknown"): 3, ("Tom Lark", "unknown"): 3},
    "csv_speaker_time.csv": {("Jane Roe", "unknown"): 3, ("Tom Lark", "unknown"): 3},
    "otter_notime.txt": {("Jane Roe", "unknown"): 3, ("Tom Lark", "unknown"): 3},
    "zoom_saved_caption.txt": {("Jane Roe", "unknown"): 3, ("Tom Lark", "unknown"): 3},
    "happyscribe.txt": {("Speaker 1", "unknown"): 3, ("Speaker 2", "unknown"): 3},
    "qdot_adot.txt": {("Q", "interviewer"): 3, ("A", "participant"): 3},
    "tab_label.txt": {("INT", "interviewer"): 3, ("RESP", "participant"): 3},
    "html_bold.txt": {("Jane Roe", "unknown"): 3, ("Tom Lark", "unknown"): 3},
    "md_heading_names.md": {("Jane Roe", "unknown"): 3, ("Tom Lark", "unknown"): 3},
    "bold_own_line.docx": {("Jane Roe", "unknown"): 3, ("Tom Lark", "unknown"): 3},
    "maxqda_lineno.txt": {("I", "interviewer"): 3, ("B1", "participant"): 3},
    "tbl4_lineno.docx": {("Jane Roe", "unknown"): 3, ("Tom Lark", "unknown"): 3},
    "document2.docx": {("Jane Roe", "unknown"): 3, ("Tom Lark", "unknown"): 3},
    "noheader.vtt": {("Jane Roe", "unknown"): 3, ("Tom Lark", "unknown"): 3},
    "aws.json": {("spk_0", "unknown"): 3, ("spk_1", "unknown"): 3},
    "deepgram.json": {("Speaker 0", "unknown"): 3, ("Speaker 1", "unknown"): 3},
    "zh_gbk.txt": {("访谈者", "interviewer"): 3, ("受访者", "participant"): 3},
    "ru_cp1251.txt": {("Интервьюер", "interviewer"): 3, ("Информант", "participant"): 3},
    "pdf_labels_lower_nocolon.pdf": {("interviewer", "interviewer"): 24, ("interviewee", "participant"): 24},
    "csv_cell_over_131072.csv": {("Interviewer", "interviewer"): 2000, ("Participant", "participant"): 2000},
    "comments_footnote.docx": {("Jane", "unknown"): 2, ("Tom", "unknown"): 3},
}
OWN_WORDS = {
    "case_variants.md",
    "comments_footnote.docx",
    "csv_cell_over_131072.csv",
    "pdf_labels_lower_nocolon.pdf",
    "pdf_labels_own_line.pdf",
    "ru_cp1251.txt",
    "zh_fullcolon.txt",
    "zh_gbk.txt",
    "zwsp.txt",
}
"""Cases that do not hold the six turns of the others."""
SAID = (
    "So could you tell me",
    "Well, it began in",
    "And who decided",
    "The members did",
    "Did anybody",
    "Some did",
)
"""How the six turns of most cases begin."""
TIMED = {
    "zoom_saved_caption.txt": "10:00:03",
    "happyscribe.txt": "00:00:03.12",
    "word_online_id.docx": "00:00:03",
    "teams_glued.docx": "0:03",
    "tbl4_lineno.docx": "00:00:03",
    "csv_speaker_time.csv": "00:00:03",
    "noheader.vtt": "00:00:03.100",
    "speaker.srt": "00:00:03,100",
    "aws.json": "00:00:00",
    "deepgram.json": "00:00:00",
    "whispercpp.json": "00:00:00",
    "whisper.tsv": "00:00:00",
    "srt_unnamed.txt": "00:00:00,000",
}


@pytest.mark.parametrize(
    "name",
    sorted(set(VOICES) - OWN_WORDS),
)
def test_turns_begin_with_their_words(cases: Path, name: str) -> None:
    """No label, number, tag or time is left in front of the words."""
    (document,) = read(cases / name)
    for block, said in zip(document.blocks, SAID, strict=True):
        assert document.text[block.start : block.end].startswith(said)


@pytest.mark.parametrize("name", TIMED)
def test_times_are_kept(cases: Path, name: str) -> None:
    (document,) = read(cases / name)
    assert document.blocks[0].time == TIMED[name]
    assert all(block.time for block in document.blocks)
    said = "".join(document.text[block.start : block.end] for block in document.blocks)
    assert not re.search(r"\d:\d\d", said)


@pytest.mark.parametrize("name", ["article_quotes_p2.txt", "article_with_labels.txt"])
def test_prose_that_quotes_people_has_no_voices(cases: Path, name: str) -> None:
    (document,) = read(cases / name)
    assert document.kind is Kind.UNKNOWN
    assert not any(block.speaker for block in document.blocks)


def test_unnamed_captions_in_a_text_file(cases: Path) -> None:
    (document,) = read(cases / "srt_unnamed.txt")
    assert document.kind is Kind.INTERVIEW
    assert "-->" not in document.text
    assert all(block.time for block in document.blocks)


def test_a_long_chinese_answer_is_cut_at_its_stops(cases: Path) -> None:
    (document,) = read(cases / "zh_long_paragraph.txt")
    passages = segment(document, SegmentSettings(), 1)
    assert all(passage.text.endswith("。") and 90 <= passage.words <= 150 for passage in passages)


@pytest.mark.parametrize("name", VOICES)
def test_voices(cases: Path, name: str) -> None:
    (document,) = read(cases / name)
    assert Counter((b.speaker, b.role.value) for b in document.blocks) == VOICES[name]
    if "unknown" in {role for _, role in VOICES[name]}:
        assert unsettled(document)


TEXTS = {
    "pdf_space_own_run.pdf": "As described in the plan, the group met every week in the hall.",
    "pdf_gap_no_space.pdf": "As described in the plan, the group met every week.",
    "pdf_hyphen_compound.pdf": "The panel wrote a report about the use of AI-based tools in the reading room "
    "and a co-production of the list.",
    "survey.xlsx": "I liked the room.",
}


@pytest.mark.parametrize("name", TEXTS)
def test_no_word_is_joined_or_parted(cases: Path, name: str) -> None:
    (document,) = read(cases / name)
    assert " ".join(document.text.split()) == TEXTS[name]


def test_columns_are_read_one_after_the_other(cases: Path) -> None:
    (document,) = read(cases / "pdf_two_columns_rowwise.pdf")
    left, right = document.text.split("\n\n")
    assert left.startswith("The plan for local services")
    assert right.startswith("In the second year")
    assert any("columns" in note for note in document.notes)


@pytest.mark.parametrize("name", ["csv_long_turn.csv", "csv_cell_over_131072.csv", "pdf_labels_own_line.pdf"])
def test_no_passage_is_longer_than_allowed(cases: Path, name: str) -> None:
    (document,) = read(cases / name)
    passages = segment(document, SegmentSettings(), 1)
    assert max(passage.words for passage in passages) <= 180


def test_no_sentence_is_lost_where_labels_stand_at_the_edge_of_a_page(cases: Path) -> None:
    for name in ("pdf_labels_own_line.pdf", "pdf_labels_lower_nocolon.pdf"):
        (document,) = read(cases / name)
        assert not any(note.startswith("Left out") for note in document.notes)
        assert document.text.count("too much cake") == 24


def test_numbers_of_a_list_are_kept_and_what_stands_outside_the_text_is_counted(cases: Path) -> None:
    (policy,) = read(cases / "numbered_policy.docx")
    assert "1. Keep the rooms open." in policy.text
    (talk,) = read(cases / "comments_footnote.docx")
    assert sum("comment" in note for note in talk.notes) == 1
    (hidden,) = read(cases / "hidden.docx")
    assert any("hidden" in note for note in hidden.notes)


def test_numbers_that_may_be_speakers_are_named_in_a_note(cases: Path) -> None:
    (document,) = read(cases / "speaker_number_only.txt")
    assert not any(block.speaker for block in document.blocks)
    assert any("1:, 2:" in note for note in document.notes)


def test_blanks_of_no_width_are_no_words(cases: Path) -> None:
    (document,) = read(cases / "zwsp.txt")
    (plain,) = read(cases / "pid_digit.txt")
    counts = [[p.words for p in segment(each, SegmentSettings(), 1)] for each in (document, plain)]
    assert counts[0] == counts[1]


def test_every_case_is_named_in_a_test(cases: Path) -> None:
    told = Path(__file__).read_text(encoding="utf-8")
    assert [path.name for path in cases.iterdir() if path.name not in told] == []


@pytest.mark.parametrize(
    "name", ["article_quotes_p2.txt", "whisper.tsv", "whispercpp.json", "srt_unnamed.txt"]
)
def test_what_is_not_known_is_under_nobody_or_told(cases: Path, name: str) -> None:
    for document in read(cases / name):
        spoken = any(block.kind is BlockKind.TURN for block in document.blocks)
        assert unsettled(document) or not spoken


def test_every_word_of_rolling_captions_comes_once(cases: Path) -> None:
    (document,) = read(cases / "youtube_rolling.vtt")
    assert document.text.count("how the reading group at the library came about?") == 1
    assert any(note.startswith("Joined: 11 ") for note in document.notes)


def test_blank_lines_take_no_time(cases: Path) -> None:
    (document,) = read(cases / "blank_lines_500k.txt")
    assert len(document.blocks) == 2
