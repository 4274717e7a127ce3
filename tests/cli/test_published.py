"""What is handed on has the study's pseudonyms: report, tables, the page of differences. Names on request."""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook
from tests.conftest import CommandLine
from tests.doubles.coded_study import CODEBOOK

from cothemes.app.study import Study, create_study

NAMES = ("Quenby", "Farquharson", "quenby@nhs.scot", "Aldous")
TALK = """\
Interviewer: What helped you, when the plan for the new service was written with people who use it?
Quenby Farquharson: I am Quenby Farquharson, and Aldous Brenmore helped. Write to quenby@nhs.scot and wait.
Interviewer: And what did not help at all?
Quenby Farquharson: The money did not help anybody, and that took us a whole year of asking to find out.
"""
HELPED = "one.0001"


@pytest.fixture
def study(cothemes: CommandLine, tmp_path: Path) -> Iterator[Study]:
    codebook = tmp_path / "small.yaml"
    codebook.write_text(CODEBOOK, encoding="utf-8")
    made = create_study(tmp_path / "study", source="blank", codebook=codebook, title="Small")
    (tmp_path / "one.txt").write_text(TALK, encoding="utf-8")
    (tmp_path / "names.txt").write_text("Aldous Brenmore\n", encoding="utf-8")
    (tmp_path / "files.csv").write_text("file,manager\none.txt,Aldous Brenmore\n", encoding="utf-8")
    at = made.root
    cothemes.done("ingest", tmp_path / "one.txt", "--meta", tmp_path / "files.csv", study=at)
    cothemes.done("reviewers", "add", "ann", study=at)
    cothemes.done("reviewers", "add", "bob", study=at)
    cothemes.done("route", "--reviewers", "ann,bob", "--overlap", "1", study=at)
    text = next(p.text for p in made.store.passages.all() if p.id == HELPED)
    start = text.index("Farquharson, and Aldous")
    span = f"{start}:{start + len('Farquharson, and Aldous')}"
    marked = ("--span", span, "--note", "Aldous again?")
    cothemes.done("decide", HELPED, "A1", "add", *marked, "--as", "ann", study=at)
    cothemes.done("memo", "add", "Ask Aldous", "--passage", HELPED, "--as", "ann", study=at)
    for who in ("ann", "bob"):
        for waiting in cothemes.json("queue", "--as", who, study=at)["waiting"]:
            cothemes.done("done", waiting["passage"], "--as", who, study=at)
    yield made
    made.close()


def words_of(path: Path) -> str:
    if path.suffix in (".docx", ".qdpx"):
        with zipfile.ZipFile(path) as archive:
            return "\n".join(archive.read(name).decode(errors="replace") for name in archive.namelist())
    if path.suffix != ".xlsx":
        return path.read_text(encoding="utf-8")
    book = load_workbook(path)
    return "\n".join(str(cell) for leaf in book for row in leaf.iter_rows(values_only=True) for cell in row)


HANDED_ON = {
    "report": ("report", "OUT.html"),
    "csv": ("export", "csv", "OUT.csv"),
    "xlsx": ("export", "xlsx", "OUT.xlsx"),
    "ratings": ("export", "ratings", "OUT.csv"),
    "differences": ("disagreements", "--html", "OUT.html"),
    "uncoded": ("export", "csv", "OUT.csv", "--uncoded"),
    "wide": ("export", "wide", "OUT.csv", "--by", "document"),
    "transcript": ("export", "docx", "OUT.docx"),
    "page": ("export", "html", "OUT.html"),
    "quotes by code": ("export", "code-report", "OUT.docx"),
    "report for Word": ("report", "OUT.docx"),
    "project": ("export", "qdpx", "OUT.qdpx"),
}


@pytest.mark.parametrize("what", HANDED_ON)
def test_names_stand_only_where_they_are_asked_for(cothemes: CommandLine, study: Study, what: str) -> None:
    out = study.root / next(word for word in HANDED_ON[what] if word.startswith("OUT"))
    words = [str(out) if word.startswith("OUT") else word for word in HANDED_ON[what]]
    # Before anything was searched for, the texts are as they are.
    cothemes.done(*words, study=study.root)
    assert what == "ratings" or "Aldous" in words_of(out)
    cothemes.done("deidentify", "--names", study.root.parent / "names.txt", study=study.root)
    result = cothemes(*words, study=study.root)
    told = result.stdout + result.stderr
    assert result.exit_code == 0, told
    assert [name for name in NAMES if name in words_of(out)] == []
    assert what == "ratings" or "[PERSON_" in words_of(out)
    assert ("--show-originals" in told) == (what != "ratings")
    if what != "ratings":
        cothemes.done(*words, "--show-originals", study=study.root)
        assert "Aldous" in words_of(out)


def test_a_marked_stretch_is_quoted_with_whole_pseudonyms_and_its_own_place(
    cothemes: CommandLine, study: Study
) -> None:
    out = study.root / "codings.csv"

    def row() -> dict[str, str]:
        with out.open(encoding="utf-8-sig", newline="") as file:
            return next(each for each in csv.DictReader(file) if each["passage"] == HELPED)

    cothemes.done("export", "csv", out, study=study.root)
    before = row()
    assert before["quote"] == "Farquharson, and Aldous"
    cothemes.done("deidentify", "--names", study.root.parent / "names.txt", study=study.root)
    cothemes.done("export", "csv", out, study=study.root)
    after = row()
    assert re.fullmatch(r"\[PERSON_\d\], and \[PERSON_\d\]", after["quote"]), after["quote"]
    assert re.fullmatch(r"\[PERSON_\d\]", after["speaker"])
    assert re.fullmatch(r"\[PERSON_\d\]", after["meta.manager"])
    assert re.fullmatch(r"Ask \[PERSON_\d\]", after["memos"])
    # The place is one of the study's own text, where the decision stands.
    assert (after["start"], after["end"]) == (before["start"], before["end"])


def test_passages_in_dispute_are_listed_with_pseudonyms(cothemes: CommandLine, study: Study) -> None:
    cothemes.done("deidentify", "--names", study.root.parent / "names.txt", study=study.root)
    page = study.root / "agreement.html"
    told = cothemes.done("agreement", "--disagreements", "5", "--html", page, study=study.root)
    assert HELPED in told
    assert [name for name in NAMES if name in told + words_of(page)] == []
