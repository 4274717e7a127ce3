"""A real process on a pseudo-terminal, as a person's terminal drives it."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path
from types import TracebackType

from tests.doubles.patience import PATIENCE

_SEQUENCE = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[PX^_].*?\x1b\\|[()][A-Z0-9]|[=>78])"
)


def own_terminal() -> None:
    """Of the process that starts: it hears when its terminal closes, also where the tests do not (nohup)."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


class Terminal:
    """`cothemes review` in so many columns and rows."""

    def __init__(
        self,
        study: Path,
        *words: str,
        size: tuple[int, int] = (80, 24),
        environment: dict[str, str] | None = None,
    ) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        clean = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "COLUMNS", "LINES")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cothemes", "-C", str(study), "review", *words],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**clean, "TERM": "xterm-256color", **(environment or {})},
            start_new_session=True,
            preexec_fn=own_terminal,
        )
        os.close(slave)
        self.raw = ""
        """Everything that was written so far."""
        self._open = True

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.hang_up()

    def press(self, keys: str) -> None:
        """Keys as their bytes, once the screen is at rest."""
        while self.read(0.03):
            pass
        os.write(self._master, keys.encode())

    def wait_for(self, pattern: str, seconds: float = PATIENCE) -> str:
        """What was written from now until `pattern` stands in it; AssertionError when it does not come."""
        deadline = time.monotonic() + seconds
        start = len(self.raw)
        while time.monotonic() < deadline:
            if not self.read(0.05) and self.process.poll() is not None:
                break
            seen = shown(self.raw[start:])
            if re.search(pattern, seen):
                return seen
        raise AssertionError(f"{pattern!r} did not come in:\n{shown(self.raw[start:])[-3000:]}")

    def read(self, seconds: float) -> str:
        """What comes within so much time."""
        ready, _, _ = select.select([self._master], [], [], seconds)
        if not ready:
            return ""
        try:
            new = os.read(self._master, 1 << 16).decode("utf-8", "replace")
        except OSError:
            return ""
        self.raw += new
        return new

    def hang_up(self) -> None:
        """The window is closed."""
        if self._open:
            os.close(self._master)
            self._open = False


def shown(raw: str) -> str:
    """The text without the sequences that place and colour it."""
    return _SEQUENCE.sub("", raw)
