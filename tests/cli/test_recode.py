"""After a change: what is coded anew, what it costs, told before, and that nothing is bought twice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import ROOT, CommandLine
from tests.doubles.chat_server import ChatServer
from tests.doubles.night import PRICES, REPLY_NANOS, night_study

from cothemes.app.study import Study
from cothemes.records.price import NANOS

PASSAGES = 40


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    monkeypatch.setenv("COTHEMES_MODEL_PRICES", "prices.toml")
    made = night_study(tmp_path, PASSAGES)
    made.close()
    return made


def propose(cothemes: CommandLine, study: Study, server: ChatServer, *more: str, model: str = "stub") -> Any:
    words = ("propose", "--coder", "llm", "--model", f"openai:{model}", "--base-url", server.url, *more)
    result = cothemes(*words, "--json", study=study.root)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout), " ".join(result.stderr.split())


def reword(study: Study) -> None:
    path = study.root / "codebook.yaml"
    text = path.read_text(encoding="utf-8")
    assert "must hold for this code" in text
    path.write_text(text.replace("must hold for this code", "has to hold for this code"), encoding="utf-8")


def raters(study: Study) -> list[str]:
    opened = Study(study.root)
    found = [run.rater for run in opened.store.runs.all()]
    opened.close()
    return found


def test_a_new_wording_is_coded_anew_only_when_told_and_its_price_is_told_first(
    study: Study, cothemes: CommandLine
) -> None:
    with ChatServer() as server:
        first, said = propose(cothemes, study, server)
        assert (first["outcomes"], said) == ({"coded": PASSAGES}, "")
        before = len(server.requests)
        reword(study)
        again, _ = propose(cothemes, study, server)
        assert (again["run"], again["known"], len(server.requests)) == (None, PASSAGES, before)
        plan, _ = propose(cothemes, study, server, "--recode", "--dry-run")
        forecast = plan["forecast"]
        assert (plan["to_code"], forecast["seen"]) == (PASSAGES, PASSAGES), "from the run before the change"
        assert len(server.requests) == before
        part, said = propose(cothemes, study, server, "--recode", "--limit", "10")
        assert said.startswith("Recoding 10 passages. 18 to 22 calls, 10 of them proposals.")
        assert "At the prices on record: 0.015 EUR to 0.019 EUR." in said
        rest, said = propose(cothemes, study, server, "--recode")
        assert (part["outcomes"], rest["outcomes"]) == ({"coded": 10}, {"coded": 30})
        assert said.startswith("Recoding 30 passages.")
        spent = (len(server.requests) - before) * REPLY_NANOS / NANOS
        # 40 passages, each proposed and read a second time: 80 × 848 µ€ = 0.06784 €.
        assert spent == pytest.approx(0.06784)
        low, high = forecast["cost"]
        assert (low + high) / 2 == pytest.approx(spent, rel=0.1)
        none, said = propose(cothemes, study, server, "--recode")
        assert (none["run"], said) == (None, "")
    assert len(set(raters(study))) == 2


def test_new_documents_are_coded_under_the_new_wording_and_old_ones_left(
    study: Study, cothemes: CommandLine, tmp_path: Path
) -> None:
    with ChatServer() as server:
        propose(cothemes, study, server)
        reword(study)
        row = {"id": "q1", "doc": "second", "speaker": "P2", "text": "Another door was shut to all of us."}
        (tmp_path / "second.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
        cothemes.done("ingest", tmp_path / "second.jsonl", study=study.root)
        then, _ = propose(cothemes, study, server)
        assert (then["outcomes"], then["known"]) == ({"coded": 1}, PASSAGES)


def test_another_prompt_is_another_rater_and_codes_anew_when_told(
    study: Study, cothemes: CommandLine
) -> None:
    with ChatServer() as server:
        propose(cothemes, study, server)
        words = (ROOT / "prompts" / "propose.v3.jinja").read_text(encoding="utf-8")
        own = study.root / "prompts" / "propose.v3.jinja"
        own.write_text(words.replace("You are the second coder", "You are one coder"), encoding="utf-8")
        left, _ = propose(cothemes, study, server)
        assert (left["run"], left["known"]) == (None, PASSAGES)
        anew, said = propose(cothemes, study, server, "--recode")
        assert (anew["outcomes"], anew["known"]) == ({"coded": PASSAGES}, 0)
        assert said.startswith(f"Recoding {PASSAGES} passages.")
        assert any("You are one coder" in str(body) for body in server.bodies)
    first, second = raters(study)
    assert first.partition("#")[0] != second.partition("#")[0]


def test_another_model_is_another_coder_told_or_not(study: Study, cothemes: CommandLine) -> None:
    with (study.root / "prices.toml").open("a", encoding="utf-8") as table:
        table.write(PRICES.replace("openai:stub", "openai:other"))
    with ChatServer() as server:
        propose(cothemes, study, server)
        other, said = propose(cothemes, study, server, "--recode", model="other")
        assert (other["outcomes"], other["known"]) == ({"coded": PASSAGES}, 0)
        assert "too few replies were seen yet" in said, "another model's replies say nothing of this one's"
        back, _ = propose(cothemes, study, server, "--recode")
        assert (back["run"], back["known"]) == (None, PASSAGES)


def test_what_is_free_has_no_price_to_tell(
    study: Study, cothemes: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.doubles.embedder import HashedBagEmbedder

    monkeypatch.setattr("cothemes.app.wiring.embedder", HashedBagEmbedder)
    result = cothemes("propose", "--coder", "offline", "--recode", study=study.root)
    assert result.exit_code == 0
    assert "Recoding" not in result.stderr
