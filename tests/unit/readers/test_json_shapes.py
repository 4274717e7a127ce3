"""JSON of transcription services: who speaks, when, and what; shapes after the services' documentation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.unit.readers.reading import document, source, turns

from cothemes.adapters.readers.json_shapes import SHAPES
from cothemes.errors import FileUnreadable

ASKED, SAID = "Shall we begin?", "Yes, gladly. At once."


def _aws_items(*words: tuple[str, str, str]) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    for start, voice, text in words:
        mark = {"alternatives": [{"content": text[-1]}], "type": "punctuation"}
        plain = text.rstrip(".,?")
        word = {
            "start_time": start,
            "end_time": start,
            "type": "pronunciation",
            "alternatives": [{"content": plain}],
        }
        items.append({**word, "speaker_label": voice} if voice else word)
        items.extend([mark] if plain != text else [])
    return items


WORDS = [
    ("1.0", "spk_0", "Shall"), ("1.2", "spk_0", "we"), ("1.4", "spk_0", "begin?"), ("4.0", "spk_1", "Yes,"),
    ("4.5", "spk_1", "gladly."), ("65.0", "spk_1", "At"), ("65.5", "spk_1", "once."),
]  # fmt: skip

DIALOGUES: dict[str, tuple[Any, str, str]] = {
    "whisperx": (
        {"segments": [
            {"start": 1.0, "end": 2.0, "text": " Shall we begin?", "speaker": "SPEAKER_00"},
            {"start": 4.0, "end": 5.0, "text": " Yes, gladly.", "speaker": "SPEAKER_01"},
            {"start": 65.0, "end": 66.0, "text": " At once.", "speaker": "SPEAKER_01"},
        ], "word_segments": []},
        "SPEAKER_00", "SPEAKER_01",
    ),
    "diarized_json": (
        {"task": "transcribe", "duration": 66.0, "text": "…", "segments": [
            {"type": "transcript.text.segment", "start": 1.0, "end": 2, "text": ASKED, "speaker": "A"},
            {"type": "transcript.text.segment", "start": 4.0, "end": 9, "text": SAID, "speaker": "B"},
        ]},
        "A", "B",
    ),
    "whispercpp": (
        {"systeminfo": "x", "transcription": [
            {"timestamps": {}, "offsets": {"from": 1000, "to": 2}, "text": ASKED, "speaker": "0"},
            {"timestamps": {}, "offsets": {"from": 4000, "to": 5}, "text": SAID, "speaker": "1"},
        ]},
        "Speaker 0", "Speaker 1",
    ),
    "insanely-fast-whisper": (
        {"text": "…", "chunks": [{"timestamp": [1.0, 2.0], "text": "no"}], "speakers": [
            {"speaker": "SPEAKER_00", "timestamp": [1.0, 2.0], "text": ASKED},
            {"speaker": "SPEAKER_01", "timestamp": [4.0, None], "text": SAID},
        ]},
        "SPEAKER_00", "SPEAKER_01",
    ),
    "aws by word": (
        {"jobName": "j", "results": {
            "transcripts": [{"transcript": f"{ASKED} {SAID}"}],
            "speaker_labels": {"speakers": 2, "segments": []}, "items": _aws_items(*WORDS),
        }},
        "spk_0", "spk_1",
    ),
    "aws by time": (
        {"results": {
            "transcripts": [{"transcript": f"{ASKED} {SAID}"}],
            "speaker_labels": {"segments": [
                {"speaker_label": s, "items": [{"start_time": t, "speaker_label": s}]} for t, s, _ in WORDS
            ]},
            "items": _aws_items(*[(start, "", text) for start, _, text in WORDS]),
        }},
        "spk_0", "spk_1",
    ),
    "aws by segment": (
        {"results": {"transcripts": [{"transcript": "…"}], "items": [], "audio_segments": [
            {"id": 0, "transcript": ASKED, "start_time": "1.0", "end_time": "2", "speaker_label": "spk_0"},
            {"id": 1, "transcript": SAID, "start_time": "4.0", "end_time": "9", "speaker_label": "spk_1"},
        ]}},
        "spk_0", "spk_1",
    ),
    "aws call": (
        {"Transcript": [
            {"ParticipantRole": "AGENT", "Content": ASKED, "BeginOffsetMillis": 1000},
            {"ParticipantRole": "CUSTOMER", "Content": SAID, "BeginOffsetMillis": 4000},
        ]},
        "AGENT", "CUSTOMER",
    ),
    "deepgram utterances": (
        {"metadata": {}, "results": {"channels": [{"alternatives": [{"transcript": "…"}]}], "utterances": [
            {"start": 1.0, "end": 2.0, "channel": 0, "transcript": ASKED, "speaker": 0},
            {"start": 4.0, "end": 9.0, "channel": 0, "transcript": SAID, "speaker": 1},
        ]}},
        "Speaker 0", "Speaker 1",
    ),
    "deepgram paragraphs": (
        {"results": {"channels": [{"alternatives": [{"transcript": "…", "paragraphs": {"paragraphs": [
            {"speaker": 0, "start": 1.0, "sentences": [{"text": ASKED, "start": 1.0}]},
            {"speaker": 1, "start": 4.0, "sentences": [
                {"text": "Yes, gladly.", "start": 4.0}, {"text": "At once.", "start": 65.0}]},
        ]}}]}]}},
        "Speaker 0", "Speaker 1",
    ),
    "deepgram words": (
        {"results": {"channels": [{"alternatives": [{"transcript": "…", "words": [
            {"word": text.lower(), "punctuated_word": text, "start": float(start), "speaker": int(voice[-1])}
            for start, voice, text in WORDS
        ]}]}]}},
        "Speaker 0", "Speaker 1",
    ),
    "deepgram channels": (
        {"results": {"channels": [
            {"alternatives": [{"words": [{"word": t, "start": float(s)} for s, v, t in WORDS if v == voice]}]}
            for voice in ("spk_0", "spk_1")
        ]}},
        "Channel 0", "Channel 1",
    ),
    "assemblyai utterances": (
        {"id": "x", "audio_url": "x", "status": "completed", "text": "…", "words": [], "utterances": [
            {"speaker": "A", "start": 1000, "end": 2000, "text": ASKED, "words": []},
            {"speaker": "B", "start": 4000, "end": 9000, "text": SAID, "words": []},
        ]},
        "Speaker A", "Speaker B",
    ),
    "assemblyai words": (
        {"audio_url": "x", "utterances": None, "words": [
            {"text": text, "start": int(float(start) * 1000), "end": 0, "speaker": "AB"[int(voice[-1])]}
            for start, voice, text in WORDS
        ]},
        "Speaker A", "Speaker B",
    ),
    "rev": (
        {"speakers": [{"id": 0, "name": "Jane"}, {"id": 1, "name": "Tom"}], "monologues": [
            {"speaker": 0, "elements": [
                {"type": "text", "value": "Shall", "ts": 1.0}, {"type": "punct", "value": " "},
                {"type": "text", "value": "we", "ts": 1.2}, {"type": "punct", "value": " "},
                {"type": "text", "value": "begin", "ts": 1.4}, {"type": "punct", "value": "?"}]},
            {"speaker": 1, "elements": [{"type": "text", "value": SAID, "ts": 4.0}]},
        ]},
        "Jane", "Tom",
    ),
    "azure batch": (
        {"source": "x", "recognizedPhrases": [
            {"recognitionStatus": "Success", "channel": 0, "speaker": 2, "offsetInTicks": 4e7,
             "nBest": [{"confidence": 1, "display": SAID}]},
            {"recognitionStatus": "Success", "channel": 0, "speaker": 1, "offsetInTicks": 1e7,
             "nBest": [{"confidence": 1, "display": ASKED}]},
        ]},
        "Speaker 1", "Speaker 2",
    ),
    "azure fast": (
        {"durationMilliseconds": 9, "combinedPhrases": [{"text": "…"}], "phrases": [
            {"speaker": 1, "offsetMilliseconds": 1000, "durationMilliseconds": 9, "text": ASKED},
            {"speaker": 2, "offsetMilliseconds": 4000, "durationMilliseconds": 9, "text": SAID},
        ]},
        "Speaker 1", "Speaker 2",
    ),
    "azure video": (
        {"videos": [{"insights": {"speakers": [{"id": 1, "name": "Jane"}, {"id": 2, "name": "Tom"}],
                                  "transcript": [
            {"id": 1, "text": ASKED, "speakerId": 1, "instances": [{"start": "0:00:01.0", "end": "0:00:02"}]},
            {"id": 2, "text": SAID, "speakerId": 2, "instances": [{"start": "0:00:04.0", "end": "0:00:09"}]},
        ]}}]},
        "Jane", "Tom",
    ),
    "google v1": (
        {"results": [
            {"alternatives": [{"transcript": ASKED, "words": [{"word": "Shall", "startTime": "1s"}]}]},
            {"alternatives": [{"words": [
                {"word": text, "startTime": f"{start}s", "speakerTag": int(voice[-1]) + 1}
                for start, voice, text in WORDS]}]},
        ]},
        "Speaker 1", "Speaker 2",
    ),
    "google v2": (
        {"results": {"gs://b/a.wav": {"transcript": {"results": [{"alternatives": [{"words": [
            {"word": text, "startOffset": f"{start}s", "speakerLabel": str(int(voice[-1]) + 1)}
            for start, voice, text in WORDS]}]}]}}}},
        "Speaker 1", "Speaker 2",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DIALOGUES)
def test_a_dialogue_has_its_two_voices_with_times(tmp_path: Path, name: str) -> None:
    content, first, second = DIALOGUES[name]
    found = turns(document(tmp_path, "a.json", content))
    assert found == [(first, "00:00:01", ASKED), (second, "00:00:04", SAID)]


@pytest.mark.parametrize(
    "content",
    [
        {"text": "…", "segments": [{"id": 0, "start": 60.5, "end": 62, "text": "We met."}], "language": "en"},
        [{"start": 60.5, "text": "We met."}],
        {"text": "We met.", "chunks": [{"timestamp": [60.5, 62.0], "text": " We met."}]},
        {"chunks": [{"timestamp": [60.5, 61], "text": " We"}, {"timestamp": [61, 62], "text": " met."}]},
        {"transcription": [{"offsets": {"from": 60500, "to": 62000}, "text": " We met."}]},
        {"results": {"transcripts": [{"transcript": "We met."}],
                     "items": _aws_items(("60.5", "", "We"), ("61", "", "met."))}},
        {"results": {"channels": [{"alternatives": [
            {"words": [{"word": "We", "start": 60.5}, {"word": "met.", "start": 61}]}]}]}},
        {"sentences": [{"text": "We met.", "start": 60500, "end": 62000, "words": []}]},
        {"phrases": [{"offsetMilliseconds": 60500, "text": "We met."}]},
        {"results": [{"alternatives": [
            {"transcript": "We met.", "words": [{"word": "We", "startTime": "60.5s"}]}]}]},
        {"results": [{"alternatives": [
            {"transcript": "We met.", "words": [{"word": "We", "start_time": {"seconds": "60"}}]}]}]},
        {"wireMagic": "pb3", "events": [
            {"tStartMs": 0, "id": 1}, {"tStartMs": 60500, "segs": [{"utf8": "We"}, {"utf8": " met."}]},
            {"tStartMs": 61000, "aAppend": 1, "segs": [{"utf8": "\n"}]}]},
    ],
)  # fmt: skip
def test_a_transcript_without_voices_names_nobody(tmp_path: Path, content: Any) -> None:
    assert turns(document(tmp_path, "a.json", content)) == [("", "00:01:00", "We met.")]


def test_words_of_channels_are_in_the_order_of_their_times(tmp_path: Path) -> None:
    channels = [
        {
            "channel_label": f"ch_{at}",
            "items": _aws_items(*[(s, "", t) for s, v, t in WORDS if v == f"spk_{at}"]),
        }
        for at in (1, 0)
    ]
    content = {
        "results": {
            "transcripts": [{"transcript": "…"}],
            "channel_labels": {"channels": channels},
            "items": [],
        }
    }
    found = turns(document(tmp_path, "a.json", content))
    assert [(voice, words) for voice, _, words in found] == [("ch_0", ASKED), ("ch_1", SAID)]


def test_what_azure_did_not_recognise_is_counted(tmp_path: Path) -> None:
    phrases = [
        {"recognitionStatus": "Success", "offsetInTicks": 0, "nBest": [{"display": "We met."}]},
        {"recognitionStatus": "InitialSilenceTimeout", "offsetInTicks": 9},
    ]
    found = source(tmp_path, "a.json", {"recognizedPhrases": phrases})
    assert [line.text for line in found.lines] == ["We met."]
    assert any(note.startswith("Left out: 1 phrase") for note in found.notes)


def test_a_segment_without_a_speaker_among_others_is_nobodys(tmp_path: Path) -> None:
    content = {
        "segments": [
            {"text": "We met.", "speaker": "S1"},
            {"text": "Perhaps."},
            {"text": "So.", "speaker": None},
        ]
    }
    assert [line.speaker for line in source(tmp_path, "a.json", content).lines] == ["S1", "", ""]


@pytest.mark.parametrize("name", ["a.txt", "a.json", "a.json3", "a.md", "noending"])
def test_the_content_says_that_it_is_json(tmp_path: Path, name: str) -> None:
    assert source(tmp_path, name, {"segments": [{"text": "We met."}]}).reader == "whisper"


@pytest.mark.parametrize(
    "content",
    [{}, [], {"a": 1}, {"segments": []}, {"results": {}}, {"results": []}, [1], {"text": "We met."}],
)
def test_a_shape_that_is_not_known_is_refused_with_those_that_are(tmp_path: Path, content: Any) -> None:
    with pytest.raises(FileUnreadable) as caught:
        source(tmp_path, "a.json", content)
    assert all(shape.name in caught.value.hint for shape in SHAPES)


@pytest.mark.parametrize(
    ("content", "part"),
    [
        ({"segments": [{"text": "a"}, {"text": 5}]}, "segment 2"),
        ({"transcription": [{"text": "a"}, {}]}, "part 2"),
        ({"results": {"utterances": [{"transcript": "a"}, 7]}}, "utterance 2"),
        ({"monologues": [{"elements": []}, 7]}, "monologue 2"),
        ({"phrases": [{"offsetMilliseconds": 0, "text": "a"}, None]}, "phrase 2"),
    ],
)
def test_a_broken_part_is_named(tmp_path: Path, content: Any, part: str) -> None:
    with pytest.raises(FileUnreadable) as caught:
        source(tmp_path, "a.json", content)
    assert part in caught.value.message


def test_a_transcript_without_words_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable, match="without words"):
        source(tmp_path, "a.json", {"segments": [{"text": " "}]})


def test_a_long_stretch_of_words_is_cut_into_captions_with_times(tmp_path: Path) -> None:
    words = [{"word": f"w{n}", "start": n} for n in range(100)]
    content = {"results": {"channels": [{"alternatives": [{"words": words}]}]}}
    lines = source(tmp_path, "a.json", content).lines
    assert " ".join(line.text for line in lines) == " ".join(f"w{n}" for n in range(100))
    assert [line.time for line in lines] == ["00:00:00", "00:00:40", "00:01:20"]


def _tagged(*words: tuple[str, str]) -> dict[str, Any]:
    return {"alternatives": [{"words": [{"word": text, "speakerLabel": voice} for text, voice in words]}]}


def test_google_results_that_repeat_nothing_are_all_read(tmp_path: Path) -> None:
    results = [
        _tagged(("Ready?", "1")),
        _tagged(("Yes,", "2"), ("gladly.", "2")),
        {"alternatives": [{"words": [{"word": "Good."}]}]},
    ]
    found = turns(document(tmp_path, "a.json", {"results": results}))
    assert [(voice, words) for voice, _, words in found] == [
        ("Speaker 1", "Ready?"), ("Speaker 2", "Yes, gladly."), ("", "Good."),
    ]  # fmt: skip


def test_what_rev_did_not_make_out_is_counted(tmp_path: Path) -> None:
    elements = [{"type": "text", "value": "We met."}, {"type": "unknown", "value": "<unk>"}]
    found = source(tmp_path, "a.json", {"monologues": [{"speaker": 0, "elements": elements}]})
    assert [line.text for line in found.lines] == ["We met."]
    assert found.notes == ("Left out: 1 word that Rev could not make out.",)
