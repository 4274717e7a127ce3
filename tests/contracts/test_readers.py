"""One suite on all readers: places, hashes, and no word of a file without a trace. Then each format's own."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from tests.contracts.files import (
    ASS,
    EAF,
    FODT,
    SRT,
    TTML,
    VTT,
    WHISPER_TEXT,
    WHISPERX,
    ZOOM,
    docx,
    epub,
    odt,
    paragraph,
    pdf,
    table,
    write,
    xlsx,
)

from cothemes.adapters.readers.lines import lines_apart, physical_lines
from cothemes.adapters.readers.registry import READERS, SUFFIXES, reader_for
from cothemes.errors import FileUnreadable
from cothemes.records.document import Document, Kind
from cothemes.records.source import LineStyle, Source
from cothemes.stages.ingest.check import unsettled
from cothemes.stages.ingest.document import document_from
from cothemes.stages.ingest.text import settle

PDF = pdf(
    [
        (800, 8, "Board of the Hall, 3 May"),
        (760, 16, "The Hall Plan"),
        (730, 12, "1. Purpose"),
        (710, 10, "The hall is old and this plan says how it will be mended by the co-"),
        (698, 10, "operative and its many friends; a summary of re-"),
        (686, 10, "sponses was made by the co-operative in the spring of the year"),
        (674, 10, "2 as it had been asked to do by everyone who came to the hall"),
        (40, 8, "Page 1 of 2"),
    ],
    [
        (800, 8, "Board of the Hall, 3 May"),
        (760, 10, "and was read out."),
        (736, 10, "It is to be read again."),
        (40, 8, "Page 2 of 2"),
    ],
)
DOCX = docx(
    paragraph("A plan", "Title"),
    paragraph("Why", "Heading1"),
    paragraph(
        "Because ",
        extra="<w:ins><w:r><w:t>we</w:t></w:r></w:ins><w:del><w:r><w:delText>you</w:delText></w:r></w:del>",
    ),
    paragraph("open", "ListBullet"),
    table(("Item", "Price"), ("Heat", "3")),
    paragraph("How", "Mine"),
    paragraph("One line\nand\tanother."),
)
FILES: dict[str, str | bytes] = {
    "a.txt": "P1: One.\r\nP2: Two.\r\n",
    "a.text": WHISPER_TEXT,
    "a.md": "---\ntitle: T\n---\n# Head\n\nWords.\n",
    "a.markdown": "Words.",
    "a.docx": DOCX,
    "a.pdf": PDF,
    "a.vtt": VTT,
    "b.vtt": ZOOM,
    "a.srt": SRT,
    "a.csv": 'id,region,text\n1,north,It was good.\n2,north,\n3,north,"Slow, and\nlong."\n',
    "a.tsv": "respondent\tage\ttext\nr1\t40\tIt was good.\nr2\t50\tSlow.\n",
    "a.jsonl": '{"id":"x1","doc":"D 1","text":"One."}\n\n'
    '{"id":"x2","doc":"D 2","text":"Two.","speaker":"participant"}\n',
    "a.json": WHISPERX,
    "a.json3": '{"events": [{"tStartMs": 0, "segs": [{"utf8": "We"}, {"utf8": " met."}]}]}',
    "a.docm": DOCX,
    "a.odt": odt("<text:h text:outline-level='1'>Why</text:h><text:p>We met.</text:p>"),
    "a.ott": odt("<text:p>We met.</text:p>"),
    "a.fodt": FODT,
    "a.rtf": "{\\rtf1\\ansi We met.\\par And left.\\par}",
    "a.html": "<!DOCTYPE html><title>T</title><h1>Why</h1><p>We met.</p>",
    "a.htm": "<html><body><p>We met.</p></body></html>",
    "a.xhtml": '<html xmlns="http://www.w3.org/1999/xhtml"><body><p>We met.</p></body></html>',
    "a.epub": epub("<h1>One</h1><p>We met.</p>", "<p>And left.</p>"),
    "a.xlsx": xlsx(("id", "text"), (1, "It was good."), (2, None), (3, "Slow.")),
    "a.xlsm": xlsx(("id", "text"), (1, "It was good.")),
    "a.ass": ASS,
    "a.ssa": ASS,
    "a.ttml": TTML,
    "a.dfxp": TTML,
    "a.srv3": '<timedtext format="3"><body><p t="60000" d="9">We met.</p></body></timedtext>',
    "a.srv2": '<timedtext><text t="60000" d="9">We met.</text></timedtext>',
    "a.srv1": '<transcript><text start="60.5" dur="2">We &amp;amp; they met.</text></transcript>',
    "a.eaf": EAF,
}


def sources(folder: Path, name: str) -> list[Source]:
    path = write(folder, name, FILES[name])
    return reader_for(path).read(path)


def understood(folder: Path, name: str) -> Document:
    return document_from(sources(folder, name)[0])


def spoken(document: Document) -> list[tuple[str, str]]:
    return [(block.speaker, document.text[block.start : block.end]) for block in document.blocks]


def test_every_ending_has_a_file_here() -> None:
    assert {Path(name).suffix for name in FILES} == set(READERS) == SUFFIXES


@pytest.mark.parametrize("name", FILES)
def test_names_hash_and_ascending_places(tmp_path: Path, name: str) -> None:
    for source in sources(tmp_path, name):
        assert source.name == name
        assert source.hash == hashlib.sha256((tmp_path / name).read_bytes()).hexdigest()
        places = [line.place for line in source.lines]
        assert places == sorted(places)
        assert any(line.text.strip() for line in source.lines)


@pytest.mark.parametrize("name", FILES)
def test_documents_have_ordered_blocks_and_a_way_back(tmp_path: Path, name: str) -> None:
    for source in sources(tmp_path, name):
        document = document_from(source)
        assert document.blocks
        at = 0
        for block in document.blocks:
            assert at <= block.start < block.end <= len(document.text)
            words = document.text[block.start : block.end]
            assert words == words.strip()
            at = block.end
        offsets = [offset for offset, _ in document.offsets.points]
        places = [place for _, place in document.offsets.points]
        assert offsets == sorted(set(offsets))
        assert places == sorted(places)


@pytest.mark.parametrize("name", FILES)
def test_reading_twice_gives_the_same_document(tmp_path: Path, name: str) -> None:
    assert understood(tmp_path, name) == understood(tmp_path, name)


@pytest.mark.parametrize("suffix", sorted(READERS))
def test_a_missing_file_is_refused_by_name(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"gone{suffix}"
    with pytest.raises(FileUnreadable, match="no such file") as caught:
        reader_for(path).read(path)
    assert caught.value.where == str(path)
    assert caught.value.hint


@pytest.mark.parametrize("name", ["a.doc", "a.ods", "a.mp3", "a.weird", "noending"])
def test_an_unknown_ending_is_refused_with_advice(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileUnreadable) as caught:
        reader_for(tmp_path / name)
    assert caught.value.hint


def test_docx_walks_the_body(tmp_path: Path) -> None:
    document = understood(tmp_path, "a.docx")
    assert document.title == "A plan"
    assert [(b.kind.value, document.text[b.start : b.end], b.headings) for b in document.blocks] == [
        ("heading", "A plan", ()),
        ("heading", "Why", ()),
        ("paragraph", "Because we", ("Why",)),
        ("bullet", "open", ("Why",)),
        ("table", "Item | Price", ("Why",)),
        ("table", "Heat | 3", ("Why",)),
        ("heading", "How", ()),
        ("paragraph", "One line\nand\tanother.", ("How",)),
    ]
    assert "Left out: tracked deletions (1)." in document.notes
    # "Because we" is the third paragraph of the body.
    assert document.offsets.source_of(document.blocks[2].start) == 3


def test_docx_of_a_meeting_with_names_and_times(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "teams.docx",
        docx(
            paragraph("Visit-20240627_101104-Meeting Recording"),
            paragraph("June 27, 2024, 10:11AM"),
            paragraph("18m 32s"),
            paragraph("Kay Kerr started transcription"),
            paragraph("Kay Kerr   0:03\nReady, then?"),
            paragraph("Participant 8   0:08\nYes.\nI am."),
            paragraph("Kay Kerr   0:15\nWhat is new?"),
            paragraph("Participant 8   0:21\nNothing."),
        ),
    )
    document = document_from(reader_for(path).read(path)[0])
    assert document.kind is Kind.INTERVIEW
    assert spoken(document) == [
        ("Kay Kerr", "Ready, then?"),
        ("Participant 8", "Yes.\nI am."),
        ("Kay Kerr", "What is new?"),
        ("Participant 8", "Nothing."),
    ]
    assert [block.time for block in document.blocks] == ["0:03", "0:08", "0:15", "0:21"]


def test_docx_transcript_in_a_table(tmp_path: Path) -> None:
    rows = [("Time", "Speaker", "Text")] + [
        (f"00:0{n}", "INT" if n % 2 else "P1", f"This is what was said, number {n}.") for n in range(1, 7)
    ]
    path = write(tmp_path, "t.docx", docx(table(*rows[1:])))
    document = document_from(reader_for(path).read(path)[0])
    assert [(b.speaker, b.role.value, b.time) for b in document.blocks][:2] == [
        ("INT", "interviewer", "00:01"),
        ("P1", "participant", "00:02"),
    ]


def test_docx_header_table_is_metadata(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "t.docx",
        docx(
            table(("Participant", "P05, lead officer"), ("Date", "21 May"), ("Status", "invented")),
            paragraph("Interviewer: Ready?"),
            paragraph("Participant: Yes."),
            paragraph("Interviewer: Good."),
        ),
    )
    document = document_from(reader_for(path).read(path)[0])
    assert [speaker for speaker, _ in spoken(document)] == ["Interviewer", "Participant", "Interviewer"]
    assert document.metadata["participant"] == "P05"
    assert document.metadata["status"] == "invented"


def test_pdf_drops_furniture_joins_lines_and_counts_pages(tmp_path: Path) -> None:
    document = understood(tmp_path, "a.pdf")
    assert [(b.kind.value, document.text[b.start : b.end]) for b in document.blocks] == [
        ("heading", "The Hall Plan"),
        ("heading", "1. Purpose"),
        (
            "paragraph",
            "The hall is old and this plan says how it will be mended by the co-operative and its many "
            "friends; a summary of responses was made by the co-operative in the spring of the year 2 as it "
            "had been asked to do by everyone who came to the hall and was read out.",
        ),
        ("paragraph", "It is to be read again."),
    ]
    assert document.offsets.source_of(document.blocks[0].start) == 1
    assert document.offsets.source_of(document.blocks[-1].start) == 2
    assert "Left out on most pages: “Board of the Hall, 3 May”." in document.notes
    assert "Left out: 2 page numbers." in document.notes


def test_vtt_voices_notes_and_markup(tmp_path: Path) -> None:
    document = understood(tmp_path, "a.vtt")
    assert document.synthetic
    assert spoken(document) == [
        ("Smith, Jane", "So shall we start & see?"),
        ("Cy Dow", "Yes."),
        ("Smith, Jane", "Good. It is on, I think."),
    ]
    assert document.offsets.source_of(document.blocks[2].start) == 2
    assert any("STYLE" in note for note in document.notes)
    assert document.text.endswith("Smith, Jane: Good. It is on, I think.")


def test_vtt_with_names_in_the_words(tmp_path: Path) -> None:
    assert spoken(understood(tmp_path, "b.vtt")) == [
        ("Kay Kerr", "Can you hear me? I have one question. and it is long."),
        ("stokes", "Hello, at 10:30: yes."),
        ("Kay Kerr", "Good."),
    ]


def test_srt(tmp_path: Path) -> None:
    document = understood(tmp_path, "a.srt")
    assert document.synthetic
    assert spoken(document) == [
        ("Interviewer", "Right, we're on. Can you hear me? 2024"),
        ("Participant", "You're fine."),
    ]
    assert document.blocks[0].time == "00:00:03,140"


def test_captions_named_txt_are_taken_for_what_they_are(tmp_path: Path) -> None:
    path = write(tmp_path, "t.txt", VTT)
    assert reader_for(path).read(path)[0].reader == "vtt"


def test_whisper_text_and_segments(tmp_path: Path) -> None:
    document = understood(tmp_path, "a.text")
    assert document.reader == "whisper"
    assert spoken(document) == [("", "Hello everyone. I am here with Rick.")]
    document = understood(tmp_path, "a.json")
    assert spoken(document) == [
        ("SPEAKER_00", "Ready?"),
        ("SPEAKER_01", "Yes."),
        ("", "Perhaps."),
        ("SPEAKER_00", "Good."),
    ]
    assert document.blocks[3].time == "00:01:03"


def test_tables_of_answers(tmp_path: Path) -> None:
    (source,) = sources(tmp_path, "a.csv")
    document = document_from(source)
    assert document.kind is Kind.SURVEY
    assert [(b.label, b.role.value, document.text[b.start : b.end]) for b in document.blocks] == [
        ("1", "participant", "It was good."),
        ("3", "participant", "Slow, and\nlong."),
    ]
    assert document.metadata == {"region": "north"}
    assert document.offsets.source_of(document.blocks[1].start) == 4
    assert "Left out: 1 row without an answer." in document.notes
    first, second = sources(tmp_path, "a.tsv")
    assert (document_from(first).slug, document_from(second).slug) == ("a-r1", "a-r2")
    assert document_from(second).metadata == {"age": "50", "participant": "r2", "respondent": "r2"}


def test_a_table_with_several_questions(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "q.csv",
        "who;What was good?;What was bad?\nA;the food was very good;the wait was far too long\n"
        "B;;nothing at all was bad\n",
    )
    document = document_from(reader_for(path).read(path)[0])
    assert [(b.headings, document.text[b.start : b.end]) for b in document.blocks] == [
        (("What was good?",), "the food was very good"),
        (("What was bad?",), "the wait was far too long"),
        (("What was bad?",), "nothing at all was bad"),
    ]


def test_passages_keep_ids_speakers_and_exclusions(tmp_path: Path) -> None:
    lines = [
        {"id": "x1", "doc": "D 1", "text": "One.", "speaker": "participant", "labels": {"r": []}},
        {"id": "x2", "doc": "D 1", "text": "Two.", "exclude": "example in the codebook"},
        {"id": "x3", "doc": "D 1", "text": "Three."},
    ]
    path = write(tmp_path, "p.jsonl", "\n".join(json.dumps(line) for line in lines))
    document = document_from(reader_for(path).read(path)[0])
    assert document.slug == "d-1"
    assert [(b.label, b.speaker, b.role.value) for b in document.blocks] == [
        ("x1", "participant", "participant"),
        ("x3", "", "participant"),
    ]
    assert "Two." in document.text
    assert len(document.notes) == 2


def test_front_matter_is_kept_in_the_text_and_out_of_the_blocks(tmp_path: Path) -> None:
    (source,) = sources(tmp_path, "a.md")
    assert [line.style for line in source.lines[:3]] == [LineStyle.ASIDE] * 3
    document = document_from(source)
    assert document.text == FILES["a.md"]
    assert spoken(document) == [("", "Head"), ("", "Words.")]


def test_docx_leaves_hidden_words_out_and_counts_them(tmp_path: Path) -> None:
    def hidden(words: str, value: str = "") -> str:
        return f"<w:r><w:rPr><w:vanish{value}/></w:rPr><w:t>{words}</w:t></w:r>"

    body = paragraph("P1: We met.", extra=hidden("NOTE") + hidden(" Often.", ' w:val="0"') + hidden(" "))
    path = write(
        tmp_path, "a.docx", docx(body, paragraph("P2: Yes."), paragraph("P1: So.", extra=hidden("X")))
    )
    document = document_from(reader_for(path).read(path)[0])
    assert spoken(document) == [("P1", "We met. Often."), ("P2", "Yes."), ("P1", "So.")]
    assert "Left out: passages of hidden words (2)." in document.notes


TALK = '{0},{1}\nF,How did it begin?\nR1-19,"In spring, mostly."\nF,And who came?\nR1-19,Everybody came.\n'


@pytest.mark.parametrize("column", ["Participant", "respondent", "interviewee"])
def test_a_table_of_people_who_take_turns_is_one_conversation(tmp_path: Path, column: str) -> None:
    path = write(tmp_path, "talk.csv", TALK.format(column, "Comment"))
    (source,) = reader_for(path).read(path)
    document = document_from(source)
    assert [(b.speaker, b.role.value) for b in document.blocks] == [
        ("F", "unknown"),
        ("R1-19", "unknown"),
    ] * 2
    assert unsettled(document) == "no rule decides the role of F, R1-19"
    settled = document_from(source, metadata={"interviewer": "F"})
    assert [b.role.value for b in settled.blocks] == ["interviewer", "participant"] * 2
    assert unsettled(settled) == ""


def test_transcripts_of_one_table_are_documents(tmp_path: Path) -> None:
    rows = "".join(f"{at},{row}\n" for at in ("T1", "T2") for row in TALK.splitlines()[1:])
    path = write(tmp_path, "talk.csv", "Transcript,Participant,Comment\n" + rows)
    documents = [document_from(source) for source in reader_for(path).read(path)]
    assert [(d.slug, [b.speaker for b in d.blocks]) for d in documents] == [
        ("talk-t1", ["F", "R1-19"] * 2),
        ("talk-t2", ["F", "R1-19"] * 2),
    ]


def test_answers_of_people_one_after_another_stay_apart(tmp_path: Path) -> None:
    rows = (
        "participant,interview,text\nA,1,What a day it was?\nA,1,We met.\nB,2,Nobody came.\nB,2,It rained.\n"
    )
    path = write(tmp_path, "a.csv", rows)
    documents = [document_from(source) for source in reader_for(path).read(path)]
    assert [(d.metadata["participant"], d.blocks[0].role.value) for d in documents] == [
        ("A", "participant"),
        ("B", "participant"),
    ]


def test_a_table_with_speakers_keeps_their_times(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", "timestamp,speaker,text\n0:03,Jane,How was it?\n0:20,Interviewer,Good.\n")
    document = document_from(reader_for(path).read(path)[0])
    assert [(b.time, b.speaker, b.role.value) for b in document.blocks] == [
        ("0:03", "Jane", "participant"),
        ("0:20", "Interviewer", "interviewer"),
    ]
    assert document.notes == ()


def test_whisper_table_is_captions(tmp_path: Path) -> None:
    path = write(tmp_path, "a.tsv", "start\tend\ttext\n0\t4500\tHow was it?\n65000\t69500\tIt was good.\n")
    document = document_from(reader_for(path).read(path)[0])
    assert (document.kind, document.reader) == (Kind.INTERVIEW, "whisper")
    assert spoken(document) == [("", "How was it? It was good.")]
    assert document.blocks[0].time == "00:00:00"
    assert document.offsets.source_of(document.blocks[0].end - 1) == 2
    assert unsettled(document) == "no speaker is named anywhere"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\f", "\u2028"])
@pytest.mark.parametrize("blank", ["", " ", "\t "])
@pytest.mark.parametrize("times", [0, 1, 2, 5])
def test_blank_lines_in_a_row_leave_text_and_places_alone(end: str, blank: str, times: int) -> None:
    text = f"a{end}" + f"{blank}{end}" * times + f"  b{end}c{end}" + f"{blank}{end}" * times
    apart, physical = list(lines_apart(text)), list(physical_lines(text))
    assert "\n".join(settle(line).text for _, line in apart) == "\n".join(line for _, line in physical)
    assert [pair for pair in apart if pair[1].strip()] == [pair for pair in physical if pair[1].strip()]
    assert len(apart) <= 5


def test_vtt_cues_without_words_leave_no_time_in_the_text(tmp_path: Path) -> None:
    empty = "00:01.000 --> 00:02.000\n00:02.000 --> 00:02.900 line:90%\n\n"
    content = f"WEBVTT\n\n{empty}00:03.000 --> 00:04.000\nYes.\n"
    path = write(tmp_path, "a.vtt", content)
    document = document_from(reader_for(path).read(path)[0])
    assert spoken(document) == [("", "Yes.")]
    assert document.offsets.source_of(document.blocks[0].start) == 3
