"""Words that are no passage: counted, listed, and never cut anew where people have worked."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import CommandLine

LONG = "We sold the boat because the harbour was closed and nobody came to buy the fish any more. " * 2
TALK = f"""INT: Was it you?

AB: {LONG}

CD: {LONG}

AB: Mm, yes.

CD: {LONG}

INT: And did you like it?

CD: No, not really.
"""


def made(cothemes: CommandLine, tmp_path: Path, *, answer_words: int | None = None) -> tuple[Path, Path]:
    study, talk = tmp_path / "study", tmp_path / "talk.txt"
    talk.write_text(TALK, encoding="utf-8")
    cothemes.done("init", study)
    if answer_words is not None:
        setting(study, answer_words)
    return study, talk


def setting(study: Path, answer_words: int) -> None:
    file = study / "cothemes.toml"
    text = file.read_text(encoding="utf-8").split("[segment]")[0]
    file.write_text(
        f"{text}\n[segment]\nanswer_words = {answer_words}\nbackchannel_words = 0\n", encoding="utf-8"
    )


def test_what_is_no_passage_is_counted_and_listed(cothemes: CommandLine, tmp_path: Path) -> None:
    study, talk = made(cothemes, tmp_path, answer_words=9)
    (file,) = cothemes.json("ingest", talk, study=study)["files"]
    assert file["no_passage"] == [{"reason": "bare answer", "stretches": 1, "words": 2}]
    assert file["passages"] == 3
    (document,) = cothemes.json("documents", study=study)["documents"]
    assert document["set_aside"] == file["no_passage"]
    listed = cothemes.done("documents", "--set-aside", study=study)
    assert "Mm, yes." in listed
    assert "not really" not in listed
    shown = cothemes.done("show", "talk.0003", study=study)
    assert "[INT: And did you like it?]" in shown


def test_better_rules_cut_only_what_nobody_decided(cothemes: CommandLine, tmp_path: Path) -> None:
    study, talk = made(cothemes, tmp_path, answer_words=0)
    assert cothemes.json("ingest", talk, study=study)["files"][0]["passages"] == 5
    cothemes.done("reviewers", "add", "ann", study=study)
    cothemes.done("route", "--reviewers", "ann", "--overlap", "1", study=study)
    cothemes.done("decide", "--as", "ann", "talk.0001", "D4", "add", study=study)
    setting(study, 9)
    (file,) = cothemes.json("ingest", talk, study=study)["files"]
    assert (file["passages"], file["recut"], file["at_stake"]["decisions"]) == (5, False, 1)
    assert "1 document would be cut anew by --resegment" in cothemes.done("ingest", talk, study=study)
    (file,) = cothemes.json("ingest", talk, "--resegment", "--yes", study=study)["files"]
    assert (file["passages"], file["recut"]) == (3, True)


def test_new_rules_cut_an_untouched_document_without_a_question(
    cothemes: CommandLine, tmp_path: Path
) -> None:
    study, talk = made(cothemes, tmp_path, answer_words=0)
    cothemes.done("ingest", talk, study=study)
    setting(study, 9)
    (file,) = cothemes.json("ingest", talk, study=study)["files"]
    assert (file["passages"], file["recut"]) == (3, True)
