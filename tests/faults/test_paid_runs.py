"""Paid work that is cut off, doubled, interrupted or short of room: nothing lost, nothing bought twice."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.doubles.chat_server import Answer, Body, ChatServer, honest, keeps
from tests.doubles.night import (
    MODEL,
    REPLY_NANOS,
    bought,
    cothemes,
    environment,
    killed_again_and_again,
    night_study,
)
from tests.doubles.patience import PATIENCE, wait_for
from tests.doubles.proposing import propose
from tests.doubles.ready_process import ReadyProcess
from tests.faults.test_store_disk_full import disk_of

from cothemes.app.coders.propose import ProposeOptions
from cothemes.app.study import Study
from cothemes.errors import BudgetReached, InputError, StateConflict
from cothemes.records.ledger import charge
from cothemes.records.price import NANOS
from cothemes.records.run import CallState

CONCURRENCY = 8
KEY = "sk-canary-9f8e7d6c5b4a3210"


def slowly(seconds: float, speaker: Callable[[Body, int], Answer] = honest) -> Callable[[Body, int], Answer]:
    def answer(body: Body, number: int) -> Answer:
        said = speaker(body, number)
        said.delay = seconds
        return said

    return answer


def ever_slower(speaker: Callable[[Body, int], Answer] = honest) -> Callable[[Body, int], Answer]:
    """So that a run is not over before this process comes round to stopping it."""

    def answer(body: Body, number: int) -> Answer:
        said = speaker(body, number)
        said.delay = 0.03 if number < 20 else 1.0
        return said

    return answer


def proposing(study: Study, server: ChatServer, *more: str, **environment: str) -> ReadyProcess:
    """A night's run in a process of its own."""
    words = ("propose", "--coder", "llm", "--model", MODEL, "--base-url", server.url)
    return cothemes(study, *words, *more, **environment)


def wanted(server: ChatServer, **more: object) -> ProposeOptions:
    return ProposeOptions(coder="llm", model=MODEL, base_url=server.url, concurrency=CONCURRENCY, **more)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def _prices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COTHEMES_MODEL_PRICES", environment()["COTHEMES_MODEL_PRICES"])


def all_is_there(study: Study, passages: int) -> None:
    """Every passage coded, one suggestion each and all with their quote, the database whole."""
    assert study.store.check() == "ok"
    (run,) = study.store.runs.all()
    outcomes = study.store.runs.outcomes(run.id)
    assert {outcome.state.value for outcome in outcomes} == {"coded"}
    assert len(outcomes) == passages
    suggestions = study.store.runs.suggestions()
    assert len(suggestions) == len({s.passage for s in suggestions}) == passages
    assert all(suggestion.evidence for suggestion in suggestions)
    # A request that was lost keeps a row of its own, beside that of the one that was answered.
    calls = [call for call in study.store.ledger.calls() if "~" not in call.key]
    assert {call.state for call in calls} == {CallState.REPLIED}


def kill_and_finish(folder: Path, kills: int, seed: int) -> None:
    passages = kills * 12
    study = night_study(folder, passages)
    with ChatServer(slowly(0.02), slowly(0.02, keeps)) as server:
        ends = killed_again_and_again(study, server, kills=kills, seed=seed)
        assert ends == ["killed"] * kills
        propose(study, wanted(server))
        times = bought(server)
    all_is_there(study, passages)
    assert len(times) == 2 * passages
    assert sum(times.values()) - len(times) <= CONCURRENCY * kills
    study.close()


def test_twenty_kills_lose_nothing_and_buy_no_more_than_was_in_flight(tmp_path: Path) -> None:
    kill_and_finish(tmp_path, kills=20, seed=1)


@pytest.mark.slow
def test_five_hundred_kills_lose_nothing(tmp_path: Path) -> None:
    kill_and_finish(tmp_path, kills=500, seed=2)


@pytest.mark.parametrize("kills", [0, 6])
def test_what_is_spent_stays_under_the_budget_killed_or_not(tmp_path: Path, kills: int) -> None:
    budget = 0.25
    study = night_study(tmp_path, 300)
    with ChatServer(slowly(0.01), slowly(0.01, keeps)) as server:
        killed_again_and_again(study, server, kills=kills, seed=3, budget=budget)
        with pytest.raises(BudgetReached) as caught:
            propose(study, wanted(server, budget=budget))
        spent = len(server.requests) * REPLY_NANOS
    assert caught.value.exit_code == 5
    assert "EUR" in caught.value.message
    assert spent <= budget * NANOS
    counted = sum(charge(call) for call in study.store.ledger.calls())
    assert spent <= counted <= budget * NANOS
    calls = study.store.ledger.calls()
    if not kills:
        # Stopped only when no further call could be made, all that were under way being kept.
        assert {call.state for call in calls} == {CallState.REPLIED}
        dearest = max(call.cost_nanos or 0 for call in calls)
        assert dearest == REPLY_NANOS
        assert counted > (budget - 0.03) * NANOS
    study.close()


@pytest.mark.usefixtures("middle_of_the_month")
def test_a_month_has_its_budget_over_all_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COTHEMES_MODEL_MONTH_BUDGET", "0.2")
    study = night_study(tmp_path, 200)
    with ChatServer() as server:
        with pytest.raises(BudgetReached, match="this study in"):
            propose(study, wanted(server))
        first = len(server.requests)
        with pytest.raises(BudgetReached):
            propose(study, wanted(server))
        assert len(server.requests) - first <= 1
        assert len(server.requests) * REPLY_NANOS <= 0.2 * NANOS
    study.close()


def test_a_budget_without_a_price_is_refused_before_the_first_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COTHEMES_MODEL_PRICES")
    study = night_study(tmp_path, 3)
    with ChatServer() as server:
        with pytest.raises(StateConflict, match="no price is known") as caught:
            propose(study, wanted(server, budget=1.0))
        assert f'[models."{MODEL}"]' in caught.value.hint
        assert server.requests == []
    study.close()


def test_a_lost_reply_keeps_its_reservation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COTHEMES_MODEL_TIMEOUT", "0.3")
    study = night_study(tmp_path, 1)
    with ChatServer(slowly(1.0)) as server:
        propose(study, wanted(server, budget=1.0))
        (call,) = study.store.ledger.calls()
        assert call.state is CallState.FAILED
        assert call.unconfirmed_nanos > REPLY_NANOS
        server.answer = honest
        # Now a slow machine is no reason to lose a reply.
        monkeypatch.delenv("COTHEMES_MODEL_TIMEOUT")
        study.close()
        study = Study(study.root)
        propose(study, wanted(server, budget=1.0))
    study.close()
    study = Study(study.root)
    lost = sum(call.unconfirmed_nanos for call in study.store.ledger.calls())
    assert lost == call.unconfirmed_nanos
    study.close()


def test_two_processes_at_once_never_buy_the_same_call(tmp_path: Path) -> None:
    study = night_study(tmp_path, 150)
    with ChatServer(slowly(0.03), slowly(0.03, keeps)) as server:
        both = [proposing(study, server) for _ in range(2)]
        told = [process.communicate(timeout=PATIENCE) for process in both]
        assert [process.returncode for process in both] == [0, 0], told
        assert set(bought(server).values()) == {1}
    all_is_there(study, 150)
    study.close()


def test_an_interrupt_ends_with_130_and_the_next_run_goes_on(tmp_path: Path) -> None:
    study = night_study(tmp_path, 100)
    with ChatServer(ever_slower(), ever_slower(keeps)) as server:
        process = proposing(study, server)
        wait_for(lambda: len(server.requests) > 20)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=PATIENCE)
        assert process.returncode == 130, said
        assert "they are kept" in " ".join(said.split())
        server.answer, server.critic = honest, keeps
        propose(study, wanted(server))
        times = bought(server)
    all_is_there(study, 100)
    assert sum(times.values()) - len(times) <= CONCURRENCY
    study.close()


def interrupted(study: Study, server: ChatServer, *signals: signal.Signals) -> tuple[int, str]:
    """Exit code and stderr of a run that gets these signals while requests are out, each once the one before
    was heard: two that come at one moment are one to a process."""
    process = proposing(study, server)
    wait_for(lambda: len(server.requests) >= CONCURRENCY)
    assert process.stderr is not None
    said = ""
    for number in signals:
        process.send_signal(number)
        while "again to stop at once" not in " ".join(said.split()):
            more = process.stderr.readline()
            assert more, said
            said += more
    _, rest = process.communicate(timeout=PATIENCE)
    return process.returncode, " ".join((said + rest).split())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_one_interrupt_buys_nothing_twice(tmp_path: Path, number: signal.Signals) -> None:
    study = night_study(tmp_path, 60)
    with ChatServer(slowly(1.0), slowly(1.0, keeps)) as server:
        code, said = interrupted(study, server, number)
        assert code == 130, said
        assert "replies under way — again to stop at once" in said
        assert {call.state for call in study.store.ledger.calls()} == {CallState.REPLIED}
        server.answer, server.critic = honest, keeps
        propose(study, wanted(server))
        assert set(bought(server).values()) == {1}
    all_is_there(study, 60)
    study.close()


def test_a_second_interrupt_stops_at_once(tmp_path: Path) -> None:
    study = night_study(tmp_path, 60)
    # Longer than the test has patience: who waits for a reply fails it.
    with ChatServer(slowly(2 * PATIENCE)) as server:
        code, said = interrupted(study, server, signal.SIGINT, signal.SIGINT)
    assert code == 130, said
    assert CallState.INTENDED in {call.state for call in study.store.ledger.calls()}
    study.close()


def test_cancel_from_another_process_is_noticed_within_a_second(tmp_path: Path) -> None:
    study = night_study(tmp_path, 100)
    with ChatServer(ever_slower(), ever_slower(keeps)) as server:
        process = proposing(study, server)
        wait_for(lambda: len(server.requests) > 20)
        assert cothemes(study, "cancel", "r0001").wait(timeout=PATIENCE) == 0
        before = len(server.requests)
        _, said = process.communicate(timeout=PATIENCE)
        # A reply takes a second by now; a clock here would blame a busy machine on the run.
        assert len(server.requests) - before <= 2 * CONCURRENCY
    assert process.returncode == 130, said
    (run,) = study.store.runs.all()
    assert run.state.value == "cancelled"
    assert {call.state for call in study.store.ledger.calls()} == {CallState.REPLIED}
    study.close()


def test_a_full_disk_is_told_and_what_was_bought_before_is_there(tmp_path: Path) -> None:
    study = night_study(tmp_path, 120)
    pages = study.store.path.stat().st_size // 4096
    study.close()
    study = Study(study.root)
    with ChatServer() as server:
        with disk_of(pages + 60), pytest.raises(InputError, match="disk is full"):
            propose(study, wanted(server))
        study.close()
        study = Study(study.root)
        assert study.store.check() == "ok"
        before = len(server.requests)
        kept = sum(call.state is CallState.REPLIED for call in study.store.ledger.calls())
        assert kept >= before - 3 * CONCURRENCY
        propose(study, wanted(server))
        times = bought(server)
    all_is_there(study, 120)
    assert sum(times.values()) - len(times) <= 3 * CONCURRENCY
    study.close()


def test_no_key_in_records_log_or_traceback(tmp_path: Path) -> None:
    study = night_study(tmp_path, 8)

    def rude(body: Body, number: int) -> Answer:
        if number % 3 == 0:
            return Answer({"error": {"message": f"Incorrect API key provided: {KEY}."}}, 500)
        return honest(body, number)

    with ChatServer(rude) as server:
        log = ("--log", str(tmp_path / "log.jsonl"))
        process = proposing(study, server, *log, OPENAI_API_KEY=KEY, COTHEMES_DEBUG="1")
        told = "".join(process.communicate(timeout=PATIENCE))
        assert server.requests[0][1]["authorization"] == f"Bearer {KEY}"
    assert KEY not in told
    assert (tmp_path / "log.jsonl").stat().st_size > 100
    assert "kept us out" not in (tmp_path / "log.jsonl").read_text(encoding="utf-8")
    assert not any(KEY.encode() in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    study.close()
