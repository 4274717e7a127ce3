"""Every key of adjudication, pressed as a person presses it, and what it leaves in the record."""

from __future__ import annotations

from tests.tui.table_double import TableDouble, pressed, rulings

from cothemes.records.adjudication import Ruling
from cothemes.stages.review.context import Cut
from cothemes.tui.adjudicate import AdjudicateApp

YES, NO, NOTE, UNDO = Ruling.YES, Ruling.NO, Ruling.NOTE, Ruling.UNDO


def text(table: TableDouble, *keys: str) -> str:
    seen, _ = pressed(table, *keys)
    return "\n".join(seen)


def test_readers_stand_side_by_side_under_the_code() -> None:
    seen = text(TableDouble())
    assert "> 1 [ ] A1  Trust between people (attributes differ)" in seen
    assert "reader 1: yes, status: intended" in seen
    assert "reader 2: yes, status: experienced" in seen
    assert "2 to settle" in seen


def test_the_card_says_that_the_turn_goes_on() -> None:
    table = TableDouble()
    whole = text(table)
    assert "…" not in whole
    table.cut = Cut(before=True, after=True)
    seen = text(table)
    assert "  … We trusted each other from" in seen
    assert "until we did. …" in seen


def test_a_and_x_settle_and_the_cursor_goes_to_what_is_open() -> None:
    table = TableDouble()
    seen = text(table, "a", "x")
    assert rulings(table) == [(YES, "A1"), (NO, "A2")]
    assert "all adjudicated, enter goes on" in seen
    assert table.records[0].attributes == {}


def test_enter_goes_on_only_once_all_is_settled() -> None:
    table = TableDouble()
    assert "not recorded: A1, A2 not adjudicated" in text(table, "enter")
    assert "talk.0001 | A talk" in text(table, "a", "x", "enter")
    assert "2 of 2 passages in dispute are adjudicated" in text(table, "a", "x", "enter")


def test_digits_turn_rulings_over() -> None:
    table = TableDouble()
    assert "there is no row 7" in text(table, "2", "2", "7")
    assert rulings(table) == [(YES, "A2"), (NO, "A2")]


def test_attributes_are_chosen_and_later_words_keep_them() -> None:
    table = TableDouble()
    text(table, "s", "1", "2", "5", "enter", "e", "right", "space", "right", "enter")
    assert rulings(table) == [(YES, "A1"), (YES, "A1")]
    last = table.records[-1]
    assert last.attributes == {"valence": ("hinders",)}
    passage = table.dispute("talk.0000").case.passage
    assert last.start is not None
    assert last.end is not None
    assert passage.text[last.start - passage.start : last.end - passage.start] == "trusted each"


def test_attributes_settled_before_stay_unless_given_anew() -> None:
    table = TableDouble()
    text(table, "s", "1", "enter", "s", "3", "enter", "n", "w", "h", "y", "enter", "s", "1", "enter")
    kept = [record.attributes for record in table.records]
    assert kept[0] == {"valence": ("helps",)}
    assert kept[1] == {"valence": ("helps",), "status": ("experienced",)}
    assert kept[3] == {"status": ("experienced",)}
    assert table.records[3].note == "why"


def test_a_note_goes_to_the_passage_and_then_to_the_code() -> None:
    table = TableDouble()
    seen = text(table, "n", "h", "m", "enter", "a", "up", "n", "s", "o", "enter")
    assert rulings(table) == [(NOTE, None), (YES, "A1"), (YES, "A1")]
    assert table.records[-1].note == "so"
    assert "discussion: hm" in seen


def test_any_code_can_be_found_and_ruled() -> None:
    table = TableDouble()
    seen = text(table, "c", "s", "t", "a", "f", "f", "enter")
    assert rulings(table) == [(YES, "B1")]
    assert "3 [+] B1  Turnover of staff (given by no reader)" in seen
    assert "no code matches 'zz'" in text(table, "c", "z", "z", "enter")


def test_words_are_shown_reader_by_reader_bold_and_underlined() -> None:
    _, first = pressed(TableDouble(), "v")
    _, second = pressed(TableDouble(), "v", "v")
    _, none = pressed(TableDouble(), "v", "v", "v")
    assert (first, second, none) == ("We trusted each other", "We trusted each other", "")
    assert "nobody marked words" in text(TableDouble(), "c", "b", "1", "enter", "v")


def test_undo_goes_back_over_passages_without_limit() -> None:
    table = TableDouble()
    seen = text(table, "a", "x", "enter", "a", "u", "u", "u", "u")
    assert rulings(table)[:3] == [(YES, "A1"), (NO, "A2"), (YES, "A2")]
    assert rulings(table)[3:] == [(UNDO, "A2"), (UNDO, "A2"), (UNDO, "A1")]
    assert "there is nothing to undo" in seen
    assert "talk.0000" in seen


def test_space_puts_a_passage_off_and_records_nothing() -> None:
    table = TableDouble()
    assert "talk.0001 | A talk" in text(table, "space")
    assert "0 of 2 passages in dispute are adjudicated" in text(table, "space", "space")
    assert table.records == []


def test_pages_open_and_close() -> None:
    table = TableDouble()
    assert "A1  Trust between people" in text(table, "d").splitlines()[1]
    assert "> Mo: We trusted" in text(table, "t")
    assert "the code under the cursor applies" in text(table, "question_mark")
    assert "0/2 settled" in text(table, "t", "escape")
    assert "no such key" in text(table, "y")
    assert table.records == []


def test_nothing_is_lost_by_leaving() -> None:
    table = TableDouble()
    app = AdjudicateApp(table)
    app.panel.press("a")
    app.panel.press("q")
    assert app.panel.leaving
    assert "This sitting: 1 records kept." in app.summary()
    assert "Go on: cothemes adjudicate --as ann" in app.summary()


def test_the_table_of_the_application_is_a_table() -> None:
    from cothemes.app.review.adjudicate import Adjudication
    from cothemes.stages.review.table import DiscussionTable

    wanted = {name for name in vars(DiscussionTable) if not name.startswith("_")}
    assert {name for name in wanted if not hasattr(Adjudication, name)} == {"chair"}, "made with it"
