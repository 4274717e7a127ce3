"""What a mouse does: a click on a code, words marked by dragging, a click on the footer; keys as bindings."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from tests.tui.double import DoubleDesk, acts, desk, lines, sitting, stressed
from textual.events import MouseMove
from textual.pilot import Pilot
from textual.widgets import Footer, Input, OptionList

from cothemes.records.review import Arm
from cothemes.tui.adjudicate import AdjudicatePanel
from cothemes.tui.reread import RereadPanel
from cothemes.tui.review import ReviewApp, ReviewPanel, ReviewScreen

ASSISTED, BLIND = Arm.ASSISTED, Arm.BLIND
WIDE = (120, 40)


def place(app: ReviewApp, words: str) -> tuple[int, int]:
    """The cell where these words begin."""
    for y, line in enumerate(lines(app)):
        if words in line:
            return line.index(words), y
    raise AssertionError(f"{words!r} is not on the screen")


async def dragged(app: ReviewApp, pilot: Pilot[None], first: str, last: str) -> None:
    """The mouse goes from the first word to the last with its button down."""
    await pilot.mouse_down(offset=place(app, first))
    x, y = place(app, last)
    await pilot._post_mouse_events([MouseMove], offset=(x, y), button=1)  # type: ignore[list-item]
    await pilot.mouse_up(offset=(x, y))
    await pilot.pause()


def run(
    one: DoubleDesk,
    flow: Callable[[ReviewApp, Pilot[None]], Awaitable[None]],
    size: tuple[int, int] = (80, 24),
) -> ReviewApp:
    return sitting(one, flow, size, now=lambda: 0.0)


def test_a_click_moves_the_cursor_and_on_the_box_turns_the_code() -> None:
    one = desk(ASSISTED)

    async def flow(app: ReviewApp, pilot: Pilot[None]) -> None:
        x, y = place(app, "Time and money")
        await pilot.click(offset=(x, y))
        await pilot.pause()
        assert "> 2 [ ] A2" in "\n".join(lines(app))
        assert one.decisions == []
        await pilot.click(offset=(5, y))
        await pilot.pause()
        assert "> 2 [+] A2" in "\n".join(lines(app))

    run(one, flow)
    assert acts(one) == [("accept", "A2")]


def test_words_are_marked_by_dragging_and_given_to_the_code_under_the_cursor() -> None:
    one = desk(ASSISTED)

    async def flow(app: ReviewApp, pilot: Pilot[None]) -> None:
        await dragged(app, pilot, "trusted", "other")
        assert stressed(app) == "trusted each other"
        assert one.decisions == []
        await pilot.press("enter")

    run(one, flow)
    (made,) = one.decisions
    passage = one.card("talk.0000").passage
    assert (made.action.value, made.code) == ("accept", "A1")
    ((start, end),) = made.spans
    assert passage.text[start - passage.start : end - passage.start] == "trusted each other"


def test_dragging_over_lines_marks_to_the_word_where_it_ends() -> None:
    one = desk(BLIND, words=["first " + "word " * 60 + "last."], suggestions={})

    async def flow(app: ReviewApp, pilot: Pilot[None]) -> None:
        await dragged(app, pilot, "first", "last.")
        await pilot.press("enter", "b", "1", "enter")

    run(one, flow)
    (made,) = one.decisions
    passage = one.card("talk.0000").passage
    assert made.code == "B1"
    assert made.spans == ((passage.start, passage.end),)


def test_a_click_without_dragging_marks_nothing() -> None:
    one = desk(BLIND)

    async def flow(app: ReviewApp, pilot: Pilot[None]) -> None:
        await pilot.click(offset=place(app, "trusted"))
        await pilot.pause()
        assert app.panel.asking is None

    run(one, flow)
    assert one.decisions == []


def test_a_code_found_is_given_by_a_click() -> None:
    one = desk(BLIND)

    async def flow(app: ReviewApp, pilot: Pilot[None]) -> None:
        await pilot.press("c")
        await pilot.pause()
        await pilot.click(offset=place(app, "Turnover"))
        await pilot.pause()

    run(one, flow)
    assert acts(one) == [("add", "B1")]


def test_all_codes_are_beside_the_card_where_there_is_room() -> None:
    one = desk(BLIND)

    async def flow(app: ReviewApp, pilot: Pilot[None]) -> None:
        assert "B1  Turnover of staff" in "\n".join(lines(app))
        await pilot.click(OptionList, offset=(4, 1))
        await pilot.pause()
        assert acts(one) == [("add", "A2")]
        assert "[+] A2" in lines(app)[2]
        await pilot.press("c", "s", "t", "a", "f", "f")
        await pilot.pause()
        shown = "\n".join(line[76:] for line in lines(app))
        assert "B1" in shown
        assert "A1" not in shown
        await pilot.press("enter")
        await pilot.pause()
        assert "A1  Trust" in "\n".join(lines(app)), "the search is empty again"

    run(one, flow, WIDE)
    assert acts(one) == [("add", "A2"), ("add", "B1")]


def test_a_click_into_the_search_begins_to_find_a_code() -> None:
    one = desk(BLIND)

    async def flow(app: ReviewApp, pilot: Pilot[None]) -> None:
        await pilot.click("#search")
        await pilot.pause()
        await pilot.press("b", "1", "enter")

    run(one, flow, WIDE)
    assert acts(one) == [("add", "B1")]


def test_what_is_typed_stays_when_the_terminal_changes_its_size() -> None:
    one = desk(BLIND)

    async def flow(app: ReviewApp, pilot: Pilot[None]) -> None:
        await pilot.press("n", "h", "i")
        await pilot.resize_terminal(*WIDE)
        await pilot.pause()
        await pilot.resize_terminal(40, 12)
        await pilot.pause()
        assert app.screen.query_one("#line", Input).value == "hi"
        await pilot.press("enter")

    run(one, flow)
    assert [d.note for d in one.decisions] == ["hi"]


def test_the_footer_is_textuals_own_and_its_keys_can_be_clicked() -> None:
    one = desk(ASSISTED)

    async def flow(app: ReviewApp, pilot: Pilot[None]) -> None:
        app.screen.query_one(Footer)
        await pilot.click(offset=place(app, "accept x"))
        await pilot.pause()

    run(one, flow)
    assert acts(one) == [("accept", "A1")]


def test_the_palette_finds_an_act_by_its_name() -> None:
    one = desk(ASSISTED)

    async def flow(app: ReviewApp, pilot: Pilot[None]) -> None:
        await pilot.press("ctrl+p")
        await pilot.pause()
        await pilot.press(*"flag")
        await pilot.pause(0.3)
        await pilot.press("enter")
        await pilot.pause(0.3)

    run(one, flow)
    assert acts(one) == [("flag", None)]


@pytest.mark.parametrize("panel", [ReviewPanel, AdjudicatePanel, RereadPanel])
def test_no_key_has_two_meanings_at_once(panel: type[ReviewPanel]) -> None:
    assert len({key.name for key in panel.keys}) == len(panel.keys)


def test_the_footer_waits_for_the_hands_to_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    one, renewed = desk(ASSISTED), []
    monkeypatch.setattr(ReviewScreen, "rest_seconds", 60.0)

    async def flow(app: ReviewApp, pilot: Pilot[None]) -> None:
        monkeypatch.setattr(app.screen, "refresh_bindings", lambda: renewed.append(len(one.decisions)))
        await pilot.press("a", "u", "x")
        assert renewed == []
        monkeypatch.setattr(ReviewScreen, "rest_seconds", 0.01)
        await pilot.press("1")
        await pilot.pause(0.3)

    sitting(one, flow)
    assert renewed[0] == 4, "once, and after the last key"
