"""What the screen of adjudication looks like at the sizes that people have.

`COTHEMES_WRITE_SNAPSHOTS=1 pytest tests/tui/test_adjudicate_snapshots.py` writes them anew; look at them.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.tui.table_double import TableDouble, pressed

FOLDER = Path(__file__).parent / "snapshots"
SIZES = ((80, 24), (60, 15), (40, 12))
STATES: dict[str, tuple[str, ...]] = {
    "opened": (),
    "settled": ("a", "x"),
    "words": ("v",),
    "attributes": ("s", "1"),
    "finder": ("c", "s"),
    "marking": ("e", "space", "right"),
    "not-settled": ("a", "enter"),
    "definition": ("d",),
    "transcript": ("t",),
    "help": ("question_mark",),
    "end": ("a", "x", "enter", "a", "x", "enter"),
}


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("state", STATES)
def test_it_looks_as_it_looked(state: str, size: tuple[int, int]) -> None:
    notes = {("talk.0000", "main", "zoe"): ["I was not sure about the year."]}
    lines, marked = pressed(TableDouble(notes), *STATES[state], size=size)
    assert len(lines) == size[1]
    seen = "\n".join([*lines, f"bold and underlined: {marked}" if marked else ""]).rstrip() + "\n"
    place = FOLDER / f"adjudicate-{state}-{size[0]}x{size[1]}.txt"
    if os.environ.get("COTHEMES_WRITE_SNAPSHOTS"):
        place.write_text(seen, encoding="utf-8")
    assert seen == place.read_text(encoding="utf-8")


@pytest.mark.parametrize("state", STATES)
def test_no_reader_has_a_name(state: str) -> None:
    lines, _ = pressed(TableDouble(), *STATES[state])
    # The one who writes it down stands in the first line, and is one of the readers.
    assert "zoe" not in "\n".join(lines)
    assert "ann" not in "\n".join(lines[1:]).replace("adjudicate --as ann", "")
