"""`cothemes speakers`: an overlay of roles, names and participants that recuts nothing and survives."""

from __future__ import annotations

import csv
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from tests.cli.test_recut import FRONT, TALK, figures, write
from tests.conftest import CommandLine

from cothemes.app.study import Study, create_study
from cothemes.records.document import Role

GROUP = """\
Interviewer: What helped the group in its first year?
Mo: We trusted each other from the start, and it took a year to get there all the same.
Interviewer: And what got in the way?
Zoe: There was never any money for it, and my manager left in the middle of May.
Interviewer: I think that I answered that from my own years as a carer at the same time.
Mo: You did, and it helped us to say it as well, more than you may have known that day.
"""


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    return write(tmp_path / "files" / "talk.md", FRONT + TALK)


@pytest.fixture
def group(tmp_path: Path) -> Path:
    return write(tmp_path / "files" / "group.md", GROUP)


@pytest.fixture
def study(tmp_path: Path, talk: Path, group: Path, cothemes: CommandLine) -> Study:
    """Ann and Ben have coded one passage of the talk, and Ann another."""
    made = create_study(tmp_path / "study", source="blank", codebook=None)
    made.close()
    for words in (
        ("ingest", talk, group),
        ("reviewers", "add", "ann"),
        ("reviewers", "add", "ben"),
        ("route", "--reviewers", "ann,ben", "--overlap", "1"),
        ("decide", "--as", "ann", "talk.0001", "C1", "add"),
        ("done", "--as", "ann", "talk.0001"),
        ("decide", "--as", "ben", "talk.0001", "C1", "add"),
        ("done", "--as", "ben", "talk.0001"),
        ("decide", "--as", "ann", "talk.0002", "C1", "add"),
    ):
        cothemes.done(*words, study=made.root)
    return made


def speaker(found: dict[str, Any], document: str, label: str) -> dict[str, Any]:
    (one,) = [s for s in found["speakers"] if (s["document"], s["label"]) == (document, label)]
    return dict(one)


def passages(study: Study, document: str = "talk") -> dict[str, tuple[str, Role, int, int, str]]:
    opened = Study(study.root)
    found = {p.id: (p.speaker, p.role, p.start, p.end, p.text) for p in opened.store.passages.of(document)}
    opened.close()
    return found


def test_the_list_has_every_label_with_its_counts_and_first_words(
    study: Study, cothemes: CommandLine
) -> None:
    found = cothemes.json("speakers", study=study.root)
    mo = speaker(found, "talk", "Mo")
    assert (mo["role"], mo["role_read"], mo["turns"], mo["passages"]) == ("participant", "participant", 2, 2)
    assert mo["words"] == sum(len(line.split()) - 1 for line in TALK.splitlines() if line.startswith("Mo"))
    assert mo["first_words"].startswith("We trusted each other")
    asks = speaker(found, "group", "Interviewer")
    assert (asks["role"], asks["passages"], asks["set_by"]) == ("interviewer", 0, None)
    assert {s["document"] for s in cothemes.json("speakers", "talk.md", study=study.root)["speakers"]} == {
        "talk"
    }
    assert all(len(line) <= 80 for line in cothemes.done("speakers", study=study.root).splitlines())


def test_a_role_is_laid_over_and_changes_no_id_span_decision_or_figure_until_it_is_set_back(
    study: Study, cothemes: CommandLine, tmp_path: Path
) -> None:
    before, cut = stored_talk(study), passages(study)
    counted = figures(cothemes, study, tmp_path)
    found = cothemes.json("speakers", "talk", "mo", "interviewer", "--as", "ann", study=study.root)
    (change,) = found["changes"]
    assert (change["role_before"], change["role"], change["not_codeable"]) == (
        "participant",
        "interviewer",
        2,
    )
    assert (change["coded"], change["assigned"], change["new_passages"]) == (2, 2, 0)
    (left,) = found["left_out"]
    assert (left["count"], left["unit"], left["codes"]) == (3, "decision", ["C1"])
    assert left["include_with"] == "cothemes speakers talk Mo participant"
    mo = speaker(found, "talk", "Mo")
    assert (mo["role"], mo["role_read"], mo["set_by"]) == ("interviewer", "participant", "ann")
    later = passages(study)
    assert {i: (v[0], *v[2:]) for i, v in later.items()} == {i: (v[0], *v[2:]) for i, v in cut.items()}
    assert {v[1] for v in later.values()} == {Role.INTERVIEWER}
    assert stored_talk(study).text == before.text
    codings = cothemes.json("codings", study=study.root)["decided"]
    assert len(codings) == 3
    cothemes.done("speakers", "talk", "Mo", "participant", "--as", "ben", study=study.root)
    assert passages(study) == cut
    assert figures(cothemes, study, tmp_path) == counted


def stored_talk(study: Study) -> Any:
    opened = Study(study.root)
    document = opened.store.documents.get("talk")
    opened.close()
    assert document is not None
    return document


def test_no_coder_proposes_for_passages_of_a_new_interviewer(
    study: Study, cothemes: CommandLine, sample_vectors: None
) -> None:
    cothemes.done("speakers", "group", "Zoe", "interviewer", "--as", "ann", study=study.root)
    cothemes.done("index", study=study.root)
    cothemes.done("propose", "--coder", "offline", study=study.root)
    opened = Study(study.root)
    zoe = {p.id for p in opened.store.passages.of("group") if p.speaker == "Zoe"}
    outcomes = {
        o.passage: o.state.value
        for run in opened.store.runs.all()
        for o in opened.store.runs.each_outcome(run.id)
    }
    opened.close()
    assert zoe
    assert {outcomes[passage] for passage in zoe} == {"skipped"}


@pytest.mark.parametrize("table", [False, True])
def test_the_overlay_survives_reading_the_files_again(
    study: Study, talk: Path, group: Path, cothemes: CommandLine, tmp_path: Path, table: bool
) -> None:
    cothemes.done(
        "speakers", "group", "Zoe", "interviewer", "--name", "Z. Other", "--as", "ann", study=study.root
    )
    expected = passages(study, "group")
    meta = write(tmp_path / "meta.csv", "file,level,participant_speaker\ngroup.md,local,Zoe\ntalk.md,,\n")
    words = ("--meta", meta) if table else ()
    cothemes.done("ingest", talk, group, *words, study=study.root)
    assert passages(study, "group") == expected
    cothemes.done("ingest", talk, group, "--resegment", "--yes", study=study.root)
    zoe = speaker(cothemes.json("speakers", "group", study=study.root), "group", "Zoe")
    assert (zoe["role"], zoe["name"]) == ("interviewer", "Z. Other")
    write(group, GROUP.replace("carer", "care worker") + "Zoe: That is all I wanted to say about it.\n")
    cothemes.done("ingest", group, study=study.root)
    zoe = speaker(cothemes.json("speakers", "group", study=study.root), "group", "Zoe")
    assert (zoe["role"], zoe["name"], zoe["turns"]) == ("interviewer", "Z. Other", 2)


def test_speech_taken_for_the_interviewers_gets_passages_beside_those_that_are_there(
    study: Study, cothemes: CommandLine
) -> None:
    before = passages(study, "group")
    (change,) = cothemes.json(
        "speakers", "group", "Interviewer", "participant", "--as", "ann", study=study.root
    )["changes"]
    later = passages(study, "group")
    assert {i: later[i] for i in before} == before
    added = set(later) - set(before)
    assert len(added) == change["new_passages"] == change["codeable"] > 0
    assert {later[i][0] for i in added} == {"Interviewer"}
    spans = sorted(value[2:4] for value in later.values())
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    opened = Study(study.root)
    assert [p.position for p in opened.store.passages.of("group")] == list(range(len(later)))
    opened.close()
    cothemes.done("speakers", "group", "Interviewer", "as-read", "--as", "ann", study=study.root)
    again = passages(study, "group")
    assert set(again) == set(later)
    assert {again[i][1] for i in added} == {Role.INTERVIEWER}


def test_the_added_passages_are_taken_back_as_a_cut_is(study: Study, cothemes: CommandLine) -> None:
    before = passages(study, "group")
    cothemes.done("speakers", "group", "Interviewer", "participant", "--as", "ann", study=study.root)
    assert len(passages(study, "group")) > len(before)
    cothemes.done("ingest", "--resegment", "--undo", "group", study=study.root)
    assert passages(study, "group") == before


def test_a_participant_is_the_unit_of_intervals_where_it_is_everyones_but_the_interviewers(
    study: Study, talk: Path, cothemes: CommandLine
) -> None:
    def cluster(document: str) -> str:
        opened = Study(study.root)
        (head,) = [h for h in opened.store.documents.heads() if h.slug == document]
        opened.close()
        return head.cluster

    cothemes.done("speakers", "talk", "Mo", "--participant", "P7", "--as", "ann", study=study.root)
    assert cluster("talk") == "P7"
    cothemes.done("ingest", talk, study=study.root)
    assert cluster("talk") == "P7"
    cothemes.done("speakers", "talk", "Mo", "--participant", "as-read", "--as", "ann", study=study.root)
    assert cluster("talk") == "talk"
    cothemes.done("speakers", "group", "Mo", "--participant", "P7", "--as", "ann", study=study.root)
    assert cluster("group") == "group"
    cothemes.done("speakers", "group", "Zoe", "--participant", "P7", "--as", "ann", study=study.root)
    assert cluster("group") == "P7"


def test_a_label_without_a_document_is_set_in_every_document_that_has_it(
    study: Study, cothemes: CommandLine
) -> None:
    found = cothemes.json("speakers", "Mo", "other", "--as", "ann", study=study.root)
    assert [change["document"] for change in found["changes"]] == ["group", "talk"]


def test_the_template_comes_back_filled_in_as_csv_of_any_dialect_or_as_a_workbook(
    study: Study, cothemes: CommandLine, tmp_path: Path
) -> None:
    template = tmp_path / "speakers.csv"
    cothemes.done("speakers", "--template", template, study=study.root)
    assert cothemes("speakers", "--template", template, study=study.root).exit_code == 2
    same = cothemes.json("speakers", template, "--as", "ann", study=study.root)
    assert (same["changes"], same["unchanged"]) == ([], 5)
    with template.open(encoding="utf-8-sig", newline="") as handle:
        header, *rows = csv.reader(handle)
    at = {name: place for place, name in enumerate(header)}
    names = ["Zoë", "Søren", "Ann-Marié", "Zoé"]
    forms = [(";", "utf-8-sig"), ("\t", "utf-16"), (";", "cp1252"), (None, "")]
    for name, (sign, encoding) in zip(names, forms, strict=True):
        for row in rows:
            if row[at["label"]] == "Zoe":
                row[at["name"]] = name
        if sign is None:
            filled = tmp_path / "filled.xlsx"
            book = Workbook()
            for row in (header, *rows):
                book.active.append(row)
            book.save(filled)
        else:
            filled = tmp_path / "filled.csv"
            with filled.open("w", encoding=encoding, newline="") as handle:
                csv.writer(handle, delimiter=sign).writerows([header, *rows])
        (change,) = cothemes.json("speakers", filled, "--as", "ann", study=study.root)["changes"]
        assert (change["label"], change["name"]) == ("Zoe", name)
    book_template = tmp_path / "speakers.xlsx"
    cothemes.done("speakers", "talk", "--template", book_template, study=study.root)
    assert load_workbook(book_template).active.max_row == 3


@pytest.mark.parametrize(
    ("table", "row", "named"),
    [
        ("document,label,role\ntalk,Mo,other\ntalk,Nobody,other\n", 3, ["Nobody"]),
        ("document,label,role\nnone,Mo,other\ntalk,Mo,boss\ntalk,Mo,other\n", 2, ["none", "row 3", "boss"]),
        ("document,label,role\ntalk,Mo,other\ntalk,mo,participant\n", 3, ["row 2"]),
        ("file,label,colour\ntalk.md,Mo,red\n", 1, ["colour"]),
        ("file,role\ntalk.md,other\n", 1, ["label"]),
        ("label,role\nMo,other\n", 1, ["document"]),
        ("file,label,role\n,Mo,other\n", 2, ["document"]),
        ("file,label,role\ntalk.md,,other\n", 2, ["label"]),
    ],
)
def test_a_table_with_a_row_that_matches_nothing_changes_nothing(
    study: Study, cothemes: CommandLine, tmp_path: Path, table: str, row: int, named: list[str]
) -> None:
    file = write(tmp_path / "table.csv", table)
    before = cothemes.json("speakers", study=study.root)
    result = cothemes("speakers", file, "--as", "ann", study=study.root)
    assert result.exit_code == 3 if "label" in table.split("\n")[0] else result.exit_code != 0
    told = " ".join(result.stderr.split())
    if "label" in table.split("\n")[0]:
        assert f"{file}:{row}" in told
        assert all(name in told for name in named)
    assert cothemes.json("speakers", study=study.root) == before


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("nosuch", "Mo", "other"), "nosuch"),
        (("talk", "Nobody", "other"), "Nobody"),
        (("talk", "Mo", "boss"), "boss"),
        (("talk", "Mo"), "Mo"),
        (("talk", "other"), "no label"),
        (("--name", "X"), "no label"),
        (("absent.csv",), "absent.csv"),
        (("talk", "Mo", "other", "--as", "nobody"), "nobody"),
    ],
)
def test_what_is_not_there_is_refused_by_name(
    study: Study, cothemes: CommandLine, words: tuple[str, ...], named: str
) -> None:
    person = () if "--as" in words else ("--as", "ann")
    result = cothemes("speakers", *words, *person, study=study.root)
    assert result.exit_code in (2, 3)
    assert named in result.stderr


def test_a_setting_is_forgotten_with_its_document(study: Study, cothemes: CommandLine) -> None:
    cothemes.done(
        "speakers", "group", "Zoe", "other", "--name", "Zebedea Quill", "--as", "ann", study=study.root
    )
    cothemes.done("forget", "group", "--yes", study=study.root)
    held = b"".join(path.read_bytes() for path in study.records.rglob("*") if path.is_file())
    assert b"Zebedea" not in held


def test_names_as_read_stay_names_to_be_replaced(study: Study, tmp_path: Path, cothemes: CommandLine) -> None:
    named = write(
        tmp_path / "files" / "named.md",
        TALK.replace("Mo:", "Morwenna Tregear:") + "Interviewer: Thank you, Morwenna Tregear.\n",
    )
    cothemes.done("ingest", named, study=study.root)
    cothemes.done("speakers", "named", "Morwenna Tregear", "--name", "P9", "--as", "ann", study=study.root)
    cothemes.done("deidentify", study=study.root)
    opened = Study(study.root)
    originals = {each.original for each in opened.store.privacy.pseudonyms()}
    opened.close()
    assert "Morwenna Tregear" in originals


def test_a_table_that_disagrees_with_a_person_is_told_that_it_has_no_effect(
    study: Study, talk: Path, cothemes: CommandLine, tmp_path: Path
) -> None:
    cothemes.done("speakers", "talk", "Mo", "other", "--participant", "P1", "--as", "ann", study=study.root)
    cothemes.done("speakers", "talk", "Mo", "unknown", "--as", "ann", study=study.root)
    table = write(tmp_path / "meta.csv", "file,participant_speaker,participant\ntalk.md,Mo,P2\n")
    found = cothemes.json("ingest", talk, "--meta", table, study=study.root)["warnings"]
    assert {each["where"] for each in found} == {f"{table}:2"}
    assert [("participant_speaker" in each["message"], "P1" in each["message"]) for each in found] == [
        (False, True),
        (True, False),
    ]
    cothemes.done(
        "speakers", "talk", "Mo", "as-read", "--participant", "as-read", "--as", "ann", study=study.root
    )
    mo = speaker(cothemes.json("speakers", study=study.root), "talk", "Mo")
    assert (mo["role"], mo["participant"]) == ("participant", "P2")
    assert cothemes.json("ingest", talk, "--meta", table, study=study.root)["warnings"] == []


@pytest.mark.shared
@pytest.mark.parametrize(
    "name",
    [
        "speaker.srt",
        "teams_glued.docx",
        "csv_speaker_time.csv",
        "pdf_labels_own_line.pdf",
        "case_variants.md",
    ],
)
def test_every_format_takes_an_overlay(
    tmp_path: Path, shared: Path, cothemes: CommandLine, name: str
) -> None:
    made = create_study(tmp_path / "study", source="blank", codebook=None)
    made.close()
    path = shared / "cases" / "ingest" / name
    cothemes.done("ingest", path, study=made.root)
    first = cothemes.json("speakers", study=made.root)["speakers"][0]
    for _ in range(2):
        cothemes.done("speakers", first["document"], first["label"], "other", "--name", "N", study=made.root)
        cothemes.done("ingest", path, study=made.root)
        now = cothemes.json("speakers", study=made.root)["speakers"][0]
        assert (now["label"], now["role"], now["name"]) == (first["label"], "other", "N")
        assert now["role_read"] == first["role_read"]
