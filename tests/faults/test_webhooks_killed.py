"""A process that is killed between an act and its sending, or while it sends, loses no event."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.doubles.receiver import receiver
from tests.doubles.webhook_study import webhook_study

from cothemes.app.events.outbox import begin
from cothemes.app.study import find_study

RUN = """
import sys
from pathlib import Path
from cothemes.app.study import find_study
from tests.doubles.coded_study import propose
study = find_study(Path(sys.argv[1]), given=True)
propose(study)
print("done", flush=True)
import time
time.sleep(60)
"""


def cothemes(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cothemes", "-C", str(root), *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def killed_after(words: list[str], line: str) -> None:
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=dict(os.environ))
    assert process.stdout is not None
    assert process.stdout.readline().strip() == line
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()


def test_killed_between_the_act_and_its_sending(tmp_path: Path) -> None:
    with receiver() as there:
        study = webhook_study(tmp_path, there.address)
        begin(study)
        study.close()
        killed_after([sys.executable, "-c", RUN, str(study.root)], "done")
        assert there.received == []
        done = cothemes(study.root, "webhooks", "retry", "--json")
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["sent"] == 1
        assert there.types() == ["run.ended"]
        assert there.received[0].signed
        assert json.loads(cothemes(study.root, "webhooks", "retry", "--json").stdout)["sent"] == 0


def test_a_service_that_is_killed_while_it_sends_and_its_successor(tmp_path: Path) -> None:
    """The receiver knows the event that comes again by its id."""
    with receiver() as there:
        study = webhook_study(tmp_path, there.address)
        begin(study)
        words = [sys.executable, "-m", "cothemes", "-C", str(study.root), "serve", "--port", "0"]
        from tests.doubles.coded_study import propose

        propose(study)
        study.close()
        hold = {"still": True}

        def slow() -> int:
            until = time.monotonic() + 20
            while hold["still"] and time.monotonic() < until:
                time.sleep(0.02)
            return 204

        there.answers = [slow]
        import socket

        with socket.create_server(("127.0.0.1", 0)) as free:
            words[-1] = str(free.getsockname()[1])
        process = subprocess.Popen(words, stderr=subprocess.DEVNULL, env=dict(os.environ))
        there.wait_for(1, 60)
        process.send_signal(signal.SIGKILL)
        process.wait()
        hold["still"] = False
        again = find_study(study.root, given=True)
        with again.store._database.writing() as connection:
            connection.exec_driver_sql("UPDATE deliveries SET claimed = '2020-01-01 00:00:00.000000'")
        again.close()
        assert json.loads(cothemes(study.root, "webhooks", "retry", "--json").stdout)["sent"] == 1
        assert len({each.id for each in there.received}) == 1
        assert len(there.received) == 2
