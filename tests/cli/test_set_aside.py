"""A corrected file moves no one's work silently: what leaves the queues is counted, and comes back."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from tests.cli.test_recut import FRONT, TALK, TYPO, write
from tests.conftest import CommandLine
from tests.doubles.coded_study import CODEBOOK, propose

from cothemes.app.study import Study, create_study


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    return write(tmp_path / "files" / "talk.md", FRONT + TALK)


@pytest.fixture
def routed(tmp_path: Path, talk: Path, cothemes: CommandLine) -> Study:
    """Two readers have the passages in their queues, and suggestions; nobody has decided anything."""
    book = write(tmp_path / "book" / "codebook.yaml", CODEBOOK)
    made = create_study(tmp_path / "study", source="blank", codebook=book)
    made.close()
    for words in (
        ("ingest", talk),
        ("reviewers", "add", "ann"),
        ("reviewers", "add", "ben"),
        ("route", "--reviewers", "ann,ben", "--overlap", "1"),
    ):
        cothemes.done(*words, study=made.root)
    opened = Study(made.root)
    propose(opened)
    opened.close()
    return made


def queue(cothemes: CommandLine, study: Study, name: str) -> int:
    opened = Study(study.root)
    current = {passage.id for passage in opened.store.passages.heads()}
    found = sum(each.passage in current for each in opened.store.reviews.assignments(reviewer=name))
    opened.close()
    return found


def test_a_new_cut_counts_the_assignments_it_sets_aside_and_undo_brings_them_back(
    routed: Study, talk: Path, cothemes: CommandLine
) -> None:
    opened = Study(routed.root)
    suggested = {(each.passage, each.code) for each in opened.store.runs.suggestions()}
    opened.close()
    queues = {name: queue(cothemes, routed, name) for name in ("ann", "ben")}
    assert all(queues.values())
    assert suggested
    write(talk, FRONT + TYPO)
    expected = {
        "assignments": sum(queues.values()), "reviewers": ["ann", "ben"], "suggestions": len(suggested),
    }  # fmt: skip
    (file,) = cothemes.json("ingest", talk, "--resegment", study=routed.root)["files"]
    assert (file["set_aside"], file["recut"], file["left_the_figures"]) == (expected, True, None)
    assert queue(cothemes, routed, "ann") == 0
    reviewers = cothemes.json("status", study=routed.root)["reviewers"]
    assert {each["name"]: each["assigned_on_earlier_passages"] for each in reviewers} == queues
    (file,) = cothemes.json("ingest", "--resegment", "--undo", "talk", study=routed.root)["files"]
    assert (file["set_aside"], file["brought_back"]) == (None, expected)
    assert {name: queue(cothemes, routed, name) for name in queues} == queues
    reviewers = cothemes.json("status", study=routed.root)["reviewers"]
    assert [each["assigned_on_earlier_passages"] for each in reviewers] == [0, 0]


def test_the_output_of_a_new_cut_names_the_next_commands_and_the_way_back(
    routed: Study, talk: Path, cothemes: CommandLine
) -> None:
    write(talk, FRONT + TYPO)
    told = " ".join(cothemes.done("ingest", talk, "--resegment", study=routed.root).split())
    for words in ("cothemes index", "cothemes propose", "cothemes route", "--resegment --undo talk"):
        assert words in told
    told = " ".join(cothemes.done("status", study=routed.root).split())
    assert "earlier cut" in told


def test_a_first_reading_and_a_new_title_set_nothing_aside(
    routed: Study, talk: Path, cothemes: CommandLine
) -> None:
    write(talk, FRONT.replace("One", "Two") + TALK)
    (file,) = cothemes.json("ingest", talk, study=routed.root)["files"]
    assert (file["state"], file["recut"], file["set_aside"]) == ("updated", False, None)
    other = write(talk.parent / "other.md", "# Notes\n\nA short text about something else.\n")
    (file,) = cothemes.json("ingest", other, study=routed.root)["files"]
    assert (file["state"], file["recut"], file["set_aside"]) == ("new", False, None)


def test_suggestions_on_retired_passages_are_counted_as_left_out(
    routed: Study, talk: Path, cothemes: CommandLine, tmp_path: Path
) -> None:
    suggested = cothemes.json("codings", study=routed.root)["suggested"]
    assert suggested
    write(talk, FRONT + TYPO)
    cothemes.done("ingest", talk, "--resegment", study=routed.root)
    out = tmp_path / "out.csv"
    for words in (("codings",), ("export", "csv", out)):
        (left,) = cothemes.json(*words, study=routed.root)["left_out"]
        assert (left["reason"], left["unit"], left["count"]) == (
            "retired passage", "suggestion", len(suggested),
        )  # fmt: skip
        assert left["include_with"] == "cothemes ingest --resegment --undo talk"
    with (tmp_path / "out.csv.left-out.csv").open(encoding="utf-8-sig", newline="") as handle:
        assert [row["action"] for row in csv.DictReader(handle)] == ["suggestion"] * len(suggested)
    cothemes.done("ingest", "--resegment", "--undo", "talk", study=routed.root)
    assert cothemes.json("codings", study=routed.root)["left_out"] == []


def test_a_renamed_file_is_not_stored_twice(routed: Study, talk: Path, cothemes: CommandLine) -> None:
    talk.rename(talk.with_name("renamed.md"))
    for words, state in ((("--check",), "skipped"), ((), "skipped"), ((), "skipped")):
        (file,) = cothemes.json("ingest", talk.parent, *words, study=routed.root)["files"]
        assert (file["state"], file["document"]) == (state, None)
        assert "talk" in file["reason"]
        assert "talk.md" in file["hint"]
    assert "talk.md" in cothemes.done("ingest", talk.parent, study=routed.root)
    assert sum(cothemes.json("status", study=routed.root)["documents"].values()) == 1


def test_two_files_of_one_text_become_one_document_also_with_other_line_ends(
    tmp_path: Path, cothemes: CommandLine
) -> None:
    made = create_study(tmp_path / "study", source="blank", codebook=None)
    made.close()
    write(tmp_path / "files" / "one.md", TALK)
    (tmp_path / "files" / "two.md").write_bytes(TALK.replace("\n", "\r\n").encode())
    files = cothemes.json("ingest", tmp_path / "files", study=made.root)["files"]
    assert [each["state"] for each in files] == ["new", "skipped"]
    files = cothemes.json("ingest", tmp_path / "files", study=made.root)["files"]
    assert [each["state"] for each in files] == ["unchanged", "skipped"]


def test_a_retired_passage_is_marked_and_takes_no_more_decisions(
    routed: Study, talk: Path, cothemes: CommandLine
) -> None:
    cothemes.done("done", "--as", "ann", "talk.0001", study=routed.root)
    assert cothemes.json("show", "talk.0001", study=routed.root)["retired"] is None
    write(talk, FRONT + TYPO)
    cothemes.done("ingest", talk, "--resegment", "--yes", study=routed.root)
    assert cothemes.json("show", "talk.0001", study=routed.root)["retired"]
    assert "--resegment --undo talk" in cothemes.done("show", "talk.0001", study=routed.root)
    for words in (
        ("done", "--as", "ann", "talk.0001", "--reopen"),
        ("done", "--as", "ann", "talk.0001"),
        ("decide", "--as", "ann", "talk.0001", "A1", "add"),
    ):
        result = cothemes(*words, study=routed.root)
        assert result.exit_code != 0
        assert "--resegment --undo talk" in " ".join(result.stderr.split())
    cothemes.done("ingest", "--resegment", "--undo", "talk", study=routed.root)
    cothemes.done("done", "--as", "ann", "talk.0001", "--reopen", study=routed.root)


def test_a_second_undo_says_that_the_first_cut_is_reached(
    routed: Study, talk: Path, cothemes: CommandLine
) -> None:
    undo = ("ingest", "--resegment", "--undo", "talk")
    never = cothemes(*undo, study=routed.root)
    write(talk, FRONT + TYPO)
    cothemes.done("ingest", talk, study=routed.root)
    cothemes.done(*undo, study=routed.root)
    first = cothemes(*undo, study=routed.root)
    assert never.exit_code == first.exit_code != 0
    assert "never" in never.stderr
    assert "never" not in first.stderr
    cothemes.done("ingest", talk, "--resegment", study=routed.root)
    opened = Study(routed.root)
    assert "trustd" in opened.store.documents.all()[0].text
    opened.close()


def test_a_check_names_no_command_that_only_the_real_run_calls_for(
    routed: Study, talk: Path, cothemes: CommandLine
) -> None:
    write(talk, FRONT + TALK.rsplit("Mo:", 1)[0])
    told = cothemes.done("ingest", talk, "--check", study=routed.root)
    assert "would be set aside" in told
    (checked,) = cothemes.json("ingest", talk, "--check", study=routed.root)["files"]
    assert checked["set_aside"]["assignments"] == 2
    for command in ("cothemes index", "cothemes route", "--undo"):
        assert command not in told


def test_a_talk_without_recognised_labels_is_not_told_to_name_its_interviewer(
    tmp_path: Path, cothemes: CommandLine
) -> None:
    made = create_study(tmp_path / "study", source="blank", codebook=None)
    made.close()
    plain = write(tmp_path / "files" / "plain.txt", "We began in a hall.\n\nIt was cold there.\n")
    told = " ".join(cothemes.done("ingest", plain, "--kind", "interview", study=made.root).split())
    assert "no rule recognises the labels" in told
    assert "column `interviewer`" not in told
    table = write(tmp_path / "meta.csv", "file,interviewer\nplain.txt,Zoe\n")
    (warning,) = cothemes.json("ingest", plain, "--meta", table, study=made.root)["warnings"]
    assert "Zoe" in warning["message"]


def test_the_hint_for_a_name_of_two_meanings_is_the_column_with_the_value_asked_for(
    routed: Study, talk: Path, cothemes: CommandLine, tmp_path: Path
) -> None:
    table = write(tmp_path / "meta.csv", "file,status\ntalk.md,local\n")
    cothemes.done("ingest", talk, "--meta", table, study=routed.root)
    result = cothemes("codings", "--where", "status=local", study=routed.root)
    assert result.exit_code == 2
    assert "--where meta.status=local" in " ".join(result.stderr.split())
