"""A codebook as a tree of codes, and back."""

from __future__ import annotations

from uuid import NAMESPACE_DNS, uuid5

from hypothesis import given
from hypothesis import strategies as st

from cothemes.records.codebook import Code, Codebook, Example, NearMiss, Theme
from cothemes.records.project import Project, ProjectCode
from cothemes.stages.exchange.code_text import code_of_words, code_words, id_from
from cothemes.stages.exchange.code_tree import codes_of, tree_of


def guid(name: str) -> str:
    return str(uuid5(NAMESPACE_DNS, name))


BOOK = Codebook(
    id="b",
    themes=(Theme(id="T", label="Trust"), Theme(id="M", label="Money")),
    codes=(
        Code(
            id="T1",
            label="Early trust",
            definition="Says that people trusted each other.\n\nAlso before they met.",
            theme="T",
            brief="Trust at the start",
            include_when=("A person says so.",),
            exclude_when=("The bus is trusted.", "Money."),
            examples=(Example(text="We (all) did.", kind="quotation"),),
            near_misses=(NearMiss(text="I trust [so].", code="M1"), NearMiss(text="No.", code="none")),
        ),
        Code(id="T2", label="Late trust", definition="", theme="T", parent="T1"),
        Code(id="T3", label="Very late trust", definition="Later.", theme="T", parent="T2"),
        Code(id="M1", label="Money", definition="Says money.", theme="M"),
        Code(id="X", label="Alone", definition="Has no theme."),
        Code(id="X1", label="Odd one out", definition="Below X, of another theme.", theme="M", parent="X"),
    ),
)


def test_a_codebook_comes_back_from_its_tree_whole() -> None:
    project = Project(name="p", codes=tree_of(BOOK, guid))
    read = codes_of(project)
    assert sorted(read.codes, key=lambda each: each.id) == sorted(BOOK.codes, key=lambda each: each.id)
    assert read.themes == BOOK.themes
    assert read.drafts == ("T2",)


def test_the_tree_shows_themes_as_headings_and_parents_above_children() -> None:
    codes = tree_of(BOOK, guid)
    by_name = {code.name: code for code in codes}
    assert not by_name["Trust"].codable
    assert by_name["Early trust"].parent == by_name["Trust"].guid
    assert by_name["Very late trust"].parent == by_name["Late trust"].guid
    assert by_name["Alone"].parent == ""
    assert by_name["Late trust"].colour == by_name["Trust"].colour
    seen: set[str] = set()
    for code in codes:
        assert code.parent in seen | {""}
        seen.add(code.guid)


def test_known_codes_are_found_by_id_then_by_label_and_place() -> None:
    codes = (
        ProjectCode(guid="1", name="Renamed elsewhere", description="x"),
        ProjectCode(guid="2", name="alone", description="y"),
        ProjectCode(guid="3", name="Money", description="at another place"),
    )
    read = codes_of(Project(name="p", codes=codes), BOOK, {"1": "T1"})
    assert read.ids["1"] == "T1"
    assert read.ids["2"] == "X"
    assert [code.id for code in read.codes] == [read.ids["3"]]
    assert read.ids["3"] not in BOOK.by_id


def test_a_heading_within_the_tree_stays_a_code_and_one_at_the_root_becomes_a_theme() -> None:
    codes = (
        ProjectCode(guid="1", name="Top", codable=False),
        ProjectCode(guid="2", name="Middle", codable=False, parent="1"),
        ProjectCode(guid="3", name="Leaf", parent="2"),
        ProjectCode(guid="4", name="Empty heading", codable=False),
    )
    read = codes_of(Project(name="p", codes=codes))
    assert [theme.label for theme in read.themes] == ["Top"]
    leaf = next(code for code in read.codes if code.label == "Leaf")
    assert (leaf.parent, leaf.theme) == ("Middle", "Top")
    assert "Empty-heading" in [code.id for code in read.codes]


def test_ids_are_unique_whatever_the_labels_are() -> None:
    names = ("none", "Coke", "coke", "Coke::diet Coke", "日本", "", "…")
    codes = tuple(ProjectCode(guid=str(number), name=name) for number, name in enumerate(names))
    read = codes_of(Project(name="p", codes=codes))
    ids = [code.id for code in read.codes]
    assert len({each.casefold() for each in ids}) == len(names)
    assert "none" not in ids
    assert all(code.label for code in read.codes)


@given(st.text(max_size=60))
def test_a_foreign_description_is_the_definition(text: str) -> None:
    if not text.rstrip().rpartition("\n")[2].startswith("Id: "):
        made = code_of_words(text, id="A", label="a", parent=None, theme=None)
        assert made.id == "A"
        assert made.include_when == ()


def test_a_codes_words_read_well_and_name_its_id_last() -> None:
    lines = code_words(BOOK.codes[0]).split("\n")
    assert lines[0] == "Says that people trusted each other."
    assert "Exclude when:" in lines
    assert lines[-1] == "Id: T1"


def test_an_id_is_made_of_a_label() -> None:
    assert id_from("Time & money", ()) == "Time-money"
    assert id_from("Time & money", {"time-money"}) == "Time-money-2"
