"""Signatures and schedule against the specification's own examples."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest
from tests.doubles.receiver import SECRET, signature

from cothemes.app.events.signing import GAPS, JITTER, next_attempt, secrets_in, signed_headers

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)

PUBLISHED = [
    # The reference libraries' own test, and the example of Svix' documentation of verifying by hand.
    ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330,
     b'{"test": 2432232314}', "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
    ("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk", 1649367553,
     b'{"email":"test@example.com","username":"test_user"}',
     "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw="),
]  # fmt: skip


@pytest.mark.parametrize(("secret", "id", "timestamp", "body", "expected"), PUBLISHED)
def test_a_published_example(secret: str, id: str, timestamp: int, body: bytes, expected: str) -> None:
    found = signed_headers(id, datetime.fromtimestamp(timestamp, UTC), body, secrets_in(secret))
    assert found == {"webhook-id": id, "webhook-timestamp": str(timestamp), "webhook-signature": expected}
    assert signature(secret, id, str(timestamp), body) == expected, "the receiver of the tests agrees"


def test_two_secrets_sign_side_by_side() -> None:
    other = "whsec_" + b64encode(b"x" * 24).decode()
    found = signed_headers("evt_1", NOW, b"{}", secrets_in(f"{SECRET}  {other}\n"))
    stamp = found["webhook-timestamp"]
    assert found["webhook-signature"].split(" ") == [
        signature(SECRET, "evt_1", stamp, b"{}"),
        signature(other, "evt_1", stamp, b"{}"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hunter2",
        "whsec_???",
        "whsec_" + b64encode(b"x" * 23).decode(),
        "whsec_" + b64encode(b"x" * 65).decode(),
    ],
)
def test_a_secret_that_cannot_be_used_is_refused_without_being_shown(text: str) -> None:
    with pytest.raises(ValueError) as refused:
        secrets_in(text)
    assert not text.removeprefix("whsec_") or text.removeprefix("whsec_") not in str(refused.value)


def test_gaps_grow_over_three_days_and_end() -> None:
    assert list(GAPS) == sorted(GAPS)
    assert timedelta(days=3) < timedelta(seconds=sum(GAPS)) < timedelta(days=4)
    times = [next_attempt(n, NOW, None, lambda: 0.0) for n in range(1, len(GAPS) + 2)]
    assert times[0] == NOW + timedelta(seconds=5)
    assert times[1] == NOW + timedelta(minutes=5)
    assert times[-1] is None


def test_chance_makes_a_gap_longer_by_a_tenth_at_most() -> None:
    found = next_attempt(2, NOW, None, lambda: 1.0)
    assert found == NOW + timedelta(seconds=GAPS[1] * (1 + JITTER))


def test_a_receiver_may_ask_for_more_time_but_for_no_less() -> None:
    assert next_attempt(1, NOW, 60.0, lambda: 0.0) == NOW + timedelta(seconds=60)
    assert next_attempt(2, NOW, 1.0, lambda: 0.0) == NOW + timedelta(seconds=GAPS[1])
    assert next_attempt(1, NOW, 1e9, lambda: 0.0) == NOW + timedelta(days=1)
