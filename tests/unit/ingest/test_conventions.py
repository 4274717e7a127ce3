"""Every convention reads its examples, and no other text; the choice between two is clear or not made."""

from __future__ import annotations

from collections import Counter

import pytest

from cothemes.records.document import BlockKind, Document, Kind
from cothemes.records.source import Line, LineStyle, Source
from cothemes.stages.ingest.conventions import registry
from cothemes.stages.ingest.conventions.choice import one_spelling
from cothemes.stages.ingest.conventions.labels import Form, Mark
from cothemes.stages.ingest.conventions.reading import Convention, Example, Reading, seconds_of
from cothemes.stages.ingest.document import Understanding, understand

EXAMPLES = [
    pytest.param(convention, example, id=f"{convention.name} {number}")
    for convention in registry.BUILT_IN
    for number, example in enumerate(convention.examples)
]


def understood(text: str, kind: Kind | None = None) -> Understanding:
    lines = []
    place = 0
    for row in text.split("\n"):
        style = LineStyle.HEADING if row.startswith("#") else LineStyle.TEXT
        lines.append(Line(text=row, place=place, style=style, level=len(row) - len(row.lstrip("#"))))
        place += len(row) + 1
    source = Source(name="a.txt", reader="text", hash="0", unit="character", lines=tuple(lines))
    return understand(source, kind=kind)


def turns(document: Document) -> list[tuple[str, str]]:
    return [
        (block.speaker, document.text[block.start : block.end])
        for block in document.blocks
        if block.kind is not BlockKind.HEADING
    ]


@pytest.mark.parametrize(("convention", "example"), EXAMPLES)
def test_examples(convention: Convention, example: Example) -> None:
    document, choice = understood(example.text)
    assert choice.winner is not None
    assert choice.winner.name == convention.name
    assert turns(document) == list(example.turns)
    assert document.kind is Kind.INTERVIEW
    if example.times:
        assert tuple(block.time for block in document.blocks) == example.times


@pytest.mark.parametrize(("convention", "example"), EXAMPLES)
def test_no_word_is_lost_doubled_or_joined_and_offsets_lead_to_the_source(
    convention: Convention, example: Example
) -> None:
    document, _ = understood(example.text)
    assert Counter(document.text.split()) == Counter(example.text.split())
    for block in document.blocks:
        first = document.text[block.start : block.end].split("\n")[0]
        assert example.text[document.offsets.source_of(block.start) :].startswith(first)


def test_each_convention_has_a_name_and_an_example() -> None:
    names = [convention.name for convention in registry.conventions()]
    assert len(names) == len(set(names))
    assert all(convention.examples for convention in registry.BUILT_IN)


NUMBERED = "".join(
    f"{number} {who}: {said}\n"
    for number, (who, said) in enumerate(
        [("I", "How did it begin?"), ("B1", "In the spring."), ("I", "And then?"), ("B1", "We moved.")], 1
    )
)


def test_line_numbers_are_no_words() -> None:
    document, _ = understood(NUMBERED)
    assert turns(document) == [
        ("I", "How did it begin?"),
        ("B1", "In the spring."),
        ("I", "And then?"),
        ("B1", "We moved."),
    ]
    assert document.text == NUMBERED.replace("1 I", "I").replace("2 B", "B").replace("3 I", "I").replace(
        "4 B", "B"
    )
    assert NUMBERED[document.offsets.source_of(document.blocks[3].start) :] == "We moved.\n"


def test_a_numbered_list_keeps_its_numbers() -> None:
    text = "The group agreed on this.\n\n1. Hold the hall.\n2. Read a book.\n3. Sweep it.\n\nThat was all.\n"
    assert understood(text)[0].text == text


CAPTIONS = (
    "1\n00:00:01,000 --> 00:00:02,000\nJane: How did <i>it</i> begin?\n\n"
    "2\n00:00:03,000 --> 00:00:04,000\nTom: In the\nspring.\n\n"
    "3\n00:00:05,000 --> 00:00:06,000\nJane: And then?\n\n"
    "4\n00:00:07,000 --> 00:00:08,000\n(laughs) Tom: 12\n"
)


@pytest.mark.parametrize("text", [CAPTIONS, "WEBVTT\n\n" + CAPTIONS.replace(",000", ".000")])
def test_captions_in_a_text_file(text: str) -> None:
    document, _ = understood(text)
    assert document.kind is Kind.INTERVIEW
    assert "-->" not in document.text
    assert turns(document)[:3] == [
        ("Jane", "How did it begin?"),
        ("Tom", "In the spring."),
        ("Jane", "And then? (laughs) Tom: 12"),
    ]
    assert [block.time[:8] for block in document.blocks] == ["00:00:01", "00:00:03", "00:00:05"]
    assert text[document.offsets.source_of(document.blocks[1].start) :].startswith("In the\nspring.")


SAID = ("How did it begin?", "In the spring.", "And then?", "We moved.")
WAYS = {
    "chat": ("12/03/2024, 10:0{n} - {name}: {said}\n", ("Jane Roe", "Tom Lark"), "10:01"),
    "chat in brackets": ("[12/03/2024, 10:0{n}:00] {name}: {said}\n", ("Jane Roe", "Tom Lark"), "10:01:00"),
    "bar": ("0:0{n} | {name}\n{said}\n\n", ("Jane Roe", "Tom Lark"), "0:01"),
    "bar behind": ("{name} | 00:0{n}\n{said}\n\n", ("Jane Roe", "Tom Lark"), "00:01"),
    "dash and time": ("{name} - 00:0{n}\n{said}\n\n", ("Jane Roe", "Tom Lark"), "00:01"),
    "half of the day": ("{name}  10:0{n} AM\n{said}\n\n", ("Jane Roe", "Tom Lark"), "10:01 AM"),
    "range": ("{name} 00:0{n} - 00:09\n{said}\n\n", ("Speaker 1", "Speaker 2"), "00:01"),
    "time in words": ("{name} 0 minutes {n} seconds\n{said}\n\n", ("Jane Roe", "Tom Lark"), "0:01"),
    "hearing": ("{name}.—{said}\n\n", ("The CHAIR", "Mr LARK"), ""),
    "capitals": ("{name}. {said}\n\n", ("Senator ROE", "Mr. LARK"), ""),
    "corner brackets": ("【{name}】{said}\n", ("聞き手", "田中"), ""),
    "quotation": ("> **{name}:** {said}\n\n", ("Jane Roe", "Tom Lark"), ""),
    "bold with a stop": ("**{name}.** {said}\n\n", ("Jane Roe", "Tom Lark"), ""),
    "direction marks": ("\u200f{name}:\u00a0{said}\n\n", ("المحاور", "أحمد"), ""),
    "part in brackets": ("{name}: {said}\n\n", ("Jane [Interviewer]", "Tom [Manager]"), ""),
    "numbers in brackets": ("({n}) {name}: {said}\n", ("Jane Roe", "Tom Lark"), ""),
}


@pytest.mark.parametrize("way", WAYS)
def test_ways_of_writing_names_and_times(way: str) -> None:
    pattern, names, second = WAYS[way]
    text = "".join(
        pattern.format(n=number, name=names[number % 2], said=said) for number, said in enumerate(SAID)
    )
    document, _ = understood(text)
    assert turns(document) == [(names[number % 2], said) for number, said in enumerate(SAID)]
    assert document.blocks[1].time == second


def test_times_of_the_afternoon_rise() -> None:
    times = [seconds_of(time) for time in ("11:59 AM", "12:00 PM", "12:30 pm", "1:00:05 PM")]
    assert times == sorted(times)
    assert times[-1] == 13 * 3600 + 5


NOT_TALK = {
    "headings twice": "".join(
        f"# {part}\n\n## {name}\n\nIs it so? They are many here.\n\n"
        for part in ("First", "Second")
        for name in ("Liquidity", "Custody", "Fees", "Open Data")
    ),
    "headings": "Strengths\n\nThey are many here.\n\nWeaknesses\n\nThey are few.\n\n" * 3,
    "figures": "Fig. 35: The hall\n\nFig. 36: The barn\n\nFig. 35: The hall again\n\nFig. 36: The barn\n",
    "bracketed": "[laughs] It was so.\n\n[pause] Then it was not.\n\n[laughs] Really?\n\n[pause] Yes?\n",
    "list": "1) Hold the hall.\n\n2) Read a book?\n\n1) Heat it.\n\n2) Sweep it?\n\n1) Close it.\n\n2) Go.\n",
    "letters": "A. Hold the hall.\n\nB. Read a book?\n\nA. Heat it.\n\nB. Sweep it?\n",
    "columns": "Income  12  14\nCosts  13  19\nIncome  4  5\nCosts  6  7\n",
    "short lines": "Yes\n\nAnd we went on to the hall.\n\nNo\n\nWe did not stay there.\n\n" * 3,
}


@pytest.mark.parametrize("name", NOT_TALK)
def test_what_is_no_conversation(name: str) -> None:
    document, choice = understood(NOT_TALK[name])
    assert document.kind is Kind.UNKNOWN
    assert not any(block.speaker for block in document.blocks)
    assert choice.winner is None or choice.winner.fit.turns < 3


def test_break_and_setting_are_no_speakers() -> None:
    talk = "Interviewer: Ready?\nTom: Yes, I am.\nBreak: ten minutes\nSetting: the hall\n" * 3
    document, _ = understood(talk)
    assert {block.speaker for block in document.blocks} == {"Interviewer", "Tom"}


def test_an_article_that_quotes_people_is_no_interview() -> None:
    prose = "Reading rooms have been part of the town for a century, as the records show.\n\n"
    quotes = "".join(f"P{number}: I come for the quiet.\n\n{prose * 3}" for number in (2, 5, 2, 7))
    document, _ = understood(prose * 4 + quotes)
    assert document.kind is Kind.UNKNOWN
    assert any("quotes people" in note for note in document.notes)
    assert understood(prose * 4 + quotes, Kind.INTERVIEW)[0].kind is Kind.INTERVIEW


@pytest.mark.parametrize(
    "labels",
    [
        ("JANE ROE", "Jane  Roe", "Jane Roe", "jane roe"),
        ("Interviewer1", "Interviewer 1", "interviewer 1", "Interviewer 1"),
    ],
)
def test_one_voice_has_one_spelling(labels: tuple[str, ...]) -> None:
    marks = {at: Mark(label, Form.COLON, 0, "") for at, label in enumerate(labels)}
    assert {mark.label for mark in one_spelling(marks).values()} == {labels[2].title()}


def test_numbered_voices_stay_apart() -> None:
    labels = ("Speaker 1", "Speaker 11", "Speaker 1 1")
    marks = {at: Mark(label, Form.COLON, 0, "") for at, label in enumerate(labels)}
    assert {mark.label for mark in one_spelling(marks).values()} == set(labels)


def _third(page: object) -> Reading | None:
    rows = page.rows  # type: ignore[attr-defined]
    marks = {
        at: Mark(row.text.split("~")[0], Form.APART, row.text.index("~") + 1, "")
        for at, row in enumerate(rows)
        if "~" in row.text
    }
    return Reading(marks) if marks else None


def test_a_convention_of_another_package(monkeypatch: pytest.MonkeyPatch) -> None:
    mine = Convention("tilde", "Name~words", _third, (Example("", ()),), least=0.0)

    class Point:
        value = "mine:CONVENTION"

        def load(self) -> object:
            return mine

    monkeypatch.setattr(registry, "entry_points", lambda **_: [Point()])
    registry.conventions.cache_clear()
    try:
        document, choice = understood("Jane~How?\nTom~So.\nJane~Then?\nTom~We moved.\n")
    finally:
        monkeypatch.undo()
        registry.conventions.cache_clear()
    assert choice.winner is not None
    assert choice.winner.name == "tilde"
    assert [speaker for speaker, _ in turns(document)] == ["Jane", "Tom", "Jane", "Tom"]


def test_a_rival_that_says_otherwise_leaves_everyone_unnamed(monkeypatch: pytest.MonkeyPatch) -> None:
    def other(page: object) -> Reading | None:
        rows = page.rows  # type: ignore[attr-defined]
        marks = {at: Mark("AB"[at % 2], Form.APART, 0, "") for at, row in enumerate(rows) if row.text}
        return Reading(marks)

    rival = Convention("rival", "", other, (Example("", ()),))
    monkeypatch.setattr(registry, "BUILT_IN", (*registry.BUILT_IN, rival))
    registry.conventions.cache_clear()
    try:
        document, choice = understood("Jane: How?\nTom: So.\nJane: Then?\nTom: We moved.\n", Kind.INTERVIEW)
    finally:
        monkeypatch.undo()
        registry.conventions.cache_clear()
    assert choice.contested
    assert not any(block.speaker for block in document.blocks)
    assert any("two ways" in note for note in document.notes)


DATED = "".join(
    f"00:00:{second:02d} {said}\n\n"
    for second, said in enumerate(
        ("So we met.", "In the hall.", "Every week.", "Of that year.", "And so on.")
    )
)


def test_lines_that_each_begin_with_a_time_are_talk_of_nobody_named() -> None:
    document, choice = understood(DATED)
    assert choice.winner is None
    assert document.kind is Kind.INTERVIEW
    assert document.text == "So we met. In the hall. Every week. Of that year. And so on."
    assert [(block.speaker, block.time) for block in document.blocks] == [("", "00:00:00")]
    assert DATED[document.offsets.source_of(document.text.index("Every")) :].startswith("Every week.")


def test_times_that_fall_are_no_captions() -> None:
    plan = "10:30:00 Coffee.\n\n09:00:00 Welcome.\n\n12:00:00 Lunch.\n\n08:00:00 Doors.\n\n11:00:00 Talk.\n"
    assert understood(plan)[0].kind is Kind.UNKNOWN


def test_a_list_of_facts_below_a_title_is_no_turn() -> None:
    text = (
        "# About\n\nA talk about a hall, kept by the library for everyone to read.\n\n"
        "INTERVIEWEE: Tom Lark\nINTERVIEWER: Jane Roe\nDATE: 3 May 2012\nPLACE: Leeds\n\n"
        "Q:\n\nHow did it begin?\n\nTom Lark:\n\nIn the spring.\n\n"
        "Q:\n\nAnd then?\n\nTom Lark:\n\nWe moved.\n"
    )
    document, _ = understood(text)
    assert [speaker for speaker, _ in turns(document) if speaker] == ["Q", "Tom Lark", "Q", "Tom Lark"]
    assert document.metadata["date"] == "3 May 2012"


def test_times_in_escaped_brackets_and_links_behind_a_colon() -> None:
    text = (
        "Slides: https://example.org/a\n\n"
        "**Jane Roe:** \\[00:12\\] How?\n\n**Tom ‘Cy’ Lark:** \\[00:20\\] So.\n\n"
        "**Jane Roe:** \\[00:31\\] Then?\n\n**Tom ‘Cy’ Lark:** \\[01:01\\] We moved.\n"
    )
    document, _ = understood(text)
    spoken = [(block.speaker, block.time) for block in document.blocks if block.speaker]
    assert spoken == [
        ("Jane Roe", "00:12"),
        ("Tom ‘Cy’ Lark", "00:20"),
        ("Jane Roe", "00:31"),
        ("Tom ‘Cy’ Lark", "01:01"),
    ]
    assert "\\[" not in "".join(words for _, words in turns(document))


def test_times_inside_bold_labels() -> None:
    text = (
        "**Jane Roe (00:12):** How?\n\n**Tom Lark (00:20):**\nSo it went.\n\n"
        "**Jane Roe (00:31):** Then?\n\n**Tom Lark (01:01):**\nWe moved.\n"
    )
    document, _ = understood(text)
    assert turns(document) == [
        ("Jane Roe", "How?"),
        ("Tom Lark", "So it went."),
        ("Jane Roe", "Then?"),
        ("Tom Lark", "We moved."),
    ]
    assert [block.time for block in document.blocks] == ["00:12", "00:20", "00:31", "01:01"]


UNASKED = "".join(
    f"{name}\n{said}\n\n"
    for name, said in (
        ("Jane Roe", "So tell me how it began."),
        ("Tom Lark", "In the spring."),
        ("Jane Roe", "Then go on from there."),
        ("Tom Lark", "We moved."),
    )
)


@pytest.mark.parametrize(
    ("above", "voices"),
    [
        ("Transcript of an interview with Tom Lark by Jane Roe\n\n", {"Jane Roe", "Tom Lark"}),
        ("Transcript of an interview about a hall\n\n", {""}),
        ("Two pieces by Tom Lark and Jane Roe\n\n", {""}),
    ],
)
def test_names_above_words_without_a_question_need_an_announcement(above: str, voices: set[str]) -> None:
    document, _ = understood(above + UNASKED)
    assert {block.speaker for block in document.blocks if block.kind is BlockKind.TURN} == voices - {""}


def test_a_time_behind_a_gap_is_no_word() -> None:
    text = "Ann  0:03\nHow?\n\nBen  0:09\nSo.\n\nAnn  0:12\nThen?\n\nBen  0:20\nWe moved.\n"
    document, choice = understood(text)
    assert [words for _, words in turns(document)] == ["How?", "So.", "Then?", "We moved."]
    assert "name and gap" not in {other.name for other in choice.others}


def test_a_date_above_the_talk_is_no_voice() -> None:
    talk = "".join(
        f"{name}   0:0{n}\n{said}\n\n" for n, (name, said) in enumerate(zip("AB" * 2, SAID, strict=True))
    )
    document, _ = understood(f"June 27, 2024, 10:11AM\n\n{talk}")
    assert {block.speaker for block in document.blocks} == {"A", "B"}
