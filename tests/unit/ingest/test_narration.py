"""Unlabelled paragraphs that are not the voice's before them. All texts are invented."""

from __future__ import annotations

import pytest
from tests.unit.ingest.reading import Desk

KEY = """---
title: "A talk"
hosts: ["May Dun"]
speakers: ["Ann Bell", "Cy Dow", "Flo Gray", "Hal"]
---
MD - May Dun
AB - Ann Bell
CD - Cy Dow
FG - Flo Gray
H - Hal

MD What changed?

AB The hours changed.

"""
THEN = "\n\nMD Tell us more.\n\nCD It was cold.\n\nH It was.\n\nFG Yes.\n"


@pytest.mark.parametrize(
    "paragraph",
    [
        "Cy Dow, Head of Planning and chair of the board.",
        "Cy Dow, who runs the branch, explains how the heating works.",
        "Finally, Cy Dow, from the council, tells us more about the heating.",
        "The council has plans too. We hear from Cy Dow at the depot.",
        "Hal, a reader of the library, also shared what it was like.",
        "Hal and Cy from the reading group talk about the cold.",
        "Next, they both speak about what should happen.",
    ],
)
def test_a_narrator_brings_in_who_is_heard_next(desk: Desk, paragraph: str) -> None:
    found = desk.turns(KEY + paragraph + THEN)
    assert found[1:3] == [
        ("Ann Bell", "participant", "The hours changed."),
        ("", "unknown", paragraph),
    ]
    assert found[3][0] == "May Dun"


@pytest.mark.parametrize(
    "paragraph",
    [
        "Cy Dow explained the heating to me, and I understood it.",
        "And the staff did too. Everybody talks about it.",
        "Hal, can you tell us about the cold?",
        "Hal and I explain it to everybody.",
        "Hal has lost his place at the window. He now tells everybody.",
        "Ann Bell is what they call me, and she explains it.",
        "Let's hear from Cy Dow.",
    ],
)
def test_who_says_i_or_you_or_no_verb_of_telling_goes_on(desk: Desk, paragraph: str) -> None:
    found = desk.turns(KEY + paragraph + THEN)
    assert found[1] == ("Ann Bell", "participant", f"The hours changed.\n\n{paragraph}")


def test_an_interviewer_may_tell_who_is_next(desk: Desk) -> None:
    told = "Hal, who reads there, explains how the heating works."
    found = desk.turns(KEY + "MD Thanks.\n\n" + told + "\n\nH It was cold.\n")
    assert found[2] == ("May Dun", "interviewer", f"Thanks.\n\n{told}")


def test_a_full_name_of_the_key_opens_a_turn_where_words_of_speech_follow(desk: Desk) -> None:
    found = desk.turns(KEY + "Cy Dow I have been cold.\n\nCy Dow Street was closed.\n")
    assert found[2] == ("Cy Dow", "participant", "I have been cold.\n\nCy Dow Street was closed.")


def test_a_word_in_capitals_that_is_a_label_is_one_without_its_colon_too(desk: Desk) -> None:
    found = desk.turns(
        KEY + "PORTER: The boiler failed.\n\nMD Why?\n\nPORTER It is old.\n\nBOILER ROOM Closed.\n"
    )
    assert [(who, words) for who, _, words in found[2:]] == [
        ("PORTER", "The boiler failed."),
        ("May Dun", "Why?"),
        ("PORTER", "It is old.\n\nBOILER ROOM Closed."),
    ]


def test_what_follows_a_question_from_the_floor_without_a_label_may_be_anyones(desk: Desk) -> None:
    found = desk.turns(KEY + "Q Is it warm now?\n\nYes, since May.\n\nIt took a year.\n\nAB Thank you.\n")
    assert [(who, words) for who, _, words in found[2:]] == [
        ("Q", "Is it warm now?"),
        ("", "Yes, since May."),
        ("", "It took a year."),
        ("Ann Bell", "Thank you."),
    ]
