"""Every key of the screen, pressed as a person presses it, and what it leaves in the record."""

from __future__ import annotations

import pytest
from tests.tui.double import acts, desk, lines, pressed, sitting, stressed
from textual.pilot import Pilot

from cothemes.records.review import Arm
from cothemes.tui.review import ReviewApp

ASSISTED, BLIND, REVEAL = Arm.ASSISTED, Arm.BLIND, Arm.REVEAL


def text(seen: list[str]) -> str:
    return "\n".join(seen)


def test_an_assisted_card_shows_label_and_reason_in_order_and_no_confidence() -> None:
    seen, marked = pressed(desk(ASSISTED))
    shown = text(seen)
    assert "Int: What made the group work?" in shown
    assert "suggested by offline@0#r0001" in shown
    assert shown.index("> 1 [ ] A1  Trust between people") < shown.index("2 [ ] A2  Time and money")
    assert "reads like A1" in shown
    assert "0.93" not in shown
    assert "0.77" not in shown
    assert marked == ""


def test_accept_moves_on_to_what_is_open_and_enter_finishes() -> None:
    one = desk(ASSISTED, BLIND)
    seen, _ = pressed(one, "a", "x")
    assert "1 [+] A1" in text(seen)
    assert "2 [-] A2" in text(seen)
    seen, _ = pressed(one, "enter")
    assert acts(one) == [("accept", "A1"), ("reject", "A2"), ("done", None)]
    assert "1/2 done | blind" in seen[0]
    assert "recorded: done talk.0000" in text(seen)


def test_enter_asks_about_what_is_unanswered_and_only_y_finishes() -> None:
    one = desk(ASSISTED)
    seen, _ = pressed(one, "a", "enter", "enter")
    assert "A2 unanswered: record as rejected and finish? y or n" in text(seen)
    pressed(one, "enter", "n")
    pressed(one, "enter", "escape")
    assert acts(one) == [("accept", "A1")]
    pressed(one, "enter", "y")
    assert acts(one) == [("accept", "A1"), ("reject", "A2"), ("done", None)]
    assert one.decisions[1].implicit


def test_digits_turn_rows_on_and_off() -> None:
    one = desk(ASSISTED)
    pressed(one, "2", "2", "2", "7")
    assert acts(one) == [("accept", "A2"), ("reject", "A2"), ("accept", "A2")]


def test_codes_are_found_by_typing_and_given() -> None:
    one = desk(ASSISTED)
    seen, _ = pressed(one, "c", "s", "t", "a", "f", "f")
    assert "> [ ] B1  Turnover of staff" in text(seen)
    assert "Trust between people" not in text(seen)
    pressed(one, "c", "s", "t", "a", "f", "f", "enter")
    pressed(one, "slash", "a", "1", "enter")
    assert acts(one) == [("add", "B1"), ("accept", "A1")]
    seen, _ = pressed(one, "c", "a", "escape")
    assert "nothing recorded" in text(seen)


def test_the_finder_moves_defines_and_deletes() -> None:
    one = desk(BLIND)
    seen, _ = pressed(one, "c", "z", "backspace", "down", "tab")
    assert "> [ ] A2  Time and money" in text(seen)
    assert "Money." in text(seen)
    pressed(one, "c", "down", "down", "down", "up", "enter")
    assert acts(one) == [("add", "A2")]


def test_undo_has_no_limit_and_goes_to_the_passage() -> None:
    one = desk(ASSISTED, BLIND)
    pressed(one, "a", "a", "enter", "0")
    seen, _ = pressed(one, "u", "backspace")
    assert "undone: done on talk.0000" in text(seen)
    assert "talk.0000" in seen[1]
    pressed(one, "u", "u")
    seen, _ = pressed(one, "u")
    assert "there is nothing to undo" in text(seen)
    assert [act for act, _ in acts(one)].count("undo") == 4


def test_undo_names_what_went_where_the_code_stays() -> None:
    one = desk(BLIND)
    pressed(one, "c", "a", "1", "enter", "s", "1", "enter", "e", "right", "enter")
    seen, _ = pressed(one, "u")
    assert "undone: words of A1 on talk.0000" in text(seen)
    seen, _ = pressed(one, "u")
    assert "undone: attributes of A1 on talk.0000" in text(seen)
    assert "1 [+] A1" in text(seen)
    seen, _ = pressed(one, "u")
    assert "undone: add A1 on talk.0000" in text(seen)


def test_undo_says_that_it_steps_over_locked_codes() -> None:
    one = desk(BLIND, REVEAL)
    pressed(one, "0", "c", "a", "1", "enter", "enter")
    seen, _ = pressed(one, "u")
    said = " ".join(text(seen).split())
    assert "blind codes of talk.0001 are locked; back at talk.0000, undone: done on talk.0000" in said


def test_none_finishes_and_is_refused_beside_a_code() -> None:
    one = desk(ASSISTED)
    seen, _ = pressed(one, "a", "0")
    assert "not recorded: A1 applies by your own word" in text(seen)
    pressed(one, "u", "0")
    assert acts(one)[2:] == [("reject", "A1"), ("reject", "A2"), ("done", None)]


def test_skip_puts_off_to_the_end_and_not_again_in_this_sitting() -> None:
    one = desk(BLIND, BLIND)
    seen, _ = pressed(one, "space")
    assert "talk.0001" in seen[1]
    assert "1 skipped" in seen[0]
    seen, _ = pressed(one, "0", "space")
    assert "2 of 2 done." not in text(seen)
    assert "1 skipped: open review again; they come after all else that waits." in text(seen)


def test_attributes_are_chosen_and_taken_away() -> None:
    one = desk(ASSISTED)
    seen, _ = pressed(one, "s")
    assert "A1 does not apply here yet" in text(seen)
    pressed(one, "1", "s", "1", "2", "4", "enter")
    assert one.decisions[-1].attributes == {"status": ("experienced", "intended"), "valence": ("hinders",)}
    seen, _ = pressed(one, "down", "up", "s")
    assert "2 [+] valence: hinders" in text(seen)
    pressed(one, "up", "s", "down", "space", "enter")
    assert one.decisions[-1].attributes == {"status": ("experienced", "intended")}
    count = len(one.decisions)
    pressed(one, "up", "s", "1", "escape")
    assert len(one.decisions) == count


def test_words_are_marked_with_the_arrows() -> None:
    one = desk(BLIND)
    pressed(one, "c", "a", "1", "enter")
    _, marked = pressed(one, "e", "right", "space", "right", "right")
    assert marked == "trusted each other"
    pressed(one, "e", "right", "space", "right", "right", "enter")
    decision = one.decisions[-1]
    card = one.card("talk.0000")
    assert decision.start is not None
    assert decision.end is not None
    base = card.passage.start
    assert card.passage.text[decision.start - base : decision.end - base] == "trusted each other"
    _, marked = pressed(one, "v")
    assert marked == "trusted each other"
    pressed(one, "e", "end", "enter")
    spans = one.decisions[-1].spans
    assert spans == ((decision.start, decision.end), (card.passage.end - len("money."), card.passage.end))
    assert pressed(one, "v")[1].split() == ["trusted", "each", "other", "money."]


def test_evidence_is_bold_and_underlined_on_a_key() -> None:
    one = desk(ASSISTED)
    _, marked = pressed(one, "v")
    assert marked == "We trusted each other from the start."
    _, marked = pressed(one, "v", "down")
    assert marked == "never any money"
    _, marked = pressed(one, "v", "v")
    assert marked == ""
    assert one.decisions == []


def test_definition_and_near_misses_are_a_key_away() -> None:
    seen, _ = pressed(desk(ASSISTED), "down", "d")
    assert "A2  Time and money" in seen[1]
    assert "Money." in text(seen)
    seen, _ = pressed(desk(ASSISTED), "d", "d")
    assert "We trusted each other" in text(seen)


def test_the_transcript_opens_in_place() -> None:
    seen, _ = pressed(desk(ASSISTED, BLIND, BLIND), "t")
    assert "> Mo: We trusted each other" in text(seen)
    assert "Mo: They asked us what we wanted" in text(seen)
    assert "1 [ ] A1" in text(seen)
    one = desk(ASSISTED, BLIND, BLIND)
    pressed(one, "t", "a")
    assert acts(one) == [("accept", "A1")]


def test_a_note_and_a_flag() -> None:
    one = desk(BLIND)
    seen, _ = pressed(one, "n", "h", "i", "space", "0", "enter")
    assert "note: hi 0" in text(seen)
    seen, _ = pressed(one, "f")
    assert "FLAGGED" in seen[0]
    seen, _ = pressed(one, "f")
    assert "FLAGGED" not in seen[0]
    pressed(one, "n", "x", "escape")
    pressed(one, "n", "enter")
    assert acts(one) == [("note", None), ("flag", None), ("undo", None)]


def test_as_the_previous_passage() -> None:
    one = desk(ASSISTED, BLIND)
    pressed(one, "a", "x", "c", "b", "1", "enter", "enter")
    seen, _ = pressed(one, "equals_sign")
    assert "recorded: A1, B1 as on talk.0000" in text(seen)
    assert acts(one)[-2:] == [("add", "A1"), ("add", "B1")]
    alone = desk(BLIND)
    seen, _ = pressed(alone, "equals_sign")
    assert "you have finished no passage before" in text(seen)


def test_help_and_unknown_keys() -> None:
    seen, _ = pressed(desk(BLIND), "question_mark")
    assert ["a", "accept", "the", "code", "under", "the", "cursor"] in [line.split() for line in seen]
    seen, _ = pressed(desk(BLIND), "j")
    assert "no such key; ? lists them" in text(seen)


def test_quitting_ends_with_a_summary() -> None:
    one = desk(BLIND, BLIND)

    async def flow(app: ReviewApp, pilot: Pilot[None]) -> None:
        await pilot.press("f", "0", "q")

    app = sitting(one, flow)
    summary = app.summary()
    assert summary[0] == "1 of 2 done."
    assert "1 finished, 2 records kept" in summary[1]
    assert summary[-1] == "Go on: cothemes review --as ann"
    assert "Flagged for a second look: talk.0000." in summary


def test_at_the_end_the_summary_stands_on_the_screen_and_undo_goes_back() -> None:
    one = desk(BLIND)
    seen, _ = pressed(one, "0")
    assert "1 of 1 done." in text(seen)
    for key in ("a", "c", "enter", "n", "t", "v", "d", "s", "e", "f", "space", "1"):
        pressed(one, key)
    assert acts(one) == [("done", None)]
    seen, _ = pressed(one, "u")
    assert "talk.0000" in seen[1]


def test_a_blind_reading_shows_no_suggestion_whatever_is_pressed() -> None:
    one = desk(BLIND)
    for key in ("v", "a", "1", "d", "t", "question_mark", "s", "x", "down"):
        seen, marked = pressed(one, key)
        assert "offline" not in text(seen)
        assert "reads like" not in text(seen)
        assert marked == ""
    assert one.decisions == []
    assert not any(card.suggestions for card in one.served)


def test_reveal_shows_suggestions_after_the_lock_and_undo_stops_there() -> None:
    one = desk(REVEAL)
    seen, _ = pressed(one, "c", "a", "1", "enter")
    assert "Done locks your codes" not in text(seen)
    assert "offline" not in text(seen)
    seen, _ = pressed(one, "enter")
    assert "reveal, 2nd reading" in seen[0]
    assert "1 [+] A1" in text(seen)
    assert "> 2 [ ] A2  Time and money" in text(seen)
    seen, _ = pressed(one, "a", "u", "u")
    assert "Blind codes stay locked" in " ".join(text(seen).split())
    seen, _ = pressed(one, "x", "enter")
    assert [(d.action.value, d.code, d.arm) for d in one.decisions if d.action.value != "undo"] == [
        ("add", "A1", BLIND),
        ("done", None, BLIND),
        ("accept", "A2", REVEAL),
        ("reject", "A2", REVEAL),
        ("done", None, REVEAL),
    ]


def test_the_second_reading_without_suggestions_is_not_asked_about_again() -> None:
    one = desk(REVEAL, suggestions={})
    pressed(one, "0", "enter")
    assert [d.arm for d in one.decisions] == [BLIND, REVEAL]


def test_a_key_held_down_does_not_finish_what_comes_up_under_it() -> None:
    one = desk(BLIND, BLIND, BLIND)
    seconds = [10.0]

    async def flow(app: ReviewApp, pilot: Pilot[None]) -> None:
        seconds[0] += 1
        await pilot.press("0", "0", "space", "enter")
        assert "has only just come up" in "\n".join(lines(app))
        seconds[0] += 1
        await pilot.press("0")

    sitting(one, flow, now=lambda: seconds[0], settle=0.3)
    assert acts(one) == [("done", None), ("done", None)]


@pytest.mark.parametrize("size", [(80, 24), (60, 15), (40, 12)])
def test_a_long_passage_scrolls_and_says_how_much_is_below(size: tuple[int, int]) -> None:
    one = desk(BLIND, words=["word " * 600 + "last"], suggestions={})
    seen, _ = pressed(one, size=size)
    assert "↓" in seen[0]
    seen, _ = pressed(one, *["pagedown"] * 60, size=size)
    assert "last" in text(seen)
    assert "↓" not in seen[0]
    seen, _ = pressed(one, "pagedown", "pageup", "shift+down", "shift+up", size=size)
    assert "↓" in seen[0]


def test_the_passage_stays_in_sight_while_the_list_under_it_grows() -> None:
    one = desk(BLIND, words=["word " * 236 + "last."], suggestions={})
    seen, _ = pressed(one)
    assert "talk.0000" in text(seen)
    seen, _ = pressed(one, "c")
    assert "last." in text(seen)
    seen, _ = pressed(one, "c", "escape")
    assert "talk.0000" in text(seen)
    seen, _ = pressed(one, "c", "pageup")
    assert "last." not in text(seen), "who scrolled is left where they are"


@pytest.mark.parametrize("key", ["t", "d", "question_mark"])
def test_on_a_few_rows_the_list_gives_way_to_what_is_read(key: str) -> None:
    seen, _ = pressed(desk(ASSISTED), key, size=(40, 12))
    assert "suggested by" not in text(seen)
    assert seen[-1].startswith("up, down scroll esc back")


def test_on_a_few_rows_the_keys_stand_where_nothing_is_said() -> None:
    seen, _ = pressed(desk(ASSISTED), size=(40, 12))
    assert seen[-1].startswith("a accept x reject")
    seen, _ = pressed(desk(ASSISTED), "a", size=(40, 12))
    assert seen[-1] == "recorded: accept A1"


def test_what_is_marked_is_told_in_words_too() -> None:
    seen, _ = pressed(desk(ASSISTED), "a", "up", "e", "right", "space", "right", "right")
    assert "“trusted each other”" in text(seen)


def test_evidence_far_down_comes_into_sight() -> None:
    one = desk(ASSISTED, words=["word " * 900 + "We trusted each other from the start. never any money"])
    seen, marked = pressed(one, "v", size=(40, 12))
    assert "We trusted each other from the start." in " ".join(text(seen).split())
    assert marked


async def _evidence(app: ReviewApp, pilot: Pilot[None]) -> None:
    await pilot.press("v")
    await pilot.pause()
    assert stressed(app) == "We trusted each other from the start."


def test_without_colour_evidence_still_stands_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    sitting(desk(ASSISTED), _evidence)


def test_a_memo_is_written_and_shown_and_is_no_decision() -> None:
    one = desk(BLIND)
    seen, _ = pressed(one, "m", "o", "d", "d", "enter")
    assert one.memos == ["odd"]
    assert acts(one) == []
    assert "memo: odd" in text(seen)
    assert "recorded: memo" in text(seen)
    pressed(one, "m", "x", "escape")
    assert one.memos == ["odd"]


def test_what_the_coder_noticed_stands_over_the_passage_and_in_no_blind_reading() -> None:
    noticed = ("text reads like instructions",)
    seen, _ = pressed(desk(ASSISTED, remarks=noticed))
    assert seen[2] == "! text reads like instructions"
    seen, _ = pressed(desk(BLIND, remarks=noticed))
    assert "instructions" not in text(seen)
    seen, _ = pressed(desk(REVEAL, remarks=noticed), "0")
    assert "! text reads like instructions" in text(seen)


def test_escape_in_the_finder_goes_back_one_level() -> None:
    one = desk(BLIND)
    seen, _ = pressed(one, "c", "a", "1", "tab")
    assert "tab or esc goes back" in text(seen)
    seen, _ = pressed(one, "c", "a", "1", "tab", "escape", "enter")
    assert "recorded: add A1" in text(seen)


def test_the_second_reading_keeps_what_was_given_blind_and_names_what_is_ones_own() -> None:
    one = desk(REVEAL)
    pressed(one, "c", "a", "1", "enter", "enter")
    seen, _ = pressed(one, "1", "1", "c", "b", "1", "enter")
    assert "1 [+] A1  Trust between people (given blind)" in text(seen)
    assert "3 [+] B1  Turnover of staff (yours)" in text(seen)
    bare = desk(REVEAL, suggestions={})
    seen, _ = pressed(bare, "c", "a", "1", "enter", "enter")
    assert "no code is suggested; your codes" in text(seen)
    assert "1 [+] A1  Trust between people (given blind)" in text(seen)


def test_a_row_with_marked_words_says_so_and_v_shows_them() -> None:
    one = desk(BLIND)
    seen, marked = pressed(one, "c", "a", "1", "enter", "e", "right", "enter")
    assert '1 [+] A1  Trust between people "' in text(seen)
    assert marked == ""
    seen, marked = pressed(one, "v")
    assert marked == "trusted"


def test_a_line_to_type_on_says_what_it_is_for() -> None:
    assert "note: enter keeps it with your decisions, esc leaves" in text(pressed(desk(BLIND), "n")[0])
    assert "memo on this passage: enter keeps it, esc leaves" in text(pressed(desk(BLIND), "m")[0])


def test_the_last_line_offers_what_can_be_done_and_is_never_cut() -> None:
    for width in (40, 60, 80, 200):
        seen, _ = pressed(desk(BLIND), size=(width, 24))
        assert seen[-1].endswith("^p all acts")
        assert "accept" not in seen[-1]
        assert "c code" in seen[-1]
    assert pressed(desk(ASSISTED))[0][-1].startswith("a accept x reject")
    assert pressed(desk(ASSISTED), "1")[0][-1].startswith("x take away")


def test_the_previous_passage_without_codes_is_named() -> None:
    seen, _ = pressed(desk(BLIND, BLIND), "0", "equals_sign")
    assert "the passage before, talk.0000, has no codes" in text(seen)


def test_attributes_without_a_code_say_so() -> None:
    assert "no code is under the cursor" in text(pressed(desk(BLIND), "s")[0])
