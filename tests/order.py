"""Which files of tests begin, and which go to one worker: so that two workers end at about the same time."""

from __future__ import annotations

import pytest
from xdist.scheduler import LoadFileScheduling

LONGEST = (
    "tests/cli/test_demo.py",
    "tests/cli/test_week.py",
    "tests/faults/test_paid_runs.py",
    "tests/tui/test_keys.py",
    "tests/faults/batches/test_crashes.py",
    "tests/wheel/test_wheel.py",
    "tests/tui/test_terminal.py",
)
"""By seconds, the longest first; a file that is not named takes 15 seconds at most."""
TOGETHER = {"tests/cli/test_week.py": "tests/cli/test_demo.py"}
"""The second file uses what the first has embedded."""


def longest_first(items: list[pytest.Item]) -> None:
    """Sorts by file; the order within a file stays."""
    ranks = {name: rank for rank, name in enumerate(LONGEST)}
    items.sort(key=lambda item: ranks.get(item.nodeid.partition("::")[0], len(ranks)))


class ByFile(LoadFileScheduling):
    """A file goes to one worker whole, so that what its tests share is made once."""

    def _split_scope(self, nodeid: str) -> str:
        name = super()._split_scope(nodeid)
        return TOGETHER.get(name, name)
