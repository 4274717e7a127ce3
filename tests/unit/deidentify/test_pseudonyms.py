"""Pseudonyms: the same over the study and over time, never given twice, settled by people."""

from __future__ import annotations

import pytest
from tests.unit.deidentify.talks import searched, talk

from cothemes.errors import InputError
from cothemes.records.privacy import Pseudonym, Treatment
from cothemes.stages.deidentify.names import Name
from cothemes.stages.deidentify.names_list import names_in
from cothemes.stages.deidentify.pseudonyms import bracketed, changed


def test_the_same_original_has_the_same_pseudonym_in_every_document() -> None:
    results, _ = searched(
        talk("Ann Bell rang 0131 496 0018.", "Ann Bell", slug="a"),
        talk("ANN rang +44 131 496 0018.", "Interviewer", slug="b"),
    )
    assert [r.view.text for r in results] == ["[PERSON_1] rang [PHONE_1].", "[PERSON_1] rang [PHONE_1]."]


def test_a_second_search_finds_the_same_and_gives_nothing_new() -> None:
    documents = [
        talk("Ann Bell, Kirsten, a@b.uk, KD", "Kirsten Munro", "KD", slug="a"),
        talk("Kirsten Shaw", "Kirsten Shaw", slug="b"),
    ]
    first, entries = searched(*documents)
    again, more = searched(*documents, known=entries.entries, given=[e.pseudonym for e in entries.entries])
    assert more.new == []
    assert [r.replacements for r in again] == [r.replacements for r in first]
    assert [r.hash for r in again] == [r.hash for r in first]


def test_numbers_are_never_given_twice() -> None:
    _, entries = searched(talk("Ann Bell said [PERSON_4] left.", "Ann Bell"), given=["[PERSON_6]"])
    assert [e.pseudonym for e in entries.entries] == ["[PERSON_7]"]


def test_a_pseudonym_stays_when_another_bearer_of_the_name_comes() -> None:
    first = talk("Kirsten Munro and Kirsten.", "Kirsten Munro", slug="a")
    _, entries = searched(first)
    results, more = searched(first, talk("Kirsten Shaw.", "Kirsten Shaw", slug="b"), known=entries.entries)
    assert results[0].view.text == "[PERSON_1] and [PERSON_2]."
    assert more.entries[0] == entries.entries[0]


@pytest.mark.parametrize(
    ("treatment", "seen"),
    [
        (Treatment.LEAVE, "I met Grace. Grace is here, grace."),
        (Treatment.REPLACE, "I met [PERSON_1]. [PERSON_1] is here, grace."),
        (Treatment.ALWAYS, "I met [PERSON_1]. [PERSON_1] is here, [PERSON_1]."),
    ],
)
def test_what_a_person_said_of_an_original_holds(treatment: Treatment, seen: str) -> None:
    document = talk("I met Grace. Grace is here, grace.", "Grace")
    _, entries = searched(document)
    (entry,) = entries.entries
    (result,), _ = searched(document, known=[changed(entry, treatment=treatment)])
    assert result.view.text == seen
    assert result.left == []


def test_a_list_that_comes_later_changes_what_a_known_name_becomes() -> None:
    document = talk("Ann Bell of Leith.", "Ann Bell")
    _, entries = searched(document, names=[Name("Leith", "PLACE")])
    later = [Name("Ann Bell", replacement="[NURSE]"), Name("Leith", "PLACE", leave=True)]
    (result,), more = searched(document, known=entries.entries, names=later)
    assert result.view.text == "[NURSE] of Leith."
    assert {e.id for e in more.altered} == {e.id for e in entries.entries}
    assert more.new == []


def test_a_name_and_its_original_never_show_in_a_repr() -> None:
    results, entries = searched(talk("Ann Bell 943 476 5919", "Ann Bell"))
    shown = repr(entries.entries) + repr([f for f, _ in results[0].found]) + repr(results[0].replacements)
    assert "Bell" not in shown
    assert "bell" not in shown
    assert "5919" not in shown


def test_originals_are_on_one_line() -> None:
    _, entries = searched(talk("x", "Ann  Bell"))
    _, entries = searched(talk("x Ann\tBell", "Ann  Bell"))
    assert [e.original for e in entries.entries] == ["Ann Bell"]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("NURSE_1", "[NURSE_1]"),
        ("[a nurse]", "[a nurse]"),
        (" the  ward ", "[the ward]"),
        ("", None),
        ("[]", None),
        ("a]b", None),
        ("x" * 61, None),
        ("a\u202eb", None),
    ],
)
def test_replacements_that_people_choose(said: str, kept: str | None) -> None:
    assert bracketed(said) == kept


def test_a_list_of_names() -> None:
    plain = names_in("Ann Bell\n\n# a remark\nLeith\n", "names.txt")
    assert [(n.text, n.kind, n.replacement) for n in plain] == [
        ("Ann Bell", "PERSON", ""),
        ("Leith", "PERSON", ""),
    ]
    table = names_in('\ufeffname,kind,replacement\nLeith,place,\n"Bell, Ann",,a nurse\n', "names.csv")
    assert [(n.text, n.kind, n.replacement) for n in table] == [
        ("Leith", "PLACE", ""),
        ("Bell, Ann", "PERSON", "[a nurse]"),
    ]
    ordered = names_in("Ann Bell,NURSE_1,person", "names.csv")
    assert [(n.text, n.kind, n.replacement) for n in ordered] == [("Ann Bell", "PERSON", "[NURSE_1]")]
    assert [n.text for n in names_in("name\tkind\nZoë\tperson", "n.tsv")] == ["Zoë"]
    assert names_in("", "empty.csv") == []
    assert [(n.leave, n.replacement) for n in names_in("Glasgow,=", "names.csv")] == [(True, "")]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("Canary,x]y,person", "replacement"),
        ("Canary,,two words", "kind"),
        (",x,person", "holds no name"),
        ("7,x,person", "holds no name"),
        ("C" * 121, "holds no name"),
        ("a\x00b", "not a text file"),
    ],
)
def test_a_bad_row_is_placed_and_its_name_not_repeated(row: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        names_in(f"Ann Bell\n{row}\n", "names.csv")
    assert "Canary" not in str(caught.value)
    assert "CCC" not in str(caught.value)
    assert "names.csv" in str(caught.value)


def test_entries_are_records_with_hidden_originals() -> None:
    entry = Pseudonym(id="1", pseudonym="[PERSON_1]", kind="PERSON", rule="list", key="ann", original="Ann")
    assert "nn" not in repr(entry)
