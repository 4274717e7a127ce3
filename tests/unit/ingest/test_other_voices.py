"""Nobody's words stand under another person unless that is told: ids, glued times, spellings, new ways."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from tests.contracts.files import docx, paragraph, pdf, write
from tests.unit.ingest.reading import Desk

from cothemes.adapters.readers.registry import reader_for
from cothemes.records.document import Document, Kind
from cothemes.stages.ingest.check import unsettled
from cothemes.stages.ingest.document import document_from
from cothemes.stages.ingest.overlooked import overlooked

SAID = (
    "So could you tell me how it came about?",
    "Well, it began in the spring, when the old hall was closed.",
    "And who decided what the group would read?",
    "The members did, mostly. We wrote titles on cards.",
    "Did anybody object to the plan?",
    "Some did, yes. Mrs. Okafor wrote a letter.",
)


def voices(document: Document) -> list[tuple[str, str, int]]:
    """(speaker, role, turns), in order of first appearance."""
    return [
        (name, role, count)
        for (name, role), count in Counter((b.speaker, b.role.value) for b in document.blocks).items()
    ]


def words(document: Document) -> list[str]:
    return [document.text[block.start : block.end] for block in document.blocks]


def dialogue(*labels: str, between: str = " ") -> str:
    return "\n\n".join(f"{labels[n % len(labels)]}{between}{said}" for n, said in enumerate(SAID))


@pytest.mark.parametrize(
    "label", ["3K31", "#12", "# 12", "#P3", "07-A", "101", "12B", "3k31_b", "0042"], ids=lambda label: label
)
@pytest.mark.parametrize("form", ["{}:", "[{}]:", "**{}:**", "[00:01:02] {}:", "{} (00:01:02):"])
def test_an_id_that_begins_with_a_digit_or_a_hash(desk: Desk, label: str, form: str) -> None:
    document = desk.read("a.txt", dialogue("Interviewer:", form.format(label)))
    assert voices(document) == [("Interviewer", "interviewer", 3), (label, "participant", 3)]
    assert words(document) == list(SAID)
    assert unsettled(document) == ""


def test_ids_that_speak_once_each(desk: Desk) -> None:
    text = f"Interviewer: {SAID[0]}\n3K31: {SAID[1]}\nInterviewer: {SAID[2]}\n4B02: {SAID[3]}\n"
    assert [name for name, *_ in voices(desk.read("a.txt", text))] == ["Interviewer", "3K31", "4B02"]


@pytest.mark.parametrize(
    "words_",
    [
        "We had two aims.\n1: to meet\n2: to read",
        "It was late.\n10:30 it was, and then 11:45: nothing",
        "In two years.\n1990s: none\n2nd: some",
        "They said 3K31: which I never saw.",
    ],
)
def test_numbers_inside_an_answer_are_its_own(desk: Desk, words_: str) -> None:
    document = desk.read("a.txt", f"Interviewer: Well?\nTom: {words_}\nInterviewer: Yes?\nTom: It ended.\n")
    assert voices(document) == [("Interviewer", "interviewer", 2), ("Tom", "participant", 2)]
    assert words(document)[1] == words_


def test_a_list_that_begins_anew_is_no_conversation(desk: Desk) -> None:
    text = "1: Hold the hall.\n\n2: Read a book.\n\n1: Heat it.\n\n2: Sweep it.\n\n1: Close it.\n\n2: Go.\n"
    assert not any(block.speaker for block in desk.read("a.txt", text).blocks)


TEAMS = ("Interviewer 0:03", "{}0:20", "Interviewer 0:37", "{}0:54", "Interviewer 10:11", "{}10:28")


def teams(folder: Path, name: str, heads: tuple[str, ...] = TEAMS) -> Document:
    body = [
        paragraph(line) for head, said in zip(heads, SAID, strict=True) for line in (head.format(name), said)
    ]
    path = write(folder, "teams.docx", docx(*body))
    return document_from(reader_for(path).read(path)[0])


@pytest.mark.parametrize("name", ["Participant", "Tom Lark", "Ann-Marie O’Neil"])
def test_a_time_glued_to_a_name(tmp_path: Path, name: str) -> None:
    document = teams(tmp_path, name)
    assert voices(document) == [("Interviewer", "interviewer", 3), (name, "participant", 3)]
    assert [block.time for block in document.blocks] == ["0:03", "0:20", "0:37", "0:54", "10:11", "10:28"]
    assert words(document) == list(SAID)


def test_glued_times_that_do_not_ascend_are_told_and_not_guessed(tmp_path: Path) -> None:
    # Participant1 at 0:20, 0:54 and 1:28, or Participant at 10:20, 10:54 and 11:28, after 0:03?
    heads = ("Interviewer 0:03", "P20:20", "Interviewer 0:37", "P10:54", "Interviewer 1:11", "P11:28")
    document = teams(tmp_path, "", heads)
    assert "P" not in {block.speaker for block in document.blocks}
    assert unsettled(document)


def test_one_person_in_two_spellings(desk: Desk) -> None:
    text = dialogue("Q:", "Jane Roe:").replace("Jane Roe:", "JANE ROE:", 1)
    assert voices(desk.read("a.txt", text)) == [("Q", "interviewer", 3), ("Jane Roe", "participant", 3)]


def test_characters_of_no_width_before_a_label(desk: Desk) -> None:
    text = dialogue("\u200bInterviewer:", "\ufeffTom:", between=" \u200b")
    document = desk.read("a.txt", text)
    assert [name for name, *_ in voices(document)] == ["Interviewer", "Tom"]


def beside_an_interviewer(answer: str) -> str:
    return "".join(
        f"Interviewer: {said}\n\n" if not n % 2 else answer.format(said) + "\n\n"
        for n, said in enumerate(SAID)
    )


@pytest.mark.parametrize(
    ("answer", "label"),
    [
        ("<b>Tom Lark:</b> {}", "Tom Lark"),
        ("RESP\t{}", "RESP"),
        ("B1  {}", "B1"),
        ("Tom Lark\n{}", "Tom Lark"),
        ("3K31\n{}", "3K31"),
        ("[Tom] {}", "Tom"),
        ("Tom [00:20] {}", "Tom"),
        ("*Tom*: {}", "Tom"),
        ("_Tom:_ {}", "Tom"),
        ("Tom; {}", "Tom"),
        ("Tom>> {}", "Tom"),
        ("P1. {}", "P1"),
        ("P1) {}", "P1"),
        ("P1 {}", "P1"),
        ("B1 - {}", "B1"),
        ("3K31 {}", "3K31"),
        ("#12 {}", "#12"),
    ],
)
def test_two_conventions_in_one_text(desk: Desk, answer: str, label: str) -> None:
    document = desk.read("a.txt", beside_an_interviewer(answer))
    assert voices(document) == [("Interviewer", "interviewer", 3), (label, "participant", 3)]
    assert words(document) == list(SAID)
    assert (overlooked(document), unsettled(document)) == ((), "")


@pytest.mark.parametrize(("answer", "told"), [("[Tom Lark] 10:00:20\n{}", "Tom Lark"), (">> {}", ">>")])
def test_a_label_that_no_convention_reads_is_told(desk: Desk, answer: str, told: str) -> None:
    document = desk.read("a.txt", beside_an_interviewer(answer))
    assert [(each.label, each.lines) for each in overlooked(document)] == [(told, 3)]
    assert f"“{told}” (3)" in unsettled(document)
    assert any(f"“{told}” (3)" in note for note in document.notes)


def test_an_interviewer_alone_is_told(desk: Desk) -> None:
    text = "".join(
        f"Interviewer: {ask}\n\n{said}\n\n" for ask, said in zip(SAID[::2], SAID[1::2], strict=True)
    )
    assert "Interviewer is the only voice" in unsettled(desk.read("a.txt", text))


def test_captions_are_looked_through_too(tmp_path: Path) -> None:
    rows = [f"Interviewer: {said}" if not n % 2 else f"(Tom) {said}" for n, said in enumerate(SAID)]
    rows = [*rows, *[f"Interviewer: {said}" for said in SAID]]
    content = "".join(
        f"{n}\n00:00:{n:02d},000 --> 00:00:{n:02d},900\n{row}\n\n" for n, row in enumerate(rows, 1)
    )
    path = write(tmp_path, "a.srt", content)
    document = document_from(reader_for(path).read(path)[0])
    assert [(each.label, each.lines) for each in overlooked(document)] == [("Tom", 3)]


def test_prose_that_quotes_people_is_told(desk: Desk) -> None:
    prose = "Reading rooms have been part of the town for a century, as the records show at length.\n\n"
    quotes = "".join(f"P{n}: I come for the quiet.\n\n{prose}{prose}" for n in (2, 5, 2, 7))
    document = desk.read("a.txt", prose * 4 + quotes, kind=Kind.INTERVIEW)
    assert "quotes these people" in unsettled(document)


def test_what_is_settled_is_not_told(desk: Desk) -> None:
    talk = dialogue("Interviewer:", "Tom:")
    spoken = "[Laughter] It was.\n\n[Laughter] Yes.\n\nNote: so.\n\nNote: no.\n\nOne\nTwo\n"
    document = desk.read("a.txt", f"{talk}\n\n{spoken}")
    assert (overlooked(document), unsettled(document)) == ((), "")


def labels_in_a_pdf(folder: Path, label: str, other: str) -> Document:
    """Six pages of questions and answers, labels on lines of their own, a running head, page numbers."""
    pages = []
    for page in range(6):
        rows: list[tuple[float, float, str]] = [(800, 8, "The hall study")]
        for turn in range(4):
            top = 740 - turn * 90
            rows += [(top, 11, label), (top - 15, 11, f"What came of it on day {page}, in hour {turn}?")]
            rows += [(top - 30, 11, other)]
            rows += [
                (top - 45 - 15 * n, 11, f"We met in the small room, part {n} of that day.") for n in range(3)
            ]
        pages.append([*rows, (30, 8, f"Page {page + 1} of 6")])
    path = write(folder, "labels.pdf", pdf(*pages))
    return document_from(reader_for(path).read(path)[0])


@pytest.mark.parametrize(("label", "other"), [("Dan:", "Participant:"), ("Interviewer:", "3K31:")])
def test_a_label_at_the_top_of_pages_is_no_running_head(tmp_path: Path, label: str, other: str) -> None:
    document = labels_in_a_pdf(tmp_path, label, other)
    assert [(name, count) for name, _, count in voices(document)] == [(label[:-1], 24), (other[:-1], 24)]
    assert document.text.count("What came of it") == 24
    assert document.text.count("We met in the small room") == 72
    # What is a running head is one still.
    assert "The hall study" not in document.text
    assert any("The hall study" in note for note in document.notes)
    assert "Left out: 6 page numbers." in document.notes
