"""Which files of tests begin: so that two workers end at about the same time.

A file goes to one worker whole, so that what its tests share is made once.
"""

from __future__ import annotations

import pytest

LONGEST = (
    "tests/cli/test_demo.py",
    "tests/faults/test_paid_runs.py",
    "tests/cli/test_week.py",
    "tests/wheel/test_wheel.py",
    "tests/tui/test_terminal.py",
    "tests/faults/batches/test_crashes.py",
    "tests/cli/test_blindness.py",
    "tests/faults/test_outages.py",
    "tests/tui/test_keys.py",
)
"""The longest first, but the week when another worker has embedded the sample study for the demo. A file that
is not named takes ten seconds at most."""


def longest_first(items: list[pytest.Item]) -> None:
    """Sorts by file; the order within a file stays."""
    ranks = {name: rank for rank, name in enumerate(LONGEST)}
    items.sort(key=lambda item: ranks.get(item.nodeid.partition("::")[0], len(ranks)))
