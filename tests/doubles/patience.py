"""How long tests wait for what must happen: on a machine with much else to do none may fail for it."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE = 120.0
"""Seconds after which it is not going to happen."""


def wait_for(happened: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Until it has happened; AssertionError when it does not."""
    until = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < until, "it never happened"
        time.sleep(0.02)
