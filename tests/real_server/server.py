"""llama.cpp's server on loopback, with a model made for it, while a context is open."""

from __future__ import annotations

import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SLOTS = 4
"""Requests that it answers side by side."""
ROOM = 32_768
"""Tokens of one request and its reply; the small vocabulary makes about three tokens of two words."""
_PATIENCE = 60.0


@contextmanager
def serving(server: Path, model: Path, log: Path) -> Iterator[str]:
    """Gives the base_url once the server answers. Raises RuntimeError where it does not come up."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    room = ["--ctx-size", str(SLOTS * ROOM), "--parallel", str(SLOTS), "--threads", "2", "--seed", "1"]
    words = [
        str(server),
        "--model",
        str(model),
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        *room,
        "--offline",
    ]
    with log.open("wb") as said, subprocess.Popen(words, stdout=said, stderr=said) as process:
        try:
            _wait(process, f"http://127.0.0.1:{port}/health", log)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            process.terminate()


def version(server: Path) -> str:
    """What the server calls itself."""
    told = subprocess.run([str(server), "--version"], capture_output=True, text=True, check=True)
    return (told.stdout + told.stderr).splitlines()[0]


def _wait(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"the server did not come up:\n{log.read_text(errors='replace')[-2000:]}")
