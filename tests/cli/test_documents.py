"""`cothemes documents`: what was read, with counts that other commands agree with."""

from __future__ import annotations

from pathlib import Path

from tests.cli.test_recut import FRONT, TALK, write
from tests.conftest import CommandLine

from cothemes.app.study import create_study


def test_the_list_counts_what_was_read_and_decided_and_says_what_is_uncertain(
    tmp_path: Path, cothemes: CommandLine
) -> None:
    study = create_study(tmp_path / "study", source="blank", codebook=None)
    study.close()
    talk = write(tmp_path / "files" / "talk.md", FRONT + TALK)
    plain = write(tmp_path / "files" / "plain.md", "Some words that nobody knows what to make of.\n")
    table = write(
        tmp_path / "meta.csv",
        "file,kind,participant,language,consent_remote\ntalk.md,interview,P1,cy,no\nplain.md,,,,\n",
    )
    for words in (
        ("ingest", talk, plain, "--meta", table),
        ("reviewers", "add", "ann"),
        ("route", "--reviewers", "ann"),
        ("decide", "--as", "ann", "talk.0001", "C1", "add"),
        ("done", "--as", "ann", "talk.0001"),
        ("done", "--as", "ann", "talk.0002"),
    ):
        cothemes.done(*words, study=study.root)
    unknown, known = cothemes.json("documents", study=study.root)["documents"]
    assert (known["document"], known["title"], known["file"]) == ("talk", "One", "talk.md")
    assert (known["kind"], known["kind_given"], known["uncertain"]) == ("interview", True, [])
    assert (known["participants"], known["language"], known["consent"]) == (["P1"], "cy", "no")
    assert (known["turns"], known["passages"], known["codeable"]) == (4, 2, 2)
    assert (known["suggested"], known["coded"], known["decided"]) == (0, 1, 2)
    assert known["words"] == sum(len(line.split()) - 1 for line in TALK.splitlines())
    assert (unknown["kind"], unknown["kind_given"], unknown["turns"]) == ("unknown", False, 0)
    assert unknown["uncertain"]
    (one,) = cothemes.json("documents", "tal", study=study.root)["documents"]
    assert [(text["current"], text["passages"]) for text in one.pop("texts")] == [(True, 2)]
    assert one == known


def test_long_ids_fit_the_screen_and_their_beginnings_name_them(
    tmp_path: Path, cothemes: CommandLine
) -> None:
    study = create_study(tmp_path / "study", source="blank", codebook=None)
    study.close()
    names = [
        "a-very-long-name-of-an-interview-with-one-person.md",
        "a-very-long-name-of-an-interview-with-another-person.md",
        "the-only-interview-that-has-a-name-like-this-one.md",
    ]
    for number, name in enumerate(names):
        write(tmp_path / "files" / name, TALK + f"Interviewer: Number {number}?\n")
    cothemes.done("ingest", tmp_path / "files", study=study.root)
    printed = cothemes.done("documents", study=study.root)
    assert all(len(line) <= 80 for line in printed.splitlines())
    # An id that shares its beginning with another one has its end too, since people copy it.
    cut = [word for word in printed.split() if word.startswith("a-very-long") and "…" in word]
    shown = [cothemes.json("documents", word, study=study.root)["documents"] for word in cut]
    assert sorted(each["file"] for (each,) in shown) == sorted(names[:2])
    begun = next(word for word in printed.split() if word.startswith("the-only") and word.endswith("…"))
    (one,) = cothemes.json("documents", begun, study=study.root)["documents"]
    assert one["file"] == names[2]
    ambiguous = cothemes("documents", "a-very-long", study=study.root)
    assert ambiguous.exit_code == 2
    assert Path(names[0]).stem in ambiguous.stderr
