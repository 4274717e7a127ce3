"""Who works on what: told by a lock that ends with its process, on this machine; not guessed of another."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from cothemes.adapters.folder_lock import FolderLock
from cothemes.adapters.machine import Machine, this_machine
from cothemes.adapters.sql.store import SqlStore
from cothemes.records.run import Run, RunState
from cothemes.records.work import Liveness, RunProgress, standing

NOW = datetime(2026, 11, 22, 2, 15, tzinfo=UTC)
OTHER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from cothemes.adapters.sql.store import SqlStore
store = SqlStore.open(Path(sys.argv[1]))
store.work.enter("r0001", datetime.now(UTC))
print("there", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "records.sqlite"


def another(path: Path) -> subprocess.Popen[str]:
    """A process at work on r0001 of the same study, until it is told a line or killed."""
    process = subprocess.Popen(
        [sys.executable, "-c", OTHER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "there\n"
    return process


def run(state: RunState = RunState.RUNNING) -> Run:
    return Run(
        id="r0001", coder="llm", rater="m@p#r0001", configuration="c", codebook_hash="b", started=NOW,
        state=state,
    )  # fmt: skip


def test_a_process_lives_until_it_is_killed_and_no_longer(path: Path) -> None:
    with SqlStore.open(path) as store:
        process = another(path)
        (worker,) = store.work.all()
        assert (worker.pid, worker.host, worker.work) == (process.pid, this_machine().host, "r0001")
        assert store.work.liveness(worker) is Liveness.ALIVE
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert store.work.liveness(worker) is Liveness.GONE
        assert store.work.enter("r0001", NOW) == [worker], "whoever takes it up is told"
        assert [each.pid for each in store.work.all()] == [os.getpid()]
        assert not list((path.parent / "payers").glob(f"{worker.name}*"))


def test_a_number_that_another_process_has_now_means_nothing(path: Path) -> None:
    with SqlStore.open(path) as store:
        process = another(path)
        process.kill()
        process.wait()
        changed(store, "pid", os.getppid())
        (worker,) = store.work.all()
        assert store.work.liveness(worker) is Liveness.GONE


def test_after_a_start_of_the_machine_nothing_of_before_lives(path: Path) -> None:
    with SqlStore.open(path) as store:
        process = another(path)
        process.kill()
        process.wait()
        changed(store, "boot", "an earlier start")
        (worker,) = store.work.all()
        assert store.work.liveness(worker) is Liveness.GONE


def test_of_another_machine_nothing_is_said_that_cannot_be_known(path: Path) -> None:
    with SqlStore.open(path) as store:
        process = another(path)
        for column in ("machine", "boot"):
            changed(store, column, "elsewhere")
        (worker,) = store.work.all()
        assert store.work.liveness(worker) is Liveness.ALIVE, "its lock is seen from here"
        process.kill()
        process.wait()
        assert store.work.liveness(worker) is Liveness.UNKNOWN
        for column in ("machine", "boot"):
            changed(store, column, "")
        (worker,) = store.work.all()
        assert store.work.liveness(worker) is Liveness.UNKNOWN, "what is not known is equal to nothing"


def test_where_locks_do_not_work_nothing_is_known(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_lock: FolderLock) -> bool:
        raise OSError("no locks available")

    with SqlStore.open(path) as store:
        process = another(path)
        monkeypatch.setattr(FolderLock, "held", property(fails))
        (worker,) = store.work.all()
        assert store.work.liveness(worker) is Liveness.UNKNOWN
        process.kill()
        process.wait()


def test_the_last_of_two_says_how_a_run_ended(path: Path) -> None:
    with SqlStore.open(path) as store:
        store.runs.put(run())
        process = another(path)
        store.work.enter("r0001", NOW)
        assert store.work.hand_back(run(RunState.FINISHED)).state is RunState.RUNNING
        process.kill()
        process.wait()
        store.work.enter("r0001", NOW)
        assert store.work.hand_back(run(RunState.PARTIAL)).state is RunState.PARTIAL
        found = store.runs.get("r0001")
        assert found is not None
        assert found.state is RunState.PARTIAL
        assert store.work.all() == []


def test_looking_does_not_take_a_lock_from_who_looks_too(path: Path, tmp_path: Path) -> None:
    lock = FolderLock(tmp_path / "one")
    assert not lock.held
    assert lock.take() is None
    assert lock.held
    lock.release()
    with lock.path.open(encoding="utf-8"):
        assert not lock.held
    assert not lock.held


@pytest.mark.parametrize(
    ("state", "workers", "cancelled", "expected"),
    [
        (RunState.RUNNING, [], False, RunProgress.LOST),
        (RunState.RUNNING, [Liveness.GONE], True, RunProgress.LOST),
        (RunState.RUNNING, [Liveness.GONE, Liveness.UNKNOWN], False, RunProgress.UNKNOWN),
        (RunState.RUNNING, [Liveness.GONE, Liveness.ALIVE], False, RunProgress.RUNNING),
        (RunState.FINISHED, [Liveness.ALIVE], False, RunProgress.RUNNING),
        (RunState.RUNNING, [Liveness.ALIVE], True, RunProgress.STOPPING),
        (RunState.PARTIAL, [Liveness.GONE], False, RunProgress.PARTIAL),
        (RunState.WAITING, [], False, RunProgress.WAITING),
    ],
)
def test_where_a_run_stands(
    state: RunState, workers: list[Liveness], cancelled: bool, expected: RunProgress
) -> None:
    assert standing(run(state), workers, cancelled=cancelled) is expected


def test_a_machine_is_told_without_its_own_numbers() -> None:
    here = this_machine()
    assert here == Machine(here.host, here.id, here.boot)
    machine = Path("/etc/machine-id")
    if machine.is_file() and (number := machine.read_text(encoding="ascii").strip()):
        assert number not in (here.id, here.boot)


def changed(store: SqlStore, column: str, value: object) -> None:
    with store._database.writing() as connection:  # type: ignore[attr-defined]
        connection.execute(text(f"UPDATE workers SET {column} = :value"), {"value": value})
