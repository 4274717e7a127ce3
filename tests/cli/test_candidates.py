"""What a model noticed, as people see it: candidates for codes, remarks on cards, counts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.doubles.coded_study import assign, propose, study_in
from typer.testing import CliRunner

from cothemes.app.study import Study
from cothemes.cli import app
from cothemes.records.candidate import Candidate
from cothemes.records.review import Arm
from cothemes.records.suggestion import Evidence, Outcome, OutcomeState


@pytest.fixture
def study(tmp_path: Path) -> Study:
    made = study_in(tmp_path / "study")
    propose(made)
    passage = made.store.passages.get("talk-1.0005")
    assert passage is not None
    candidate = Candidate(
        id="c1", run="r0001", passage=passage.id, label="The room", criterion="Speaks of \x1b[2Jrooms.",
        evidence=(Evidence(start=passage.start, end=passage.start + 8),),
    )  # fmt: skip
    flags = ("instruction_like", "reads_like:override", "critic_escalated:A1")
    run = made.store.runs.get("r0001")
    assert run is not None
    made.store.runs.put(run.model_copy(update={"id": "r0002", "configuration": "x", "rater": "m@p#r0002"}))
    made.store.runs.record(
        [Outcome(run="r0002", passage=passage.id, state=OutcomeState.CODED, flags=flags)],
        [],
        [candidate.model_copy(update={"run": "r0002"})],
    )
    assign(made, "ann", {passage.id: Arm.ASSISTED, "talk-1.0002": Arm.ASSISTED})
    assign(made, "bob", {passage.id: Arm.BLIND})
    made.close()
    return made


def call(study: Study, *arguments: str) -> str:
    result = CliRunner().invoke(app, ["-C", str(study.root), *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def test_candidates_are_listed_with_the_sources_words(study: Study) -> None:
    (found,) = json.loads(call(study, "codebook", "candidates", "--json"))
    assert (found["label"], found["passage"], found["quotes"]) == ("The room", "talk-1.0005", ["The room"])
    text = call(study, "codebook", "candidates")
    assert "The room  (talk-1.0005, r0002)" in text
    assert "\x1b" not in text
    assert "1 candidates" in text
    assert json.loads(call(study, "codebook", "candidates", "--run", "r0001", "--json")) == []
    assert json.loads(call(study, "codebook", "candidates", "--documents", "policy", "--json")) == []
    refused = CliRunner().invoke(app, ["-C", str(study.root), "codebook", "candidates", "--run", "r9"])
    assert refused.exit_code == 2


def test_status_counts_what_was_noticed(study: Study) -> None:
    runs = {run["run"]: run for run in json.loads(call(study, "status", "--json"))["runs"]}
    assert runs["r0002"]["candidates"] == 1
    assert runs["r0002"]["flags"] == {"instruction_like": 1, "reads_like": 1, "critic_escalated": 1}
    assert "1 passages that read like instructions" in call(study, "status")


def test_a_text_that_reads_like_instructions_says_so_before_it_is_decided(study: Study) -> None:
    waiting = {w["passage"]: w for w in json.loads(call(study, "queue", "--as", "ann", "--json"))["waiting"]}
    assert waiting["talk-1.0005"]["remarks"] == [
        "text reads like instructions",
        "a second reading was unsure of A1",
    ]
    assert waiting["talk-1.0002"]["remarks"] == []
    assert "text reads like instructions" in call(study, "queue", "--as", "ann")
    card = CliRunner().invoke(app, ["-C", str(study.root), "review", "--as", "ann", "--plain"], input="q\n")
    assert "note: text reads like instructions" in card.output


def test_who_reads_blind_is_told_nothing_that_a_model_said(study: Study) -> None:
    (waiting,) = json.loads(call(study, "queue", "--as", "bob", "--json"))["waiting"]
    assert waiting["remarks"] == []
    card = CliRunner().invoke(app, ["-C", str(study.root), "review", "--as", "bob", "--plain"], input="q\n")
    assert "instructions" not in card.output
