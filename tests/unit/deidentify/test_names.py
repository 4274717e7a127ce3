"""Names: whole, in parts, possessive, folded, shared; never inside another word."""

from __future__ import annotations

import pytest
from tests.unit.deidentify.talks import searched, talk, viewed

from cothemes.stages.deidentify.names import Name


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("Kirsten Munro came.", "[PERSON_1] came."),
        ("KIRSTEN MUNRO came, then kirsten.", "[PERSON_1] came, then [PERSON_1]."),
        ("Ask Kirsten, or Ms Munro.", "Ask [PERSON_1], or Ms [PERSON_1]."),
        ("Kirsten's and Munro’s plan", "[PERSON_1]'s and [PERSON_1]’s plan"),
        ("K. Munro and K Munro", "[PERSON_1] and [PERSON_1]"),
        ("Kirsten\u00a0Munro, Kirsten-Munro, Kirsten  Munro", "[PERSON_1], [PERSON_1], [PERSON_1]"),
        ("a Kirsten-led group", "a [PERSON_1]-led group"),
        ("(Kirsten) “Munro” Kirsten… 😀Munro😀", "([PERSON_1]) “[PERSON_1]” [PERSON_1]… 😀[PERSON_1]😀"),
        ("kirsten_munro_notes", "[PERSON_1]_[PERSON_1]_notes"),
        ("Kir\u00adsten and Kir\u200bsten Mun\u00adro", "[PERSON_1] and [PERSON_1]"),
        ("Kírsten Munrö and Kirsten\u0301 Munro", "[PERSON_1] and [PERSON_1]"),
        ("Ｋｉｒｓｔｅｎ in wide letters", "[PERSON_1] in wide letters"),
        ("Munroe, Kirstens, unKirsten and Munro2", "Munroe, Kirstens, unKirsten and Munro2"),
        ("Kirsten. Munro came too.", "[PERSON_1]. [PERSON_1] came too."),
    ],
)
def test_a_speaker_is_found_in_every_form(text: str, seen: str) -> None:
    assert viewed(text, "Kirsten Munro") == seen


@pytest.mark.parametrize(
    ("speaker", "text", "seen"),
    [
        ("Zoë Ångström", "Zoe Angstrom, zoe\u0308, ANGSTRÖM", "[PERSON_1], [PERSON_1], [PERSON_1]"),
        (
            "Maureen O'Neill",
            "O’Neill, ONeill, O'NEILL's, Neil O'Neil",
            "[PERSON_1], [PERSON_1], [PERSON_1]'s, Neil O'Neil",
        ),
        ("Neil Gow", "Neil and Maureen O'Neil", "[PERSON_1] and Maureen O'Neil"),
        ("Mary-Jane Watson", "Mary-Jane, Mary Jane, mary", "[PERSON_1], [PERSON_1], [PERSON_1]"),
        ("Jan van der Berg", "van der Berg; a van der", "van der [PERSON_1]; a van der"),
        ("Dr Ann Bell (chair)", "Ann Bell, Annabel, Ann", "[PERSON_1], Annabel, [PERSON_1]"),
        ("Søren Łukasz", "Soren or Lukasz", "[PERSON_1] or [PERSON_1]"),
        ("किरण राव", "किरण आए, राव भी", "[PERSON_1] आए, [PERSON_1] भी"),
        ("王小明", "我和王小明去了", "我和[PERSON_1]去了"),
        ("محمد علي", "قال محمد علي نعم", "قال [PERSON_1] نعم"),
        ("Straße Weiß", "STRASSE and Weiss", "[PERSON_1] and [PERSON_1]"),
    ],
)
def test_names_of_many_kinds(speaker: str, text: str, seen: str) -> None:
    assert viewed(text, speaker) == seen


@pytest.mark.parametrize(
    "label",
    [
        "Young person 2",
        "Interviewer",
        "Interviewer 2",
        "P3",
        "SPEAKER_00",
        "Speaker 1",
        "R",
        "Male voice",
        "Social worker",
        "All",
        "[name]",
    ],
)
def test_labels_are_no_names(label: str) -> None:
    text = "The interviewer and P3, a speaker and a social worker, all male, R and name."
    assert viewed(text, label) == text


def test_everyday_words_are_replaced_only_where_they_are_surely_names() -> None:
    text = "I met Will in May. Will you come? We will. Will Young said so; will young people? Will said no."
    assert viewed(text, "Will Young") == (
        "I met [PERSON_1] in May. Will you come? We will. [PERSON_1] said so; "
        "will young people? [PERSON_1] said no."
    )
    results, _ = searched(talk(text, "Will Young"))
    assert [text[f.start : f.end] for f, _ in results[0].left] == ["Will", "will", "will", "young"]


def test_a_first_name_of_two_people_gets_a_pseudonym_of_its_own() -> None:
    seen = viewed("Kirsten Munro, Kirsten Shaw,\nKirsten, Shaw.", "Kirsten Munro", "Kirsten Shaw")
    assert seen == "[PERSON_1], [PERSON_2],\n[PERSON_3], [PERSON_2]."


def test_a_first_name_alone_is_the_one_person_who_bears_it() -> None:
    results, _ = searched(
        talk("Thanks Kirsten.", "Kirsten", slug="a"), talk("I am Kirsten Munro.", "Kirsten Munro", slug="b")
    )
    assert [r.view.text for r in results] == ["Thanks [PERSON_1].", "I am [PERSON_1]."]


def test_a_name_does_not_cross_from_one_turn_into_the_next() -> None:
    results, _ = searched(talk("I thank Ann\nBell rang.", "Ann Bell"))
    assert results[0].view.text == "I thank [PERSON_1]\nBell rang."


def test_initials_of_a_speaker_count_as_written_and_where_they_label_lines() -> None:
    text = "KM – Kirsten Munro (planner)\nKM: I drove 5 km, said KM.\nWe"
    assert viewed(text, "Kirsten Munro") == (
        "[PERSON_1] – [PERSON_1] (planner)\n[PERSON_1]: I drove 5 km, said [PERSON_1].\nWe"
    )
    assert viewed("He ran 5 KM.", "Kirsten Munro") == "He ran 5 KM."


def test_bare_initials_mean_someone_in_their_own_document_only() -> None:
    results, entries = searched(
        talk("KD said KD.", "KD", slug="a"), talk("KD is a word here.", "Ann Bell", slug="b")
    )
    assert [r.view.text for r in results] == ["[PERSON_1] said [PERSON_1].", "KD is a word here."]
    assert [e.scope for e in entries.entries] == ["a"]


def test_a_key_names_people_who_never_speak() -> None:
    text = "AB - Ann Bell (interviewer)\nCD = Cath Doyle\nNote: Dundee Council\nWe saw Cath."
    assert (
        viewed(text, "Interviewer") == "[PERSON_1] - [PERSON_1] (interviewer)\n[PERSON_2] = [PERSON_2]\n"
        "Note: Dundee Council\nWe saw [PERSON_2]."
    )


def test_metadata_names_people() -> None:
    results, _ = searched(
        talk("Morag told Ann Bell.", "Interviewer", interviewer="Ann Bell; Morag Reid", participant="P3")
    )
    assert results[0].view.text == "[PERSON_1] told [PERSON_2]."


def test_names_of_one_document_are_looked_for_in_all() -> None:
    results, _ = searched(
        talk("Hello.", "Kirsten Munro", slug="a"), talk("I met Munro.", "Interviewer", slug="b")
    )
    assert results[1].view.text == "I met [PERSON_1]."


def test_a_list_gives_kinds_and_replacements() -> None:
    names = [
        Name("Leith Health Centre", "PLACE"),
        Name("Kirsten Munro", replacement="[NURSE]"),
        Name("Kirsty", replacement="[NURSE]"),
        Name("Reading", "PLACE"),
    ]
    text = "Kirsty of Leith Health Centre, Leith, is reading in Reading. Kirsten's health."
    assert viewed(text, "Interviewer", names=names) == (
        "[NURSE] of [PLACE_1], Leith, is reading in [PLACE_2]. [NURSE]'s health."
    )


def test_contractions_hold_no_names() -> None:
    text = "I don't, Don. DON'T! Don's here, Don'll stay, and Don’t."
    assert viewed(text, "Don Reid") == (
        "I don't, [PERSON_1]. DON'T! [PERSON_1]'s here, [PERSON_1]'ll stay, and Don’t."
    )


def test_a_list_says_what_is_left_though_it_is_part_of_a_name() -> None:
    text = "Calum Glasgow of Glasgow, Calum."
    assert viewed(text, "Calum Glasgow") == "[PERSON_1] of [PERSON_1], [PERSON_1]."
    seen = viewed(text, "Calum Glasgow", names=[Name("Glasgow", leave=True)])
    assert seen == "[PERSON_2] of Glasgow, [PERSON_2]."


def test_an_initial_has_a_capital() -> None:
    assert (
        viewed("a Welsh man; A Welsh; A. Welsh", "Anne Welsh") == "a [PERSON_1] man; [PERSON_1]; [PERSON_1]"
    )


def test_months_are_months_unless_they_do_something() -> None:
    assert viewed(
        "In May we met. Since May 2019, on 3 May, last May. I told May. May said so.", "May Reid"
    ) == ("In May we met. Since May 2019, on 3 May, last May. I told [PERSON_1]. [PERSON_1] said so.")


def test_a_label_in_small_letters_is_a_name_only_where_all_labels_are() -> None:
    text = "the performance began\nkirsten said so"
    assert viewed(text, "Interviewer", "performance") == text
    assert viewed(text, "interviewer", "kirsten") == "the performance began\n[PERSON_1] said so"


def test_what_is_left_of_a_part_in_small_letters_is_no_name() -> None:
    text = "the performance began, with two mentors"
    for label in ("Clip from performance", "Peer mentors"):
        assert viewed(text, "Interviewer", label) == text
