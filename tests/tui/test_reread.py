"""A code read again on the screen: where keys go, what they keep, how it looks at three sizes."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.doubles.desk import BOOK, DOCUMENT, NOW, passage
from tests.tui.double import lines, stressed

from cothemes.errors import StateConflict
from cothemes.records.codebook import Codebook
from cothemes.records.review import Arm
from cothemes.stages.review.codings import Coding, Status
from cothemes.stages.review.context import Turn, around, setting_of
from cothemes.stages.review.rereading import Reread
from cothemes.tui.reread import RereadApp

FOLDER = Path(__file__).parent / "snapshots"


class ShelfDouble:
    """Three passages with A2, the second another person's."""

    code = "A2"
    reviewer = "ann"

    def __init__(self, count: int = 3) -> None:
        self.kept: list[tuple[str, int, str]] = []
        self._items = [self._item(n) for n in range(count)]

    @property
    def codebook(self) -> Codebook:
        return BOOK

    @property
    def items(self) -> Sequence[Reread]:
        return self._items

    def note(self, place: int, text: str) -> None:
        if not self._items[place].mine:
            raise StateConflict("another person decided this", hint="m writes a memo.")
        self.kept.append(("note", place, text))
        self._items[place] = replace(self._items[place], notes=(text,))

    def memo(self, place: int, text: str) -> None:
        self.kept.append(("memo", place, text))
        self._items[place] = replace(self._items[place], memos=(text,))

    def reopen(self, place: int) -> None:
        self.kept.append(("reopen", place, ""))
        self._items[place] = replace(self._items[place], reopened=True)

    def transcript(self, place: int, turns: int) -> tuple[Turn, ...]:
        return around(DOCUMENT, self._items[place].passage, turns)

    def _item(self, number: int) -> Reread:
        here = passage(number + 2)
        coding = Coding(
            passage=here.id,
            code="A2",
            by="ann" if number != 1 else "bob",
            status=Status.ADDED,
            done=True,
            arm=Arm.BLIND,
            round="main",
            attributes={"valence": ("hinders",)},
            spans=((here.start + 23, here.start + 42),),
            at=NOW + timedelta(hours=number),
        )
        return Reread(
            coding=coding,
            passage=here,
            setting=replace(setting_of(DOCUMENT, here), title="A talk"),
            mine=number != 1,
            current_wording=number != 2,
            number=1 if number != 1 else 2,
        )


def pressed(shelf: ShelfDouble, *keys: str, size: tuple[int, int] = (80, 24)) -> tuple[list[str], str]:
    app = RereadApp(shelf)
    seen: list[Any] = []

    async def run() -> None:
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            for key in keys:
                await pilot.press(key)
            await pilot.pause()
            seen.extend([lines(app), stressed(app)])

    asyncio.run(run())
    return seen[0], seen[1]


def text(shelf: ShelfDouble, *keys: str) -> str:
    return "\n".join(pressed(shelf, *keys)[0])


def test_passages_come_in_the_order_they_were_decided() -> None:
    shelf = ShelfDouble()
    assert "1/3 of A2" in text(shelf)
    assert "2/3 of A2" in text(shelf, "space")
    assert "1/3 of A2" in text(shelf, "space", "enter", "backspace", "left")
    assert "this is the last one" in text(shelf, "end", "right")
    assert "this is the first one" in text(shelf, "left")
    assert "earlier wording" in text(shelf, "end")


def test_names_are_hidden_and_shown_on_a_key() -> None:
    assert "bob, given unasked, blind" in text(ShelfDouble(), "space")
    hidden = text(ShelfDouble(), "h", "space")
    assert "coder 2, given unasked" in hidden
    assert "bob" not in hidden


def test_notes_memos_and_reopening() -> None:
    shelf = ShelfDouble()
    seen = text(shelf, "n", "h", "m", "enter", "m", "o", "k", "enter", "o")
    assert shelf.kept == [("note", 0, "hm"), ("memo", 0, "ok"), ("reopen", 0, "")]
    assert "note: hm" in seen
    assert "memo: ok" in seen
    assert "reopened" in seen
    assert "another person decided this" in text(shelf, "space", "n", "x", "enter")
    assert "nothing recorded" in text(shelf, "n", "x", "escape")
    assert len(shelf.kept) == 3


def test_words_definition_transcript_and_help() -> None:
    assert pressed(ShelfDouble(), "v")[1] == "There was no money."
    assert "A2  Time and money" in text(ShelfDouble(), "d").splitlines()[1]
    assert "> Mo: We trusted" in text(ShelfDouble(), "t")
    assert "hide who decided" in text(ShelfDouble(), "question_mark")
    assert "no such key" in text(ShelfDouble(), "y")


def test_nothing_to_read() -> None:
    assert "No passage with A2 can be shown" in text(ShelfDouble(0), "space", "n", "o", "v", "d")


def test_the_summary_names_what_was_reopened() -> None:
    app = RereadApp(ShelfDouble())
    app.panel.press("o")
    app.panel.press("q")
    assert app.panel.leaving
    assert app.summary()[-1] == "Reopened: talk.0002. Go on: cothemes review --as ann"


@pytest.mark.parametrize("size", [(80, 24), (60, 15), (40, 12)], ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("state", ["", "v"])
def test_it_looks_as_it_looked(state: str, size: tuple[int, int]) -> None:
    seen, marked = pressed(ShelfDouble(), *state, size=size)
    assert len(seen) == size[1]
    whole = "\n".join([*seen, f"bold and underlined: {marked}" if marked else ""]).rstrip() + "\n"
    place = FOLDER / f"reread-{'words' if state else 'opened'}-{size[0]}x{size[1]}.txt"
    if os.environ.get("COTHEMES_WRITE_SNAPSHOTS"):
        place.write_text(whole, encoding="utf-8")
    assert whole == place.read_text(encoding="utf-8")


def test_the_shelf_of_the_application_is_a_shelf() -> None:
    from cothemes.app.findings.rereading import Rereading
    from cothemes.stages.review.rereading import Shelf

    wanted = {name for name in vars(Shelf) if not name.startswith("_")}
    assert {name for name in wanted if not hasattr(Rereading, name)} == set()
