"""Deliveries on the wire: a real server that checks signatures, fails, is slow, is away or says 410."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.doubles.coded_study import propose
from tests.doubles.receiver import SECRET, Receiver, receiver
from tests.doubles.webhook_study import webhook_study, with_endpoint

from cothemes.app import wiring
from cothemes.app.events.deliveries import (
    Sent,
    delivery_list,
    endpoint_list,
    retry,
    send_due,
    try_endpoint,
    webhook_summary,
)
from cothemes.app.events.dispatcher import dispatching, send_once
from cothemes.app.events.endpoints import endpoint_of, endpoints_of
from cothemes.app.events.outbox import begin, collect
from cothemes.app.events.signing import GAPS
from cothemes.app.study import Study, find_study
from cothemes.errors import StateConflict, UsageError
from cothemes.records.event import DeliveryState, EventType
from cothemes.records.run import RunState


class Clock:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.ahead = timedelta()
        self.real = wiring.clock()

    def now(self) -> datetime:
        return self.real.now() + self.ahead


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(wiring, "clock", lambda: made)
    return made


@pytest.fixture
def there() -> Iterator[Receiver]:
    with receiver() as found:
        yield found


@pytest.fixture
def study(tmp_path: Path, there: Receiver) -> Iterator[Study]:
    made = webhook_study(tmp_path, there.address)
    begin(made)
    yield made
    made.close()


def run_ends(study: Study, times: int = 1) -> None:
    if study.store.runs.get("r0001") is None:
        propose(study)
        times -= 1
    run = study.store.runs.get("r0001")
    assert run is not None
    for _ in range(times):
        study.store.runs.put(run.model_copy(update={"state": RunState.RUNNING}))
        study.store.runs.put(run)
    collect(study)


def send(study: Study) -> Sent:
    return send_due(study, endpoint_of(study, "team"), wiring.WebhookPost(), chance=lambda: 0.0)


def states(study: Study) -> list[DeliveryState]:
    return [each.state for each in delivery_list(study).root]


def test_an_event_arrives_signed(study: Study, there: Receiver) -> None:
    run_ends(study)
    assert send(study).delivered == 1
    (got,) = there.received
    assert got.signed
    assert got.headers["Content-Type"] == "application/json"
    assert got.message["type"] == "run.ended"
    assert got.id == delivery_list(study).root[0].event
    assert "." not in got.id
    assert states(study) == [DeliveryState.DELIVERED]
    assert send(study).delivered == 0


def test_failed_attempts_come_again_later_with_the_same_id_and_body(
    study: Study, there: Receiver, clock: Clock
) -> None:
    there.answers = [500, 503, 404]
    run_ends(study)
    for gap in (0.0, *GAPS[:3]):
        clock.ahead += timedelta(seconds=gap - 1)
        assert send(study) == Sent(), "not before its time"
        clock.ahead += timedelta(seconds=2)
        send(study)
    assert len(there.received) == 4
    assert len({(each.id, each.body) for each in there.received}) == 1
    assert [each.timestamp for each in there.received] == sorted({each.timestamp for each in there.received})
    assert states(study) == [DeliveryState.DELIVERED]


def test_after_ten_attempts_it_is_given_up_and_can_be_taken_up_again(
    study: Study, there: Receiver, clock: Clock
) -> None:
    there.answers = [500] * 10
    run_ends(study)
    for gap in (0.0, *GAPS):
        clock.ahead += timedelta(seconds=gap + 1)
        send(study)
    assert len(there.received) == 10
    assert states(study) == [DeliveryState.DEAD]
    summary = webhook_summary(study)
    assert summary is not None
    assert (summary.dead, summary.waiting) == (1, 0)
    clock.ahead += timedelta(days=9)
    assert send(study) == Sent(), "nothing more by itself"
    done = retry(study)
    assert (done.revived, done.sent, done.failed) == (1, 1, 0)
    assert len({each.id for each in there.received}) == 1


def test_a_retry_sends_at_once_what_waits_for_a_later_attempt(study: Study, there: Receiver) -> None:
    there.answers = [500] * 6
    run_ends(study, 6)
    send(study)
    send(study)
    assert states(study) == [DeliveryState.WAITING] * 6
    done = retry(study)
    assert (done.revived, done.hastened, done.sent, done.failed) == (0, 6, 6, 0)
    assert (done.waiting, done.due) == (0, None)
    assert states(study) == [DeliveryState.DELIVERED] * 6


def test_a_retry_of_one_event_leaves_the_others_to_their_time(study: Study, there: Receiver) -> None:
    there.answers = [500] * 2
    run_ends(study, 2)
    send(study)
    event = delivery_list(study).root[0].event
    done = retry(study, event=event)
    assert (done.hastened, done.sent, done.waiting) == (1, 1, 1)
    assert done.due is not None
    assert done.due > wiring.clock().now()
    with pytest.raises(UsageError):
        retry(study, event=event)


def test_a_retry_takes_nothing_from_a_process_that_has_it_in_hand(study: Study, there: Receiver) -> None:
    run_ends(study)
    now = wiring.clock().now()
    (taken,) = study.store.events.claim("team", now, now + timedelta(minutes=1), 4)
    done = retry(study, event=taken.event)
    assert (done.hastened, done.sent, done.waiting) == (0, 0, 1)
    assert not there.received


def test_410_ends_the_endpoint_until_somebody_enables_it(study: Study, there: Receiver) -> None:
    there.answers = [410]
    run_ends(study, 3)
    send(study)
    assert len(there.received) == 1
    assert states(study) == [DeliveryState.DEAD] * 3
    assert [each.state for each in endpoint_list(study).root] == ["disabled"]
    run_ends(study)
    assert len(states(study)) == 3, "events of now are not kept for it"
    done = retry(study)
    assert (done.enabled, done.revived, done.sent) == (("team",), 3, 3)
    assert [each.state for each in endpoint_list(study).root] == ["ready"]


def test_another_address_is_another_endpoint(study: Study, there: Receiver) -> None:
    there.answers = [410]
    run_ends(study)
    send(study)
    path = study.root / "cothemes.toml"
    path.write_text(path.read_text().replace("/hook", "/other"))
    study.close()
    again = find_study(study.root, given=True)
    assert not endpoint_of(again, "team").disabled
    again.close()


def test_a_receiver_that_is_away_keeps_the_others_waiting_and_nothing_is_lost(
    tmp_path: Path, clock: Clock
) -> None:
    with receiver() as there:
        address = there.address
    study = webhook_study(tmp_path, address)
    begin(study)
    run_ends(study, 3)
    assert send(study) == Sent(failed=1, reached=False), "one attempt, not three"
    assert [each.attempts for each in delivery_list(study).root] == [0, 0, 1]
    study.close()


def test_a_receiver_that_asks_for_time_gets_it(study: Study, there: Receiver, clock: Clock) -> None:
    there.answers, there.headers = [429], {"Retry-After": "1000"}
    run_ends(study)
    send(study)
    clock.ahead = timedelta(seconds=900)
    assert send(study) == Sent()
    clock.ahead = timedelta(seconds=1002)
    assert send(study).delivered == 1


def test_two_processes_do_not_send_the_same_event(study: Study, there: Receiver) -> None:
    run_ends(study)
    other = find_study(study.root, given=True)
    inner: list[Sent] = []
    there.answers = [lambda: (inner.append(send(other)), 204)[1]]
    assert send(study).delivered == 1
    assert inner == [Sent()]
    assert len(there.received) == 1
    other.close()


def test_what_a_killed_process_had_in_hand_is_sent_by_another(
    study: Study, there: Receiver, clock: Clock
) -> None:
    run_ends(study)
    now = clock.now()
    assert study.store.events.claim("team", now, now + timedelta(seconds=90), 4)
    assert send(study) == Sent()
    clock.ahead = timedelta(seconds=91)
    assert send(study).delivered == 1


@pytest.mark.parametrize("fault", ["missing", "open", "short"])
def test_without_a_usable_secret_nothing_is_sent_and_nothing_is_lost(
    study: Study, there: Receiver, fault: str
) -> None:
    secret = study.root / "team.secret"
    if fault == "missing":
        secret.unlink()
    elif fault == "open":
        secret.chmod(0o644)
    else:
        secret.write_text("whsec_abcd")
    run_ends(study)
    assert send(study) == Sent()
    (state,) = endpoint_list(study).root
    assert (state.state, state.waiting) == ("faulty", 1)
    assert "whsec" not in state.told or fault == "short"
    with pytest.raises(StateConflict):
        try_endpoint(study, "team")
    assert there.received == []


def test_a_secret_of_the_environment_goes_before_the_file(study: Study) -> None:
    found = endpoints_of(study, {"COTHEMES_WEBHOOK_SECRET_TEAM": SECRET + " " + SECRET})
    assert len(found[0].secrets) == 2


def test_a_test_is_sent_at_once_and_once(study: Study, there: Receiver) -> None:
    there.answers = [500]
    assert not try_endpoint(study, "team").delivered
    assert try_endpoint(study, "team").delivered
    assert there.types() == ["webhook.test", "webhook.test"]
    assert states(study) == []
    with pytest.raises(UsageError):
        try_endpoint(study, "nobody")


def test_a_slow_receiver_delays_no_other(study: Study, there: Receiver) -> None:
    with receiver() as quick:
        study = with_endpoint(study, quick.address, "quick")
        there.answers = [lambda: (time.sleep(3), 204)[1]]
        with dispatching(study, lambda _: None):
            began = time.monotonic()
            propose(study)
            took = time.monotonic() - began
            (got,) = quick.wait_for(1, 5)
            assert time.monotonic() - began < 3
            assert got.signed
            assert took < 1, "the act waits for nobody"
            there.wait_for(1)
        study.close()


def test_a_command_sends_for_a_few_seconds_at_most(study: Study, there: Receiver) -> None:
    there.answers = [lambda: (time.sleep(2), 204)[1]]
    run_ends(study)
    began = time.monotonic()
    send_once(study, patience=0.5)
    assert time.monotonic() - began < 2
    time.sleep(0.3)
    (line,) = delivery_list(study).root
    assert (line.state, line.attempts) == (DeliveryState.WAITING, 0), "too short a time is no attempt"


def test_events_of_an_endpoint_that_is_no_more_are_not_sent(study: Study, there: Receiver) -> None:
    run_ends(study)
    path = study.root / "cothemes.toml"
    path.write_text(path.read_text().partition("[webhooks")[0])
    study.close()
    again = find_study(study.root, given=True)
    send_once(again)
    begin(again)
    assert there.received == []
    assert [each.state for each in endpoint_list(again).root] == ["removed"]
    assert webhook_summary(again) is None
    again.close()


def test_the_address_is_shown_without_its_path(study: Study) -> None:
    (state,) = endpoint_list(study).root
    assert "hook" not in state.address
    assert EventType.TEST not in state.events
