"""Tables: dialects, workbooks, surveys with several questions, conversations, and maps of columns."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.contracts.files import xlsx
from tests.unit.readers.reading import document, source, sources

from cothemes.adapters.readers.table_file import letter
from cothemes.errors import FileUnreadable
from cothemes.records.document import Kind
from cothemes.records.source import ReadOptions
from cothemes.settings import SegmentSettings
from cothemes.stages.ingest.document import document_from
from cothemes.stages.segment.passages import segment

SURVEY = [
    ("ResponseId", "Age", "What was good about the hall?", "What would you change?"),
    ("R1", "40", "It was warm, and open late", "Put more chairs into the hall"),
    ("R2", "50", "", "More books for the children please"),
    ("R3", "30", "The people were kind to us", ""),
    ("R3", "31", "I liked the readings a lot", "Open it on Sundays as well"),
]


def csv(rows: list[tuple[str, ...]], delimiter: str = ",") -> str:
    return "".join(
        delimiter.join(f'"{cell}"' if delimiter in cell else cell for cell in row) + "\n" for row in rows
    )


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("head", ["", "sep={}\n", "\ufeff", "\n\r\n"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_dialect_is_the_same_table(tmp_path: Path, delimiter: str, head: str, end: str) -> None:
    content = (head.format(delimiter) + csv(SURVEY, delimiter)).replace("\r", "").replace("\n", end)
    found = source(tmp_path, "a.csv", content)
    assert [(line.headings, line.text) for line in found.lines] == [
        ((SURVEY[0][column],), row[column]) for row in SURVEY[1:] for column in (2, 3) if row[column]
    ]
    first = 2 + (1 if head.startswith("sep") else 2 if head == "\n\r\n" else 0)
    assert [line.place for line in found.lines] == [first, first, first + 1, first + 2, first + 3, first + 3]


def test_a_workbook_is_read_as_its_table(tmp_path: Path) -> None:
    one = document(tmp_path, "a.csv", csv(SURVEY))
    other = document(tmp_path, "b.xlsx", xlsx(*SURVEY))
    assert other.text == one.text
    assert [block.headings for block in other.blocks] == [block.headings for block in one.blocks]
    # Content says what it is.
    assert document(tmp_path, "b.csv", xlsx(*SURVEY)).text == one.text


def test_other_sheets_are_told(tmp_path: Path) -> None:
    content = xlsx(("id", "text"), (1, "We met."), sheets=("Answers", "Notes", "Lists"))
    (note,) = [note for note in source(tmp_path, "a.xlsx", content).notes if "sheet" in note]
    assert "“Answers”" in note
    assert "2 other sheets" in note


def test_cells_of_a_workbook_as_words(tmp_path: Path) -> None:
    from datetime import date, datetime

    rows = [
        ("id", "when", "n", "ok", "text"),
        (1.0, datetime(2026, 3, 1), 2.5, True, "We met."),
        (2, None, None, None, None),
    ]
    found = source(tmp_path, "a.xlsx", xlsx(*rows, (None,), ("3", date(2026, 3, 1), 2.5, True, 7)))
    assert [(line.label, line.text, line.place) for line in found.lines] == [
        ("1", "We met.", 2),
        ("3", "7", 5),
    ]
    assert any("when, n, ok" in note for note in found.notes)


def test_a_survey_names_blanks_duplicates_and_its_columns(tmp_path: Path) -> None:
    rows = [
        ("respondent", *SURVEY[0][1:]),
        *[(f"P{n}", "40", f"It was warm on day {n}", f"Answer number {n} was this") for n in range(9)],
    ]
    rows += [("P1", "44", "Once more the same as before", ""), ("P9", "41", *SURVEY[1][2:])]
    rows += [("P10", "41", *SURVEY[1][2:])]
    found = sources(tmp_path, "a.csv", csv(rows))
    assert [each.front["participant"] for each in found][:3] == ["P0", "P1", "P2"]
    told = found[0].notes
    assert any("answers=C,D; respondent=A" in note for note in told)
    assert any("“What would you change?” 1" in note for note in told)
    assert any("P1 (rows 3, 11)" in note for note in told)
    assert any("13 (as 12)" in note for note in told)
    assert all("Columns" not in note for each in found[1:] for note in each.notes)


@pytest.mark.parametrize(
    "said",
    ["answers=C,D; respondent=A", "answers=What was good about the hall?,D;respondent=responseid", "FILE"],
)
def test_columns_as_a_person_says(tmp_path: Path, said: str) -> None:
    if said == "FILE":
        said = str(tmp_path / "map.csv")
        Path(said).write_text("column,use\nC,answers\nD,answers\nResponseId,respondent\n")
    found = sources(tmp_path, "a.csv", csv(SURVEY), ReadOptions(columns=said))
    assert [each.front["participant"] for each in found] == ["R1", "R2", "R3"]
    assert [len(each.lines) for each in found] == [2, 1, 3]
    assert "ResponseId" in found[0].front


def test_columns_make_a_conversation(tmp_path: Path) -> None:
    rows = [("a", "b", "c", "d", "e"), ("T1", "0:01", "Jane", "So?", "x"), ("T1", "0:02", "Tom", "Yes.", "y")]
    said = ReadOptions(columns="document=a; time=b; speaker=c; answers=d; skip=e")
    found = document_from(source(tmp_path, "a.csv", csv(rows), said))
    assert [(block.speaker, block.time) for block in found.blocks] == [("Jane", "0:01"), ("Tom", "0:02")]
    assert found.slug == "a-t1"
    assert found.notes == ("No rule decides the role of: Jane, Tom.",) or "e" not in found.metadata


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ("answers=Z", "no column “Z”"),
        ("nonsense", "nonsense"),
        ("words=C", "words"),
        ("respondent=A", "no column of answers"),
        ("answers=C; speaker=A,B", "several columns"),
        ("answers=C; respondent=A; document=B", "respondent and a document"),
        ("gone.csv", "cannot be read"),
    ],
)
def test_a_wrong_map_is_refused(tmp_path: Path, said: str, what: str) -> None:
    with pytest.raises(FileUnreadable) as caught:
        source(tmp_path, "a.csv", csv(SURVEY), ReadOptions(columns=said))
    assert what in caught.value.message
    assert caught.value.hint


def test_what_is_chosen_from_a_list_is_no_answer(tmp_path: Path) -> None:
    rows = [("id", "how", "why")] + [
        (
            str(n),
            ("I agree with this very much", "I do not agree at all")[n % 2],
            f"It was for the reason {n} that I said",
        )
        for n in range(10)
    ]
    assert {line.text[:2] for line in source(tmp_path, "a.csv", csv(rows)).lines} == {"It"}


def test_qualtrics_rows_of_questions_and_ids(tmp_path: Path) -> None:
    rows = [
        ("ResponseId", "Q1", "Q2"),
        ("Response ID", "What was good?", "What was bad?"),
        ('{"ImportId":"_recordId"}', '{"ImportId":"QID1"}', '{"ImportId":"QID2"}'),
        ("R_1", "It was warm in there", "Too few chairs for us"),
    ]
    content = "".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) + "\n" for row in rows)
    found = source(tmp_path, "a.csv", content)
    assert [(line.headings, line.text, line.place) for line in found.lines] == [
        (("What was good?",), "It was warm in there", 4), (("What was bad?",), "Too few chairs for us", 4),
    ]  # fmt: skip


def test_a_cell_with_a_conversation_is_a_document_with_turns(tmp_path: Path) -> None:
    talk = "\n".join(f"{'Interviewer' if n % 2 else 'Jane'}: We met {n} times, did we?" for n in range(8))
    content = (
        f'id,place,text\nT1,north,"{talk}"\nT2,south,"{talk.replace("Jane", "Tom")}"\nT3,west,Nobody came.\n'
    )
    found = [document_from(each) for each in sources(tmp_path, "a.csv", content)]
    assert [(d.slug, d.kind, d.metadata["place"]) for d in found[:2]] == [
        ("a-t1", Kind.INTERVIEW, "north"), ("a-t2", Kind.INTERVIEW, "south"),
    ]  # fmt: skip
    assert [block.speaker for block in found[1].blocks] == ["Tom", "Interviewer"] * 4
    assert found[2].text == "Nobody came."


def test_a_long_cell_is_cut_and_a_short_one_is_not(tmp_path: Path) -> None:
    long = " ".join(f"The group met in week {n} and read." for n in range(60))
    content = f"speaker,time,text\nJane,0:01,How was it?\nTom,0:05,{long}\nJane,0:09,And then?\n"
    found = document(tmp_path, "a.csv", content)
    passages = segment(found, SegmentSettings(), 1)
    assert [passage.text for passage in passages][0 :: len(passages) - 1] == ["How was it?", "And then?"]
    cut = passages[1:-1]
    assert len(cut) > 1
    assert " ".join(passage.text for passage in cut) == long
    assert all(len(passage.text.split()) <= 180 for passage in cut)
    assert {(passage.speaker, passage.time) for passage in cut} == {("Tom", "0:05")}


def test_passages_cut_before_stay_whole_however_long(tmp_path: Path) -> None:
    text = "We met in the hall. " * 100
    found = document(tmp_path, "a.jsonl", '{"id": "1", "doc": "d", "text": "' + text + '"}')
    assert len(segment(found, SegmentSettings(), 1)) == 1


def test_a_cell_longer_than_any_field_of_csv(tmp_path: Path) -> None:
    content = "id,text\n1," + "We met. " * 20_000 + "\n"
    assert len(document(tmp_path, "a.csv", content).text) == len("We met. ") * 20_000 - 1


def test_letters_of_columns() -> None:
    assert [letter(at) for at in (0, 25, 26, 51, 52, 701, 702)] == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]


def test_a_respondent_without_an_answer_is_named(tmp_path: Path) -> None:
    rows = [("respondent", "text"), ("R1", "It was warm."), ("R2", ""), ("R3", " ")]
    (found,) = sources(tmp_path, "a.csv", csv(rows))
    assert found.front["participant"] == "R1"
    assert "Left out: 2 respondents without an answer: R2, R3." in found.notes


def test_cells_of_a_column_without_a_name_are_counted(tmp_path: Path) -> None:
    rows = [("id", "", "text", ""), ("1", "It rained.", "It was warm.", ""), ("2", "", "It was cold.", "")]
    found = source(tmp_path, "a.csv", csv(rows))
    assert "Left out: column B, which has no name (1 cell)." in found.notes
    assert not any("column D" in note for note in found.notes)


def test_columns_of_words_beside_those_named_as_answers_are_told(tmp_path: Path) -> None:
    rows = [("id", "Why did you come?", "comments"), *((*SURVEY[n][:1], *SURVEY[n][2:]) for n in (1, 3, 4))]
    notes = source(tmp_path, "a.csv", csv(rows)).notes
    (note,) = [note for note in notes if "metadata, not answers" in note]
    assert "B “Why did you come?”" in note
    assert any('--columns "answers=C; id=A"' in each for each in notes)
    said = source(tmp_path, "a.csv", csv(rows), ReadOptions(columns="answers=B,C; id=A"))
    assert len(said.lines) == 5


def test_blank_rows_beside_whole_conversations_are_counted(tmp_path: Path) -> None:
    talk = "\n".join(f"{name}: We met there." for name in ("Jane", "Tom") * 3)
    found = sources(tmp_path, "a.csv", f'id,text\n1,"{talk}"\n2,\n')
    assert "Left out: 1 row without an answer." in found[0].notes
