"""Nothing in a transcript, a label or a model's reason steers the terminal, and no offset moves."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.doubles.desk import suggested
from tests.tui.double import desk, pressed
from textual._cells import cell_len
from textual.content import Content

from cothemes.records.review import Arm
from cothemes.records.suggestion import Evidence
from cothemes.stages.review.marking import marking
from cothemes.tui.frame import SHORT, Item, Listing, Text, View, frame_of
from cothemes.tui.paragraphs import one_line, plain

NASTY = (
    "\x1b]0;owned\x07 \x1b]52;c;aGk=\x07 \x1b[2J \u202eright\u202c \u2066x\u2069 \u200b\u200d\u00ad "
    "[bold red]not markup[/] [@click=app.exit]go[/] 👩‍👩‍👧 e\u0301\u0301\u0301 你好 \u2028 \x9b31m "
    + "x" * 20_000
    + " end"
)
STEERING = {chr(c) for c in [*range(0x20), *range(0x7F, 0xA0)]} | set("\u202a\u202e\u2066\u2069\u200f")


def test_hostile_words_are_shown_harmlessly_and_marked_where_they_stand() -> None:
    start = len("What made the group work?") + 1
    offset = NASTY.index("[bold red]not markup[/]")
    found = suggested(
        "A1",
        passage="talk.0000",
        evidence=(Evidence(start=start + offset, end=start + offset + 23),),
        reason="\x1b[31mred\nlines [b]x[/b]",
    )
    for size in ((80, 24), (40, 12)):
        one = desk(Arm.ASSISTED, words=[NASTY], speaker="\x1b[31mMo", suggestions={0: [found]})
        seen, marked = pressed(one, "v", size=size)
        assert marked == "[bold red]not markup[/]"
        assert not STEERING & set("".join(seen))
        assert "[b]x[/b]" in "\n".join(seen)
        for keys in (("t",), ("e",), ("d",), ("n", "[", "b", "]", "enter")):
            seen, _ = pressed(one, *keys, size=size)
            assert not STEERING & set("".join(seen))
            assert len(seen) == size[1]


def test_a_span_after_hostile_words_is_that_span() -> None:
    one = desk(Arm.BLIND, words=[NASTY], suggestions={})
    pressed(one, "c", "a", "1", "enter")
    pressed(one, "e", "end", "enter")
    last = one.decisions[-1]
    assert last.start is not None
    base = one.card("talk.0000").passage.start
    assert NASTY[last.start - base : (last.end or 0) - base] == "end"


@settings(max_examples=150, deadline=None)
@given(
    st.text(max_size=300),
    st.integers(20, 90),
    st.integers(8, 30),
    st.lists(st.text(max_size=40), max_size=12),
    st.text(max_size=200),
    st.booleans(),
    st.none() | st.integers(-5, 50),
)
def test_every_frame_has_the_size_of_the_screen(
    words: str, width: int, height: int, rows: list[str], message: str, prompt: bool, top: int | None
) -> None:
    text = Text([plain(words, indent=2), plain("next")], width)
    items = [Item(one_line(row), one_line(row)) for row in rows]
    view = View(
        ("1/2 done", one_line(message)),
        Listing("title", items, max(len(items) - 1, 0), "none"),
        one_line(message),
        prompt,
    )
    frame = frame_of(view, text, width, height, top, short=height < SHORT)
    assert len(frame.lines) == height
    for line in frame.lines:
        assert "\n" not in line.plain
        assert cell_len(line.plain) <= width
    if items:
        assert any(line.plain.startswith(">") for line in frame.lines)


@given(st.text(min_size=1, max_size=200), st.lists(st.integers(-12, 12), max_size=8))
def test_a_marking_is_always_whole_words_of_the_passage(words: str, moves: list[int]) -> None:
    mark = marking(words)
    if mark is None:
        assert not words.split()
        return
    for index, by in enumerate(moves):
        mark = mark.moved(by)
        if index == 2:
            mark = mark.anchored()
        start, end = mark.span
        assert 0 <= start < end <= len(words)
        assert words[start:end].strip() == words[start:end]


def test_content_never_reads_markup() -> None:
    assert Content("[b]x[/b]").plain == "[b]x[/b]"
