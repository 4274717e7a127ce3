"""Memos as an appendix of the report: author, date, version; pseudonyms where the study has them; left out on
request."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import CommandLine
from tests.doubles.coded_study import study_in

from cothemes.app.study import Study, create_study

TALK = """\
Interviewer: What helped?
Quenby Farquharson: I am Quenby Farquharson. Ring me on 0131 496 0018 or quenby@nhs.scot.
Interviewer: Thank you.
Quenby Farquharson: You are welcome, and that took us a whole year.
"""


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    made = study_in(tmp_path / "study")
    yield made
    made.close()


def page_of(cothemes: CommandLine, study: Study, *words: str) -> str:
    """The page's appendix; empty where there is none."""
    page = study.root / "page.html"
    cothemes.done("report", page, *words, study=study.root)
    _, _, found = page.read_text(encoding="utf-8").partition('<h2 id="memos">')
    return found


def test_memos_stand_by_what_they_are_about_with_author_date_and_version(
    cothemes: CommandLine, study: Study
) -> None:
    at = study.root
    for words in (
        ("on B1", "--code", "B1"),
        ("on A1", "--code", "A1"),
        ("of the whole",),
        ("on a passage", "--passage", "talk-1.0004", "--code", "A2"),
        ("on the text", "--document", "talk-1"),
    ):
        cothemes.done("memo", "add", *words, "--as", "ann", study=at)
    short = cothemes.json("memo", "add", "<b>first</b>", "--as", "ann", study=at)["short"]
    cothemes.done("memo", "edit", short, "second\n\nwith a new line", "--as", "bob", study=at)
    gone = cothemes.json("memo", "add", "taken away", "--as", "ann", study=at)["short"]
    cothemes.done("memo", "remove", gone, "--as", "ann", study=at)
    found = page_of(cothemes, study)
    headings = re.findall(r"<h3>(On .*?)</h3>", found)
    assert headings == ["On the study", "On codes", "On documents and passages"]
    texts = re.findall(r'<blockquote class="memo">(.*?)\n<footer>(.*?)</footer>', found, re.S)
    assert [text for text, _ in texts] == [
        "of the whole",
        "second\n\nwith a new line",
        "on A1",
        "on B1",
        "on the text",
        "on a passage",
    ]
    day = r"\d{4}-\d\d-\d\d"
    assert re.fullmatch(rf"ann · {day}", texts[0][1])
    assert re.fullmatch(rf"bob · {day}, version 2, begun {day}", texts[1][1])
    assert re.fullmatch(rf"A1 Trust between people · ann · {day}", texts[2][1])
    assert re.fullmatch(rf"A2 on talk-1.0004 Time and money · ann · {day}", texts[5][1])
    assert "Names stand as they were written" in found
    assert '<a href="#memos">Appendix: memos</a>' in (at / "page.html").read_text(encoding="utf-8")


def test_words_of_memos_are_no_markup(cothemes: CommandLine, study: Study) -> None:
    cothemes.done("memo", "add", "<script>x</script> & \u202eevil", "--as", "ann", study=study.root)
    found = page_of(cothemes, study)
    assert "&lt;script&gt;x&lt;/script&gt; &amp;" in found
    assert "\u202e" not in found


def test_they_can_be_left_out_and_without_one_there_is_no_appendix(
    cothemes: CommandLine, study: Study
) -> None:
    assert page_of(cothemes, study) == ""
    cothemes.done("memo", "add", "hm", "--as", "ann", study=study.root)
    assert "hm" in page_of(cothemes, study)
    assert page_of(cothemes, study, "--no-memos") == ""
    assert "#memos" not in (study.root / "page.html").read_text(encoding="utf-8")


def test_in_a_deidentified_study_they_carry_pseudonyms(cothemes: CommandLine, tmp_path: Path) -> None:
    study = create_study(tmp_path / "study", source="blank", codebook=None, title="Small")
    (tmp_path / "one.txt").write_text(TALK, encoding="utf-8")
    cothemes.done("ingest", tmp_path / "one.txt", study=study.root)
    cothemes.done("memo", "add", "Farquharson is cautious; mail quenby@nhs.scot", study=study.root)
    assert "Farquharson" in page_of(cothemes, study)
    cothemes.done("deidentify", study=study.root)
    found = page_of(cothemes, study)
    assert "Farquharson" not in found
    assert "quenby@" not in found
    assert re.search(r"\[.+\] is cautious; mail \[.+\]", found)
    assert "list of pseudonyms knows are replaced" in found
    # What people wrote stays as it is.
    assert cothemes.json("memo", study=study.root)[0]["text"].startswith("Farquharson")
    study.close()
