"""A study's model with a narrowed codebook and with examples: what is sent, and what is noted of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.doubles.chat_server import Answer, ChatServer, codes_of, honest, keeps, stage_of
from tests.doubles.coded_study import propose, study_in
from tests.doubles.decisions import read
from tests.doubles.embedder import HashedBagEmbedder
from typer.testing import CliRunner

from cothemes.app.study import Study
from cothemes.cli import app
from cothemes.records.review import Arm


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    monkeypatch.setattr("cothemes.app.wiring.embedder", HashedBagEmbedder)
    made = study_in(tmp_path / "study")
    propose(made, "r0900")
    # The coder suggested A1 for the first and A2 for the second; ann gives nothing for the first.
    read(made, "ann", "talk-1.0002", (), arm=Arm.BLIND)
    read(made, "ann", "talk-1.0004", ("A2",), arm=Arm.BLIND)
    made.close()
    return made


def run(study: Study, server: ChatServer, monkeypatch: pytest.MonkeyPatch, **settings: Any) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(f"COTHEMES_CODER_{name.upper()}", json.dumps(value))
    asked = ["propose", "--coder", "llm", "--model", "openai:stub", "--base-url", server.url]
    result = CliRunner().invoke(app, ["-C", str(study.root), *asked])
    assert result.exit_code == 0, result.output


def flags(study: Study) -> dict[str, tuple[str, ...]]:
    opened = Study(study.root)
    (last,) = [run for run in opened.store.runs.all() if run.coder == "llm"]
    found = {
        outcome.passage: tuple(map(str, outcome.flags)) for outcome in opened.store.runs.outcomes(last.id)
    }
    opened.close()
    return found


def test_nothing_is_added_unless_asked_for(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise AssertionError("no embedder is needed")

    monkeypatch.setattr("cothemes.app.wiring.embedder", refuse)
    with ChatServer(honest) as server:
        run(study, server, monkeypatch)
        assert not any("EXAMPLE, never" in body["messages"][1]["content"] for body in server.bodies)


def test_examples_are_of_other_documents_and_named(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    with ChatServer(honest) as server:
        run(study, server, monkeypatch, examples=2)
        users = [b["messages"][1]["content"] for b in server.bodies if stage_of(b) == "propose"]
    of_talk_2 = next(user for user in users if user.rstrip().count("EXAMPLE, never evidence") == 2)
    shown = [json.loads(line) for line in of_talk_2.splitlines() if '"does_not_apply"' in line]
    assert sorted(each["applies"] for each in shown) == [[], ["A2"]]
    assert ["A1"] in [each["does_not_apply"] for each in shown]
    noted = flags(study)
    assert {f for f in noted["talk-2.0002"] if f.startswith("example:")} == {
        "example:talk-1.0002",
        "example:talk-1.0004",
    }
    assert not [f for f in noted["talk-1.0002"] if f.startswith("example:")]


def test_a_critic_that_failed_is_asked_again_without_buying_the_proposal_again(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cothemes.stages.propose.model.retry.Patience.wait", lambda *_: None)
    monkeypatch.setenv("COTHEMES_MODEL_OUTAGE_WAIT", "0")
    asked = ["propose", "--coder", "llm", "--model", "openai:stub", "--documents", "policy"]
    with ChatServer(honest, critic=lambda *_: Answer({}, 500)) as server:
        asked += ["--base-url", server.url]
        assert CliRunner().invoke(app, ["-C", str(study.root), *asked]).exit_code == 4
        before = len(server.requests)
        server.critic = keeps
        result = CliRunner().invoke(app, ["-C", str(study.root), *asked])
        assert result.exit_code == 0, result.output
        assert {stage_of(body) for body in server.bodies[before:]} == {"critic"}


def test_held_out_documents_are_never_shown(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    with ChatServer(honest) as server:
        run(study, server, monkeypatch, examples=2, held_out=["talk-1"])
        assert not any("EXAMPLE, never" in body["messages"][1]["content"] for body in server.bodies)


def test_a_narrowed_codebook_is_noted_and_what_is_left_out_is_named(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cothemes.stages.propose.model.narrowing.UNMEASURED", 1)
    with ChatServer(honest) as server:
        run(study, server, monkeypatch, narrow_above=2)
        asked = [codes_of(body) for body in server.bodies if stage_of(body) == "propose"]
        systems = [b["messages"][0]["content"] for b in server.bodies if stage_of(b) == "propose"]
    assert any(len(codes) < 3 for codes in asked)
    for codes, system in zip(asked, systems, strict=True):
        assert ("# Codes asked about in other requests" in system) is (len(codes) < 3)
    for passage, noted in flags(study).items():
        said = [f for f in noted if f.startswith("asked_about")]
        assert len(said) == 1 or passage.endswith((".0001", ".0003"))
    opened = Study(study.root)
    (last,) = [run for run in opened.store.runs.all() if run.coder == "llm"]
    opened.close()
    assert last.details["aids"]["narrowed"] == {
        "codes": 3, "width": 1, "recall": None, "measured_on": 1,
    }  # fmt: skip
