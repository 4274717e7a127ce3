"""A participant forgotten in every form of a text, kept forgotten by `restore`, and told what is held."""

from __future__ import annotations

import gzip
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from docx import Document as Docx
from openpyxl import Workbook
from tests.conftest import CommandLine

from cothemes.adapters.file_contents import contents
from cothemes.app.privacy.participants import documents_of, participant_mark
from cothemes.app.study import Study
from cothemes.cli.accesses import READS, WRITES

RARE = "the yellow canary sang in the old pit at Blairquhan when the café closed"
FIRST = (
    "Interviewer: What do you remember?",
    f"Quenby: I remember that {RARE}, and nothing was the same for any of us after that winter.",
    "Interviewer: And then?",
    "Quenby: Then we moved to the coast and I worked in the harbour office for years and years.",
)
SECOND = (
    "Interviewer: And now?",
    "Quenby: Now I teach welding on Tuesdays, which surprises everyone who knew my mother well.",
)
OTHER = (
    "Interviewer: And you?",
    "Una: Nothing else that I could say about Grimsay and the works, though I liked them a lot.",
)
TALK = (
    "Interviewer: Both of you?",
    "Quenby: We shared the boat with the whole village, and nobody ever counted the herring.",
    "Una: I counted the herring every single morning, whatever Quenby likes to tell people.",
    "Interviewer: Every morning?",
    "Quenby: She was asleep on most of those mornings, and the boat was never in before noon.",
    "Una: I was awake and he was not, and the book in the harbour office says as much today.",
    "Interviewer: Thank you both.",
)
FILES = {"one": FIRST, "again": SECOND, "two": OTHER, "talk": TALK}


@pytest.fixture
def study(tmp_path: Path, cothemes: CommandLine) -> Path:
    """Four interviews: two of Q1, one of U1, and one of both."""
    for name, lines in FILES.items():
        (tmp_path / f"{name}.txt").write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / "meta.csv").write_text(
        "file,participant\none.txt,Q1\nagain.txt,Q1\ntwo.txt,U1\ntalk.txt,Q1; U1\n", encoding="utf-8"
    )
    folder = tmp_path / "study"
    cothemes.done("init", folder, "--from", "blank")
    texts = [tmp_path / f"{name}.txt" for name in FILES]
    cothemes.done("ingest", *texts, "--meta", tmp_path / "meta.csv", study=folder)
    cothemes.done("reviewers", "add", "ann", study=folder)
    cothemes.done("route", "--reviewers", "ann", "--overlap", "0", study=folder)
    return folder


def holding(folder: Path, words: str) -> list[str]:
    return [
        path.name
        for path in sorted(folder.rglob("*"))
        if path.is_file() and words.encode() in path.read_bytes()
    ]


def test_every_document_of_a_participant_goes_and_others_stay(cothemes: CommandLine, study: Path) -> None:
    passage = "one.0001"
    cothemes.done("decide", "--as", "ann", passage, "C1", "add", "--note", f"says {RARE}", study=study)
    cothemes.done("memo", "add", f"Compare: {RARE}", "--as", "ann", "--passage", passage, study=study)
    words = ("forget", "--participant", "Q1", "--shared", "keep", "--yes")
    report = cothemes.json(*words, study=study)
    assert [each["document"] for each in report["documents"]] == ["again", "one"]
    assert [(each["document"], each["others"]) for each in report["kept"]] == [("talk", ["U1"])]
    assert holding(study, "yellow canary") == holding(study, "teach welding") == []
    assert holding(study / ".cothemes", "counted the herring") != []
    slugs = [each["document"] for each in cothemes.json("documents", study=study)["documents"]]
    assert slugs == ["talk", "two"]


def test_shared_documents_are_asked_about(cothemes: CommandLine, study: Path) -> None:
    result = cothemes("forget", "--participant", "Q1", "--yes", study=study)
    assert result.exit_code == 3
    assert "talk" in result.stderr
    assert "--redact" in result.stderr
    assert holding(study / ".cothemes", "yellow canary") != []
    cothemes.done("forget", "--participant", "Q1", "--shared", "erase", "--yes", study=study)
    assert holding(study / ".cothemes", "counted the herring") == []


def test_an_unknown_participant_is_refused(cothemes: CommandLine, study: Path) -> None:
    result = cothemes("forget", "--participant", "Q2", "--yes", study=study)
    assert result.exit_code == 2
    assert "Q1" in result.stderr


def test_a_forgotten_participant_is_refused_under_any_name(
    cothemes: CommandLine, study: Path, tmp_path: Path
) -> None:
    cothemes.done("forget", "--participant", "Q1", "--shared", "keep", "--yes", study=study)
    (tmp_path / "third.txt").write_text("\n".join(SECOND).replace("Tuesdays", "Fridays"), encoding="utf-8")
    (tmp_path / "more.csv").write_text("file,participant\nthird.txt,Q1\n", encoding="utf-8")
    result = cothemes("ingest", tmp_path / "third.txt", "--meta", tmp_path / "more.csv", study=study)
    assert result.exit_code == 4
    assert holding(study / ".cothemes", "Fridays") == []


def test_speakers_that_a_person_named_count(cothemes: CommandLine, study: Path) -> None:
    """Two voices, each with its participant: neither is the document's only one."""
    for label, who in (("Quenby", "Q1"), ("Una", "U1")):
        words = ("speakers", "talk", label, "participant", "--participant", who, "--as", "ann")
        cothemes.done(*words, study=study)
    opened = Study(study)
    found = {each.document: each.others for each in documents_of(opened, "U1")}
    opened.close()
    assert found == {"talk": ("Q1",), "two": ()}


def test_words_are_found_in_every_form_of_a_file(cothemes: CommandLine, study: Path) -> None:
    """UTF-8, UTF-16, escaped, wrapped, and within xlsx, docx, zip and gz."""
    (study / "wrapped.md").write_text("> " + RARE.replace(" ", "\n> "), encoding="utf-8")
    for encoding in ("utf-16", "utf-16-le", "utf-16-be"):
        (study / f"{encoding}.txt").write_bytes(RARE.encode(encoding))
    (study / "escaped.json").write_text(json.dumps({"quote": f"{RARE}\n{RARE}"}), encoding="utf-8")
    book = Workbook()
    book.active.append(["quote", RARE])
    book.save(study / "table.xlsx")
    text = Docx()
    paragraph = text.add_paragraph()
    for at in range(0, len(RARE), 7):
        paragraph.add_run(RARE[at : at + 7])
    text.save(str(study / "notes.docx"))
    with zipfile.ZipFile(study / "sent.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(study / "notes.docx", "inner/notes.docx")
    (study / "log.gz").write_bytes(gzip.compress(RARE.encode()))
    (study / "clean.txt").write_text("The canary was yellow, and the café was open.", encoding="utf-8")
    left = set(cothemes.json("forget", "one", "--yes", study=study)["remaining"])
    names = {words.split(" ")[0] for words in left if "in the study's folder holds" in words}
    assert names == {
        "wrapped.md", "utf-16.txt", "utf-16-le.txt", "utf-16-be.txt", "escaped.json", "table.xlsx",
        "notes.docx", "sent.zip", "log.gz",
    }  # fmt: skip
    assert any("sent.zip (inner/notes.docx/word/document.xml)" in words for words in left)


def test_a_file_that_cannot_be_opened_is_named(cothemes: CommandLine, study: Path) -> None:
    (study / "broken.xlsx").write_bytes(b"PK\x03\x04 no zip at all")
    left = cothemes.json("forget", "one", "--yes", study=study)["remaining"]
    assert any(words.startswith("broken.xlsx cannot be read") for words in left)


def test_exports_made_while_the_text_was_there_are_listed(
    cothemes: CommandLine, study: Path, tmp_path: Path
) -> None:
    cothemes.done("decide", "--as", "ann", "one.0001", "C1", "add", study=study)
    cothemes.done("done", "--as", "ann", "one.0001", study=study)
    cothemes.done("export", "xlsx", tmp_path / "codings.xlsx", study=study)
    cothemes.done("report", tmp_path / "r.html", study=study)
    cothemes.done("pack", "--as", "ann", tmp_path / "ann.zip", study=study)
    (tmp_path / "r.html").unlink()
    files = {
        Path(each["path"]).name: (each["kind"], each["state"])
        for each in cothemes.json("forget", "one", "--yes", study=study)["files"]
    }
    assert files == {
        "codings.xlsx": ("export", "holds its words"),
        "r.html": ("export", "not there"),
        "ann.zip": ("package", "holds its words"),
    }
    assert (tmp_path / "ann.zip").exists(), "nothing outside .cothemes is deleted"


def test_the_access_log_lists_files_views_and_persons(
    cothemes: CommandLine, study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COTHEMES_AS", "ann")
    cothemes.done("export", "csv", tmp_path / "c.csv", study=study)
    cothemes.done("deidentify", "--show-originals", study=study)
    cothemes.done("export", "csv", tmp_path / "d.csv", study=study)
    cothemes.done("export", "csv", tmp_path / "e.csv", "--show-originals", study=study)
    found = [
        (each["by"], each["kind"], each["command"], Path(each["place"]).name, each["words"])
        for each in cothemes.json("access-log", study=study)["entries"]
    ]
    assert found == [
        ("ann", "export", "export csv", "c.csv", "originals"),
        ("ann", "view", "deidentify", "", "originals"),
        ("ann", "export", "export csv", "d.csv", "pseudonyms"),
        ("ann", "export", "export csv", "e.csv", "originals"),
    ]
    assert "c.csv" in cothemes.done("access-log", study=study)


def test_every_parameter_for_a_file_is_accounted_for() -> None:
    """A command that writes files belongs into the access log."""
    import typer

    from cothemes.cli import app
    from cothemes.cli.reference import command_paths

    listed = {command: {*READS.get(command, ()), *_files(command)} for command in {*READS, *WRITES}}
    for path, command in command_paths(typer.main.get_command(app)):
        name = " ".join(path)
        for parameter in getattr(command, "params", ()):
            if "pathlib" in repr(vars(parameter)):
                assert parameter.name in listed.get(name, set()), f"{name}: {parameter.name}"


def _files(command: str) -> tuple[str, ...]:
    return WRITES[command].files if command in WRITES else ()


def test_a_restored_backup_forgets_again(cothemes: CommandLine, study: Path, tmp_path: Path) -> None:
    old = tmp_path / "old.zip"
    made = cothemes.json("backup", old, study=study)
    assert (made["documents"], made["older"]) == (4, [])
    cothemes.done("forget", "--participant", "Q1", "--shared", "keep", "--yes", study=study)
    stones = tmp_path / "stones.json"
    cothemes.done("forget", "--tombstones", stones, study=study)
    assert "canary" not in stones.read_text(encoding="utf-8")
    newer = cothemes.json("backup", tmp_path / "new.zip", study=study)
    assert [(Path(each["path"]).name, each["forgotten"]) for each in newer["older"]] == [
        ("old.zip", ["again", "one"])
    ]
    for number, source in enumerate((study, tmp_path / "new.zip", stones)):
        folder = tmp_path / f"restored-{number}"
        words = ("restore", old, folder, "--tombstones", source)
        report = cothemes.json(*words)
        assert (report["forgotten"], report["clean"], report["documents"]) == (["again", "one"], True, 2)
        assert holding(folder, "yellow canary") == []
        assert holding(folder / ".cothemes", "counted the herring") != []
        assert {path.name for path in folder.iterdir()} >= {"cothemes.toml", "codebook.yaml", ".cothemes"}
        assert cothemes.json("forget", "--list", study=folder)[0]["document"] == "again"
    beside = cothemes.json("restore", old, tmp_path / "beside", study=study)
    assert beside["forgotten"] == ["again", "one"]
    assert holding(study / ".cothemes", "counted the herring") != []


def test_restore_says_where_no_erasures_are_known(cothemes: CommandLine, study: Path, tmp_path: Path) -> None:
    cothemes.done("backup", tmp_path / "b.zip", study=study)
    (tmp_path / "elsewhere").mkdir()
    other = tmp_path / "other"
    cothemes.done("init", other, "--from", "blank")
    report = cothemes.json("restore", tmp_path / "b.zip", tmp_path / "elsewhere", study=other)
    assert (report["documents"], report["tombstones"], report["forgotten"]) == (4, "", [])
    cothemes.done("forget", "--tombstones", tmp_path / "other.json", study=other)
    words = ("restore", tmp_path / "b.zip", tmp_path / "more", "--tombstones", tmp_path / "other.json")
    assert cothemes(*words).exit_code == 3
    assert not (tmp_path / "more").exists()


@pytest.mark.parametrize("case", ["full", "no zip", "no backup", "outside"])
def test_what_cannot_be_restored(cothemes: CommandLine, study: Path, tmp_path: Path, case: str) -> None:
    backup, folder = tmp_path / "b.zip", tmp_path / "new"
    cothemes.done("backup", backup, study=study)
    if case == "full":
        folder.mkdir()
        (folder / "mine.txt").write_text("mine", encoding="utf-8")
    elif case == "no zip":
        backup.write_text("no zip", encoding="utf-8")
    elif case == "no backup":
        with zipfile.ZipFile(backup, "w") as archive:
            archive.writestr("a.txt", "a")
    else:
        with zipfile.ZipFile(backup, "a") as archive:
            archive.writestr("../evil.txt", "a")
    assert cothemes("restore", backup, folder).exit_code == 3
    assert not (tmp_path / "evil.txt").exists()
    assert [path.name for path in folder.iterdir()] == ["mine.txt"] if case == "full" else not folder.exists()
    assert not list(tmp_path.glob(".*.partial"))


def test_a_backup_overwrites_nothing(cothemes: CommandLine, study: Path, tmp_path: Path) -> None:
    (tmp_path / "b.zip").write_bytes(b"another")
    assert cothemes("backup", tmp_path / "b.zip", study=study).exit_code == 3
    assert (tmp_path / "b.zip").read_bytes() == b"another"


def test_all_that_is_held_is_told(cothemes: CommandLine, study: Path, tmp_path: Path) -> None:
    cothemes.done("decide", "--as", "ann", "one.0001", "C1", "add", "--note", "a winter", study=study)
    cothemes.done("memo", "add", "Think of the pit", "--as", "ann", "--passage", "one.0001", study=study)
    cothemes.done("export", "csv", tmp_path / "c.csv", study=study)
    found = cothemes.json("held", "Q1", study=study)
    held: dict[str, Any] = {each["document"]: each for each in found["documents"]}
    assert set(held) == {"again", "one", "talk"}
    one = held["one"]
    assert [(each["code"], each["note"]) for each in one["decisions"]] == [("C1", "a winter")]
    assert [each["text"] for each in one["memos"]] == ["Think of the pit"]
    assert [Path(each["path"]).name for each in one["files"]] == ["c.csv"]
    assert RARE in " ".join(each["text"] for each in one["passages"])
    assert held["talk"]["others"] == ["U1"]
    folder = tmp_path / "answer"
    cothemes.done("held", "Q1", "--out", folder, study=study)
    assert RARE in (folder / "one.txt").read_text(encoding="utf-8")
    assert RARE in (folder / "held.txt").read_text(encoding="utf-8")
    assert cothemes("held", "Q1", "--out", folder, study=study).exit_code == 3
    assert cothemes("held", "nobody", study=study).exit_code == 2


def test_contents_of_a_plain_file_are_itself(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text("<p>one</p><p>t<b>w</b>o &amp; three</p>", encoding="utf-8")
    (found,) = contents(path)
    assert (found.part, found.text.split()) == ("", ["one", "two", "&", "three"])


def test_a_mark_tells_no_name() -> None:
    assert "Q1" not in participant_mark("Q1")
    assert participant_mark("Q1") != participant_mark("Q2")


def test_a_backup_that_was_cut_off_leaves_nothing_behind(cothemes: CommandLine, study: Path) -> None:
    """Killed while it was made, it leaves a copy of the records in .cothemes."""
    left = study / ".cothemes" / "backup-abc"
    left.mkdir()
    (left / "records.sqlite").write_bytes(
        (study / ".cothemes" / "records.sqlite").read_bytes() + RARE.encode()
    )
    assert cothemes.json("forget", "one", "--yes", study=study)["clean"] is True
    assert holding(study, "yellow canary") == []
