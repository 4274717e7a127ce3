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


def test_a_provider_that_is_away_is_told_and_delays_no_start(tmp_path: Path) -> None:
    study = study_in(tmp_path / "study")
    with socket.create_server(("127.0.0.1", 0)) as silent, socket.create_server(("127.0.0.1", 0)) as free:
        issuer, port = f"http://127.0.0.1:{silent.getsockname()[1]}", free.getsockname()[1]
        free.close()
        with (study.root / "cothemes.toml").open("a") as settings:
            settings.write(f'\n[serve]\noidc_issuer = "{issuer}"\noidc_client_id = "c"\npasswords = false\n')
        study.close()
        words = [sys.executable, "-m", "cothemes", "-C", str(study.root), "serve", "--port", str(port)]
        env = {**os.environ, "COTHEMES_OIDC_SECRET": "s"}
        process = subprocess.Popen(words, stderr=subprocess.PIPE, text=True, env=env)
        try:
            assert process.stderr is not None
            said: list[str] = []
            for line in process.stderr:
                said.append(line)
                if "Serving" in line:
                    silent.close()
                if "Nobody can log in meanwhile" in line:
                    break
            assert any("users invite" in each and ":8321" in each for each in said)
            assert issuer in said[-1]
        finally:
            process.kill()
            process.wait()
