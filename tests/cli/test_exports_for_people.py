"""Exports that people and statistics programs read: what is in them, and what is said beside them."""

from __future__ import annotations

import csv
import re
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import pytest
from docx import Document
from openpyxl import load_workbook
from tests.doubles.coded_study import propose, study_in
from tests.doubles.decisions import read

from cothemes.app.study import Study
from cothemes.stages.exchange.rare_attributes import rare_attributes

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """Two people who read three talks, one with a model's suggestions."""
    study = study_in(tmp_path / "study", documents=3)
    propose(study)
    for number in range(1, 4):
        read(study, "ann", f"talk-{number}.0002", {"A1": {"valence": ("helps",)}})
        read(study, "bob", f"talk-{number}.0002", ())
        read(study, "ann", f"talk-{number}.0004", ("A2", "B1"), span=(0, 25))
    return study


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def test_a_table_of_codings_holds_the_passage_and_the_moment(cothemes, study: Study, tmp_path: Path) -> None:
    made = cothemes.json("export", "csv", tmp_path / "c.csv", study=study.root)
    assert "uncoded" not in made
    found = rows(tmp_path / "c.csv")
    assert len(found) == made["rows"]
    passages = {each.id: each for each in study.store.passages.all()}
    moments = {
        (each.reviewer, each.passage, each.code): each.at.isoformat(timespec="seconds")
        for each in study.store.reviews.decisions()
    }
    for row in found:
        assert " ".join(row["passage_text"].split()) == " ".join(passages[row["passage"]].text.split())
        if row["status"] == "decided":
            assert row["at"] == moments[row["who"], row["passage"], row["code"]]


def test_uncoded_passages_and_a_byte_order_mark_come_on_request(
    cothemes, study: Study, tmp_path: Path
) -> None:
    plain = cothemes.json("export", "csv", tmp_path / "a.csv", study=study.root)
    made = cothemes.json("export", "csv", tmp_path / "b.csv", "--uncoded", "--bom", study=study.root)
    assert (tmp_path / "b.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert not (tmp_path / "a.csv").read_bytes().startswith(b"\xef")
    found = rows(tmp_path / "b.csv")
    bare = {row["passage"] for row in found if row["status"] == "uncoded"}
    coded = {row["passage"] for row in found if row["status"] != "uncoded"}
    assert bare | coded == {each.id for each in study.store.passages.all()}
    assert not bare & coded
    assert (made["rows"], made["uncoded"]) == (plain["rows"], len(bare))
    cothemes.done("export", "xlsx", tmp_path / "b.xlsx", "--uncoded", study=study.root)
    sheet = load_workbook(tmp_path / "b.xlsx").worksheets[0]
    assert sheet.max_row == len(found) + 1


@pytest.mark.parametrize("unit", ["passage", "document", "participant"])
def test_a_wide_table_tells_absent_from_unread(cothemes, study: Study, tmp_path: Path, unit: str) -> None:
    cothemes.done("export", "wide", tmp_path / "w.csv", "--by", unit, study=study.root)
    found = {row[unit]: row for row in rows(tmp_path / "w.csv")}
    if unit == "passage":
        assert (found["talk-1.0002"]["A1"], found["talk-1.0002"]["A2"]) == ("1", "0")
        unread = found["talk-1.0005"]
        assert [unread[code] for code in study.codebook.by_id] == [""] * len(study.codebook.by_id)
    else:
        assert {(row["A1"], row["A2"]) for row in found.values() if row["words"]} >= {("1", "1")}
        of_talks = [row for row in found.values() if row["A1"]]
        assert len(of_talks) == 3
        assert all(int(row["passages"]) > 1 for row in of_talks)


def test_labels_for_r_and_spss_name_every_code(cothemes, study: Study, tmp_path: Path) -> None:
    cothemes.done("export", "wide", tmp_path / "w.csv", "--labels", "r", study=study.root)
    script = (tmp_path / "w.R").read_text(encoding="utf-8")
    cothemes.done("export", "wide", tmp_path / "v.csv", "--labels", "spss", study=study.root)
    syntax = (tmp_path / "v.sps").read_text(encoding="utf-8")
    head = next(csv.reader((tmp_path / "v.csv").open(encoding="utf-8")))
    for code in study.codebook.codes:
        assert f'd[["{code.id}"]]' in script
        assert code.label in script
        assert f"{code.id} '{code.label}'" in syntax
    variables = re.search(r"/VARIABLES=\n(.*?)\.\n", syntax, re.S)
    assert variables is not None
    assert len(variables[1].split("\n")) == len(head)


def test_a_coded_transcript_has_a_comment_by_each_coder(cothemes, study: Study, tmp_path: Path) -> None:
    made = cothemes.json("export", "docx", tmp_path / "t.docx", study=study.root)
    document = Document(str(tmp_path / "t.docx"))
    comments = list(document.comments)
    assert len(comments) == made["rows"]
    assert {each.author for each in comments} > {"ann"}
    text = "\n".join(each.text for each in document.paragraphs)
    for each in study.store.documents.all():
        for line in filter(str.strip, each.text.split("\n")):
            assert line in text
    # Every comment has a beginning and an end in the text.
    with zipfile.ZipFile(tmp_path / "t.docx") as archive:
        xml = archive.read("word/document.xml").decode()
    for mark in ("commentRangeStart", "commentRangeEnd", "commentReference"):
        assert len(re.findall(f"<w:{mark} ", xml)) == len(comments)


class Marks(HTMLParser):
    """Words within <mark>."""

    def __init__(self) -> None:
        super().__init__()
        self.open = False
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open = self.open or tag == "mark"

    def handle_endtag(self, tag: str) -> None:
        self.open = self.open and tag != "mark"

    def handle_data(self, data: str) -> None:
        if self.open:
            self.words.append(data)


def test_a_page_of_transcripts_marks_the_words_and_loads_nothing(
    cothemes, study: Study, tmp_path: Path
) -> None:
    cothemes.done("export", "html", tmp_path / "t.html", "--documents", "talk-2", study=study.root)
    page = (tmp_path / "t.html").read_text(encoding="utf-8")
    marks = Marks()
    marks.feed(page)
    passage = study.store.passages.get("talk-2.0004")
    assert passage is not None
    assert passage.text[:25] in marks.words
    assert "talk-1" not in page
    assert not re.search(r"(src|href)=.(https?:)?//", page)


def test_a_code_report_lists_each_quote_once_with_its_coders(cothemes, study: Study, tmp_path: Path) -> None:
    made = cothemes.json("export", "code-report", tmp_path / "r.docx", study=study.root)
    document = Document(str(tmp_path / "r.docx"))
    quotes = [each.text for each in document.paragraphs if each.style.name == "List Bullet"]
    assert len(quotes) == made["rows"]
    heads = [each.text for each in document.paragraphs if each.style.name.startswith("Heading")]
    assert all(any(code.label in head for head in heads) for code in study.codebook.codes)


def test_a_report_in_word_holds_the_tables_of_the_page(cothemes, study: Study, tmp_path: Path) -> None:
    cothemes.done("report", tmp_path / "r.html", study=study.root)
    cothemes.done("report", tmp_path / "r.docx", study=study.root)
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    document = Document(str(tmp_path / "r.docx"))
    assert len(document.tables) == page.count("<table")
    shown = {
        " ".join(cell.text.split()) for table in document.tables for row in table.rows for cell in row.cells
    }
    assert {code.id for code in study.codebook.codes} <= {word for each in shown for word in each.split()}


@pytest.mark.parametrize(
    "words",
    [
        ("docx", "o.docx", "--bom"), ("qdpx", "o.qdpx", "--uncoded"), ("csv", "o.csv", "--labels", "r"),
        ("csv", "o.csv", "--target", "utf16"), ("docx", "o.docx", "--target", "archive"), ("docx", "o.pdf"),
        ("wide", "o.csv", "--documents", "talk-1"),
    ],
)  # fmt: skip
def test_an_option_that_says_nothing_of_a_format_is_refused(
    cothemes, study: Study, tmp_path: Path, words: tuple[str, ...]
) -> None:
    form, name, *more = words
    assert cothemes("export", form, tmp_path / name, *more, study=study.root).exit_code == 2
    assert not (tmp_path / name).exists()


def test_an_archive_is_told_which_attributes_few_people_share(cothemes, study: Study, tmp_path: Path) -> None:
    for form in ("csv", "xlsx", "wide", "qdpx"):
        out = tmp_path / f"o.{'csv' if form == 'wide' else form}"
        plain = cothemes.json("export", form, out, study=study.root)
        assert "rare_attributes" not in plain
        made = cothemes.json("export", form, out, "--target", "archive", study=study.root)
        assert isinstance(made["rare_attributes"], list)


def test_attributes_are_rare_alone_or_in_pairs() -> None:
    people = {
        f"p{n}": {"place": "town" if n < 4 else "isle", "job": "nurse" if n % 2 else "clerk"}
        for n in range(8)
    }
    people["p0"]["age"] = "34"
    # town: 4 people, isle: 4; nurse: 4, clerk: 4; each pair: 2 people. Age: 1.
    found = {each.attributes: (each.values, each.people) for each in rare_attributes(people)}
    assert found == {("age",): (1, 1), ("job", "place"): (4, 8)}
