"""A regular expression searched in a process of its own, which is ended when it takes too long."""

from __future__ import annotations

import json
import queue
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO

from cothemes.adapters import pattern_worker
from cothemes.errors import UsageError

SECONDS = 10.0
"""Limit for the texts of one document."""

Places = list[list[tuple[int, int]]]


class PatternSearch:
    """A pattern at work. Not for several threads."""

    def __init__(self, pattern: str, process: subprocess.Popen[str], seconds: float) -> None:
        self._pattern = pattern
        self._process = process
        self._seconds = seconds
        self._answers: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._listen, args=(process.stdout,), daemon=True).start()
        self._tell(pattern)

    def places(self, texts: Sequence[str], where: str) -> Places:
        """Return the places in each text, none of them empty, half-open. Raises UsageError after the time.

        `where` names the texts in the error.
        """
        self._tell(list(texts))
        try:
            answer = self._answers.get(timeout=self._seconds)
        except queue.Empty:
            raise self._refused(f"takes longer than {self._seconds:.0f} seconds", where) from None
        if not answer:
            raise self._refused("made the search stop: it needs too much memory", where)
        return [[(start, end) for start, end in places] for places in json.loads(answer)]

    def _tell(self, document: object) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(document) + "\n")
            self._process.stdin.flush()
        except OSError:
            # It has ended; the answer that does not come says so.
            return

    def _listen(self, stream: IO[str]) -> None:
        for line in stream:
            self._answers.put(line)
        self._answers.put("")

    def _refused(self, why: str, where: str) -> UsageError:
        return UsageError(
            f"the regular expression {self._pattern!r} {why}",
            where=where,
            hint="Repetitions within repetitions, such as (a+)+, take for ever on some texts. Write a "
            "simpler pattern, or leave out --regex.",
        )


@contextmanager
def pattern_search(pattern: str, seconds: float = SECONDS) -> Iterator[PatternSearch]:
    """Search with a pattern. Raises UsageError for one that is no regular expression, with its position."""
    _check(pattern)
    command = [sys.executable, "-I", str(pattern_worker.__file__)]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8"
    )
    try:
        yield PatternSearch(pattern, process, seconds)
    finally:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                _close(stream)


def _close(stream: IO[str]) -> None:
    try:
        stream.close()
    except OSError:
        # Words that the ended process never read are given up.
        return


def _check(pattern: str) -> None:
    try:
        re.compile(pattern, re.IGNORECASE)
    except re.error as error:
        place = f", character {error.pos + 1}" if error.pos is not None else ""
        raise UsageError(
            f"{pattern!r} is no regular expression: {error.msg}",
            where=f"TEXT{place}",
            hint="Signs such as ( [ * ? stand for something there: write \\( for a bracket, or leave out "
            "--regex.",
        ) from None
    except (OverflowError, RecursionError):
        raise UsageError(
            "the regular expression is too large", where="TEXT", hint="Write a simpler pattern."
        ) from None
