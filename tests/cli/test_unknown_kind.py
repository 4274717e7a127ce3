"""Documents of unknown kind: told, coded by people, listed apart, and settled without losing codings."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.conftest import CommandLine
from tests.doubles.decisions import read
from tests.doubles.embedder import HashedBagEmbedder

from cothemes.app.corpus.reingest import KEPT_AS_CUT
from cothemes.app.study import Study, create_study
from cothemes.records.document import BlockKind, Document, Kind
from cothemes.records.passage import Passage
from cothemes.records.review import Arm, Reviewer
from cothemes.stages.deidentify.consent import may_leave

PLAN = "".join(
    f"## Part {n}\n\nBoards set aside money for part {n} of this work, and publish what became of it.\n\n"
    for n in range(1, 5)
)
TALK = "".join(
    f"Interviewer: What helped in year {n}?\n\nP1: In year {n} we trusted each other, and it took time.\n\n"
    for n in range(1, 5)
)
CODEBOOK = """\
codebook: {id: small, title: Small}
lexical_probes: {money: 'money'}
codes:
  - {id: A1, label: Trust, definition: Says that people trust one another.}
  - {id: A2, label: Money, definition: Says that money is there or is missing.}
"""


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    monkeypatch.setattr("cothemes.app.wiring.embedder", HashedBagEmbedder)
    (tmp_path / "small.yaml").write_text(CODEBOOK, encoding="utf-8")
    made = create_study(tmp_path / "study", source="blank", codebook=tmp_path / "small.yaml", title="Small")
    made.store.reviews.add_reviewer(Reviewer(name="ann", added=datetime(2026, 11, 3, tzinfo=UTC)))
    made.close()
    return made


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    return write(tmp_path / "plan.md", PLAN)


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def document(study: Study, slug: str = "plan") -> Document:
    with closing(Study(study.root)) as opened:
        found = opened.store.documents.get(slug)
    assert found is not None
    return found


def passages(study: Study, slug: str = "plan") -> list[Passage]:
    with closing(Study(study.root)) as opened:
        return opened.store.passages.of(slug)


def decided(study: Study, slug: str = "plan") -> list[str]:
    """Ann codes every passage; the ids of the passages."""
    ids = [passage.id for passage in passages(study, slug)]
    with closing(Study(study.root)) as opened:
        for passage in ids:
            read(opened, "ann", passage, ("A2",), arm=Arm.BLIND)
    return ids


def codings(cothemes: CommandLine, study: Study) -> list[tuple[str, str, str]]:
    rows = cothemes.json("codings", study=study.root)["decided"]
    return [(row["passage"], row["code"], row["kind"]) for row in rows]


def test_ingest_check_run_and_status_name_it_and_what_to_do(
    study: Study, cothemes: CommandLine, plan: Path, tmp_path: Path
) -> None:
    for command in (["ingest", plan, "--check"], ["ingest", plan], ["ingest", plan], ["run", plan]):
        said = " ".join(cothemes.done(*command, study=study.root).split())
        assert "Kind not known of 1 of 1 document: plan" in said
        assert "--kind interview, policy, review or survey" in said
        assert "`kind` in the --meta table" in said
    (file,) = cothemes.json("ingest", plan, "--check", study=study.root)["files"]
    assert (file["kind"], file["state"]) == ("unknown", "unchanged")
    assert file["notes"] == ["No rule is certain what kind of source it is."]
    found = cothemes.json("status", study=study.root)
    assert found["documents"] == {"unknown": 1}
    assert found["unknown_kind"] == ["plan"]
    assert "Documents of unknown kind: 1." in found["last_run"]["summary"]
    said = " ".join(cothemes.done("status", study=study.root).split())
    assert "Kinds not known of 1 document: plan." in said
    assert max(map(len, cothemes.done("status", study=study.root).splitlines())) <= 80
    assert "--meta" in said
    cothemes.done("ingest", plan, "--kind", "policy", study=study.root)
    assert "not known" not in cothemes.done("run", plan, study=study.root)
    assert cothemes.json("status", study=study.root)["unknown_kind"] == []


@pytest.mark.parametrize("kind", [Kind.POLICY, Kind.REVIEW, Kind.SURVEY])
@pytest.mark.parametrize("way", ["option", "table"])
def test_settling_keeps_passages_ids_and_decisions(
    study: Study, cothemes: CommandLine, plan: Path, tmp_path: Path, kind: Kind, way: str
) -> None:
    cothemes.done("ingest", plan, study=study.root)
    before, text = passages(study), document(study).version
    decided(study)
    was = codings(cothemes, study)
    assert {row[2] for row in was} == {"unknown"}
    if way == "option":
        more: list[object] = ["--kind", kind.value]
    else:
        more = ["--meta", write(tmp_path / "meta.csv", f"file,kind,level\nplan.md,{kind.value},local\n")]
    (file,) = cothemes.json("ingest", plan, *more, study=study.root)["files"]
    assert (file["state"], file["kind"], file["passages"]) == ("updated", kind.value, len(before))
    after = document(study)
    assert (after.kind, after.kind_given, after.version) == (kind, True, text)
    assert after.notes == ()
    assert passages(study) == before
    assert codings(cothemes, study) == [(passage, code, kind.value) for passage, code, _ in was]
    assert cothemes.json("ingest", plan, *more, study=study.root)["files"][0]["state"] == "unchanged"
    assert (may_leave(after) is None) is (kind is not Kind.SURVEY)


def test_settled_as_an_interview_the_decided_cut_stays_until_told_otherwise(
    study: Study, cothemes: CommandLine, tmp_path: Path
) -> None:
    talk = write(tmp_path / "talk.txt", TALK)
    cothemes.done("ingest", talk, "--kind", "unknown", study=study.root)
    before = passages(study, "talk")
    ids = decided(study, "talk")
    was = codings(cothemes, study)
    table = write(tmp_path / "meta.csv", "file,kind,participant,consent_remote\ntalk.txt,interview,P7,no\n")
    shown = cothemes.json("ingest", talk, "--meta", table, "--check", study=study.root)["files"][0]
    assert shown["reason"] == KEPT_AS_CUT
    assert "--resegment" in shown["hint"]
    (file,) = cothemes.json("ingest", talk, "--meta", table, study=study.root)["files"]
    assert (file["state"], file["kind"], file["passages"]) == ("updated", "interview", len(before))
    assert file["reason"] == KEPT_AS_CUT
    after = document(study, "talk")
    assert (after.kind, after.metadata) == (
        Kind.INTERVIEW,
        {"participant": "P7", "consent_remote": "no"},
    )
    assert passages(study, "talk") == before
    assert codings(cothemes, study) == [(passage, code, "interview") for passage, code, _ in was]
    assert cothemes.json("ingest", talk, study=study.root)["files"][0]["state"] == "unchanged"
    cothemes.done("ingest", talk, "--resegment", "--yes", study=study.root)
    cut = passages(study, "talk")
    assert {passage.kind for passage in cut} == {BlockKind.TURN}
    assert not {passage.id for passage in cut} & set(ids)
    with closing(Study(study.root)) as opened:
        assert {d.passage for d in opened.store.reviews.decisions()} == set(ids), "no decision is lost"
        assert [opened.store.passages.get(one.id) for one in before] == before


def test_other_line_ends_do_not_undo_what_was_settled(
    study: Study, cothemes: CommandLine, tmp_path: Path
) -> None:
    talk = write(tmp_path / "talk.txt", TALK)
    cothemes.done("ingest", talk, "--kind", "unknown", study=study.root)
    before = passages(study, "talk")
    decided(study, "talk")
    talk.write_bytes(TALK.replace("\n", "\r\n").encode())
    cothemes.done("ingest", talk, "--kind", "interview", study=study.root)
    assert document(study, "talk").kind is Kind.INTERVIEW
    assert cothemes.json("ingest", talk, study=study.root)["files"][0]["state"] == "unchanged"
    assert passages(study, "talk") == before


def test_settled_as_an_interview_what_nobody_decided_is_cut_anew(
    study: Study, cothemes: CommandLine, tmp_path: Path
) -> None:
    talk = write(tmp_path / "talk.txt", TALK)
    cothemes.done("ingest", talk, "--kind", "unknown", study=study.root)
    assert {passage.kind for passage in passages(study, "talk")} == {BlockKind.PARAGRAPH}
    cothemes.done("ingest", talk, "--kind", "interview", study=study.root)
    assert {passage.kind for passage in passages(study, "talk")} == {BlockKind.TURN}


def test_unknown_is_a_choice_that_lasts(study: Study, cothemes: CommandLine, tmp_path: Path) -> None:
    talk = write(tmp_path / "talk.txt", TALK)
    cothemes.done("ingest", talk, "--kind", "unknown", study=study.root)
    assert cothemes.json("ingest", talk, study=study.root)["files"][0]["state"] == "unchanged"
    write(talk, TALK + "\n")
    cothemes.done("ingest", talk, study=study.root)
    assert document(study, "talk").kind is Kind.UNKNOWN
    assert "1 document" in cothemes.done("ingest", talk, "--kind", "interview", study=study.root)
    cothemes.done("ingest", talk, "--kind", "unknown", study=study.root)
    assert document(study, "talk").kind is Kind.UNKNOWN


def test_a_table_with_other_columns_leaves_the_kind_as_it_was_given(
    study: Study, cothemes: CommandLine, tmp_path: Path
) -> None:
    answers = write(tmp_path / "answers.md", PLAN)
    cothemes.done("ingest", answers, "--kind", "survey", study=study.root)
    table = write(tmp_path / "meta.csv", "file,title,synthetic\nanswers.md,Answers,true\n")
    cothemes.done("ingest", answers, "--meta", table, study=study.root)
    write(table, "file,level\nanswers.md,local\n")
    cothemes.done("ingest", answers, "--meta", table, study=study.root)
    after = document(study, "answers")
    assert (after.kind, after.title, after.synthetic) == (Kind.SURVEY, "Answers", True)
    assert after.metadata == {"level": "local"}


def test_a_no_is_taken_down_although_the_decided_text_is_not(
    study: Study, cothemes: CommandLine, plan: Path, tmp_path: Path
) -> None:
    cothemes.done("ingest", plan, "--kind", "policy", study=study.root)
    assert may_leave(document(study)) is None
    decided(study)
    write(plan, PLAN + "One more paragraph, which nobody has read so far.\n")
    table = write(tmp_path / "meta.csv", "file,consent_remote\nplan.md,no\n")
    cothemes.done("ingest", plan, "--meta", table, study=study.root)
    assert document(study).metadata == {"consent_remote": "no"}
    write(table, "file,kind\nplan.md,interview\n")
    cothemes.done("ingest", plan, "--meta", table, study=study.root)
    assert (document(study).kind, document(study).metadata) == (Kind.INTERVIEW, {"consent_remote": "no"})


def test_a_corrected_policy_stays_one_and_another_text_of_its_name_does_not(
    study: Study, cothemes: CommandLine, plan: Path
) -> None:
    cothemes.done("ingest", plan, "--kind", "policy", study=study.root)
    write(plan, PLAN.replace("aside", "by"))
    cothemes.done("ingest", plan, study=study.root)
    assert (document(study).kind, document(study).kind_given) == (Kind.POLICY, True)
    write(
        plan,
        "– What helped the group in those days?\n\n– My sister did, and the nurse.\n\n" * 3,
    )
    cothemes.done("ingest", plan, study=study.root)
    assert document(study).kind is Kind.UNKNOWN
    assert any("has to be said again" in note for note in document(study).notes)


def test_another_text_of_the_same_name_keeps_no_yes(
    study: Study, cothemes: CommandLine, tmp_path: Path
) -> None:
    talk = write(tmp_path / "talk.txt", TALK)
    table = write(tmp_path / "meta.csv", "file,participant,consent_remote\ntalk.txt,P1,yes\n")
    cothemes.done("ingest", talk, "--meta", table, study=study.root)
    assert may_leave(document(study, "talk")) is None
    other = "Interviewer: And the war?\n\nUna: I never speak of it to anyone but my sister.\n\n" * 3
    cothemes.done("ingest", write(tmp_path / "others" / "talk.txt", other), study=study.root)
    assert may_leave(document(study, "talk")) is not None
    assert "consent_remote" not in document(study, "talk").metadata


def test_a_folder_called_policy_names_what_reads_like_an_interview(
    study: Study, cothemes: CommandLine, plan: Path, tmp_path: Path
) -> None:
    talk = write(tmp_path / "talk.txt", TALK)
    said = " ".join(cothemes.done("ingest", plan, talk, "--kind", "policy", study=study.root).split())
    assert "talk: It reads like an interview" in said
    assert "plan: " not in said
    assert any("reads like an interview" in note for note in document(study, "talk").notes)
    assert {passage.kind for passage in passages(study, "talk")} == {BlockKind.PARAGRAPH}
    again = cothemes.json("ingest", plan, talk, "--kind", "policy", study=study.root)["files"]
    assert [(file["state"], file["reason"]) for file in again] == [("unchanged", None)] * 2


def test_tables_by_kind_and_the_report_list_it_apart(
    study: Study, cothemes: CommandLine, plan: Path, tmp_path: Path
) -> None:
    talk, strategy = write(tmp_path / "talk.txt", TALK), write(tmp_path / "strategy.md", PLAN + "And more.\n")
    cothemes.done("ingest", talk, plan, study=study.root)
    cothemes.done("ingest", strategy, "--kind", "policy", study=study.root)
    for slug in ("talk", "plan", "strategy"):
        decided(study, slug)
    crossed = cothemes.json("matrix", "--by", "kind", study=study.root)
    assert crossed["columns"] == ["interview", "policy", "unknown"]
    assert any("unknown kind" in note and "plan" in note for note in crossed["notes"])
    listed = cothemes.json("codings", "--kind", "unknown", study=study.root)["decided"]
    assert {row["document"] for row in listed} == {"plan"}
    cothemes.done("report", tmp_path / "report.html", study=study.root)
    page = " ".join((tmp_path / "report.html").read_text(encoding="utf-8").split())
    assert "1 document of unknown kind: counted in columns of its own" in page
    assert "Documents of unknown kind" in page
    assert "Unknown kind: uses" in page
    assert '4 (1)</td><td class="n">4 (1)</td></tr>' in page, "uses in policy texts, and apart from them"
    compared = page.partition('id="compared"')[2].partition("</section>")[0]
    assert compared
    assert "unknown" not in compared
    cothemes.done("ingest", plan, "--kind", "policy", study=study.root)
    cothemes.done("report", tmp_path / "report.html", study=study.root)
    assert "unknown kind" not in (tmp_path / "report.html").read_text(encoding="utf-8")
