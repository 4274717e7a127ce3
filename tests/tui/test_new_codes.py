"""Codes made on the card, and a codebook that changes while the screen is open."""

from __future__ import annotations

from tests.tui.double import DoubleDesk, acts, desk, lines, pressed, sitting
from textual.pilot import Pilot
from textual.widgets import Input

from cothemes.records.codebook import Code
from cothemes.records.review import Arm
from cothemes.stages.review.sitting import Ask
from cothemes.tui.review import ReviewApp

BLIND = Arm.BLIND


def named(one: DoubleDesk) -> list[str]:
    """Labels of the codes that were given."""
    return [one.book.by_id[d.code].label for d in one.decisions if d.code]


def test_a_name_that_no_code_has_is_offered_and_made() -> None:
    one = desk(BLIND)
    seen, _ = pressed(one, "c", *"tea")
    assert any("[new] tea" in line for line in seen)
    assert one.decisions == []
    seen, _ = pressed(one, "c", *"tea", "enter")
    assert named(one) == ["tea"]
    assert any("[+]" in line and "tea" in line for line in seen)


def test_codes_that_fit_come_before_the_new_one() -> None:
    one = desk(BLIND)
    pressed(one, "c", *"trust", "enter")
    assert acts(one) == [("add", "A1")]
    pressed(one, "c", *"trust", "down", "enter")
    assert named(one)[-1] == "trust"
    seen, _ = pressed(one, "c", *"time and money")
    assert not any("[new]" in line for line in seen), "a code has this name"


def test_marked_words_become_the_name_of_a_code_that_stands_on_them() -> None:
    one = desk(BLIND)
    pressed(one, "e", "space", "right", "i")
    start = one.card("talk.0000").passage.start
    assert named(one) == ["We trusted"]
    assert one.decisions[-1].spans == ((start, start + 10),)


def test_a_new_name_for_marked_words_takes_them_along() -> None:
    one = desk(BLIND)
    pressed(one, "e", "space", "right", "c", *"tea", "enter")
    assert (named(one), len(one.decisions[-1].spans)) == (["tea"], 1)


def changed(one: DoubleDesk) -> None:
    new = Code(id="Z9", label="Teapots", definition="Of tea.")
    one.written = one.book.model_copy(update={"codes": (*one.book.codes, new)})


def test_a_change_of_the_codebook_is_shown_and_what_is_typed_stays() -> None:
    one = desk(BLIND)

    async def flow(app: ReviewApp, pilot: Pilot[None]) -> None:
        await pilot.press("c", *"tea")
        changed(one)
        app.screen._look()  # type: ignore[attr-defined]
        await pilot.pause()
        assert app.panel.asking is Ask.CODE
        assert app.screen.query_one("#line", Input).value == "tea"
        assert any("new Z9 Teapots" in line for line in lines(app))
        assert any("[ ] Z9" in line for line in lines(app))
        await pilot.press("enter")

    sitting(one, flow)
    assert acts(one) == [("add", "Z9")]


def test_a_note_being_typed_outlives_a_change_of_the_codebook() -> None:
    one = desk(BLIND)

    async def flow(app: ReviewApp, pilot: Pilot[None]) -> None:
        await pilot.press("n", *"half a")
        changed(one)
        app.screen._look()  # type: ignore[attr-defined]
        await pilot.press("space", *"note", "enter")

    sitting(one, flow)
    assert [d.note for d in one.decisions] == ["half a note"]


def test_the_list_beside_the_card_offers_the_new_name_too() -> None:
    one = desk(BLIND)
    seen, _ = pressed(one, "c", *"tea", size=(120, 40))
    assert any("[new] tea" in line for line in seen)
    pressed(one, "c", *"tea", "enter", size=(120, 40))
    assert named(one) == ["tea"]
