"""Captions that show lines again are read once; what a person says twice is read twice."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.contracts.files import write

from cothemes.adapters.readers.cues import Cue
from cothemes.adapters.readers.registry import reader_for
from cothemes.adapters.readers.rolling import unrolled
from cothemes.records.document import Document
from cothemes.stages.ingest.document import document_from

SAID = (
    "so how did it come about",
    "well it began in the spring",
    "when the old hall was closed",
    "so we met in the hall",
    "yes",
    "yes",
    "yes",
    "so we met in the hall",
    "and then it ended",
)


def clock(seconds: float, mark: str = ".") -> str:
    whole = int(seconds)
    return f"00:{whole // 60:02d}:{whole % 60:02d}{mark}{round(seconds % 1 * 1000):03d}"


def timed_words(line: str, at: float) -> str:
    first, *more = line.split()
    return first + "".join(f"<{clock(at + 0.1)}><c> {word}</c>" for word in more)


def youtube(lines: Sequence[str], *, word_times: bool = True) -> list[tuple[float, float, list[str]]]:
    """As YouTube: a caption of the line before and the new line, then a hold of ten milliseconds."""
    found: list[tuple[float, float, list[str]]] = []
    before = " "
    for number, line in enumerate(lines):
        at = number * 4.0
        found.append((at, at + 3.98, [before, timed_words(line, at) if word_times else line]))
        found.append((at + 3.98, at + 3.99, [line, " "]))
        before = line
    return found


def roll_up(lines: Sequence[str], height: int) -> list[tuple[float, float, list[str]]]:
    """A window of some lines that moves on by one."""
    return [(n * 2.0, n * 2.0 + 1.9, list(lines[max(0, n + 1 - height) : n + 1])) for n in range(len(lines))]


def one_a_caption(lines: Sequence[str]) -> list[tuple[float, float, list[str]]]:
    return [(n * 2.0, n * 2.0 + 1.9, [line]) for n, line in enumerate(lines)]


Captions = Sequence[tuple[float, float, list[str]]]


def vtt(captions: Captions) -> str:
    return "WEBVTT\nKind: captions\n\n" + "".join(
        f"{clock(start)} --> {clock(end)} align:start position:0%\n" + "\n".join(rows) + "\n\n"
        for start, end, rows in captions
    )


def srt(captions: Captions) -> str:
    return "".join(
        f"{n}\n{clock(start, ',')} --> {clock(end, ',')}\n"
        + "\n".join(row for row in rows if row.strip())
        + "\n\n"
        for n, (start, end, rows) in enumerate(captions, 1)
    )


def read(folder: Path, name: str, content: str) -> Document:
    path = write(folder, name, content)
    return document_from(reader_for(path).read(path)[0])


def words(document: Document) -> str:
    return " ".join(" ".join(document.text[b.start : b.end] for b in document.blocks).split())


def joined(document: Document) -> list[int]:
    return [int(note.split()[1]) for note in document.notes if note.startswith("Joined: ")]


@pytest.mark.parametrize("word_times", [True, False])
@pytest.mark.parametrize(("name", "form"), [("a.vtt", vtt), ("a.srt", srt)])
def test_youtube(tmp_path: Path, name: str, form: object, word_times: bool) -> None:
    captions = youtube(SAID, word_times=word_times)
    document = read(tmp_path, name, form(captions))  # type: ignore[operator]
    assert words(document) == " ".join(SAID)
    # Of 18 captions all but the first show a line again.
    assert joined(document) == [17]
    assert not any("outside any cue" in note for note in document.notes)


@pytest.mark.parametrize("height", [2, 3])
@pytest.mark.parametrize(("name", "form"), [("a.vtt", vtt), ("a.srt", srt)])
def test_roll_up(tmp_path: Path, name: str, form: object, height: int) -> None:
    document = read(tmp_path, name, form(roll_up(SAID, height)))  # type: ignore[operator]
    assert words(document) == " ".join(SAID)
    assert joined(document) == [len(SAID) - 1]


@pytest.mark.parametrize(("name", "form"), [("a.vtt", vtt), ("a.srt", srt)])
@pytest.mark.parametrize(
    "lines",
    [
        SAID,
        ["yes"] * 8,
        ["yes yes", "yes yes", "no", "no", "yes yes"],
        [line for line in SAID for _ in range(2)],
    ],
)
def test_what_is_said_twice_stays_twice(tmp_path: Path, name: str, form: object, lines: list[str]) -> None:
    document = read(tmp_path, name, form(one_a_caption(lines)))  # type: ignore[operator]
    assert words(document) == " ".join(lines)
    assert joined(document) == []


def test_captions_of_two_lines_that_repeat_now_and_then_are_left_alone(tmp_path: Path) -> None:
    rows = [
        ["it was", "a hall"],
        ["a hall", "of wood"],
        ["and we", "met there"],
        ["every", "week"],
        ["of", "it"],
    ]
    document = read(tmp_path, "a.srt", srt([(n * 2.0, n * 2.0 + 1.9, each) for n, each in enumerate(rows)]))
    assert words(document) == "it was a hall a hall of wood and we met there every week of it"
    assert joined(document) == []


def test_voices_and_entities_survive(tmp_path: Path) -> None:
    lines = ["R&amp;D came first", "then &lt;all&gt; of it", "and tea", "and more tea"]
    document = read(tmp_path, "a.vtt", vtt(youtube(lines)))
    assert words(document) == "R&D came first then <all> of it and tea and more tea"


LINES = st.lists(
    st.lists(st.sampled_from(["yes", "no", "we", "met"]), min_size=1, max_size=3).map(" ".join),
    min_size=4,
    max_size=25,
)


@given(LINES)
def test_every_line_of_rolling_captions_comes_once(lines: list[str]) -> None:
    for captions in (youtube(lines), roll_up(lines, 2), roll_up(lines, 3)):
        cues = [Cue(n, clock(s), tuple(rows), clock(e)) for n, (s, e, rows) in enumerate(captions, 1)]
        plain = unrolled(cues)
        spoken = [row for cue in plain.cues for row in cue.payload if row.strip()]
        assert len(spoken) == len(lines)
        assert [cue.number for cue in plain.cues] == [cue.number for cue in cues]


@given(LINES)
def test_no_line_of_other_captions_is_dropped(lines: list[str]) -> None:
    cues = [Cue(n, clock(s), tuple(r), clock(e)) for n, (s, e, r) in enumerate(one_a_caption(lines), 1)]
    assert unrolled(cues) == (cues, 0)
