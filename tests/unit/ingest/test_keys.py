"""Keys of initials: found where they are, and no turn is taken for one."""

from __future__ import annotations

import pytest

from cothemes.records.document import Role
from cothemes.records.source import Line
from cothemes.stages.ingest.keys import find_key, fits_initials, initials
from cothemes.stages.ingest.rows import rows_of


def key(text: str, *names: str) -> list[tuple[str, str, Role | None]]:
    rows = rows_of(tuple(Line(text=line) for line in text.split("\n")))
    return [(entry.label, entry.name, entry.role) for entry in find_key(rows, names)]


def test_dashes_roles_and_places() -> None:
    assert key(
        "KK - Kay Kerr (Interviewer)  \nAB – Dr Ann Bell\nCD -Cy Dow - Leeds Council\n\nKK Hello."
    ) == [
        ("KK", "Kay Kerr", Role.INTERVIEWER),
        ("AB", "Dr Ann Bell", None),
        ("CD", "Cy Dow", None),
    ]


def test_bold_initials_and_a_role_alone() -> None:
    assert key("**KK** - Interviewer\n**AB** - Ann Bell") == [
        ("KK", "Interviewer", Role.INTERVIEWER),
        ("AB", "Ann Bell", None),
    ]


def test_without_a_dash_the_initials_must_spell_the_whole_row() -> None:
    assert key("KK Kay Kerr\nDMD Donna McDowell\n\nKK Hello.") == [
        ("KK", "Kay Kerr", None),
        ("DMD", "Donna McDowell", None),
    ]
    assert key("AB Ann Bell, planner at the council.\n\nCD Cy Dow here.") == []


def test_a_row_that_introduces_its_speaker_is_a_turn() -> None:
    text = "AB - Ann Bell\nCD - Cy Dow\n\nAB I'm Ann Bell, a planner.\n\nCD And I'm Cy Dow."
    assert [label for label, _, _ in key(text)] == ["AB", "CD"]


def test_a_first_name_inside_the_key_belongs_to_it() -> None:
    assert key("MD - May Dun\nNora\nJP - Jo Park", "May Dun", "Nora", "Jo Park")[1] == ("Nora", "Nora", None)


def test_one_letter_for_several_people_names_none_of_them() -> None:
    assert key("ED - Eve Day\nF - Nat, Harriet, Jade") == [
        ("ED", "Eve Day", None),
        ("F", "Nat", None),
        ("F", "Harriet", None),
        ("F", "Jade", None),
    ]


@pytest.mark.parametrize(
    "text", ["BS - Hi.", "So - I think we should", "A long time ago - really", "- first item\n- second item"]
)
def test_no_key(text: str) -> None:
    assert key(text) == []


def test_initials() -> None:
    assert initials("Dr Ann van Bell") == "AB"
    assert fits_initials("AW", "Anna Jack-Waugh")
    assert fits_initials("AJ", "Anna Jack-Waugh")
    assert not fits_initials("AX", "Anna Jack-Waugh")
