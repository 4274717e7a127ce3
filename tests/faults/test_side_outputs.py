"""Logs, notices and tables that cannot be written: a paid run ends as it would have without them."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import CommandLine
from tests.doubles.chat_server import Answer, ChatServer
from tests.doubles.ledger import StoppedClock
from tests.doubles.night import MODEL, ROOT, environment, night_study
from tests.doubles.outage import OutageServer
from tests.doubles.patience import PATIENCE
from tests.doubles.ready_process import ReadyProcess

from cothemes.adapters.json_log import JsonLog
from cothemes.app.study import Study

FULL = Path("/dev/full")
needs_full = pytest.mark.skipif(not FULL.exists(), reason="this machine has no /dev/full")


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Study]:
    monkeypatch.setenv("COTHEMES_MODEL_PRICES", "prices.toml")
    made = night_study(tmp_path, 12)
    yield made
    made.close()


def words(server: ChatServer, *more: str) -> tuple[str, ...]:
    return "propose", "--coder", "llm", "--model", MODEL, "--base-url", server.url, *more


def coded(study: Study) -> int:
    (run,) = study.store.runs.all()
    return sum(outcome.state.value == "coded" for outcome in study.store.runs.each_outcome(run.id))


@pytest.mark.parametrize(
    "name", [pytest.param(str(FULL), marks=needs_full), "prices.toml/night.jsonl", "."], ids=str
)
@pytest.mark.parametrize("by_settings", [False, True])
def test_a_log_that_cannot_be_written_is_told_once(
    study: Study, cothemes: CommandLine, monkeypatch: pytest.MonkeyPatch, name: str, by_settings: bool
) -> None:
    path = name if name.startswith("/") else str(study.root / name)
    if by_settings:
        monkeypatch.setenv("COTHEMES_LOG_FILE", path)
    with ChatServer() as server:
        result = cothemes(*words(server, *(() if by_settings else ("--log", path))), study=study.root)
    assert result.exit_code == 0, result.stderr
    assert coded(study) == 12
    assert result.stderr.count("cannot be written") == 1


def test_a_log_in_a_folder_that_is_not_there_makes_no_folder(
    study: Study, cothemes: CommandLine, tmp_path: Path
) -> None:
    path = tmp_path / "not" / "there" / "night.jsonl"
    with ChatServer() as server:
        result = cothemes(*words(server, "--log", str(path)), study=study.root)
    assert result.exit_code == 0
    assert coded(study) == 12
    assert not (tmp_path / "not").exists()
    assert result.stderr.count("cannot be written") == 1


@needs_full
@pytest.mark.parametrize("words_", [("status",), ("status", "--json"), ("costs",)])
def test_a_full_stdout_is_named_and_no_surprise(study: Study, words_: tuple[str, ...]) -> None:
    with FULL.open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "cothemes", "-C", str(study.root), *words_],
            stdout=full, stderr=subprocess.PIPE, text=True, check=False, timeout=PATIENCE,
        )  # fmt: skip
    assert "unexpected" not in done.stderr
    assert "Traceback" not in done.stderr
    assert "--json" in words_ or (done.returncode == 3 and "the disk is full" in done.stderr)


class Filling:
    """A file on a disk that is full for a while, and writes half of what it begins."""

    def __init__(self) -> None:
        self.data = b""
        self.writes = 0

    def write(self, data: Any) -> int:
        self.writes += 1
        if self.writes == 3:
            self.data += bytes(data)[:10]
            return 10
        if self.writes in (4, 5):
            raise OSError(errno.ENOSPC, "No space left on device")
        self.data += bytes(data)
        return len(data)


def test_a_disk_that_fills_up_and_is_cleared_costs_the_log_lines_and_nothing_else() -> None:
    file, told = Filling(), list[str]()
    log = JsonLog(file, StoppedClock(), told.append, "night.jsonl")  # type: ignore[arg-type]
    for number in range(6):
        log.tell("call", {"number": number})
    whole = []
    for line in file.data.splitlines():
        try:
            whole.append(json.loads(line)["number"])
        except ValueError:
            continue
    assert whole == [0, 1, 4, 5]
    assert len(told) == 1
    assert "night.jsonl" in told[0]
    assert "No space left" in told[0]


def run(study: Study, server: ChatServer, *more: str, **streams: int) -> int:
    command = "-C", str(study.root), *words(server, *more)
    return ReadyProcess(*command, environment=environment(), **streams).wait()


def unread() -> int:
    """The end of a pipe that nobody reads."""
    reading, writing = os.pipe()
    os.close(reading)
    return writing


@pytest.mark.parametrize("as_json", [(), ("--json",)])
@pytest.mark.parametrize("which", ["stdout", "stderr"])
@pytest.mark.parametrize("full", [False, pytest.param(True, marks=needs_full)])
def test_nobody_reads_what_a_run_says(study: Study, which: str, as_json: tuple[str, ...], full: bool) -> None:
    """One passage fails in each: the run is done in part, and says so by its exit code."""

    def one_bad(body: dict[str, Any], number: int) -> Answer:
        return Answer({}, 400) if number == 0 else ChatServer().answer(body, number)

    stream = os.open(FULL, os.O_WRONLY) if full else unread()
    other = "stderr" if which == "stdout" else "stdout"
    with ChatServer(one_bad) as server:
        code = run(study, server, *as_json, **{which: stream, other: subprocess.DEVNULL})
    os.close(stream)
    assert coded(study) == 11
    assert code == 4


def test_a_notice_that_nobody_reads_ends_no_run(study: Study) -> None:
    """In an interpreter that starts afresh, as a person's does."""
    stream = unread()
    with OutageServer("503", after=6, seconds=3.0) as server:
        done = subprocess.run(
            [sys.executable, "-m", "cothemes", "-C", str(study.root), *words(server)],
            cwd=ROOT, env=environment(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=stream,
            check=False, timeout=PATIENCE,
        )  # fmt: skip
    os.close(stream)
    assert done.returncode == 0
    assert coded(study) == 12
