"""What the screen looks like at the sizes that people have.

`COTHEMES_WRITE_SNAPSHOTS=1 pytest tests/tui/test_snapshots.py` writes them anew; look at the difference.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.tui.double import DoubleDesk, desk, pressed

from cothemes.records.review import Arm

FOLDER = Path(__file__).parent / "snapshots"
SIZES = ((80, 24), (60, 15), (40, 12))
STATES: dict[str, tuple[Arm, tuple[str, ...]]] = {
    "assisted": (Arm.ASSISTED, ()),
    "evidence": (Arm.ASSISTED, ("a", "up", "v")),
    "blind": (Arm.BLIND, ("c", "b", "1", "enter")),
    "reveal": (Arm.REVEAL, ("0",)),
    "finder": (Arm.BLIND, ("c", "t")),
    "attributes": (Arm.ASSISTED, ("1", "s", "3")),
    "marking": (Arm.ASSISTED, ("1", "e", "space", "right")),
    "question": (Arm.ASSISTED, ("a", "enter")),
    "definition": (Arm.ASSISTED, ("d",)),
    "transcript": (Arm.ASSISTED, ("t",)),
    "refusal": (Arm.ASSISTED, ("a", "0")),
    "help": (Arm.BLIND, ("question_mark",)),
    "end": (Arm.BLIND, ("f", "0", "0", "0")),
}


def study(arm: Arm) -> DoubleDesk:
    return desk(arm, Arm.BLIND, Arm.BLIND)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("state", STATES)
def test_it_looks_as_it_looked(state: str, size: tuple[int, int]) -> None:
    arm, keys = STATES[state]
    lines, marked = pressed(study(arm), *keys, size=size)
    assert len(lines) == size[1]
    seen = "\n".join([*lines, f"bold and underlined: {marked}" if marked else ""]).rstrip() + "\n"
    place = FOLDER / f"{state}-{size[0]}x{size[1]}.txt"
    if os.environ.get("COTHEMES_WRITE_SNAPSHOTS"):
        place.write_text(seen, encoding="utf-8")
    assert seen == place.read_text(encoding="utf-8")
