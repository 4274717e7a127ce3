"""Several processes on one study at once: they wait for each other; nothing is lost or given out twice."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.doubles.patience import PATIENCE

from cothemes.adapters.sql.engine import Database
from cothemes.adapters.sql.store import SqlStore
from cothemes.errors import StateConflict
from cothemes.records.document import BlockKind, Document, Kind
from cothemes.records.passage import Passage
from cothemes.records.review import Action, Arm, Decision, Reviewer

NOW = datetime(2026, 11, 22, tzinfo=UTC)
EACH = 60

CHILD = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from cothemes.adapters.sql.store import SqlStore
from cothemes.records.document import BlockKind, Document, Kind
from cothemes.records.passage import Passage
from cothemes.records.review import Action, Arm, Decision, Reviewer

path, name, each = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
sys.stdin.readline()
now = datetime.now(UTC)
with SqlStore.open(path) as store:
    store.documents.add(Document(slug="d", version="v", kind=Kind.POLICY, text="x"))
    cut = Passage(id="d.0001", document="d", version="v", segmentation="s", start=0, end=1, text="x",
                  kind=BlockKind.PARAGRAPH, position=0)
    store.passages.replace("d", [cut])
    store.reviews.add_reviewer(Reviewer(name=name, added=now))
    for n in range(each):
        print(store.runs.next_id())
        store.reviews.append([Decision(id=f"{name}{n}", at=now, reviewer=name, passage="d.0001", round="main",
                                       arm=Arm.BLIND, action=Action.NOTE, codebook_hash="h")])
        assert [d.id for d in store.reviews.decisions(reviewer=name)][-1] == f"{name}{n}"
"""


def test_four_processes_make_open_and_write_one_database_at_once(tmp_path: Path) -> None:
    path = tmp_path / "records.sqlite"
    children = [
        subprocess.Popen(
            [sys.executable, "-c", CHILD, str(path), name, str(EACH)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name in "abcd"
    ]
    for child in children:
        assert child.stdin is not None
        child.stdin.write("go\n")
        child.stdin.flush()
    told = [child.communicate(timeout=PATIENCE) for child in children]
    assert [child.returncode for child in children] == [0, 0, 0, 0], [errors for _, errors in told]
    run_ids = [line for output, _ in told for line in output.split()]
    assert sorted(run_ids) == [f"r{n:04d}" for n in range(1, 4 * EACH + 1)]
    with SqlStore.open(path) as store:
        assert store.check() == "ok"
        for name in "abcd":
            found = [decision.id for decision in store.reviews.decisions(reviewer=name)]
            assert found == [f"{name}{n}" for n in range(EACH)]


def test_a_new_database_is_turned_to_its_write_ahead_log_by_many_at_once(tmp_path: Path) -> None:
    # SQLite tells all but one of them at once that it is busy, whatever its timeout; nobody may fail of it.
    at_once, rounds = 8, 60
    for n in range(rounds):
        start = threading.Barrier(at_once)

        def opened(path: Path = tmp_path / f"{n}.sqlite", start: threading.Barrier = start) -> str:
            database = Database(path)
            start.wait()
            with database.reading() as connection:
                mode = str(connection.exec_driver_sql("PRAGMA journal_mode").scalar_one())
            database.close()
            return mode

        with ThreadPoolExecutor(at_once) as pool:
            assert [told.result() for told in [pool.submit(opened) for _ in range(at_once)]] == [
                "wal"
            ] * at_once


def test_threads_share_one_store(tmp_path: Path) -> None:
    with SqlStore.open(tmp_path / "records.sqlite") as store:
        store.documents.add(Document(slug="d", version="v", kind=Kind.POLICY, text="x"))
        store.passages.replace("d", [passage()])
        store.reviews.add_reviewer(Reviewer(name="Ann", added=NOW))

        def work(name: str) -> None:
            for n in range(20):
                store.reviews.append([decision(f"{name}{n}")])

        threads = [threading.Thread(target=work, args=(name,)) for name in "abcdefgh"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(store.reviews.decisions()) == 160


def test_a_reader_is_not_held_up_by_a_writer_and_sees_whole_steps_only(tmp_path: Path) -> None:
    path = tmp_path / "records.sqlite"
    with SqlStore.open(path) as store:
        store.meta.set("k", "before")
        other = Database(path)
        with other.writing() as connection:
            connection.exec_driver_sql("UPDATE entries SET value = 'after'")
            assert store.meta.get("k") == "before"
        assert store.meta.get("k") == "after"
        other.close()


def test_a_lock_that_is_never_released_is_told_in_words(tmp_path: Path) -> None:
    path = tmp_path / "records.sqlite"
    with SqlStore.open(path, busy_seconds=0.2) as store:
        other = Database(path)
        with other.writing(), pytest.raises(StateConflict, match="another program holds") as caught:
            store.meta.set("k", "v")
        assert "Wait" in caught.value.hint
        store.meta.set("k", "v")
        other.close()


def passage() -> Passage:
    return Passage(
        id="d.0001",
        document="d",
        version="v",
        segmentation="s",
        start=0,
        end=1,
        text="x",
        kind=BlockKind.PARAGRAPH,
        position=0,
    )


def decision(name: str) -> Decision:
    return Decision(
        id=name,
        at=NOW,
        reviewer="Ann",
        passage="d.0001",
        round="main",
        arm=Arm.BLIND,
        action=Action.NOTE,
        codebook_hash="h",
    )
