"""`coder: llm` in a suite: what is asked and paid, how steady it is, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from tests.doubles.chat_server import (
    Answer,
    Body,
    ChatServer,
    codes_of,
    coding,
    completion,
    sentences_of,
    stage_of,
    yes,
)
from typer.testing import CliRunner

from cothemes.app.study import Study, create_study
from cothemes.cli.evaluate import evaluate
from cothemes.cli.group import EdgeGroup
from cothemes.cli.invocation import Invocation

CODEBOOK = """\
codebook: {id: drinks, version: 1}
codes:
  - {id: tea, label: Tea, definition: Tea is drunk.}
  - {id: coffee, label: Coffee, definition: Coffee is drunk.}
"""
SUITE = """\
name: drinks
passages: passages.jsonl
codebook: codebook.yaml
gold: ann
min_positives: 3
split: {by: doc, test: 0.5, seeds: [0, 1]}
coders:
  - {coder: llm, model: "openai:stub", base_url: URL, MORE}
"""
PRICE = '[model.prices."openai:stub"]\ninput = 1.0\noutput = 1.0\ncurrency = "EUR"\n'

app = typer.Typer(cls=EdgeGroup)
app.command("evaluate")(evaluate)


@app.callback()
def options() -> None:
    """A group, as the program's own."""


def reads_words(body: Body, _: int) -> Answer:
    """Gives each code whose name is in the target."""
    first = sentences_of(body)[0]["text"]
    found = {code: yes(body, code, first) for code in codes_of(body) if code in first.lower()}
    return Answer(completion(json.dumps(coding(body, **found))))


@pytest.fixture
def payer(tmp_path: Path) -> Study:
    made = create_study(tmp_path / "payer", source="blank", codebook=None)
    settings = tmp_path / "payer" / "cothemes.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + PRICE, encoding="utf-8")
    return made


def suite(folder: Path, server: ChatServer | None = None, more: str = "limit: 16") -> Path:
    (folder / "suites").mkdir(exist_ok=True)
    (folder / "suites" / "codebook.yaml").write_text(CODEBOOK, encoding="utf-8")
    words = ("We had tea.", "There was coffee and tea.", "Nothing to drink.", "Coffee, always.")
    lines = [
        {
            "id": f"p{n:02d}",
            "doc": f"d{n % 6}",
            "text": words[n % 4],
            "speaker": "I" if n % 5 == 4 else "P",
            "labels": {"ann": [code for code in ("tea", "coffee") if code in words[n % 4].lower()]},
        }
        for n in range(30)
    ]
    (folder / "suites" / "passages.jsonl").write_text(
        "".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8"
    )
    path = folder / "suites" / "drinks.yaml"
    url = server.url if server else "http://127.0.0.1:9/v1"
    path.write_text(SUITE.replace("URL", url).replace("MORE", more), encoding="utf-8")
    return path


def call(path: Path, payer: Study | None, *more: str, code: int = 0) -> Any:
    folder = payer.root if payer else path.parent
    result = CliRunner().invoke(app, ["evaluate", str(path), *more], obj=Invocation(folder=folder))
    assert result.exit_code == code, result.output
    return json.loads(result.stdout) if "--json" in more and code in (0, 4) else result.output


def test_a_model_is_scored_through_the_ledger_and_nothing_is_bought_twice(
    payer: Study, tmp_path: Path
) -> None:
    with ChatServer(reads_words) as server:
        path = suite(tmp_path, server)
        found = call(path, payer, "--json")["rows"][0]
        first = len(server.requests)
        again = call(path, payer, "--json", "--compare")
        assert len(server.requests) == first
    assert (found["coder"], found["model"], found["train"]) == ("llm", "openai:stub", 0)
    assert found["prompt"].startswith("propose.v3:")
    assert (found["map"], found["micro_f1"], found["alpha"]) == (1.0, 1.0, 1.0)
    proposals = [body for body in server.bodies if stage_of(body) == "propose"]
    assert found["asked"]["passages"] == len(proposals) == 16
    assert found["asked"]["calls"] == first
    # 1,200 tokens in and 80 out, at 1 EUR a million of each.
    assert found["asked"]["cost"] == pytest.approx(first * 1280 / 1e6)
    assert found["asked"]["currency"] == "EUR"
    assert again["rows"][0]["asked"] == found["asked"]
    assert not any(change["moved"] for change in again["changes"])
    calls = payer.store.ledger.calls()
    assert {each.run for each in calls} == {found["asked"]["run"]}
    assert payer.store.runs.all() == []
    payer.close()
    history = (tmp_path / "history" / "drinks.jsonl").read_text(encoding="utf-8").splitlines()
    kept = json.loads(history[0])
    assert {"suite_hash", "codebook_hash", "context", "at"} <= set(kept)
    assert kept["row"]["model"] == "openai:stub"
    assert kept["row"]["version"]


def test_what_others_say_is_context_and_the_payer_is_no_part_of_it(payer: Study, tmp_path: Path) -> None:
    settings = payer.root / "cothemes.toml"
    settings.write_text(
        settings.read_text(encoding="utf-8").replace('context = ""', 'context = "A secret study."'),
        encoding="utf-8",
    )
    with ChatServer(reads_words) as server:
        path = suite(tmp_path, server)
        path.write_text(path.read_text(encoding="utf-8") + "roles: {I: interviewer}\n", encoding="utf-8")
        report = call(path, payer, "--json")
        sent = json.dumps(server.bodies)
    assert report["excluded"] == 6
    assert report["passages"] == 24
    assert "interviewer" in sent
    assert "A secret study." not in sent


def test_steadiness_stands_in_the_row_and_repeats_are_bought_as_repeats(payer: Study, tmp_path: Path) -> None:
    def first_of_the_list(body: Body, _: int) -> Answer:
        code, words = codes_of(body)[0], sentences_of(body)[0]["text"]
        return Answer(completion(json.dumps(coding(body, **{code: yes(body, code, words)}))))

    with ChatServer(first_of_the_list) as server:
        path = suite(tmp_path, server, "limit: 12, repeats: 2, paraphrases: 1, orders: 3, sample: 5")
        found = call(path, payer, "--json")["rows"][0]["stability"]
        text = call(path, payer)
    calls = payer.store.ledger.calls()
    payer.close()
    assert len(found["variations"]) == 2 * 3 * 2
    assert (found["passages"], found["unanswered"]) == (5, 0)
    tea = next(code for code in found["codes"] if code["code"] == "tea")
    assert tea["flip_rate_by"]["repeat"] == tea["flip_rate_by"]["prompt"] == 0
    assert tea["flip_rate_by"]["order"] > 0
    assert set(tea["alpha"]) >= {"value", "low", "high", "reason"}
    proposed = [each for each in calls if each.stage == "propose"]
    assert {each.repeat for each in proposed} == {0, 1}
    # Each prompt and order asks the five twice; the row's own way has asked all twelve once already.
    asked_in = {json.dumps(body["messages"][0]) + str(codes_of(body)) for body in server.bodies
                if stage_of(body) == "propose"}  # fmt: skip
    assert len(proposed) == 12 + 5 * (2 * len(asked_in) - 1)
    assert "asked again: 5 passages" in " ".join(text.split())
    assert max(len(line) for line in text.splitlines() if not line.startswith("Appended")) <= 80


def test_a_dry_run_tells_calls_and_price_and_asks_nothing(payer: Study, tmp_path: Path) -> None:
    with ChatServer(reads_words) as server:
        path = suite(tmp_path, server, "limit: 10, orders: 2, sample: 4")
        found = call(path, payer, "--dry-run", "--json")["models"][0]
        text = call(path, payer, "--dry-run")
        assert server.requests == []
    assert (found["passages"], found["answers"], found["calls"]) == (10, 14, 14)
    assert found["currency"] == "EUR"
    assert 0 < found["cost"][0] < found["cost"][1]
    assert "10 passages and 4 more answers" in text
    assert "Nothing was done." in text


def test_the_budget_stops_it_and_more_of_it_goes_on_from_there(payer: Study, tmp_path: Path) -> None:
    with ChatServer(reads_words) as server:
        path = suite(tmp_path, server)
        text = call(path, payer, "--budget", "0.02", code=5)
        stopped = len(server.requests)
        spent = sum(each.cost_nanos or 0 for each in payer.store.ledger.calls())
        payer.close()
        assert 0 < stopped < 16
        assert spent <= 0.02 * 1e9
        assert "budget" in text
        assert not (tmp_path / "history").exists()
        call(path, payer, "--budget", "1")
        proposals = [body for body in server.bodies if stage_of(body) == "propose"]
    assert len(proposals) == 16


def test_the_months_budget_holds_here_too(
    payer: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COTHEMES_MODEL_MONTH_BUDGET", "0.02")
    with ChatServer(reads_words) as server:
        path = suite(tmp_path, server)
        call(path, payer, code=5)
    assert len(server.requests) < 16


def test_a_refused_key_ends_it_with_exit_6(payer: Study, tmp_path: Path) -> None:
    with ChatServer(lambda _body, _n: Answer({"error": {"message": "no"}}, status=401)) as server:
        text = call(suite(tmp_path, server), payer, code=6)
        assert len(server.requests) <= 16
    assert "key" in text


def test_replies_that_cannot_be_used_count_as_no_code_and_are_told(payer: Study, tmp_path: Path) -> None:
    def now_and_then(body: Body, number: int) -> Answer:
        return Answer(completion("I cannot say.")) if number == 3 else reads_words(body, number)

    with ChatServer(now_and_then) as server:
        path = suite(tmp_path, server)
        text = call(path, payer)
        found = call(path, payer, "--json")["rows"][0]
    assert "1 without a usable reply (counted as no code)" in " ".join(text.split())
    assert (found["asked"]["unanswered"], found["asked"]["failed"]) == (1, 0)


def test_passages_without_a_reply_end_in_part_and_leave_the_history_alone(
    payer: Study, tmp_path: Path
) -> None:
    def bad_request(body: Body, number: int) -> Answer:
        broken = "Nothing" in sentences_of(body)[0]["text"]
        return Answer({"error": {"message": "too long"}}, status=413) if broken else reads_words(body, number)

    with ChatServer(bad_request) as server:
        call(suite(tmp_path, server), payer, code=4)
    assert not (tmp_path / "history").exists()


def test_who_pays_must_be_known(tmp_path: Path) -> None:
    text = call(suite(tmp_path), None, code=3)
    assert "cothemes -C STUDY evaluate" in " ".join(text.split())


def test_gold_goes_to_no_remote_model_by_a_studys_own_review(
    payer: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-none")
    settings = payer.root / "cothemes.toml"
    settings.write_text(
        settings.read_text(encoding="utf-8") + '[privacy]\ndeidentified = "reviewed"\n', encoding="utf-8"
    )
    path = suite(tmp_path)
    path.write_text(path.read_text(encoding="utf-8").replace("http://127.0.0.1:9", "https://llm.example"))
    text = " ".join(call(path, payer, "--dry-run", code=3).split())
    assert "remote_models = true" in text


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("train: [0, 100]", "learns from no example"),
        ("limits: 5", "`coders[1].limits`"),
        ("paraphrases: 7", "paraphrases"),
        ("coder: gpt", "coder"),
    ],
)
def test_a_wrong_row_is_refused_by_name(payer: Study, tmp_path: Path, more: str, said: str) -> None:
    assert said in " ".join(call(suite(tmp_path, None, more), payer, code=3).split())
