"""One real call finds out how a model gives JSON; the study remembers it; proposals are asked for so."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.doubles.chat_server import Answer, Body, ChatServer, completion
from tests.doubles.coded_study import study_in
from typer.testing import CliRunner, Result

from cothemes.app.study import Study
from cothemes.cli import app

RIGHT = '{"last_word": "waved", "about_a_bus": "yes"}'


NONE = Answer({"error": {"message": "response_format is not known here"}}, 400)


def said(text: str) -> Answer:
    return Answer(completion(text))


def form(body: Body) -> str:
    return str(body.get("response_format", {}).get("type", "plain"))


def only(way: str, otherwise: Answer) -> Callable[[Body, int], Answer]:
    return lambda body, _: said(RIGHT) if form(body) == way else otherwise


@pytest.fixture
def study(tmp_path: Path) -> Study:
    made = study_in(tmp_path / "study")
    made.close()
    return made


def doctor(
    study: Study, server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> tuple[Result, dict[str, Any]]:
    monkeypatch.setattr("cothemes.cli.doctor.examine", lambda _study: iter(()))
    asked = ["doctor", "--model", "openai:stub", "--base-url", server.url, "--json"]
    result = CliRunner().invoke(app, ["-C", str(study.root), *asked])
    found = json.loads(result.stdout) if result.stdout.startswith("[") else []
    return result, {finding["what"]: finding for finding in found}


@pytest.mark.parametrize(
    ("script", "ways"),
    [
        (lambda *_: said(RIGHT), ["json_schema"]),
        (only("json_object", NONE), ["json_schema", "json_object"]),
        (only("plain", NONE), ["json_schema", "json_object", "plain"]),
        (only("json_object", said('{"answer": "waved"}')), ["json_schema", "json_object"]),
        (only("json_object", said("Waved, and yes.")), ["json_schema", "json_object"]),
        (lambda *_: said(f"```json\n{RIGHT}\n```"), ["json_schema"]),
        (lambda _, n: said(RIGHT if n == 3 else "Yes!"), ["json_schema", "json_object", "plain", "plain"]),
    ],
    ids=["schema", "no schema", "plain", "schema unheeded", "prose", "fenced", "one repair"],
)  # fmt: skip
def test_what_works_is_found_out_and_remembered(
    study: Study, monkeypatch: pytest.MonkeyPatch, script: Any, ways: list[str]
) -> None:
    with ChatServer(script) as server:
        result, found = doctor(study, server, monkeypatch)
        assert [form(body) for body in server.bodies] == ways
        assert result.exit_code == 0, result.output
        assert found["remembered"]["detail"] == f"this study asks it by {ways[-1]}"
        assert "answers as stub-2026-11" in found["model"]["detail"]
        calls = study.store.ledger.calls()
        assert [call.stage for call in calls] == ["doctor"] * len(ways)
        study.close()
        before = len(server.requests)
        doctor(study, server, monkeypatch)
        assert len(server.requests) > before, "a real call is made each time"
        server.answer = lambda *_: said("{}")
        before = len(server.requests)
        propose = ["propose", "--coder", "llm", "--model", "openai:stub", "--base-url", server.url]
        CliRunner().invoke(app, ["-C", str(study.root), *propose, "--limit", "1"])
        asked = [form(body) for body in server.bodies[before:]]
        # Where no schema binds the model, a reply that is not of the form is asked for once more.
        assert asked == [ways[-1]] * (1 if ways[-1] == "json_schema" else 2)


def test_nothing_of_the_study_leaves_the_machine(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    with ChatServer(lambda *_: said(RIGHT)) as server:
        doctor(study, server, monkeypatch)
        sent = json.dumps(server.bodies)
    assert "bus" in sent
    assert "trust" not in sent
    assert "small codebook" not in sent


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (said("no"), 4),
        (Answer({"error": {"message": "x", "code": "invalid_api_key"}}, 401), 6),
        (Answer({}, 500), 6),
    ],
    ids=["never JSON", "bad key", "down"],
)
def test_what_does_not_work_says_what_to_do(
    study: Study, monkeypatch: pytest.MonkeyPatch, answer: Answer, code: int
) -> None:
    monkeypatch.setattr("cothemes.stages.propose.model.retry.Patience.wait", lambda *_: None)
    monkeypatch.setenv("COTHEMES_MODEL_OUTAGE_WAIT", "0")
    with ChatServer(lambda *_: answer) as server:
        result, found = doctor(study, server, monkeypatch)
    assert result.exit_code == code, result.output
    failed = [finding for finding in found.values() if not finding["works"]]
    assert failed
    assert all(finding["to_do"] for finding in failed)


def test_a_model_that_is_called_has_one_line_and_a_wrong_answer_plain_words(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cothemes.app.overview.doctor._embedder", lambda _study: "a double")
    monkeypatch.setattr("cothemes.app.overview.doctor._vectors", lambda: "a double")
    wrong = said('{"last_word": "again", "about_a_bus": "no"}')
    with ChatServer(lambda *_: wrong) as server:
        asked = ["doctor", "--model", "openai:stub", "--base-url", server.url]
        result = CliRunner().invoke(app, ["-C", str(study.root), *asked])
    assert result.exit_code == 0, result.output
    lines = [line for line in result.stdout.splitlines() if "model: " in line]
    assert len(lines) == 1
    assert "not called" not in result.stdout
    told = " ".join(result.stdout.split())
    assert "its judgement may be poor" in told
    assert "prices.toml" in told


def test_a_price_that_is_missing_is_told_in_lines_to_paste(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cothemes.cli.doctor.examine", lambda _study: iter(()))
    monkeypatch.setenv("COTHEMES_MODEL_BUDGET", "1")
    with ChatServer(lambda *_: said(RIGHT)) as server:
        asked = ["doctor", "--model", "openai:stub", "--base-url", server.url]
        result = CliRunner().invoke(app, ["-C", str(study.root), *asked])
        assert server.requests == []
    assert result.exit_code == 4
    assert '\n[models."openai:stub"]\ninput = 0.40\noutput = 1.60\n' in result.stdout


def test_a_call_needs_a_study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("cothemes.cli.doctor.examine", lambda _study: iter(()))
    result = CliRunner().invoke(app, ["doctor", "--model", "openai:stub"])
    assert result.exit_code == 3


@pytest.mark.parametrize(
    ("name", "package"),
    [
        ("anthropic:claude-x", "langchain-anthropic"),
        ("google_genai:gemini-x", "langchain-google-genai"),
        ("ollama:llama-x", "langchain-ollama"),
    ],
)
def test_a_package_that_is_missing_is_named_with_the_line_to_type(
    study: Study, monkeypatch: pytest.MonkeyPatch, name: str, package: str
) -> None:
    monkeypatch.setattr("cothemes.cli.doctor.examine", lambda _study: iter(()))
    monkeypatch.setitem(sys.modules, package.replace("-", "_"), None)
    result = CliRunner().invoke(app, ["-C", str(study.root), "doctor", "--model", name, "--json"])
    [found] = json.loads(result.stdout)
    assert result.exit_code == 6
    assert found["detail"] == f"{name}: the package {package} for {name.partition(':')[0]} is not installed"
    assert f"pip install {package}" in found["to_do"]
    assert "Traceback" not in result.output


def test_a_way_that_the_provider_does_not_offer_is_refused(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COTHEMES_MODEL_STRUCTURED", "json_object")
    monkeypatch.setenv("COTHEMES_PRIVACY_REMOTE_MODELS", "true")
    propose = ["propose", "--coder", "llm", "--model", "anthropic:claude-x", "--limit", "1"]
    result = CliRunner().invoke(app, ["-C", str(study.root), *propose])
    assert result.exit_code == 3
    assert "anthropic offers no json_object" in result.output
    assert "json_schema or plain" in result.output
