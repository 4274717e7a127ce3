"""Another run, with a budget of its own, is told of before and when it begins, with what made it so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import CommandLine
from tests.doubles.chat_server import Answer, Body, ChatServer, honest, keeps
from tests.doubles.night import MODEL, night_study

from cothemes.app.study import Study


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    monkeypatch.setenv("COTHEMES_MODEL_PRICES", "prices.toml")
    made = night_study(tmp_path, 12)
    made.close()
    return made


def propose(cothemes: CommandLine, study: Study, server: ChatServer, *more: str) -> Any:
    words = ("propose", "--coder", "llm", "--model", MODEL, "--base-url", server.url, "--limit", "2", *more)
    return cothemes(*words, study=study.root)


def told(cothemes: CommandLine, study: Study, server: ChatServer) -> tuple[str, dict[str, Any] | None]:
    """What a dry run says, and then what the run itself says on stderr; both name the same reason."""
    ahead = json.loads(propose(cothemes, study, server, "--dry-run", "--json").stdout)["begins"]
    shown = " ".join(propose(cothemes, study, server, "--dry-run").stdout.split())
    result = propose(cothemes, study, server, "--json")
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["begins"] == ahead
    said = " ".join(result.stderr.split())
    assert ("This begins another run" in said) == ("This begins another run" in shown) == (ahead is not None)
    return said, ahead


def test_the_first_run_and_one_that_goes_on_say_nothing(cothemes: CommandLine, study: Study) -> None:
    with ChatServer() as server:
        assert told(cothemes, study, server)[1] is None
        assert told(cothemes, study, server)[1] is None


def test_a_changed_codebook_prompt_or_setting_is_named(
    cothemes: CommandLine, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ChatServer() as server:
        told(cothemes, study, server)
        book = study.root / "codebook.yaml"
        book.write_text(book.read_text("utf-8").replace("two sentences", "three sentences"), encoding="utf-8")
        said, ahead = told(cothemes, study, server)
        assert ahead == {"instead_of": "r0001", "because": ["the codebook has changed"]}
        assert "It has a run budget of its own; month_budget holds over both." in said
        monkeypatch.setenv("COTHEMES_CODER_CRITIC", "false")
        monkeypatch.setenv("COTHEMES_MODEL_TEMPERATURE", "0.5")
        _, ahead = told(cothemes, study, server)
        assert ahead is not None
        assert ahead["instead_of"] == "r0002"
        assert ahead["because"] == [
            "critic or repair are asked in other words, or left out",
            "other settings under [coder]: critic",
            "other settings under [model]: temperature",
        ]


def test_another_endpoint_or_model_is_named(cothemes: CommandLine, study: Study) -> None:
    with ChatServer() as server:
        told(cothemes, study, server)
    with ChatServer() as other:
        _, ahead = told(cothemes, study, other)
        assert ahead is not None
        (reason,) = ahead["because"]
        assert reason.startswith("it is asked at http://127.0.0.1:")


def test_a_title_that_stands_in_the_prompt_is_another_run(cothemes: CommandLine, study: Study) -> None:
    with ChatServer() as server:
        told(cothemes, study, server)
        settings = study.root / "cothemes.toml"
        text = settings.read_text("utf-8")
        settings.write_text(
            text.replace('context = ""', 'context = "Carers in two towns."'), encoding="utf-8"
        )
        _, ahead = told(cothemes, study, server)
        assert ahead is not None
        assert ahead["because"] == ["title or context of the study, or the form of the reply, have changed"]


def test_a_model_that_answers_under_another_name_is_the_reason(cothemes: CommandLine, study: Study) -> None:
    def renamed(body: Body, number: int) -> Answer:
        answer = honest(body, number)
        answer.body["model"] = "stub-2"
        return answer

    def critic(body: Body, number: int) -> Answer:
        answer = keeps(body, number)
        answer.body["model"] = "stub-2"
        return answer

    with ChatServer() as server:
        told(cothemes, study, server)
        server.answer, server.critic = renamed, critic
        assert propose(cothemes, study, server).exit_code == 6
        _, ahead = told(cothemes, study, server)
        assert ahead is not None
        assert ahead["instead_of"] == "r0001"
        assert "now answers as stub-2" in ahead["because"][0]
