"""Events as JSON, one object per line, appended to a file that other programs can watch.

A log never ends the work that it is about: what cannot be written is told of once, and the next event is
tried again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import IO, Any, Self

from cothemes.ports import Clock

Warn = Callable[[str], None]
"""Takes a sentence for people."""


class JsonLog:
    """An open file of events, or none."""

    def __init__(self, file: IO[bytes] | None, clock: Clock, warn: Warn, name: str = "") -> None:
        self._file = file
        self._clock = clock
        self._warn = warn
        self._name = name
        self._warned = False
        self._torn = False
        self._lock = Lock()

    @classmethod
    @contextmanager
    def open(cls, path: Path | None, clock: Clock, warn: Warn = lambda _text: None) -> Iterator[Self]:
        """Append to `path`; without one, events go nowhere. `warn` is told once of a file that fails."""
        if path is None:
            yield cls(None, clock, warn)
            return
        log = cls(None, clock, warn, str(path))
        try:
            # Unbuffered: what could not be written must not come up again at the end.
            log._file = path.open("ab", buffering=0)
        except OSError as error:
            log._tell_once(error)
        try:
            yield log
        finally:
            if log._file is not None:
                with suppress(OSError):
                    log._file.close()

    def tell(self, event: str, facts: Mapping[str, Any]) -> None:
        """One line: when, what, and the facts."""
        if self._file is None:
            return
        line = {"at": self._clock.now().isoformat(timespec="milliseconds"), "event": event, **facts}
        data = (json.dumps(line, ensure_ascii=True, default=str) + "\n").encode()
        with self._lock:
            try:
                self._write(data)
            except OSError as error:
                self._torn = True
                self._tell_once(error)

    def _write(self, data: bytes) -> None:
        assert self._file is not None
        if self._torn:
            data = b"\n" + data
        left = memoryview(data)
        while left:
            left = left[self._file.write(left) or 0 :]
        self._torn = False

    def _tell_once(self, error: OSError) -> None:
        if not self._warned:
            self._warned = True
            self._warn(
                f"The log {self._name} cannot be written ({error.strerror}); the work goes on without it."
            )
