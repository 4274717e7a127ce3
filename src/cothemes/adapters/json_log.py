"""Events as JSON, one object a line, appended to a file: for whoever watches a run from outside."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Self

from cothemes.errors import InputError
from cothemes.ports import Clock


class JsonLog:
    """An open file of events, or none."""

    def __init__(self, file: IO[str] | None, clock: Clock) -> None:
        self._file = file
        self._clock = clock

    @classmethod
    @contextmanager
    def open(cls, path: Path | None, clock: Clock) -> Iterator[Self]:
        """Appends to `path`; without one, events go nowhere. Raises InputError where it cannot be written."""
        if path is None:
            yield cls(None, clock)
            return
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            file = path.open("a", encoding="utf-8", buffering=1)
        except OSError as error:
            raise InputError(
                f"the log cannot be written ({error.strerror})", where=str(path), hint="Name another file."
            ) from error
        with file:
            yield cls(file, clock)

    def tell(self, event: str, facts: Mapping[str, Any]) -> None:
        """One line: when, what, and the facts."""
        if self._file is not None:
            line = {"at": self._clock.now().isoformat(timespec="milliseconds"), "event": event, **facts}
            self._file.write(json.dumps(line, ensure_ascii=True, default=str) + "\n")
