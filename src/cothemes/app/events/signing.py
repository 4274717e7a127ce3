"""Signatures and the schedule of attempts, as Standard Webhooks 1.0.0 has them."""

from __future__ import annotations

import binascii
import hashlib
import hmac
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

PREFIX = "whsec_"
FEWEST_BYTES, MOST_BYTES = 24, 64
"""Length of a secret."""

_MINUTE, _HOUR = 60.0, 3600.0
GAPS = (
    5.0,
    5 * _MINUTE,
    30 * _MINUTE,
    2 * _HOUR,
    5 * _HOUR,
    10 * _HOUR,
    14 * _HOUR,
    20 * _HOUR,
    24 * _HOUR,
)
"""Seconds from each failed attempt to the next; the first attempt is made at once."""
JITTER = 0.1
"""Largest share by which a gap is longer, so that what failed together does not come back together."""
LONGEST = 24 * _HOUR
"""Longest time that a receiver may ask to wait, in seconds."""


def secrets_in(text: str) -> tuple[bytes, ...]:
    """Return the secrets of a text: one, or several with blanks between while one takes over from another.

    Raises ValueError with a reason that shows nothing of the text.
    """
    found = []
    for word in text.split():
        if not word.startswith(PREFIX):
            raise ValueError(f"a secret begins with {PREFIX}")
        try:
            secret = b64decode(word.removeprefix(PREFIX), validate=True)
        except binascii.Error as error:
            raise ValueError(f"what follows {PREFIX} is not base64") from error
        if not FEWEST_BYTES <= len(secret) <= MOST_BYTES:
            raise ValueError(f"a secret has {FEWEST_BYTES} to {MOST_BYTES} bytes, this one has {len(secret)}")
        found.append(secret)
    if not found:
        raise ValueError("there is no secret")
    return tuple(found)


def signed_headers(id: str, at: datetime, body: bytes, secrets: Sequence[bytes]) -> dict[str, str]:
    """Return the headers of one attempt, with a signature by each secret."""
    timestamp = str(int(at.timestamp()))
    content = b".".join((id.encode(), timestamp.encode(), body))
    signatures = [hmac.new(secret, content, hashlib.sha256).digest() for secret in secrets]
    return {
        "webhook-id": id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(f"v1,{b64encode(each).decode()}" for each in signatures),
    }


def next_attempt(
    attempts: int, now: datetime, retry_after: float | None, chance: Callable[[], float]
) -> datetime | None:
    """Return when to try again after so many failed attempts; None where it is given up.

    `retry_after`: seconds that the receiver asked to wait. `chance`: a random number from 0 to 1.
    """
    if attempts > len(GAPS):
        return None
    gap = GAPS[attempts - 1] * (1 + JITTER * chance())
    return now + timedelta(seconds=max(gap, min(retry_after or 0.0, LONGEST)))
