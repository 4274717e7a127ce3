"""`cothemes serve` as a process: it answers, stops at Ctrl-C, and refuses an open address at once."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

from tests.doubles.coded_study import study_in


def test_it_answers_and_stops(tmp_path: Path) -> None:
    study_in(tmp_path / "study").close()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = [sys.executable, "-m", "cothemes", "-C", str(tmp_path / "study"), "serve", "--port", str(port)]
    process = subprocess.Popen(words, stderr=subprocess.PIPE, text=True, env=dict(os.environ))
    try:
        assert process.stderr is not None
        assert f"http://127.0.0.1:{port}" in process.stderr.readline(), "the address comes first"
        for _ in range(600):
            try:
                with urlopen(f"http://127.0.0.1:{port}/ready") as answer:
                    assert answer.status == 200
                break
            except OSError:
                time.sleep(0.1)
        else:
            raise AssertionError("it never answered")
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.wait()


def test_an_open_address_is_refused(tmp_path: Path) -> None:
    study_in(tmp_path / "study").close()
    words = [sys.executable, "-m", "cothemes", "-C", str(tmp_path / "study"), "serve", "--host", "0.0.0.0"]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert "--behind-tls" in done.stderr
    assert "Serving" not in done.stderr
