"""kill -9 at any moment: every acknowledged decision and reply is there, and the database is whole."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cothemes.adapters.sql.store import SqlStore
from cothemes.records.run import CallState

CHILD = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from cothemes.adapters.sql.store import SqlStore
from cothemes.records.document import BlockKind, Document, Kind
from cothemes.records.passage import Passage
from cothemes.records.review import Action, Arm, Decision, Reviewer
from cothemes.records.run import Call, CallState

path, name = Path(sys.argv[1]), sys.argv[2]
now = datetime.now(UTC)
store = SqlStore.open(path)
store.documents.add(Document(slug="d", version="v", kind=Kind.POLICY, text="x"))
store.passages.replace("d", [Passage(id="d.0001", document="d", version="v", segmentation="s", start=0, end=1,
                                     text="x", kind=BlockKind.PARAGRAPH, position=0)])
store.reviews.add_reviewer(Reviewer(name="Ann", added=now))
for n in range(1_000_000):
    key = f"{name}-{n}"
    call = dict(key=key, run="r", passage="d.0001", stage="s", endpoint="e", request="{}", intended_at=now)
    store.ledger.write([Call(state=CallState.INTENDED, **call)])
    print("intended", key, flush=True)
    store.ledger.write([Call(state=CallState.REPLIED, reply="{}", **call)])
    print("replied", key, flush=True)
    store.reviews.append([
        Decision(id=f"{key}.{part}", at=now, reviewer="Ann", passage="d.0001", round="main", arm=Arm.BLIND,
                 action=Action.ACCEPT, code="A1", codebook_hash="h") for part in range(3)
    ])
    print("decided", key, flush=True)
"""


def kill_while_it_works(path: Path, kills: int, seed: int) -> None:
    chance = random.Random(seed)
    said: list[tuple[str, str]] = []
    for kill in range(kills):
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(path), f"k{kill}"], stdout=subprocess.PIPE, text=True
        )
        assert child.stdout is not None
        # Once at least one of each was acknowledged; deeds are counted, for a disk may be slow.
        lines = [child.stdout.readline() for _ in range(3 + chance.randrange(30))]
        assert lines[-1]
        time.sleep(chance.uniform(0.0, 0.01))
        child.kill()
        lines += child.stdout.read().splitlines()
        child.wait()
        child.stdout.close()
        # The last line may be cut off; what was printed whole was acknowledged.
        said += [(words[0], words[1]) for words in map(str.split, lines) if len(words) == 2]

    with SqlStore.open(path) as store:
        assert store.check() == "ok"
        decided = [decision.id for decision in store.reviews.decisions()]
        calls = {call.key: call for call in store.ledger.calls()}
    assert len(decided) == len(set(decided))
    batches: dict[str, int] = {}
    for decision in decided:
        key = decision.rpartition(".")[0]
        batches[key] = batches.get(key, 0) + 1
    assert set(batches.values()) <= {3}
    acknowledged = {
        act: {key for told, key in said if told == act} for act in ("intended", "replied", "decided")
    }
    assert acknowledged["decided"] <= set(batches)
    assert acknowledged["intended"] <= set(calls)
    assert acknowledged["replied"] <= {key for key, call in calls.items() if call.state is CallState.REPLIED}
    assert len(acknowledged["decided"]) >= kills


def test_five_kills_lose_nothing(tmp_path: Path) -> None:
    kill_while_it_works(tmp_path / "records.sqlite", kills=5, seed=1)


@pytest.mark.slow
def test_a_hundred_kills_lose_nothing(tmp_path: Path) -> None:
    kill_while_it_works(tmp_path / "records.sqlite", kills=100, seed=2)
