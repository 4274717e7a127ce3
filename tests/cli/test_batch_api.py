"""`propose --batch-api`, `run --batch-api` and what other commands say of batches."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import CommandLine
from tests.doubles.batch_night import BATCH_PRICES, REPLY_NANOS, batch_study
from tests.doubles.batch_server import BatchServer
from tests.doubles.night import MODEL

from cothemes.app.study import Study
from cothemes.records.price import NANOS

PASSAGES = 6


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    monkeypatch.setenv("COTHEMES_MODEL_PRICES", "prices.toml")
    made = batch_study(tmp_path, PASSAGES)
    made.close()
    return made


@pytest.fixture
def server() -> Iterator[BatchServer]:
    with BatchServer() as made:
        yield made


def propose(cothemes: CommandLine, study: Study, server: BatchServer, *more: str) -> Any:
    words = ("propose", "--coder", "llm", "--model", MODEL, "--base-url", server.url, "--batch-api", *more)
    return cothemes(*words, study=study.root)


def told(result: Any) -> str:
    return " ".join(f"{result.stdout} {result.stderr}".split())


def test_what_is_under_way_is_told_and_counted(
    cothemes: CommandLine, study: Study, server: BatchServer
) -> None:
    first = propose(cothemes, study, server)
    assert first.exit_code == 4
    assert "A batch of 6 requests is handed in." in told(first)
    assert "passages: 6 wait in batches that are under way" in told(first)
    assert "--wait HOURS" in told(first)
    status = cothemes.done("status", study=study.root)
    assert "Batch      r0001: 6 requests; validating at 20" in status
    assert "r0001: waiting" in " ".join(status.split())
    assert all(len(line) <= 80 for line in status.splitlines())
    (batch,) = cothemes.json("status", study=study.root)["batches"]
    assert (batch["run"], batch["requests"], batch["waiting"]) == ("r0001", 6, 6)
    costs = cothemes.done("costs", study=study.root)
    assert "6 requests wait in batches: " in costs
    found = cothemes.json("costs", study=study.root)
    assert found["batches"][0]["reserved"] == pytest.approx(found["total"][0]["unconfirmed"])
    server.finish()
    second = propose(cothemes, study, server)
    assert "A batch is over: completed, 6 replies." in told(second)
    assert second.exit_code == 4
    server.finish()
    third = propose(cothemes, study, server, "--json")
    assert third.exit_code == 0
    document = json.loads(third.stdout)
    assert (document["outcomes"], document["waiting"]) == ({"coded": 6}, 0)
    found = cothemes.json("costs", study=study.root)
    assert found["batches"] == []
    assert found["total"][0]["cost"] == pytest.approx(12 * REPLY_NANOS / NANOS)
    assert found["total"][0]["unconfirmed"] == 0
    assert propose(cothemes, study, server).exit_code == 0


def test_a_dry_run_counts_at_the_price_of_a_batch(
    cothemes: CommandLine, study: Study, server: BatchServer
) -> None:
    words = ("propose", "--coder", "llm", "--model", MODEL, "--base-url", server.url, "--dry-run")
    live = cothemes.json(*words, study=study.root)["forecast"]["cost"]
    batch = cothemes.json(*words, "--batch-api", study=study.root)["forecast"]["cost"]
    assert batch == pytest.approx([low / 2 for low in live], rel=0.01)
    assert server.seen == []
    (study.root / "prices.toml").write_text(BATCH_PRICES.replace("batch = 0.5\n", ""), encoding="utf-8")
    assert "counts at the full price" in told(cothemes(*words, "--batch-api", study=study.root))


def test_cancel_says_what_becomes_of_batches(
    cothemes: CommandLine, study: Study, server: BatchServer
) -> None:
    server.held = True
    propose(cothemes, study, server)
    found = cothemes.json("cancel", "r0001", study=study.root)
    assert [batch["status"] for batch in found["batches"]] == ["cancelling"]
    said = " ".join(cothemes.done("cancel", "r0001", study=study.root).split())
    assert "is cancelled" in said
    assert cothemes.json("status", study=study.root)["batches"] == []
    assert cothemes.json("costs", study=study.root)["total"][0]["unconfirmed"] == 0


def test_run_takes_the_night_in_batches(
    cothemes: CommandLine, study: Study, server: BatchServer, tmp_path: Path
) -> None:
    words = ("run", tmp_path / "talk.jsonl", "--coder", "llm", "--model", MODEL, "--base-url", server.url)
    summary = tmp_path / "told"
    notify = ("--notify", f"sh -c 'echo \"$0\" > {summary}'")
    result = cothemes(*words, "--batch-api", *notify, study=study.root)
    assert result.exit_code == 4, told(result)
    assert "exit 4" in summary.read_text(encoding="utf-8")
    assert "6 wait in batches" in summary.read_text(encoding="utf-8")
    for _ in range(2):
        server.finish()
        result = cothemes(*words, "--batch-api", study=study.root)
    assert result.exit_code == 0, told(result)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--coder", "llm", "--model", MODEL, "--wait", "2"), "--wait is for --batch-api"),
        (("--batch-api", "--coder", "offline"), "--batch-api is for a model"),
        (("--batch-api", "--coder", "llm", "--model", "ollama:tiny"), "does not work with ollama:tiny"),
    ],
)
def test_what_cannot_be_is_wrong_usage(
    cothemes: CommandLine, study: Study, more: tuple[str, ...], said: str
) -> None:
    result = cothemes("propose", *more, study=study.root)
    assert result.exit_code == 2
    assert said in told(result)
