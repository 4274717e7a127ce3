"""A sentence about the last act, kept until the page that comes after it is shown."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

MOST = 5_000


class Told:
    """Sentences by person and tab, in memory: one that is lost is only not read."""

    def __init__(self) -> None:
        self._said: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._turn = Lock()

    def put(self, person: str, tab: str, sentence: str) -> None:
        """Keep a sentence in place of an older one."""
        with self._turn:
            self._said[(person, tab)] = sentence
            while len(self._said) > MOST:
                self._said.popitem(last=False)

    def take(self, person: str, tab: str) -> str:
        """Return the sentence and forget it; empty where there is none."""
        with self._turn:
            return self._said.pop((person, tab), "")
