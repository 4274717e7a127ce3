"""What a run costs: told beforehand, counted afterwards, and what happens around a night job."""

from __future__ import annotations

import json
import sqlite3
import sys
from datetime import UTC, datetime
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import CommandLine
from tests.doubles.chat_server import Answer, Body, ChatServer, completion, honest, keeps
from tests.doubles.night import MODEL, REPLY_NANOS, night_study

from cothemes.app.runs.costs import CostGroup, Costs
from cothemes.app.study import Study
from cothemes.presentation.cost_text import cost_lines
from cothemes.records.price import NANOS

NOON = datetime(2026, 11, 15, 12, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("middle_of_the_month")


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    monkeypatch.setenv("COTHEMES_MODEL_PRICES", "prices.toml")
    made = night_study(tmp_path, 60)
    made.close()
    return made


def propose(cothemes: CommandLine, study: Study, server: ChatServer, *more: str) -> Any:
    words = ("propose", "--coder", "llm", "--model", MODEL, "--base-url", server.url, *more)
    return cothemes(*words, study=study.root)


def test_costs_are_what_the_provider_counted(cothemes: CommandLine, study: Study) -> None:
    assert "nothing was spent" in cothemes.done("costs", study=study.root)
    with ChatServer() as server:
        assert propose(cothemes, study, server, "--limit", "30").exit_code == 0
        spent = len(server.requests) * REPLY_NANOS / NANOS
    # 30 passages, each proposed and read a second time: 60 × 848 µ€.
    assert spent == pytest.approx(0.05088)
    for by in ("run", "model", "codebook"):
        (group,) = cothemes.json("costs", "--by", by, study=study.root)["groups"]
        assert group["cost"] == pytest.approx(spent)
        assert (group["calls"], group["input_tokens"], group["cached_tokens"]) == (60, 72_000, 61_440)
        assert group["unconfirmed"] == 0
    stages = cothemes.json("costs", "--by", "stage", study=study.root)["groups"]
    assert {group["stage"]: group["calls"] for group in stages} == {"propose": 30, "critic": 30}
    said = cothemes.done("costs", study=study.root)
    assert "0.051 EUR" in said
    # 1,024 of 1,200 tokens
    assert "85 % of the tokens sent were in the provider's cache." in said
    assert group["cached_share"] == pytest.approx(1024 / 1200)


def test_costs_by_day_and_month_and_what_is_left(
    cothemes: CommandLine, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COTHEMES_MODEL_MONTH_BUDGET", "0.5")
    monkeypatch.setenv("COTHEMES_MODEL_BUDGET", "0.25")
    with ChatServer() as server:
        asked = ("doctor", "--model", MODEL, "--base-url", server.url)
        assert propose(cothemes, study, server, "--limit", "3").exit_code == 0
        for _ in range(2):
            cothemes(*asked, study=study.root)
    day, month = (
        cothemes.json("costs", "--by", by, study=study.root)["groups"][0][by] for by in ("day", "month")
    )
    assert len(day) == 10
    assert day.startswith(month)
    found = cothemes.json("costs", study=study.root)
    assert [group["run"] for group in found["groups"]] == ["r0001", "doctor"]
    of_month, of_run = found["budgets"]
    (total,) = found["total"]
    assert of_month["counted"] == pytest.approx(total["cost"] + total["unconfirmed"])
    assert of_month["left"] == pytest.approx(0.5 - of_month["counted"])
    # 3 passages, each asked twice, 848 µ€ each.
    assert (of_run["name"], of_run["counted"]) == ("r0001", pytest.approx(6 * REPLY_NANOS / NANOS))
    said = cothemes.done("costs", study=study.root)
    assert "of 0.50 EUR (month_budget)" in said
    assert "Run r0001: 0.0051 EUR of 0.25 EUR (budget)" in said
    assert "doctor (2)" in said
    long = [line for line in said.splitlines() if len(line) > 80]
    assert [line for line in long if "cothemes" not in line] == []
    named = cothemes.done("costs", "--by", "codebook", study=study.root)
    assert "(none): asked without a codebook" in named


def test_the_price_told_beforehand_holds_within_a_tenth(cothemes: CommandLine, study: Study) -> None:
    with ChatServer() as server:
        first = json.loads(propose(cothemes, study, server, "--dry-run", "--json").stdout)["forecast"]
        assert first["seen"] == 0
        assert first["cost"][0] < first["cost"][1]
        assert server.requests == []
        assert propose(cothemes, study, server, "--limit", "30").exit_code == 0
        before = len(server.requests)
        then = json.loads(propose(cothemes, study, server, "--dry-run", "--json").stdout)["forecast"]
        assert len(server.requests) == before
        assert propose(cothemes, study, server).exit_code == 0
        spent = (len(server.requests) - before) * REPLY_NANOS / NANOS
    assert (then["seen"], then["calls"], then["currency"]) == (30, 30, "EUR")
    low, high = then["cost"]
    assert (low + high) / 2 == pytest.approx(spent, rel=0.1)
    assert high / low < 1.3


def test_a_dry_run_says_how_far_the_budgets_reach(
    cothemes: CommandLine, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ChatServer() as server:
        assert propose(cothemes, study, server, "--limit", "25").exit_code == 0
        roomy = json.loads(propose(cothemes, study, server, "--dry-run", "--budget", "5", "--json").stdout)
        assert roomy["forecast"]["room"]["whole"] is True
        told = " ".join(propose(cothemes, study, server, "--dry-run", "--budget", "5").stdout.split())
        assert "The budgets have room for it: 4.96 EUR of the run's is left." in told
        monkeypatch.setenv("COTHEMES_MODEL_MONTH_BUDGET", "0.08")
        found = json.loads(propose(cothemes, study, server, "--dry-run", "--json").stdout)["forecast"]["room"]
        assert (found["passages"], found["whole"], found["ends_at"]) == (35, False, "month")
        assert found["left"] == {"month": pytest.approx(0.08 - 50 * REPLY_NANOS / NANOS)}
        low, high = found["coded"]
        told = " ".join(propose(cothemes, study, server, "--dry-run").stdout.split())
        assert f"the run would end after about {low} to {high} of 35 passages" in told
        before = len(server.requests)
        assert propose(cothemes, study, server, "--concurrency", "1").exit_code == 5
        assert low <= (len(server.requests) - before) / 2 <= high + 1
        told = " ".join(propose(cothemes, study, server, "--dry-run").stdout.split())
        assert "not one passage can be coded with it" in told


def test_an_unknown_price_is_said(
    cothemes: CommandLine, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COTHEMES_MODEL_PRICES")
    with ChatServer() as server:
        assert "is not known" in propose(cothemes, study, server, "--dry-run").stdout
        capped = propose(cothemes, study, server, "--dry-run", "--budget", "1")
        assert "the run would not begin" in " ".join(capped.stdout.split())
        assert "would end after" not in capped.stdout
        assert propose(cothemes, study, server, "--limit", "2").exit_code == 0
    said = cothemes.done("costs", study=study.root)
    assert "unknown" in said
    assert "The cost of 4 replies is not known" in " ".join(said.split())


def test_a_passage_is_parked_after_three_runs_and_asked_for_by_name(
    cothemes: CommandLine, study: Study
) -> None:
    def refuses_one(body: Body, number: int) -> Answer:
        if "number 7 that" in body["messages"][-1]["content"]:
            return Answer(completion(None, refusal="No."))
        return honest(body, number)

    with ChatServer(refuses_one) as server:
        for _ in range(3):
            assert propose(cothemes, study, server).exit_code == 4
        asked = len(server.requests)
        assert asked == 2 * 60 - 1 + 2
        assert propose(cothemes, study, server).exit_code == 4
        assert len(server.requests) == asked
        (run,) = cothemes.json("status", study=study.root)["runs"]
        assert run["parked"] == ["talk.0008"]
        assert run["other_outcomes"] == {"refused": 1}
        server.answer = honest
        assert propose(cothemes, study, server, "--retry-parked").exit_code == 0
        (run,) = cothemes.json("status", study=study.root)["runs"]
        assert run["parked"] == []
        assert run["passages"] == 60


def test_bad_replies_among_the_first_stop_the_run(cothemes: CommandLine, study: Study) -> None:
    with ChatServer(lambda *_: Answer(completion("I would rather not say."))) as server:
        result = propose(cothemes, study, server, "--concurrency", "4")
        assert result.exit_code == 6
        assert "11 of the first 11 passages got no usable reply" in " ".join(result.stderr.split())
        assert len(server.requests) <= 11 + 4


def test_another_model_behind_the_same_name_halts_and_then_is_a_rater_of_its_own(
    cothemes: CommandLine, study: Study
) -> None:
    def changes(body: Body, number: int) -> Answer:
        return _named(honest(body, number), number)

    with ChatServer(changes) as server:
        server.critic = lambda body, number: _named(keeps(body, number), number)
        result = propose(cothemes, study, server, "--concurrency", "2")
        assert result.exit_code == 6
        assert "now answers as stub-2" in " ".join(result.stderr.split())
        first = len(server.requests)
        assert first <= 20 + 2
        assert propose(cothemes, study, server).exit_code == 0
        # What was under way when the other one answered is asked of it anew.
        assert len(server.requests) < 2 * 60 + 8
    runs = cothemes.json("status", study=study.root)["runs"]
    assert [run["run"] for run in runs] == ["r0001", "r0002"]
    assert sum(run["passages"] for run in runs) == 60


def test_a_reply_that_the_other_model_left_behind_is_not_read_into_the_next_run(
    cothemes: CommandLine, study: Study
) -> None:
    def changes(reply: Answer, number: int) -> Answer:
        # The tenth passage is proposed by the first model, and criticised by the second.
        reply.body["model"] = "stub-1" if number < 19 else "stub-2"
        return reply

    with ChatServer() as server:
        server.answer = lambda body, number: changes(honest(body, number), number)
        server.critic = lambda body, number: changes(keeps(body, number), number)
        assert propose(cothemes, study, server, "--concurrency", "1").exit_code == 6
        assert propose(cothemes, study, server, "--concurrency", "1").exit_code == 0
        assert len(server.requests) == 20 + 2 * 51
        assert cothemes.json("propose", "--replay", study=study.root)["different"] == []
    calls = Study(study.root).store.ledger.calls(run_id="r0002")
    assert {call.model for call in calls} == {"stub-2"}
    assert len({call.passage for call in calls}) == 51


def test_the_end_is_told_to_a_command_and_kept(
    cothemes: CommandLine, study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tmp_path / "told.txt"
    script = tmp_path / "tell.py"
    script.write_text(
        "import os, sys\n"
        f"open({str(told)!r}, 'a').write(sys.argv[1] + '|' + os.environ['COTHEMES_EXIT'] + '\\n')\n"
    )
    command = f"{sys.executable} {script}"
    monkeypatch.setenv("COTHEMES_SCHEDULE_EVERY_HOURS", "24")
    assert "none has ended yet" in cothemes.done("status", study=study.root)
    with ChatServer() as server:
        propose(cothemes, study, server, "--limit", "5", "--notify", command)
        server.answer = lambda *_: Answer({"error": {"message": "x", "code": "invalid_api_key"}}, 401)
        log = tmp_path / "log.jsonl"
        result = propose(cothemes, study, server, "--notify", command, "--log", str(log))
        assert result.exit_code == 6
        lines = told.read_text().splitlines()
        assert "5 coded" in lines[0]
        assert lines[0].endswith("|0")
        assert lines[1].endswith("|6")
        events = [json.loads(line) for line in log.read_text().splitlines()]
        assert [events[0]["event"], events[-1]["event"]] == ["run_started", "run_ended"]
        assert propose(cothemes, study, server, "--notify", "/no/such/command").exit_code == 6
    found = cothemes.json("status", study=study.root)
    assert found["last_run"]["exit"] == 6
    assert found["overdue"] == ""
    monkeypatch.setenv("COTHEMES_SCHEDULE_EVERY_HOURS", "0.0000001")
    assert "expected every" in cothemes.done("status", study=study.root)


def _named(answer: Answer, number: int) -> Answer:
    answer.body["model"] = "stub-1" if number < 20 else "stub-2"
    return answer


def test_a_replay_derives_the_same_offline_and_restores_what_was_lost(
    cothemes: CommandLine, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ChatServer() as server:
        assert propose(cothemes, study, server, "--limit", "40").exit_code == 0
        asked = len(server.requests)
    before = cothemes.json("status", study=study.root)["runs"]
    book = study.root / "codebook.yaml"
    book.write_text(book.read_text("utf-8").replace("two sentences", "three sentences"), encoding="utf-8")
    found = cothemes.json("propose", "--replay", study=study.root)
    assert found == {"run": "r0001", "same": 40, "different": [], "restored": [], "unanswered": 20}
    assert len(server.requests) == asked
    with sqlite3.connect(study.root / ".cothemes" / "records.sqlite") as database:
        database.execute("DELETE FROM suggestions WHERE passage = 'talk.0003'")
        database.execute("DELETE FROM outcomes WHERE passage = 'talk.0003'")
        database.execute("UPDATE suggestions SET reason = 'other' WHERE passage = 'talk.0005'")
    found = cothemes.json("propose", "--replay", study=study.root)
    assert (found["restored"], found["different"], found["same"]) == (["talk.0003"], ["talk.0005"], 38)
    runs = cothemes.json("status", study=study.root)["runs"]
    assert runs[0]["suggestions"] == before[0]["suggestions"]


def test_a_run_that_ended_early_is_derived_again_to_its_end(cothemes: CommandLine, study: Study) -> None:
    with ChatServer() as server:
        server.answer = lambda *_: Answer(completion("I would rather not."))
        assert propose(cothemes, study, server, "--concurrency", "16").exit_code == 6
        asked = len(server.requests)
    with sqlite3.connect(study.root / ".cothemes" / "records.sqlite") as database:
        # On a busy machine one may fail to connect: it has no reply to be derived again from.
        ((came,),) = database.execute("SELECT count(*) FROM outcomes WHERE state != 'failed'")
    assert came > 10
    found = cothemes.json("propose", "--replay", study=study.root)
    assert (found["same"], found["different"], found["unanswered"]) == (came, [], 60 - came)
    assert len(server.requests) == asked


def _row(run: str, tries: int, cost: float, settled: float = 0.0, unconfirmed: float = 0.0) -> CostGroup:
    return CostGroup(
        run=run, calls=tries, replied=1 if cost else 0, tries=tries, failed=0, input_tokens=123_456,
        cached_tokens=100_000, output_tokens=12_345, cached_share=None, cost=cost, settled_cost=settled,
        unconfirmed=unconfirmed, currency="EUR", settled=0, under_way=0, unpriced=0, first=NOON, last=NOON,
    )  # fmt: skip


def _table_of(rows: list[CostGroup]) -> list[list[str]]:
    summed = {
        name: sum(getattr(row, name) for row in rows)
        for name in ("replied", "tries", "cost", "settled_cost", "unconfirmed")
    }
    found = Costs(
        by="run", groups=tuple(rows), total=(rows[0].model_copy(update=summed),), trials=0, budgets=(),
        batches=(), settled=(), unconfirmed=(), lost=(),
    )  # fmt: skip
    table = list(takewhile(bool, cost_lines(found)))
    assert max(map(len, table)) <= 80
    return [line.split() for line in table]


def test_rows_add_up_by_hand_with_what_failed_for_nothing() -> None:
    rows = [
        _row("r0001", 372, 0.34),
        _row("r0002", 62, 0.0),
        _row("r0003", 7, 0.071),
        _row("r0004", 1, 0.00063),
    ]
    _, _, *lines, every = _table_of(rows)
    assert [line[0] for line in lines] == ["r0001", "r0002", "r0003", "r0004"]
    assert sum(int(line[2]) for line in lines) == int(every[2]) == 442
    # 0.3400 + 0.0000 + 0.0710 + 0.0006 = 0.4116
    assert [line[-2] for line in lines] == ["0.3400", "0.0000", "0.0710", "0.0006"]
    assert every[-2] == "0.4116"


def test_a_table_with_all_columns_fits() -> None:
    rows = [_row("r0001", 372, 0.34, 0.0021, 0.12), _row("r0002", 372, 12.34, 0.0, 0.0321)]
    head, *_ = _table_of(rows)
    assert head[-4:] == ["cost", "EUR", "settled", "unconfirmed"]


def test_a_first_range_says_that_it_may_be_more_and_why(cothemes: CommandLine, study: Study) -> None:
    with ChatServer() as server:
        shown = " ".join(propose(cothemes, study, server, "--dry-run").stdout.split())
    assert "It may be more: each code that is proposed is read a second time" in shown
