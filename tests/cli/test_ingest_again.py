"""Files that come again: forgotten ones, changed ones, several documents in one file, a table by mistake."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import CommandLine

from cothemes.app.corpus import ingest
from cothemes.app.study import Study, create_study
from cothemes.records.document import Document, Kind
from cothemes.records.passage import Passage

TALK = """\
Interviewer: What helped the group in its first year?
Mo: We trusted each other from the start, and it took a year to get there all the same.
Interviewer: And what got in the way?
Mo: There was never any money for it, and my manager left in the middle of May.
"""


@pytest.fixture
def study(tmp_path: Path) -> Study:
    study = create_study(tmp_path / "study", source="blank", codebook=None)
    study.close()
    return study


def documents(study: Study) -> dict[str, Document]:
    opened = Study(study.root)
    found = {document.slug: document for document in opened.store.documents.all()}
    opened.close()
    return found


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_forgotten_file_is_refused_under_its_name_and_under_another(
    study: Study, cothemes: CommandLine, tmp_path: Path
) -> None:
    talk = write(tmp_path / "talk.txt", TALK)
    cothemes.done("ingest", talk, study=study.root)
    cothemes.done("forget", "talk", "--yes", study=study.root)
    changed = write(tmp_path / "more" / "talk.txt", TALK.replace("May", "June"))
    renamed = write(tmp_path / "renamed.txt", TALK)
    other = write(tmp_path / "other.txt", TALK.replace("group", "club").replace("Mo", "Jo"))
    result = cothemes("ingest", talk, changed, renamed, other, "--json", study=study.root)
    assert result.exit_code == 4
    files = {Path(each["path"]): each for each in json.loads(result.stdout)["files"]}
    for path in (talk, changed, renamed):
        assert files[path]["state"] == "failed"
        assert "talk was forgotten on" in files[path]["reason"]
        assert files[path]["hint"] == "See cothemes forget --list."
    assert files[other]["state"] == "new"
    assert list(documents(study)) == ["other"]
    shown = cothemes("ingest", talk, "--check", study=study.root)
    assert (shown.exit_code, "was forgotten on" in shown.stdout) == (4, True)


def test_a_changed_file_keeps_what_was_told_of_it(
    study: Study, cothemes: CommandLine, tmp_path: Path
) -> None:
    talk = write(tmp_path / "talk.txt", TALK)
    table = write(
        tmp_path / "meta.csv",
        "file,kind,title,participant,consent_remote,synthetic\ntalk.txt,interview,A first talk,P1,yes,true\n",
    )
    cothemes.done("ingest", talk, "--meta", table, study=study.root)
    before = documents(study)["talk"]
    write(talk, "Mo: We trusted each other.\n")
    cothemes.done("ingest", talk, study=study.root)
    after = documents(study)["talk"]
    assert after.version != before.version
    assert after.metadata == before.metadata == {"participant": "P1", "consent_remote": "yes"}
    assert (after.kind, after.title, after.synthetic) == (Kind.INTERVIEW, "A first talk", True)
    write(table, "file,consent_remote\ntalk.txt,no\n")
    write(talk, TALK)
    cothemes.done("ingest", talk, "--meta", table, study=study.root)
    assert documents(study)["talk"].metadata == {"participant": "P1", "consent_remote": "no"}


def test_what_the_file_says_now_goes_before_what_it_said(
    study: Study, cothemes: CommandLine, tmp_path: Path
) -> None:
    talk = write(tmp_path / "talk.md", f"---\ntitle: One\nconsent_remote: yes\nsite: north\n---\n{TALK}")
    cothemes.done("ingest", talk, study=study.root)
    write(talk, f"---\ntitle: Two\nconsent_remote: no\n---\n{TALK}Mo: That is all there is to say of it.\n")
    cothemes.done("ingest", talk, study=study.root)
    (after,) = documents(study).values()
    assert after.title == "Two"
    assert after.metadata == {"consent_remote": "no", "site": "north"}


def test_other_line_ends_leave_the_passages_and_what_was_told_alone(
    study: Study, cothemes: CommandLine, tmp_path: Path
) -> None:
    talk = write(tmp_path / "talk.txt", TALK)
    table = write(tmp_path / "meta.csv", "file,consent_remote\ntalk.txt,yes\n")
    cothemes.done("ingest", talk, "--meta", table, study=study.root)
    opened = Study(study.root)
    before = [passage.id for passage in opened.store.passages.all()]
    opened.close()
    talk.write_bytes(TALK.replace("\n", "\r\n").encode())
    assert "1 updated" in cothemes.done("ingest", talk, study=study.root)
    opened = Study(study.root)
    assert [passage.id for passage in opened.store.passages.all()] == before
    assert opened.store.documents.all()[0].metadata == {"consent_remote": "yes"}
    opened.close()
    assert "1 unchanged" in cothemes.done("ingest", talk, study=study.root)


def test_documents_of_one_file_are_known_again_by_their_names(
    study: Study, cothemes: CommandLine, tmp_path: Path
) -> None:
    def lines(last: str) -> str:
        rows = [
            {"id": "1", "doc": "North site", "text": "We trusted each other from the first day on."},
            {"id": "2", "doc": "South site", "text": "There was never any money for the work here."},
            {"id": "3", "doc": "South site", "text": last},
        ]
        return "".join(json.dumps(row) + "\n" for row in rows)

    file = write(tmp_path / "cut.jsonl", lines("Nobody came on the second day."))
    cothemes.done("ingest", file, study=study.root)
    assert list(documents(study)) == ["north-site", "south-site"]
    cothemes.done("forget", "north-site", "--yes", study=study.root)
    write(file, lines("Nobody came on the third day."))
    result = cothemes("ingest", file, "--json", study=study.root)
    states = [(each["state"], (each["reason"] or "")[:10]) for each in json.loads(result.stdout)["files"]]
    assert states == [("failed", "north-site"), ("updated", "")]
    assert list(documents(study)) == ["south-site"]
    assert "third day" in documents(study)["south-site"].text


@pytest.mark.parametrize(
    "head", ["file,consent_remote", '"File";consent_remote', "\ufefffile\tconsent_remote"]
)
def test_a_table_about_files_is_no_text(
    study: Study, cothemes: CommandLine, tmp_path: Path, head: str
) -> None:
    write(tmp_path / "texts" / "talk.txt", TALK)
    sign = next(mark for mark in ",;\t" if mark in head)
    table = write(tmp_path / "texts" / "meta.csv", f"{head}\ntalk.txt{sign}yes\n")
    result = cothemes("ingest", tmp_path / "texts", study=study.root)
    assert result.exit_code == 4
    words = " ".join((result.stdout + result.stderr).split())
    assert "is a table about files, not a text: its first column is `file`" in words
    assert "--meta meta.csv" in words
    assert list(documents(study)) == ["talk"]
    if sign == ",":
        cothemes.done("ingest", tmp_path / "texts", "--meta", table, study=study.root)
        assert documents(study)["talk"].metadata == {"consent_remote": "yes"}


def test_a_check_of_files_that_were_read_calls_them_unchanged(
    study: Study, cothemes: CommandLine, tmp_path: Path
) -> None:
    talk = write(tmp_path / "talk.txt", TALK)
    cothemes.done("ingest", talk, study=study.root)
    found = cothemes.json("ingest", talk, "--check", study=study.root)["files"]
    assert [(each["document"], each["state"]) for each in found] == [("talk", "unchanged")]
    assert "1 unchanged" in cothemes.done("ingest", talk, "--check", study=study.root)
    write(tmp_path / "talk.txt", TALK.replace("May", "June"))
    found = cothemes.json("ingest", talk, "--check", study=study.root)["files"]
    assert [(each["document"], each["state"]) for each in found] == [("talk", "updated")]


def test_reading_tells_of_speakers_without_a_role_and_what_to_write(
    study: Study, cothemes: CommandLine, tmp_path: Path
) -> None:
    talk = "JI: We began in a hall that nobody had swept.\nKL: It was cold.\nJI: It was.\nKL: We stayed on.\n"
    file = write(tmp_path / "hall.txt", talk)
    told = " ".join(cothemes.done("ingest", file, "--kind", "interview", study=study.root).split())
    assert "hall: no rule decides the role of JI, KL" in told
    assert "in the column `interviewer` of the --meta table" in told
    assert "front matter" not in told
    again = cothemes.done("ingest", file, "--kind", "interview", study=study.root)
    assert "no rule decides" not in again


def test_a_file_read_by_poorer_rules_is_read_anew_when_told_so(
    study: Study, cothemes: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cothemes.stages.ingest.conventions import labels

    talk = write(tmp_path / "talk.txt", 2 * TALK.replace("Mo:", "3K31:"))
    with monkeypatch.context() as poorer:
        poorer.setattr(labels, "_COLON", re.compile(r"^(?P<label>Interviewer):\s*"))
        cothemes.done("ingest", talk, study=study.root)
    assert {block.speaker for block in documents(study)["talk"].blocks} == {"Interviewer"}
    assert "1 unchanged" in cothemes.done("ingest", talk, study=study.root)
    found = cothemes.json("ingest", talk, "--check", study=study.root)["files"]
    assert [each["state"] for each in found] == ["updated"]
    assert "1 updated" in cothemes.done("ingest", talk, "--resegment", study=study.root)
    assert [block.speaker for block in documents(study)["talk"].blocks] == ["Interviewer", "3K31"] * 4
    assert "1 unchanged" in cothemes.done("ingest", talk, "--resegment", study=study.root)


def test_ingest_and_its_check_tell_where_words_may_be_another_persons(
    study: Study, cothemes: CommandLine, tmp_path: Path
) -> None:
    talk = write(tmp_path / "talk.txt", 2 * TALK.replace("Mo: ", ">> "))
    for more in ([], ["--check"]):
        told = " ".join(cothemes.done("ingest", talk, *more, study=study.root).split())
        assert "“>>” (4)" in told
        assert "Interviewer is the only voice" in told


def test_captions_read_before_they_were_joined_are_read_anew_when_told_so(
    study: Study, cothemes: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cothemes.adapters.readers import rolling

    rows = ["so we met", "in the hall", "every week", "of that year", "and the next"]
    cues = [
        f"00:00:{n:02d}.000 --> 00:00:{n:02d}.900\n" + "\n".join(rows[max(0, n - 1) : n + 1])
        for n in range(len(rows))
    ]
    talk = write(tmp_path / "talk.vtt", "WEBVTT\n\n" + "\n\n".join(cues) + "\n")
    with monkeypatch.context() as poorer:
        poorer.setattr(rolling, "_LEAST", 1_000)
        cothemes.done("ingest", talk, study=study.root)
    assert documents(study)["talk"].text.count("every week") == 2
    assert "1 updated" in cothemes.done("ingest", talk, "--resegment", study=study.root)
    assert documents(study)["talk"].text == " ".join(rows)
    assert "1 unchanged" in cothemes.done("ingest", talk, "--resegment", study=study.root)


def test_doubts_about_voices_are_told_first(study: Study, cothemes: CommandLine, tmp_path: Path) -> None:
    for name in "abcd":
        talk = "JI: It was a hall.\nKL: It was cold.\nJI: It was.\nKL: We stayed on.\n"
        write(tmp_path / "talks" / f"{name}.txt", talk.replace("hall", name))
    write(tmp_path / "talks" / "z.txt", 2 * TALK.replace("Mo: ", ">> "))
    told = cothemes.done("ingest", tmp_path / "talks", "--kind", "interview", study=study.root)
    assert "“>>” (4)" in told
    assert told.index("z: ") < told.index("a: ")


def test_an_unchanged_file_is_not_cut_again(
    study: Study, cothemes: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = write(tmp_path / "talk.txt", TALK)
    cothemes.done("ingest", talk, study=study.root)
    cut: list[str] = []

    def segment(document: Document, *rest: Any) -> tuple[Passage, ...]:
        cut.append(document.slug)
        return original(document, *rest)

    original = ingest.segment
    monkeypatch.setattr(ingest, "segment", segment)
    assert cothemes.json("ingest", talk, study=study.root)["files"][0]["state"] == "unchanged"
    assert cut == []
    settings = study.root / "cothemes.toml"
    settings.write_text(
        settings.read_text(encoding="utf-8") + "\n[segment]\ntarget_words = 5\n", encoding="utf-8"
    )
    cothemes.done("ingest", talk, study=study.root)
    assert cut == ["talk"]
