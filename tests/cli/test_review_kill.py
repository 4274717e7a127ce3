"""Killed at any moment, a review has lost nothing that it said was recorded."""

from __future__ import annotations

import random
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.doubles.coded_study import assign, propose, study_in

from cothemes.records.review import Arm

LINES = ["c A1", "n a remark", "u", "c B1", "x B1", "k"]


def told(text: str) -> list[str]:
    """The acts that were acknowledged, in their order."""
    return [said or "undo" for said in re.findall(r"(?<!not )recorded: (\w+)|undone: ", text)]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_acknowledged_decision_is_there(tmp_path: Path, seed: int) -> None:
    study = study_in(tmp_path / "study", documents=6, reviewers=("ann",))
    propose(study)
    own = [f"talk-{d}.{p:04d}" for d in range(1, 7) for p in (2, 4, 5)]
    assign(study, "ann", dict.fromkeys(own, Arm.BLIND))
    chance = random.Random(seed)
    wanted = chance.randrange(3, 25)
    process = subprocess.Popen(
        [sys.executable, "-m", "cothemes", "-C", str(study.root), "review", "--as", "ann", "--plain"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("\n".join(LINES * len(own)) + "\n")
    process.stdin.flush()
    acknowledged = []
    for line in process.stdout:
        acknowledged += told(line)
        if len(acknowledged) == wanted:
            break
    process.kill()
    rest = process.stdout.read()
    process.wait()
    acknowledged += told(rest)
    assert len(acknowledged) >= wanted
    stored = [decision.action.value for decision in study.store.reviews.decisions()]
    assert stored[: len(acknowledged)] == acknowledged
    assert study.store.check() == "ok"
