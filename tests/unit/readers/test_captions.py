"""Captions: SubRip, WebVTT, SubStation, TTML, YouTube's XML and ELAN, by content whatever their names."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.contracts.files import ASS, EAF, SRT, TTML, VTT
from tests.unit.readers.reading import document, source, turns

from cothemes.errors import FileUnreadable


def srt(*lines: str) -> str:
    return "".join(
        f"{n}\n00:00:{n:02d},000 --> 00:00:{n:02d},900\n{line}\n\n" for n, line in enumerate(lines, 1)
    )


TALK = ("Shall we begin?", "Yes, gladly.", "And who came?", "Everybody came.")


@pytest.mark.parametrize(
    "form", ["[{}]: {}", "[{}] {}", "({}) {}", "({}): {}", "<b>{}:</b> {}", "<b>{}</b>: {}", "{}: {}"]
)
def test_names_of_speakers_are_no_words(tmp_path: Path, form: str) -> None:
    content = srt(*[form.format(("Jane Roe", "Tom Lark")[n % 2], words) for n, words in enumerate(TALK)])
    found = turns(document(tmp_path, "a.srt", content))
    assert [(voice, words) for voice, _, words in found] == [
        (("Jane Roe", "Tom Lark")[n % 2], words) for n, words in enumerate(TALK)
    ]
    assert [time for _, time, _ in found] == [f"00:00:{n:02d},000" for n in range(1, 5)]


def test_a_caption_without_a_name_goes_on_with_the_voice_before(tmp_path: Path) -> None:
    content = srt(
        "[SPEAKER_00]: So.", "And so on.", "[SPEAKER_01]: Yes.", "[SPEAKER_00]: Well.", "[SPEAKER_01]: No."
    )
    assert [voice for voice, _, _ in turns(document(tmp_path, "a.srt", content))] == [
        "SPEAKER_00", "SPEAKER_01", "SPEAKER_00", "SPEAKER_01",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "lines",
    [
        ("(laughs) I did.", "(music) We sang.", "(laughs) Again.", "(music) And again."),
        ("(2) of them came.", "(2) more.", "(3) left.", "(3) stayed."),
        ("(softly) I did.", "(loudly) We sang.", "(softly) Again.", "(loudly) And again."),
        ("[Inaudible] I did.", "[Inaudible] He sang.", "[Applause] Again.", "[Applause] And again."),
    ],
)
def test_what_is_heard_is_no_name(tmp_path: Path, lines: tuple[str, ...]) -> None:
    found = source(tmp_path, "a.srt", srt(*lines))
    if "(2)" not in lines[0]:
        assert [line.text for line in found.lines] == list(lines)
        assert {line.speaker for line in found.lines} == {None}


@pytest.mark.parametrize(
    ("content", "reader"), [(SRT, "srt"), (VTT, "vtt"), (ASS, "ass"), (TTML, "ttml"), (EAF, "elan")]
)
@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.srt", "a.xml", "noending"])
def test_the_content_says_what_it_is(tmp_path: Path, content: str, reader: str, name: str) -> None:
    assert source(tmp_path, name, content).reader == reader


def test_prose_with_one_time_range_stays_text(tmp_path: Path) -> None:
    prose = (
        "We met as follows.\n\n00:01 --> 00:02\nThat was all, and nothing else was said.\n" + "More.\n" * 20
    )
    assert source(tmp_path, "a.txt", prose).reader == "text"


def test_vtt_without_its_first_line_is_read_with_a_note(tmp_path: Path) -> None:
    found = source(tmp_path, "a.vtt", VTT.removeprefix("WEBVTT\n\n"))
    assert found.reader == "vtt"
    assert any("WEBVTT" in note for note in found.notes)
    assert found.lines[-1].speaker == "Smith, Jane"


def test_ass_events_in_order_of_time_without_drawings_and_comments(tmp_path: Path) -> None:
    found = document(tmp_path, "a.ass", ASS)
    assert turns(found) == [
        ("Jane", "0:00:01.00", "Shall we begin?"),
        ("Tom", "0:00:04.00", "Yes, gladly. At once."),
    ]
    assert {"Left out: 1 drawing.", "Left out: 1 comment."} <= set(found.notes)


def test_ass_without_dialogue_and_with_a_short_event(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable, match="no line of dialogue"):
        source(tmp_path, "a.ass", "[Script Info]\nTitle: x\n")
    with pytest.raises(FileUnreadable) as caught:
        source(tmp_path, "a.ass", "[Script Info]\n\n[Events]\nDialogue: 0,0:00:01.00\n")
    assert caught.value.where.endswith(":4")


def test_ttml_agents_ticks_and_line_breaks(tmp_path: Path) -> None:
    found = source(tmp_path, "a.ttml", TTML)
    assert [(line.speaker, line.time, line.text) for line in found.lines] == [
        ("Jane Roe", "00:00:01.500", "Shall we begin & see?"),
        ("", "00:00:04", "Yes, gladly."),
    ]


def test_ttml_times_of_what_is_around(tmp_path: Path) -> None:
    body = '<div begin="2m"><p>One.</p><p><span begin="90.5s">Two.</span></p><p begin="bad">Three.</p></div>'
    found = source(tmp_path, "a.ttml", f'<tt xmlns="http://www.w3.org/ns/ttml"><body>{body}</body></tt>')
    assert [line.time for line in found.lines] == ["00:02:00", "00:01:30", ""]


def test_youtube_words_and_appended_line_ends(tmp_path: Path) -> None:
    content = (
        '<?xml version="1.0" encoding="utf-8" ?><timedtext format="3"><head><ws id="0"/></head><body>'
        '<w t="0" id="1"/><p t="60400" d="3000" w="1"><s>we</s><s t="200"> met</s></p>'
        '<p t="62000" d="10" w="1" a="1">\n</p><p t="63000" d="900" w="1"><s>often</s></p></body></timedtext>'
    )
    found = source(tmp_path, "a.xml", content)
    assert [(line.time, line.text) for line in found.lines] == [("00:01:00", "we met"), ("00:01:03", "often")]


def test_elan_tiers_are_voices_in_order_of_time(tmp_path: Path) -> None:
    found = document(tmp_path, "a.eaf", EAF)
    assert turns(found) == [("Jane", "00:00:01", "When was it?"), ("Tom", "00:01:05", "In spring.")]
    assert any("T1-en" in note for note in found.notes)
    assert "Au printemps" not in found.text


@pytest.mark.parametrize("name", ["a.ttml", "a.srv3", "a.eaf"])
@pytest.mark.parametrize("content", ["<other/>", "<tt", "not xml at all"])
def test_xml_of_another_kind_is_refused(tmp_path: Path, name: str, content: str) -> None:
    with pytest.raises(FileUnreadable) as caught:
        source(tmp_path, name, content)
    assert caught.value.hint


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_whispers_table_keeps_its_quotes(tmp_path: Path, end: str) -> None:
    content = end.join(
        ("start\tend\ttext", '0\t900\t"So" he said', '65000\t66000\t"And', "67000\t68000\tthen.", "")
    )
    if end == "\r":
        content = content.replace("text\r", "text\r\n")
    found = source(tmp_path, "a.tsv", content)
    assert [(line.time, line.text) for line in found.lines] == [
        ("00:00:00", '"So" he said'), ("00:01:05", '"And'), ("00:01:07", "then."),
    ]  # fmt: skip


@pytest.mark.parametrize("numbers", [True, False])
def test_a_number_that_somebody_said_is_no_number_of_a_caption(tmp_path: Path, numbers: bool) -> None:
    said = ("Interviewer: How old were you?", "42", "Interviewer: And then?")
    content = "".join(
        (f"{at}\n" if numbers else "") + f"00:00:0{at},000 --> 00:00:0{at},900\n{words}\n\n"
        for at, words in enumerate(said, 1)
    )
    assert [line.text for line in source(tmp_path, "a.srt", content).lines] == list(said)
