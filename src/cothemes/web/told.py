"""A sentence about the last act, kept until the page that comes after it is shown."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

MOST = 5_000
REPEATED = "This form was sent before: it was recorded then, and not a second time."


class Told:
    """Sentences by person and tab, in memory: one that is lost is only not read."""

    def __init__(self) -> None:
        self._said: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._turn = Lock()

    def put(self, person: str, tab: str, sentence: str, *, repeated: bool = False) -> None:
        """Keep a sentence in place of an older one. Of an act that was `repeated`, what was said the first
        time stays until it is shown: the answer with it may have been lost.
        """
        with self._turn:
            if repeated:
                sentence = self._said.get((person, tab)) or REPEATED
            self._said[(person, tab)] = sentence
            while len(self._said) > MOST:
                self._said.popitem(last=False)

    def take(self, person: str, tab: str) -> str:
        """Return the sentence and forget it; empty where there is none."""
        with self._turn:
            return self._said.pop((person, tab), "")
