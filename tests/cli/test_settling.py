"""`costs --settle`: a methodologist says by the provider's page what lost calls did cost."""

from __future__ import annotations

import json
import shlex
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import CommandLine
from tests.doubles.chat_server import Answer, Body, ChatServer, honest
from tests.doubles.night import MODEL, REPLY_NANOS, cothemes, night_study
from tests.doubles.patience import PATIENCE, wait_for

from cothemes.app.study import Study
from cothemes.records.price import NANOS

WHY = ("--note", "usage page of 22 November")


pytestmark = pytest.mark.usefixtures("middle_of_the_month")


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    monkeypatch.setenv("COTHEMES_MODEL_PRICES", "prices.toml")
    monkeypatch.setattr("cothemes.stages.propose.model.retry.Patience.wait", lambda *_: None)
    monkeypatch.setenv("COTHEMES_MODEL_OUTAGE_WAIT", "0")
    made = night_study(tmp_path, 12)
    made.close()
    return made


@pytest.fixture
def cli(cothemes: CommandLine, study: Study) -> CommandLine:
    cothemes.done("reviewers", "add", "ana", study=study.root)
    return cothemes


def hangs_up(body: Body, number: int) -> Answer:
    """Answers the first four and hangs up on the others: those may have been paid for."""
    answer = honest(body, number)
    answer.reset = number >= 4
    return answer


def propose(cli: CommandLine, study: Study, server: ChatServer, *more: str) -> Any:
    words = ("propose", "--coder", "llm", "--model", MODEL, "--base-url", server.url, "--limit", "6", *more)
    return cli(*words, study=study.root)


def lost(cli: CommandLine, study: Study, server: ChatServer) -> float:
    """Six passages, of which some got no reply; what is unconfirmed."""
    propose(cli, study, server, "--concurrency", "1")
    (total,) = cli.json("costs", study=study.root)["total"]
    assert total["unconfirmed"] > 0
    return float(total["unconfirmed"])


def said(result: Any) -> str:
    return " ".join((result.stdout + result.stderr).split())


def test_calls_are_listed_settled_counted_and_taken_back(
    cli: CommandLine, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COTHEMES_MODEL_MONTH_BUDGET", "1")
    with ChatServer(hangs_up) as server:
        open_ = lost(cli, study, server)
        before = cli.json("costs", study=study.root)["budgets"][0]["counted"]
        listed = cli.json("costs", "--unconfirmed", study=study.root)
        assert sum(call["open"] for call in listed["calls"]) == pytest.approx(open_)
        assert {call["why"] for call in listed["calls"]} == {"no reply"}
        shown = said(cli("costs", "--unconfirmed", study=study.root))
        assert listed["calls"][0]["call"] in shown
        assert f"{len(listed['calls'])} calls of r0001, at most" in shown

        lot = cli.json("costs", "--settle", "0.002", *WHY, study=study.root)
        assert (lot["lot"], lot["calls"], lot["by"]) == (1, len(listed["calls"]), "ana")
        assert (lot["was_open"], lot["settled_at"]) == (pytest.approx(open_), 0.002)
        found = cli.json("costs", study=study.root)
        (total,) = found["total"]
        assert (total["unconfirmed"], total["settled_cost"], total["settled"]) == (0, 0.002, lot["calls"])
        assert found["budgets"][0]["counted"] == pytest.approx(before - open_ + 0.002)
        assert found["settled"][0]["note"] == WHY[1]
        text = said(cli("costs", study=study.root))
        assert f"Reconciled by hand (lot 1): {lot['calls']} calls of r0001 at 0.0020 EUR instead of" in text
        assert "by ana on" in text
        assert "reconciled by hand 0.0020 EUR" in text

        replayed = cli.json("propose", "--replay", study=study.root)
        assert replayed["different"] == []
        assert cli.json("costs", study=study.root)["total"] == found["total"], "a replay undoes nothing"

        undone = said(cli("costs", "--take-back", "1", "--note", "it was another day", study=study.root))
        assert "Lot 1 is taken back" in undone
        assert cli.json("costs", study=study.root)["total"][0]["unconfirmed"] == pytest.approx(open_)
        again = cli("costs", "--take-back", "1", "--note", "x", study=study.root)
        assert again.exit_code == 2
        assert "Lots that can be taken back: none" in said(again)


def test_what_was_settled_leaves_room_and_what_is_asked_again_is_counted_anew(
    cli: CommandLine, study: Study
) -> None:
    with ChatServer(hangs_up) as server:
        lost(cli, study, server)
        cli.done("costs", "--settle", "nothing", *WHY, study=study.root)
        server.answer = honest
        assert propose(cli, study, server).exit_code == 0
    (total,) = cli.json("costs", study=study.root)["total"]
    # Two passages at first and six then, each proposed and read a second time: 16 replies.
    assert total["cost"] == pytest.approx(16 * REPLY_NANOS / NANOS)
    assert (total["unconfirmed"], total["settled_cost"]) == (0, 0)


@pytest.mark.parametrize(
    ("words", "code", "words_said"),
    [
        (("--settle", "-1", *WHY), 2, "is not an amount"),
        (("--settle", "0,05", *WHY), 2, "Write it as in 0.42"),
        (("--settle", "nan", *WHY), 2, "is not an amount"),
        (("--settle", "0.0000000001", *WHY), 2, "too fine"),
        (("--settle", "0.001"), 2, "say why"),
        (("--settle", "5", *WHY), 3, "is more than the"),
        (("--settle", "0", "--as", "nobody", *WHY), 2, "'nobody' is not registered"),
        (("--settle", "0", "--run", "r0009", *WHY), 2, "nothing is unconfirmed there"),
        (("--settle", "0", "--when", "yesterday", *WHY), 2, "is not a day or month"),
        (("--settle", "0", "--unconfirmed"), 2, "exclude one another"),
        (("--run", "r0001"), 2, "which unconfirmed calls are meant"),
        (("--take-back", "7", *WHY), 2, "no lot 7"),
    ],
)
def test_what_cannot_be_settled_is_refused_and_changes_nothing(
    cli: CommandLine, study: Study, words: tuple[str, ...], code: int, words_said: str
) -> None:
    with ChatServer(hangs_up) as server:
        lost(cli, study, server)
    before = cli.json("costs", study=study.root)
    result = cli("costs", *words, study=study.root)
    assert result.exit_code == code, said(result)
    assert words_said in said(result)
    assert cli.json("costs", study=study.root) == before


def test_one_call_and_more_than_was_reserved(cli: CommandLine, study: Study) -> None:
    with ChatServer(hangs_up) as server:
        lost(cli, study, server)
    listed = cli.json("costs", "--unconfirmed", study=study.root)["calls"]
    only = ("--call", listed[0]["call"])
    lot = cli.json("costs", "--settle", "5", "--more-than-reserved", *only, *WHY, study=study.root)
    assert (lot["calls"], lot["settled_at"]) == (1, 5)
    left = cli.json("costs", "--unconfirmed", study=study.root)["calls"]
    assert [call["call"] for call in left] == [call["call"] for call in listed[1:]]


def test_nothing_is_settled_while_a_process_is_at_it(cli: CommandLine, study: Study) -> None:
    def slow(body: Body, number: int) -> Answer:
        answer = honest(body, number)
        answer.delay = PATIENCE
        return answer

    with ChatServer(slow) as server:
        process = cothemes(study, "propose", "--coder", "llm", "--model", MODEL, "--base-url", server.url)
        wait_for(lambda: len(server.requests) >= 2)
        refused = cli("costs", "--settle", "nothing", *WHY, study=study.root)
        assert refused.exit_code == 3
        assert "r0001 is at work" in said(refused)
        listed = cli.json("costs", "--unconfirmed", study=study.root)["calls"]
        assert {call["why"] for call in listed} == {"under way"}
        process.kill()
        process.communicate(timeout=PATIENCE)
    assert {c["why"] for c in cli.json("costs", "--unconfirmed", study=study.root)["calls"]} == {"killed"}
    assert "Killed or lost, so that nothing of them runs: r0001." in said(cli("costs", study=study.root))
    cli.done("costs", "--settle", "nothing", *WHY, study=study.root)
    assert cli.json("costs", study=study.root)["total"][0]["unconfirmed"] == 0


def test_the_command_that_settles_is_the_same_everywhere_and_works_as_typed(
    cli: CommandLine, study: Study, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    with ChatServer(hangs_up) as server:
        found = json.loads(propose(cli, study, server, "--json", "--concurrency", "1").stdout)
    command = found["unconfirmed"][0]["reconcile"]
    assert command == f'cothemes -C {study.root} costs --settle AMOUNT --run r0001 --note "SOURCE"'
    for words in (("status",), ("costs",), ("costs", "--unconfirmed")):
        assert command in cli.done(*words, study=study.root)
    for words in (("status",), ("costs",)):
        assert cli.json(*words, study=study.root)["unconfirmed"] == found["unconfirmed"]
    monkeypatch.chdir(study.root)
    inside = cli.json("status", study=study.root)["unconfirmed"][0]
    assert inside["reconcile"].startswith("cothemes costs --settle AMOUNT --run r0001")
    typed = shlex.split(command.replace("AMOUNT", "0.001"))
    monkeypatch.chdir(tmp_path)
    cli.done(*typed[3:], study=typed[2])
    assert cli.json("status", study=study.root)["unconfirmed"] == []


def test_killed_calls_count_for_the_dearest_answered_call_like_them(cli: CommandLine, study: Study) -> None:
    def stalls(body: Body, number: int) -> Answer:
        answer = honest(body, number)
        answer.delay = 0.0 if number < 6 else PATIENCE
        return answer

    # At full price 1,200 tokens in and 80 out cost 1,360 µ€; what the cache took off is not counted on.
    dearest = (1200 * 1.0 + 80 * 2.0) / 1e6
    with ChatServer(stalls) as server:
        words = ("propose", "--coder", "llm", "--model", MODEL, "--base-url", server.url)
        process = cothemes(study, *words, COTHEMES_MODEL_CONCURRENCY="2", COTHEMES_CODER_CRITIC="false")
        wait_for(lambda: len(server.requests) >= 8)
        wait_for(lambda: cli.json("costs", study=study.root)["total"][0]["replied"] == 6)
        worst = [call["open"] for call in cli.json("costs", "--unconfirmed", study=study.root)["calls"]]
        process.kill()
        process.communicate(timeout=PATIENCE)
    assert min(worst) > 2 * dearest, "while it is under way it counts for the most that it could cost"
    (total,) = cli.json("costs", study=study.root)["total"]
    assert total["unconfirmed"] == pytest.approx(2 * dearest)
    calls = cli.json("costs", "--unconfirmed", study=study.root)["calls"]
    assert [(call["why"], call["open"]) for call in calls] == [("killed", pytest.approx(dearest))] * 2
    month = cli.json("costs", study=study.root)["budgets"][0]
    assert month["counted"] == pytest.approx(6 * REPLY_NANOS / NANOS + 2 * dearest)
    (told,) = cli.json("status", study=study.root)["unconfirmed"]
    assert told["at_most"] == pytest.approx(2 * dearest)


def test_a_lost_call_stays_in_its_month_when_it_is_asked_again_in_the_next(
    cli: CommandLine, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    def at(moment: datetime) -> None:
        monkeypatch.setattr("cothemes.adapters.clock.SystemClock.now", lambda _: moment)

    monkeypatch.setenv("COTHEMES_MODEL_MONTH_BUDGET", "1")
    october, november = datetime(2026, 10, 31, 22, tzinfo=UTC), datetime(2026, 11, 1, 2, tzinfo=UTC)
    with ChatServer(hangs_up) as server:
        at(october)
        open_ = lost(cli, study, server)
        before = cli.json("costs", "--unconfirmed", study=study.root)["calls"]
        assert {call["asked"][:10] for call in before} == {"2026-10-31"}
        at(november)
        server.answer = honest
        assert propose(cli, study, server).exit_code == 0
    listed = cli.json("costs", "--unconfirmed", "--when", "2026-10-31", study=study.root)["calls"]
    assert [(c["call"], c["asked"], c["open"]) for c in listed] == [
        (c["call"], c["asked"], c["open"]) for c in before
    ]
    assert cli.json("costs", "--unconfirmed", "--when", "2026-11", study=study.root)["calls"] == []
    months = {row["month"]: row for row in cli.json("costs", "--by", "month", study=study.root)["groups"]}
    assert months["2026-10"]["unconfirmed"] == pytest.approx(open_)
    assert months["2026-11"]["unconfirmed"] == 0
    paid = months["2026-11"]["cost"]
    assert cli.json("costs", study=study.root)["budgets"][0]["counted"] == pytest.approx(paid)
    cli.done("costs", "--settle", "nothing", "--when", "2026-10-31", *WHY, study=study.root)
    assert cli.json("costs", study=study.root)["budgets"][0]["counted"] == pytest.approx(paid)
    at(october)
    rest = cli.json("costs", study=study.root)["budgets"][0]["counted"]
    assert rest == pytest.approx(months["2026-10"]["cost"]), "October has room for what was not billed"


def test_where_nobody_is_registered_any_name_settles_and_the_hints_work_as_typed(
    cothemes: CommandLine, study: Study
) -> None:
    with ChatServer(hangs_up) as server:
        lost(cothemes, study, server)
    assert '--settle AMOUNT --run r0001 --as NAME --note "SOURCE"' in said(
        cothemes("costs", "--unconfirmed", study=study.root)
    )
    nameless = cothemes("costs", "--settle", "nothing", *WHY, study=study.root)
    assert nameless.exit_code == 2
    assert "--as NAME" in said(nameless)
    bad = cothemes("costs", "--settle", "nothing", "--as", "a@b#c", *WHY, study=study.root)
    assert bad.exit_code == 2
    done = said(cothemes("costs", "--settle", "nothing", "--as", "Ana B", *WHY, study=study.root))
    assert f"cothemes -C {study.root} costs --take-back 1 --as 'Ana B' --note WHY" in done
    back = cothemes("costs", "--take-back", "1", "--as", "Ana B", "--note", "a slip", study=study.root)
    assert back.exit_code == 0
