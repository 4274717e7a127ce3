"""Files that come again after people coded: metadata change no passage, and a new cut can be taken back."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import docx
import pytest
from tests.conftest import CommandLine

from cothemes.app.corpus.segmentation import at_stake
from cothemes.app.study import Study, create_study
from cothemes.records.document import Document, Role
from cothemes.records.memo import Memo
from cothemes.records.passage import Passage
from cothemes.records.rating import RaterKind, Rating

FRONT = "---\ntitle: One\nlevel: local\n---\n"
TALK = """\
Interviewer: What helped the group in its first year?
Mo: We trusted each other from the start, and it took a year to get there all the same.
Interviewer: And what got in the way?
Mo: There was never any money for it, and my manager left in the middle of May.
"""
TYPO = TALK.replace("trusted", "trustd")


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    return write(tmp_path / "files" / "talk.md", FRONT + TALK)


@pytest.fixture
def study(tmp_path: Path, talk: Path, cothemes: CommandLine) -> Study:
    """Ann and Ben have read the first passage, Ann has begun the second."""
    made = create_study(tmp_path / "study", source="blank", codebook=None)
    made.close()
    run = [
        ("ingest", talk),
        ("reviewers", "add", "ann"),
        ("reviewers", "add", "ben"),
        ("route", "--reviewers", "ann,ben", "--overlap", "1"),
        ("decide", "--as", "ann", "talk.0001", "C1", "add"),
        ("done", "--as", "ann", "talk.0001"),
        ("decide", "--as", "ben", "talk.0001", "C1", "add"),
        ("done", "--as", "ben", "talk.0001"),
        ("decide", "--as", "ann", "talk.0002", "C1", "add"),
    ]
    for words in run:
        cothemes.done(*words, study=made.root)
    return made


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def stored(study: Study) -> tuple[Document, list[Passage]]:
    opened = Study(study.root)
    (document,), passages = opened.store.documents.all(), opened.store.passages.all()
    opened.close()
    return document, passages


def figures(cothemes: CommandLine, study: Study, out: Path) -> dict[str, Any]:
    """What the study counts, everywhere."""
    codings = cothemes.json("codings", study=study.root)
    matrix = cothemes.json("matrix", "--by", "document", study=study.root)
    agreement = cothemes("agreement", "--json", study=study.root)
    rows = {}
    for form in ("csv", "ratings"):
        cothemes.done("export", form, out / form, study=study.root)
        with (out / form).open(encoding="utf-8-sig", newline="") as handle:
            rows[form] = [row[0] for row in csv.reader(handle)][1:]
    return {
        "codings": [(each["passage"], each["code"], each["by"]) for each in codings["decided"]],
        "matrix": (matrix["decided"], matrix["totals"]),
        "agreement": json.loads(agreement.stdout).get("units") if agreement.exit_code == 0 else None,
        **rows,
    }


@pytest.mark.parametrize(
    "front",
    [
        FRONT.replace("One", "Another and a much longer one"),
        FRONT.replace("local", "national"),
        FRONT.replace("---\n", "---\nspeakers: {Mo: participant}\n", 1),
        "",
    ],
    ids=["title", "column", "speakers", "no front matter"],
)
def test_front_matter_changes_no_text_passage_or_figure(
    study: Study, talk: Path, cothemes: CommandLine, tmp_path: Path, front: str
) -> None:
    before, passages = stored(study)
    counted = figures(cothemes, study, tmp_path)
    write(talk, front + TALK)
    for words in ((), ("--resegment",), ("--resegment", "--yes")):
        (file,) = cothemes.json("ingest", talk, *words, study=study.root)["files"]
        assert file["at_stake"] is file["left_the_figures"] is None
    after, later = stored(study)
    assert (after.version, after.text, later) == (before.version, before.text, passages)
    assert figures(cothemes, study, tmp_path) == counted
    assert len(counted["codings"]) == 3
    assert len(counted["csv"]) == 2
    if "much longer" in front:
        assert after.title == "Another and a much longer one"
    if "national" in front:
        assert after.metadata["level"] == "national"
    assert cothemes.json("ingest", talk, study=study.root)["files"][0]["state"] == "unchanged"


def test_a_table_of_metadata_lays_roles_over_passages_that_stay(
    study: Study, talk: Path, cothemes: CommandLine, tmp_path: Path
) -> None:
    before, passages = stored(study)
    table = write(tmp_path / "meta.csv", "file,interviewer,title,consent_remote\ntalk.md,Mo,New,no\n")
    (file,) = cothemes.json("ingest", talk, "--meta", table, study=study.root)["files"]
    assert file["state"] == "updated"
    after, later = stored(study)
    assert (after.version, after.title, after.metadata["consent_remote"]) == (before.version, "New", "no")
    assert [(p.id, p.start, p.end, p.text) for p in later] == [
        (p.id, p.start, p.end, p.text) for p in passages
    ]
    assert {p.role for p in passages} == {Role.PARTICIPANT}
    assert {p.role for p in later} == {Role.INTERVIEWER}
    assert len(cothemes.json("codings", study=study.root)["decided"]) == 3
    # Findings leave the interviewer's words out, and say what people coded there.
    left = cothemes.json("report", tmp_path / "report.html", study=study.root)["left_out"]
    assert [(each["count"], each["codes"]) for each in left if "participant" in each["reason"]] == [
        (2, ["C1"])
    ]


def test_the_title_of_a_docx_is_no_text(tmp_path: Path, cothemes: CommandLine) -> None:
    def save(title: str) -> None:
        made = docx.Document()
        made.core_properties.title = title
        for line in TALK.splitlines():
            made.add_paragraph(line)
        made.save(str(tmp_path / "talk.docx"))

    made = create_study(tmp_path / "study", source="blank", codebook=None)
    made.close()
    save("One")
    cothemes.done("ingest", tmp_path / "talk.docx", study=made.root)
    before, passages = stored(made)
    save("Two")
    cothemes.done("ingest", tmp_path / "talk.docx", study=made.root)
    after, later = stored(made)
    assert (before.title, after.title) == ("One", "Two")
    assert (after.version, later) == (before.version, passages)


def test_a_cut_asked_for_says_what_it_would_cost_and_a_script_has_to_agree(
    study: Study, talk: Path, cothemes: CommandLine, tmp_path: Path
) -> None:
    before = stored(study)
    counted = figures(cothemes, study, tmp_path)
    write(talk, FRONT + TYPO)
    result = cothemes("ingest", talk, "--resegment", "--json", study=study.root)
    (file,) = json.loads(result.stdout)["files"]
    assert (result.exit_code, file["state"], file["correction"]) == (4, "failed", None)
    assert file["at_stake"] == {
        "document": "talk", "codings": 3, "decisions": 5, "passages": 2, "reviewers": ["ann", "ben"],
        "rulings": 0, "memos": 0, "ratings": 0,
    }  # fmt: skip
    told = cothemes("ingest", talk, "--resegment", study=study.root).stdout
    assert "3 codings, 5 decisions, 2 passages, 2 reviewers (ann, ben)" in " ".join(told.split())
    assert f"cothemes ingest {talk} --resegment" in file["hint"]
    after = stored(study)
    assert (after[0].text, after[1]) == (before[0].text, before[1])
    assert figures(cothemes, study, tmp_path) == counted


def test_a_new_cut_says_what_left_and_undo_brings_it_all_back(
    study: Study, talk: Path, cothemes: CommandLine, tmp_path: Path
) -> None:
    before, passages = stored(study)
    counted = figures(cothemes, study, tmp_path)
    write(talk, FRONT.replace("One", "Two") + TYPO)
    (file,) = cothemes.json("ingest", talk, "--resegment", "--yes", study=study.root)["files"]
    assert (file["left_the_figures"]["codings"], file["back_in_the_figures"]) == (3, None)
    assert stored(study)[0].version != before.version
    gone = figures(cothemes, study, tmp_path)
    assert (gone["codings"], gone["csv"], gone["agreement"]) == ([], [], None)
    for command in (
        ("codings",),
        ("matrix",),
        ("report", tmp_path / "r.html"),
        ("export", "csv", tmp_path / "o"),
    ):
        left = cothemes.json(*command, study=study.root)["left_out"]
        assert (left[0]["reason"], left[0]["unit"], left[0]["count"]) == ("retired passage", "decision", 3)
        assert left[0]["include_with"] == "cothemes ingest --resegment --undo talk"
    assert "--resegment --undo talk" in " ".join(cothemes("agreement", study=study.root).stderr.split())
    (file,) = cothemes.json("ingest", "--resegment", "--undo", "talk", study=study.root)["files"]
    assert file["back_in_the_figures"]["codings"] == 3
    after, later = stored(study)
    assert (after.version, later, after.title) == (before.version, passages, "Two")
    assert figures(cothemes, study, tmp_path) == counted
    assert cothemes.json("codings", study=study.root)["left_out"] == []


def test_the_earlier_text_brings_its_passages_back_and_both_cuts_keep_their_ids(
    study: Study, talk: Path, cothemes: CommandLine, tmp_path: Path
) -> None:
    _, first = stored(study)
    counted = figures(cothemes, study, tmp_path)
    write(talk, FRONT + TYPO)
    cothemes.done("ingest", talk, "--resegment", "--yes", study=study.root)
    _, second = stored(study)
    assert not {p.id for p in first} & {p.id for p in second}
    write(talk, FRONT.replace("One", "Three") + TALK)
    (file,) = cothemes.json("ingest", talk, study=study.root)["files"]
    assert file["back_in_the_figures"]["decisions"] == 5
    assert stored(study)[1] == first
    assert figures(cothemes, study, tmp_path) == counted
    # Back once more: the corrected text has the ids that it had, and undo leads to the cut before the last.
    write(talk, FRONT + TYPO)
    cothemes.done("ingest", talk, "--resegment", "--yes", study=study.root)
    assert stored(study)[1] == second
    cothemes.done("ingest", "--resegment", "--undo", talk, study=study.root)
    assert stored(study)[1] == first


def test_undo_asks_where_the_present_cut_was_worked_on(
    study: Study, talk: Path, cothemes: CommandLine
) -> None:
    write(talk, FRONT + TYPO)
    cothemes.done("ingest", talk, "--resegment", "--yes", study=study.root)
    cothemes.done("route", "--reviewers", "ann,ben", study=study.root)
    new = stored(study)[1][0].id
    cothemes.done("decide", "--as", "ann", new, "C1", "add", study=study.root)
    refused = cothemes("ingest", "--resegment", "--undo", "talk", "--json", study=study.root)
    assert refused.exit_code == 4
    assert json.loads(refused.stdout)["files"][0]["at_stake"]["codings"] == 1
    assert stored(study)[1][0].id == new
    (file,) = cothemes.json("ingest", "--resegment", "--undo", "talk", "--yes", study=study.root)["files"]
    assert (file["left_the_figures"]["codings"], file["back_in_the_figures"]["codings"]) == (1, 3)
    left = cothemes.json("codings", study=study.root)["left_out"]
    assert [(each["reason"], each["count"]) for each in left] == [("retired passage", 1)]


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("--resegment", "--undo", "nobody"), 2, "Documents: talk"),
        (("--resegment", "--undo", "talk"), 3, "never cut again"),
        (("--undo", "talk"), 2, "--resegment"),
    ],
)
def test_undo_refusals(
    study: Study, cothemes: CommandLine, words: tuple[str, ...], code: int, told: str
) -> None:
    result = cothemes("ingest", *words, study=study.root)
    assert (result.exit_code, told in " ".join(result.stderr.split())) == (code, True)


def test_other_settings_cut_nothing_that_people_worked_on(
    study: Study, talk: Path, cothemes: CommandLine
) -> None:
    _, passages = stored(study)
    settings = study.root / "cothemes.toml"
    longer = FRONT + TALK + "Mo: " + "One more thing was said about it in the hall. " * 30 + "\n"
    other = write(talk.parent / "other.md", longer.replace("One", "Other", 1))
    cothemes.done("ingest", other, study=study.root)
    settings.write_text(
        settings.read_text(encoding="utf-8")
        + "\n[segment]\nminimum_words = 8\nmaximum_words = 20\ntarget_words = 10\n",
        encoding="utf-8",
    )
    files = cothemes.json("ingest", talk.parent, study=study.root)["files"]
    assert {Path(each["path"]).name: each["state"] for each in files} == {
        "talk.md": "unchanged",
        "other.md": "updated",
    }
    opened = Study(study.root)
    assert opened.store.passages.of("talk") == passages
    opened.close()


@pytest.mark.parametrize("what", ["memo", "rating"])
def test_memos_and_imported_ratings_are_work_of_people_too(
    talk: Path, cothemes: CommandLine, what: str, tmp_path: Path
) -> None:
    made = create_study(tmp_path / "second", source="blank", codebook=None)
    made.close()
    cothemes.done("ingest", talk, study=made.root)
    opened = Study(made.root)
    assert at_stake(opened, "talk") is None
    if what == "memo":
        opened.store.memos.append(
            Memo(
                id="m1", memo="m1", at=datetime(2026, 11, 3, tzinfo=UTC), by="ann", document="talk",
                passage="talk.0001", codebook_hash="b", text="so it goes",
            )
        )  # fmt: skip
    else:
        row = Rating(unit="talk.0001", doc="talk", rater="eve", kind=RaterKind.HUMAN, code="C1", value=1)
        opened.store.ratings.add([row])
    stake = at_stake(opened, "talk")
    assert stake is not None
    assert (stake.passages, stake.memos + stake.ratings) == (1, 1)
    opened.close()
    write(talk, FRONT + TYPO)
    assert cothemes("ingest", talk, "--resegment", study=made.root).exit_code == 4
    (file,) = cothemes.json("ingest", talk, study=made.root)["files"]
    assert (file["correction"]["new"], file["correction"]["retired"]) == ([], [])


@pytest.mark.parametrize(("answer", "cut"), [("yes", True), ("Y", True), ("no", False), ("", False)])
def test_a_person_at_a_terminal_is_asked(
    study: Study, talk: Path, cothemes: CommandLine, monkeypatch: pytest.MonkeyPatch, answer: str, cut: bool
) -> None:
    _, passages = stored(study)
    write(talk, FRONT + TYPO)
    asked = []

    def typed(prompt: str) -> str:
        asked.append(prompt)
        return answer

    monkeypatch.setattr("cothemes.cli.recut.at_a_terminal", lambda: True)
    monkeypatch.setattr("builtins.input", typed)
    result = cothemes("ingest", talk, "--resegment", study=study.root)
    assert len(asked) == 1
    told = " ".join(result.stdout.split())
    assert "3 codings, 5 decisions, 2 passages, 2 reviewers (ann, ben)" in told
    assert ("no longer counted: 3 codings" in told) is cut
    assert (stored(study)[1] == passages) is not cut
    assert result.exit_code == (0 if cut else 4)


def test_another_interviewer_is_told_with_the_decided_passages_it_concerns(
    study: Study, talk: Path, cothemes: CommandLine, tmp_path: Path
) -> None:
    table = write(tmp_path / "meta.csv", "file,interviewer\ntalk.md,Mo\n")
    words = ("ingest", talk, "--meta", table)
    expected = [
        {"speaker": "Mo", "before": "participant", "after": "interviewer", "passages": 2, "decided": 2}
    ]
    (checked,) = cothemes.json(*words, "--check", study=study.root)["files"]
    assert checked["roles"] == expected
    (file,) = cothemes.json(*words, study=study.root)["files"]
    assert file["roles"] == expected
    (again,) = cothemes.json(*words, study=study.root)["files"]
    assert again["roles"] == []
