"""`ingest --check`: a preview of conventions, speakers and doubts, as text, JSON and a page."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.conftest import CommandLine

from cothemes.app.study import Study, create_study

ASKED = ("How did it begin?", "And what happened then?", "Who brought the chairs?")
SAID = (
    "It began in the spring, when the old hall was closed for repairs.",
    "We moved to the small room behind the desk and stayed there for years.",
    "The members did, mostly, and somebody always brought too much cake.",
)
TALK = "".join(f"Jane Roe\n{ask}\n\nTom Lark\n{said}\n\n" for ask, said in zip(ASKED, SAID, strict=True))


@pytest.fixture
def study(tmp_path: Path) -> Study:
    made = create_study(tmp_path / "study", source="blank", codebook=None)
    made.close()
    return made


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    path = tmp_path / "talk.txt"
    path.write_text(TALK, encoding="utf-8")
    return path


def test_the_convention_and_the_speakers_are_there(study: Study, cothemes: CommandLine, talk: Path) -> None:
    (file,) = cothemes.json("ingest", talk, "--check", study=study.root)["files"]
    found = file["understood"]
    assert found["convention"]["name"] == "name above"
    # Six labels open six paragraphs; both come back; every turn is another's: 0.4 + 0.3 + 0.3.
    assert found["convention"]["score"] == 1.0
    assert found["contested"] is False
    assert [(v["speaker"], v["role"], v["suggested_role"], v["turns"]) for v in found["voices"]] == [
        ("Jane Roe", "unknown", "interviewer", 3),
        ("Tom Lark", "unknown", "participant", 3),
    ]
    assert found["voices"][0]["first_words"] == ASKED[0]
    assert found["voices"][0]["words"] == 12
    assert found["uncertain"]


def test_the_runner_up_is_told_with_its_score(study: Study, cothemes: CommandLine, tmp_path: Path) -> None:
    talk = tmp_path / "talk.txt"
    rows = TALK.replace("Jane Roe\n", "Jane Roe: ").replace("Tom Lark\n", "Tom Lark: ")
    talk.write_text(rows + 2 * "Jane Roe\nAnd so?\n\nTom Lark\nSo it ended.\n\n", encoding="utf-8")
    (file,) = cothemes.json("ingest", talk, "--check", study=study.root)["files"]
    found = file["understood"]
    assert found["convention"]["name"] == "name and colon + name above"
    assert found["runner_up"]["name"] == "name and colon"
    assert found["runner_up"]["score"] < found["convention"]["score"]


def test_the_preview_fits_eighty_columns_and_names_what_counts(
    study: Study, cothemes: CommandLine, talk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    told = cothemes.done("ingest", talk, "--check", study=study.root)
    assert max(map(len, told.splitlines())) <= 80
    for word in ("name above", "Jane Roe", "perhaps the interviewer", ASKED[0], "Nothing was stored"):
        assert word in told


def test_the_suggested_table_can_be_applied(
    study: Study, cothemes: CommandLine, talk: Path, tmp_path: Path
) -> None:
    told = cothemes.done("ingest", talk, "--check", study=study.root)
    rows = [row.strip() for row in told.splitlines()]
    rows = rows[rows.index("document,label,role") :][:3]
    table = tmp_path / "speakers.csv"
    table.write_text("\n".join(rows) + "\n", encoding="utf-8")
    cothemes.done("ingest", talk, study=study.root)
    cothemes.done("speakers", table, study=study.root)
    found = cothemes.json("speakers", "talk", study=study.root)["speakers"]
    assert {each["label"]: each["role"] for each in found} == {
        "Jane Roe": "interviewer",
        "Tom Lark": "participant",
    }


def test_a_page_shows_all_files(study: Study, cothemes: CommandLine, talk: Path, tmp_path: Path) -> None:
    for number in range(6):
        (tmp_path / f"more{number}.txt").write_text(f"{TALK}\n{number}\n", encoding="utf-8")
    bad = tmp_path / "bad.docx"
    bad.write_bytes(b"no archive")
    page = tmp_path / "check.html"
    files = [talk, bad, *sorted(tmp_path.glob("more*.txt"))]
    result = cothemes("ingest", *files, "--check", "--html", page, study=study.root)
    assert result.exit_code == 4
    text = page.read_text(encoding="utf-8")
    assert text.count("<h2>") >= 8
    assert "bad.docx" in text
    assert "name above" in text
    assert ASKED[0] in text
    assert "<script" not in text


def test_words_of_a_file_are_escaped_on_the_page(study: Study, cothemes: CommandLine, tmp_path: Path) -> None:
    talk = tmp_path / "talk.txt"
    talk.write_text(TALK.replace("Who", "<img src=x> Who").replace("How", "<b>How"), encoding="utf-8")
    page = tmp_path / "check.html"
    cothemes.done("ingest", talk, "--check", "--html", page, study=study.root)
    assert "&lt;b&gt;How" in page.read_text(encoding="utf-8")


def test_a_page_without_a_check_is_refused(
    study: Study, cothemes: CommandLine, talk: Path, tmp_path: Path
) -> None:
    assert cothemes("ingest", talk, "--html", tmp_path / "a.html", study=study.root).exit_code == 2
