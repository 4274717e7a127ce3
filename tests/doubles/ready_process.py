"""`python -m cothemes` in a process of its own, forked from one that has imported the libraries already.

A command that asks a model spends two to three seconds of a core on imports, most of what such a test takes.
Here they are paid once: a server imports what stands below cothemes.cli and forks for every command. What is
forked has its own pid, session of signals, streams, folder and environment, runs `cothemes.__main__` as the
interpreter does, and ends as the interpreter ends. How long a start takes, and what a command imports, is for
tests that start an interpreter (tests/architecture/test_startup.py, tests/wheel).
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from threading import Thread
from typing import IO

from tests.doubles.patience import PATIENCE

ROOT = Path(__file__).resolve().parents[2]

SERVER = """
import gc, json, os, runpy, signal, socket, sys
from cothemes.__main__ import ONE_THREAD
os.environ.setdefault(*ONE_THREAD)
import alembic.command, rich.console, typer
import cothemes.adapters.openai_batch, cothemes.adapters.openai_chat
import cothemes.adapters.sql.migrate, cothemes.adapters.sql.store, cothemes.app.coders.propose

gc.collect()
gc.freeze()
control = socket.socket(fileno=os.dup(0))
while True:
    asked, given, _, _ = socket.recv_fds(control, 1 << 20, 4)
    if not asked:
        os._exit(0)
    helper = os.fork()
    if helper:
        os.waitpid(helper, 0)
        for each in given:
            os.close(each)
        continue
    # The server can take the next request, while one more process waits for the command and tells its end.
    if os.fork():
        os._exit(0)
    child = os.fork()
    if not child:
        break
    for each in given[:3]:
        os.close(each)
    telling = os.fdopen(given[3], "w")
    print(child, file=telling, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), file=telling, flush=True)
    os._exit(0)

wanted = json.loads(asked)
control.close()
# The streams that the interpreter made at its start stand on these numbers, whatever is behind them.
for number, each in enumerate(given[:3]):
    os.dup2(each, number)
for each in given:
    os.close(each)
os.chdir(wanted["folder"])
os.environ.clear()
os.environ.update(wanted["environment"])
sys.argv = ["cothemes", *wanted["words"]]
runpy.run_module("cothemes", run_name="__main__", alter_sys=True)
"""


class ReadyProcess:
    """What tests use of a `subprocess.Popen[str]`."""

    def __init__(
        self,
        *words: str,
        environment: Mapping[str, str] = os.environ,
        stdin: int = subprocess.DEVNULL,
        stdout: int = subprocess.PIPE,
        stderr: int = subprocess.PIPE,
    ) -> None:
        """A stream is PIPE, DEVNULL or the number of an open file."""
        self.returncode: int | None = None
        self.stdin: IO[str] | None = None
        self.stdout: IO[str] | None = None
        self.stderr: IO[str] | None = None
        ours: list[int] = []
        given = []
        for name, stream in (("stdin", stdin), ("stdout", stdout), ("stderr", stderr)):
            if stream == subprocess.PIPE:
                reading, writing = os.pipe()
                kept, sent = (writing, reading) if name == "stdin" else (reading, writing)
                setattr(self, name, os.fdopen(kept, "w" if name == "stdin" else "r", encoding="utf-8"))
                ours.append(sent)
                given.append(sent)
            elif stream == subprocess.DEVNULL:
                ours.append(os.open(os.devnull, os.O_RDWR))
                given.append(ours[-1])
            else:
                given.append(stream)
        told, telling = os.pipe()
        request = {"words": words, "folder": str(ROOT), "environment": dict(environment)}
        socket.send_fds(_server(), [json.dumps(request).encode()], [*given, telling])
        for each in (*ours, telling):
            os.close(each)
        self._told = os.fdopen(told, "r", encoding="ascii")
        self.pid = int(self._told.readline())
        self._end = Thread(target=self._hear, daemon=True)
        self._end.start()

    def _hear(self) -> None:
        with self._told:
            self.returncode = int(self._told.readline())

    def poll(self) -> int | None:
        """The exit code, minus the signal that ended it, or None while it runs."""
        return self.returncode

    def wait(self, timeout: float = PATIENCE) -> int:
        """The exit code, once it has ended."""
        self._end.join(timeout)
        if self.returncode is None:
            raise subprocess.TimeoutExpired("cothemes", timeout)
        return self.returncode

    def communicate(self, timeout: float = PATIENCE) -> tuple[str, str]:
        """What is left to read of both streams, and its end."""
        said = {"stdout": "", "stderr": ""}

        def read(name: str, stream: IO[str]) -> None:
            with stream:
                said[name] = stream.read()

        readers = [
            Thread(target=read, args=(name, stream), daemon=True)
            for name, stream in (("stdout", self.stdout), ("stderr", self.stderr))
            if stream is not None
        ]
        if self.stdin is not None:
            self.stdin.close()
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join(timeout)
            if reader.is_alive():
                raise subprocess.TimeoutExpired("cothemes", timeout)
        self.wait(timeout)
        return said["stdout"], said["stderr"]

    def send_signal(self, number: int) -> None:
        """To the command alone."""
        if self.returncode is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """SIGKILL."""
        self.send_signal(signal.SIGKILL)


@cache
def _server() -> socket.socket:
    """Started at the first command of this process; it ends with this process, whose socket closes."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        subprocess.Popen([sys.executable, "-c", SERVER], cwd=ROOT, stdin=theirs, stdout=subprocess.DEVNULL)
    return ours
