"""What a person may hand over by mistake: each is named with its place, and the rest goes on."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

GOOD = """Interviewer: How did the group begin?

P1: It began with four carers and a kettle, and nobody from the board came near us for a year.

Interviewer: And then?

P1: Then they came, and they listened, which I had not expected of them at all.
"""
CODEBOOK = "codebook: {id: mine, title: Mine}\ncodes:\n"


@pytest.fixture
def study(cothemes, tmp_path: Path) -> Path:
    cothemes.done("init", tmp_path / "study", "--from", "blank")
    return tmp_path / "study"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one good interview."""
    made = tmp_path / "files"
    made.mkdir()
    (made / "good.txt").write_text(GOOD, encoding="utf-8")
    return made


def empty(path: Path) -> Path:
    path = path / "empty.txt"
    path.write_bytes(b"")
    return path


def binary(path: Path) -> Path:
    path = path / "binary.txt"
    path.write_bytes(bytes(range(256)) * 40)
    return path


def broken_docx(path: Path) -> Path:
    path = path / "broken.docx"
    path.write_bytes(b"PK\x03\x04 this is no archive")
    return path


def docx_without_document(path: Path) -> Path:
    path = path / "hollow.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "nothing here")
    return path


@pytest.mark.parametrize("make", [empty, binary, broken_docx, docx_without_document])
def test_a_file_that_cannot_be_read_is_listed_and_the_others_go_on(
    cothemes, study: Path, folder: Path, make
) -> None:
    bad = make(folder)
    result = cothemes("ingest", folder, study=study)
    assert result.exit_code == 4
    assert bad.name in result.stdout.replace("\n", "")
    assert "failed" in result.stdout
    assert cothemes.json("status", study=study)["documents"] == {"interview": 1}
    again = cothemes("ingest", folder, study=study)
    assert again.exit_code == 4, "listed again, and tried again"
    bad.write_text(GOOD.replace("four", "five"), encoding="utf-8")
    if bad.suffix == ".txt":
        assert cothemes("ingest", folder, study=study).exit_code == 0
        assert cothemes.json("status", study=study)["documents"] == {"interview": 2}


def test_latin_1_is_read_and_said(cothemes, study: Path, folder: Path) -> None:
    text = GOOD.replace("a kettle", "a café table, naïvely")
    (folder / "good.txt").write_bytes(text.encode("latin-1"))
    [found] = cothemes.json("ingest", folder, study=study)["files"]
    assert found["state"] == "new"
    assert any("UTF-8" in remark or "cp1252" in remark.lower() for remark in found["notes"]), found["notes"]
    assert "café" in cothemes.done("show", "good.0001", study=study)


def test_a_path_that_is_not_there(cothemes, study: Path) -> None:
    result = cothemes("ingest", "nowhere.txt", study=study)
    assert result.exit_code == 3
    assert "nowhere.txt" in result.stderr
    assert "does not exist" in result.stderr


@pytest.mark.parametrize(
    ("codes", "place", "words"),
    [
        ("- {id: X, label: X, definition: a}\n- {id: X, label: Y, definition: b}\n", ":4", "X"),
        ("- {id: X, definition: a}\n", ":3", "label"),
        ("- {id: none, label: X, definition: a}\n", ":3", "none"),
    ],
    ids=["duplicate id", "no label", "reserved id"],
)
def test_a_codebook_problem_has_its_line(cothemes, study: Path, codes: str, place: str, words: str) -> None:
    (study / "codebook.yaml").write_text(CODEBOOK + codes, encoding="utf-8")
    for command in (("codebook", "check"), ("status",), ("propose",)):
        result = cothemes(*command, study=study)
        assert result.exit_code == 3
        told = result.stderr.replace("\n", "")
        assert f"codebook.yaml{place}" in told
        assert words in told


def test_every_codebook_problem_is_told_once(cothemes, study: Path) -> None:
    codes = "- {id: Y, definition: b}\n- {label: X, definition: b}\n"
    (study / "codebook.yaml").write_text(CODEBOOK + codes, encoding="utf-8")
    told = cothemes("codebook", "check", study=study).stderr
    assert told.replace("\n", " ").startswith("error: 2 problems in ")
    assert (told.count("has no label"), told.count("has no id")) == (1, 1)
    (study / "codebook.yaml").write_text(CODEBOOK + codes.splitlines()[0] + "\n", encoding="utf-8")
    assert cothemes("codebook", "check", study=study).stderr.count("has no label") == 1


def test_an_alias_bomb_is_refused_at_once(cothemes, study: Path) -> None:
    rungs = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    rungs += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    (study / "codebook.yaml").write_text("\n".join(rungs), encoding="utf-8")
    result = cothemes("codebook", "check", study=study)
    assert result.exit_code == 3
    assert "codebook.yaml:1" in result.stderr.replace("\n", "")


def test_metadata_that_names_a_file_twice(cothemes, study: Path, folder: Path) -> None:
    table = folder.parent / "meta.csv"
    table.write_text("file,level\ngood.txt,local\ngood.txt,national\n", encoding="utf-8")
    result = cothemes("ingest", folder, "--meta", table, study=study)
    assert result.exit_code == 3
    assert "meta.csv:3" in result.stderr.replace("\n", "")
    assert cothemes.json("status", study=study)["documents"] == {}


def test_a_changed_file_with_decisions_is_corrected_and_not_cut_anew(
    cothemes, study: Path, folder: Path
) -> None:
    cothemes.done("ingest", folder, study=study)
    cothemes.done("reviewers", "add", "ana", study=study)
    cothemes.done("route", "--reviewers", "ana", study=study)
    cothemes.done("decide", "--as", "ana", "good.0001", "C1", "add", study=study)
    (folder / "good.txt").write_text(
        GOOD + "\nInterviewer: Thanks.\n\nP1: That was all of it.\n", encoding="utf-8"
    )
    files = cothemes.json("ingest", folder, study=study)["files"]
    (good,) = [file for file in files if file["document"] == "good"]
    assert (good["state"], good["correction"]["retired"]) == ("updated", [])
    assert len(cothemes.json("codings", study=study)["decided"]) == 1
    assert cothemes("ingest", folder, "--resegment", study=study).exit_code == 4
    assert cothemes("ingest", folder, "--resegment", "--yes", study=study).exit_code == 0


def test_a_value_that_is_no_choice_is_told_without_words_of_a_library(cothemes, study: Path) -> None:
    done = cothemes("users", "invite", "Lea", "--role", "boss", study=study)
    assert done.exit_code == 2
    assert "'boss'" in done.stderr
    assert "Value error" not in done.stderr


def test_an_invitation_says_whose_address_its_link_has(cothemes, study: Path) -> None:
    assert "[serve] host and port" in cothemes("users", "invite", "Lea", "--role", "lead", study=study).stderr
    with (study / "cothemes.toml").open("a") as settings:
        settings.write('\n[serve]\naddress = "https://coding.example.org"\n')
    done = cothemes("users", "invite", "Lea", "--role", "lead", study=study)
    assert "[serve] address" in done.stderr
