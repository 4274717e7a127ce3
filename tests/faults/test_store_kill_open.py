"""Killed while the database is being made: the next opening finds all of it or nothing, and goes on."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

from cothemes.adapters.sql.store import SqlStore

CHILD = """
import sys
from pathlib import Path
from cothemes.adapters.sql.store import SqlStore
import alembic.command
print("go", flush=True)
SqlStore.open(Path(sys.argv[1]))
sys.stdin.read()
"""


def test_killed_while_the_tables_are_made(tmp_path: Path) -> None:
    chance = random.Random(3)
    for kill in range(6):
        path = tmp_path / f"{kill}.sqlite"
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert child.stdout is not None
        assert child.stdin is not None
        assert child.stdout.readline() == "go\n"
        time.sleep(chance.uniform(0.0, 0.06))
        child.kill()
        child.communicate()
        with SqlStore.open(path) as store:
            store.meta.set("k", "v")
            assert store.check() == "ok"
