"""What the morning says of a run that was killed, of one that runs, and of one that another machine began."""

from __future__ import annotations

import json
import signal
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import CommandLine
from tests.doubles.chat_server import Answer, Body, ChatServer, honest
from tests.doubles.night import MODEL, night_study
from tests.doubles.night import cothemes as process_of
from tests.doubles.patience import PATIENCE, wait_for

from cothemes.app.study import Study


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    monkeypatch.setenv("COTHEMES_MODEL_PRICES", "prices.toml")
    made = night_study(tmp_path, 40)
    made.close()
    return made


def slowly(body: Body, number: int) -> Answer:
    answer = honest(body, number)
    answer.delay = PATIENCE if number > 4 else 0.0
    return answer


def words(server: ChatServer) -> tuple[str, ...]:
    return ("propose", "--coder", "llm", "--model", MODEL, "--base-url", server.url)


def said(result: Any) -> str:
    return " ".join((result.stdout + result.stderr).split())


def test_a_killed_run_is_told_so_and_taken_up(cothemes: CommandLine, study: Study) -> None:
    with ChatServer(slowly) as server:
        process = process_of(study, *words(server))
        wait_for(lambda: len(server.requests) > 8)
        (run,) = cothemes.json("status", study=study.root)["runs"]
        assert run["state"] == "running"
        assert [(each["process"], each["lives"]) for each in run["at_work"]] == [(process.pid, "alive")]
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=PATIENCE)
        found = cothemes.json("status", study=study.root)
        (run,) = found["runs"]
        assert (run["state"], run["at_work"][0]["lives"]) == ("lost", "gone")
        assert [(each["command"], each["lives"]) for each in found["commands"]] == [("propose", "gone")]
        morning = said(cothemes("status", study=study.root))
        assert "killed or lost: no process works on it; run `cothemes propose` again" in morning
        assert "Killed propose, begun" in morning
        before = study_rows(study)
        refused = cothemes("cancel", "r0001", study=study.root)
        assert refused.exit_code == 2
        assert "r0001 was killed or lost: nothing of it runs" in said(refused)
        assert study_rows(study) == before, "a refusal changes nothing"
        server.answer = honest
        again = cothemes(*words(server), study=study.root)
        assert again.exit_code == 0
        assert "Run r0001 was killed or lost (process" in said(again)
    found = cothemes.json("status", study=study.root)
    assert (found["runs"][0]["state"], found["runs"][0]["told"], found["commands"]) == ("finished", "", [])
    ended = cothemes("cancel", "r0001", study=study.root)
    assert ended.exit_code == 2
    assert "has ended (finished): nothing of it runs" in said(ended)


def test_a_run_that_is_asked_to_stop_is_stopping_until_it_has_ended(
    cothemes: CommandLine, study: Study
) -> None:
    with ChatServer(slowly) as server:
        process = process_of(study, *words(server), COTHEMES_MODEL_TIMEOUT="8")
        wait_for(lambda: len(server.requests) > 8)
        assert cothemes.json("cancel", "r0001", study=study.root)["state"] == "stopping"
        assert cothemes.json("status", study=study.root)["runs"][0]["state"] == "stopping"
        process.communicate(timeout=PATIENCE)
        assert process.returncode == 130
    assert cothemes.json("status", study=study.root)["runs"][0]["state"] == "cancelled"


def test_a_run_of_another_machine_is_neither_running_nor_dead(cothemes: CommandLine, study: Study) -> None:
    with ChatServer(slowly) as server:
        process = process_of(study, *words(server))
        wait_for(lambda: len(server.requests) > 8)
        process.kill()
        process.communicate(timeout=PATIENCE)
        with sqlite3.connect(study.root / ".cothemes" / "records.sqlite") as database:
            database.execute("UPDATE workers SET machine = 'elsewhere', boot = 'another', host = 'lab-7'")
        (run,) = cothemes.json("status", study=study.root)["runs"]
        assert run["state"] == "unknown"
        assert "on lab-7 since" in run["told"]
        assert "can only be seen there" in run["told"]
        assert "; its last call was begun 20" in run["told"]
        asked = cothemes("cancel", "r0001", study=study.root)
        assert asked.exit_code == 0
        assert "asked to stop, in case it lives" in said(asked)
        assert cothemes.json("status", study=study.root)["runs"][0]["state"] == "unknown"
        server.answer = honest
        again = cothemes(*words(server), study=study.root)
        assert again.exit_code == 0
        assert "nobody here knows whether it still works" in said(again)


def study_rows(study: Study) -> str:
    with sqlite3.connect(study.root / ".cothemes" / "records.sqlite") as database:
        tables = ("runs", "workers", "entries", "calls")
        return json.dumps([database.execute(f"SELECT * FROM {table}").fetchall() for table in tables])
