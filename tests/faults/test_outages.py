"""A service that goes down during a run: nothing fails, no more is bought twice than was in flight."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import CommandLine
from tests.doubles.chat_server import Answer, Body, ChatServer, completion, honest
from tests.doubles.night import MODEL, bought, night_study
from tests.doubles.outage import KINDS, OutageServer
from tests.doubles.proposing import propose

from cothemes.app.coders import propose as proposing
from cothemes.app.coders.propose import ProposeOptions, ProposeReport
from cothemes.app.runs import outage
from cothemes.app.runs.unconfirmed import unconfirmed
from cothemes.app.study import Study
from cothemes.errors import BudgetReached, ServiceError
from cothemes.records.confirmation import Which
from cothemes.records.run import CallState

CONCURRENCY = 8
PROBES = 4
PAUSES = "cothemes.app.runs.outage.Outage"


@pytest.fixture(autouse=True)
def _prices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COTHEMES_MODEL_PRICES", "prices.toml")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """An outage of a second is to the run what one of half a minute is to a run with its usual pauses."""
    first = outage.Outage.__init__

    def init(self: outage.Outage, *args: object, **more: object) -> None:
        first(self, *args, free_pauses=(0.05, 0.2), paid_pauses=(1.5, 6.0), **more)  # type: ignore[arg-type]

    monkeypatch.setattr(outage.Outage, "__init__", init)


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Study]:
    study = night_study(tmp_path, 40)
    yield study
    study.close()


def wanted(server: ChatServer, **more: object) -> ProposeOptions:
    return ProposeOptions(coder="llm", model=MODEL, base_url=server.url, concurrency=CONCURRENCY, **more)  # type: ignore[arg-type]


def went_through(study: Study, server: OutageServer, report: ProposeReport, passages: int) -> None:
    """Everything is coded, and no more may have been paid for twice than was under way."""
    assert report.states == {"coded": passages}
    assert report.complete
    calls = [call for call in study.store.ledger.calls() if "~" not in call.key]
    assert {call.state for call in calls} == {CallState.REPLIED}
    lost = study.store.confirmations.lost(Which())
    # What was in flight. The pauses are shortened here, so on a busy machine probes may be lost as well.
    assert len(lost) <= CONCURRENCY + PROBES
    # Of each kind of call, not one counts for more than it could have cost, and all for what one like it did.
    dearest = max(call.cost_nanos or 0 for call in calls)
    assert all(0 < call.open_nanos <= 2 * dearest for call in lost)
    twice = Counter(server.lost)
    assert all(count <= 1 for count in twice.values()), "what was lost once is not lost again"
    assert len(lost) == len(twice)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("kind", KINDS)
def test_a_short_outage_of_every_kind_ends_with_everything_coded(made: Study, kind: str) -> None:
    with OutageServer(kind, after=30, seconds=1.0) as server:
        report = propose(made, wanted(server, budget=5.0))
    went_through(made, server, report, 40)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_half_a_minute_in_the_middle_of_150_passages(
    tmp_path: Path, cothemes: CommandLine, kind: str
) -> None:
    study = night_study(tmp_path, 150)
    with OutageServer(kind, after=120, seconds=32.0) as server:
        result = cothemes(
            "propose", "--coder", "llm", "--model", MODEL, "--base-url", server.url, "--budget", "5",
            "--json", study=study.root,
        )  # fmt: skip
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["outcomes"] == {"coded": 150}
    assert "The service is down" in result.stderr
    assert "answers again" in result.stderr
    assert len(study.store.confirmations.lost(Which())) <= CONCURRENCY
    study.close()


def half(_body: Body, _number: int) -> Answer:
    return Answer(completion("x" * 999), cut=120)


@pytest.mark.usefixtures("quick")
def test_half_replies_without_end_buy_no_passage_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outage, "COLD", 2.0)
    study = night_study(tmp_path, 8)
    with ChatServer(half) as server:
        report = propose(study, wanted(server, budget=5.0))
    assert set(bought(server).values()) == {1}
    assert len(server.requests) == 8
    assert report.states == {"failed": 8}
    (open_,) = unconfirmed(study)
    assert open_.calls == 8
    study.close()


@pytest.mark.usefixtures("quick")
def test_one_lost_reply_is_left_to_the_next_run_and_stops_nobody(made: Study) -> None:
    with ChatServer(lambda body, n: half(body, n) if n == 12 else honest(body, n)) as server:
        server.critic = lambda body, n: server.answer(body, n) if n == 12 else Answer(keeps_all())
        report = propose(made, wanted(server, budget=5.0))
        assert report.states == {"coded": 39, "failed": 1}
        assert report.reasons == {"connection": 1}
        assert set(bought(server).values()) == {1}
        assert [each.calls for each in report.unconfirmed] == [1]
        assert propose(made, wanted(server, budget=5.0)).states == {"coded": 1}
    assert sorted(bought(server).values())[-2:] == [1, 2]


def keeps_all() -> Body:
    said = {"exclusion_checked": "None is near.", "reason": "The words meet it.", "verdict": "keep"}
    return completion(json.dumps(said))


@pytest.mark.usefixtures("quick")
def test_a_reply_that_is_lost_in_three_runs_is_paid_for_no_fourth_time(made: Study) -> None:
    def cut_for_one(body: Body, number: int) -> Answer:
        target = body["messages"][-1]["content"].partition("TARGET")[2].partition("<<")[0]
        return half(body, number) if "number 7 that" in target else honest(body, number)

    with ChatServer(cut_for_one) as server:
        reports = [propose(made, wanted(server, budget=5.0)) for _ in range(4)]
    assert [report.parked for report in reports] == [0, 0, 1, 1]
    assert max(bought(server).values()) == 3
    assert sum(each.calls for each in unconfirmed(made)) == 3


@pytest.mark.usefixtures("quick")
def test_what_was_lost_is_left_alone_where_the_settings_say_so(
    made: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COTHEMES_MODEL_ASK_LOST_AGAIN", "false")
    study = Study(made.root)
    with OutageServer("half a reply", after=30, seconds=1.0) as server:
        report = propose(study, wanted(server, budget=5.0))
        assert set(bought(server).values()) == {1}
    assert report.states["coded"] + report.states["failed"] == 40
    assert 1 <= report.states["failed"] <= CONCURRENCY + PROBES
    study.close()


@pytest.mark.usefixtures("quick")
def test_a_service_that_stays_away_ends_the_run_after_the_time_that_was_set(
    made: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COTHEMES_MODEL_OUTAGE_WAIT", "1")
    study = Study(made.root)
    events: list[str] = []
    with (
        OutageServer("503", after=30, seconds=4.0) as server,
        pytest.raises(ServiceError, match=r"status 503.*no answer in \d+ seconds"),
    ):
        propose(study, wanted(server, budget=5.0), tell=lambda event, _: events.append(event))
    assert {"service_down", "service_probe"} <= set(events)
    assert not study.store.confirmations.lost(Which()), "nothing of it can have been paid for"
    counted = sum(call.cost_nanos or 0 for call in study.store.ledger.calls())
    run = study.store.runs.all()[0].id
    assert study.store.ledger.counted(f"run:{run}:EUR") == counted
    study.close()


@pytest.mark.usefixtures("quick")
def test_come_back_tomorrow_is_not_waited_for(made: Study) -> None:
    with (
        ChatServer(lambda *_: Answer({}, 429, {"Retry-After": "86400"})) as server,
        pytest.raises(ServiceError, match="left alone for 86"),
    ):
        propose(made, wanted(server))
    assert len(server.requests) <= CONCURRENCY


@pytest.mark.usefixtures("quick")
def test_one_passage_that_the_service_fails_on_holds_up_no_other(
    made: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outage, "ALONE", 0.5)
    monkeypatch.setattr("cothemes.stages.propose.model.retry.Patience.wait", lambda *_: None)

    def poisoned(body: Body, number: int) -> Answer:
        bad = re.search(r"number 7 that", body["messages"][-1]["content"].partition("TARGET")[2])
        return Answer({"error": {"message": "boom"}}, 500) if bad else honest(body, number)

    with ChatServer(poisoned) as server:
        report = propose(made, wanted(server, budget=5.0))
    assert report.states["coded"] + report.states["failed"] == 40
    assert 1 <= report.states["failed"] <= 3, "its neighbours show it as context"
    assert report.reasons == {"server": report.states["failed"]}


def test_a_budget_s_end_names_what_is_unconfirmed_and_the_command_works_as_typed(
    made: Study, cothemes: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COTHEMES_MODEL_OUTAGE_WAIT", "0")
    study = Study(made.root)
    with ChatServer(lambda body, n: half(body, n) if 4 <= n < 8 else honest(body, n)) as server:
        server.critic = lambda body, n: half(body, n) if 4 <= n < 8 else Answer(keeps_all())
        report = proposing.propose(study, wanted(server, budget=0.12))
    assert [each.calls for each in report.unconfirmed] == [4]
    assert isinstance(report.stopped, BudgetReached)
    command = re.search(r"reconciled by `cothemes -C \S+ (.+?)`", report.stopped.hint)
    assert command is not None
    status = cothemes.json("status", study=study.root)
    costs = cothemes.json("costs", study=study.root)
    assert status["unconfirmed"] == costs["unconfirmed"]
    (open_,) = status["unconfirmed"]
    assert open_["calls"] == 4
    assert open_["at_most"] == pytest.approx(costs["total"][0]["unconfirmed"])
    assert open_["since"][:2] == "20"
    told = cothemes.done("status", study=study.root)
    assert re.search(r"cothemes -C \S+ (costs --settle .+)", told)[1].split()[:3] == command[1].split()[:3]  # type: ignore[index]
    typed = command[1].replace("AMOUNT", "nothing").replace("NAME", "ana").replace('"SOURCE"', "page")
    cothemes.done(*typed.split(), study=study.root)
    assert cothemes.json("status", study=study.root)["unconfirmed"] == []
    study.close()
